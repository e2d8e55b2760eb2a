import ArgumentParser
import Daemon
import Tool

struct Version: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the version.")

  func run() throws {
    try StandardOutput.write("splashdam \(SplashdamVersion.text)\n")
  }
}
