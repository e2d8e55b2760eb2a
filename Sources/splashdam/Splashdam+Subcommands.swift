import ArgumentParser
import Base
import Daemon
import Tool

extension Splashdam {
  /// Throws what was probably meant when the words at the beginning name no command. ArgumentParser would call them
  /// unexpected arguments, of another command even.
  static func checkSubcommands(_ arguments: ArraySlice<String>) throws(ToolFailure) {
    var command: any ParsableCommand.Type = self
    var path = "splashdam"
    for argument in arguments {
      let subcommands = command.configuration.subcommands
      // Those without subcommands have arguments of their own.
      guard !subcommands.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return }
      guard let next = subcommands.first(where: { name(of: $0) == argument }) else {
        let names = subcommands.map { name(of: $0) }
        let hint = argument.nearest(among: names).map { "did you mean \($0)?" }
        throw ToolFailure(
          "\(path) has no command \"\(argument.visible)\"; "
            + (hint ?? "there are \(names.joined(separator: ", "))"), status: .usage)
      }
      command = next
      path += " \(argument)"
    }
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? String(describing: command).lowercased()
  }
}
