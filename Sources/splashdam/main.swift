import ArgumentParser
import Daemon
import Glibc

// Not an asynchronous main: that one leaves the first thread to libdispatch, and signals have to be held back there
// before any other thread runs.
do {
  try Splashdam.checkSubcommands(CommandLine.arguments.dropFirst())
  var command = try Splashdam.parseAsRoot()
  if command is any ObeysSignals { _ = ProcessSignals.waiter }
  guard let asynchronous = command as? any AsyncParsableCommand else {
    try command.run()
    exit(ExitStatus.success.rawValue)
  }
  Task.detached {
    do {
      var command = asynchronous
      try await command.run()
      exit(ExitStatus.success.rawValue)
    } catch {
      Splashdam.end(error)
    }
  }
  while true { pause() }
} catch {
  Splashdam.end(error)
}
