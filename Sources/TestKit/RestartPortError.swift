/// Why a test finds no port for its server.
public struct RestartPortError: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
