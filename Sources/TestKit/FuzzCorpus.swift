import Base

/// The inputs of one directory below Tests/Fuzz/Corpus, seeds for mutation and bytes that real clients made, or of one
/// below Tests/Fixtures.
public struct FuzzCorpus: Sendable {
  private let files: TestFiles

  public init(_ name: String) {
    let root = #filePath.parentDirectory.parentDirectory.parentDirectory
    files = TestFiles("\(root)/Tests/Fuzz/Corpus/\(name)")
  }

  /// The files of a directory below Tests/Fixtures, which are frozen.
  public init(fixtures name: String) {
    let root = #filePath.parentDirectory.parentDirectory.parentDirectory
    files = TestFiles("\(root)/Tests/Fixtures/\(name)")
  }

  /// The names of its files, in order.
  public func names() throws(TestFiles.Unreadable) -> [String] { try files.names() }

  public func bytes(_ name: String) throws(TestFiles.Unreadable) -> [UInt8] { try files.bytes(name) }

  /// Every file's content.
  public func all() throws(TestFiles.Unreadable) -> [[UInt8]] {
    var contents: [[UInt8]] = []
    for name in try names() { contents.append(try bytes(name)) }
    return contents
  }
}
