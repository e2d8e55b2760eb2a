extension FileSystem {
  /// The content of a small file, nil when it does not exist; an error when it has more than `limit` bytes.
  public func readWhole(_ path: String, limit: Int) throws(FileError) -> [UInt8]? {
    guard let status = try status(path: path) else { return nil }
    guard status.size <= Int64(limit) else {
      throw FileError(
        operation: "read", path: path, code: 27, reason: "it has \(status.size) bytes, at most \(limit) are expected")
    }
    let file = try open(path, .read)
    defer { close(file) }
    var content = [UInt8](repeating: 0, count: Int(status.size))
    var failure: FileError?
    let count = content.withUnsafeMutableBytes { buffer -> Int in
      do throws(FileError) {
        return try read(file, at: 0, into: buffer)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    content.removeLast(content.count - count)
    return content
  }

  /// Replaces the content of a small file so that a crash leaves the old or the new one: written beside it, synced,
  /// renamed, the directory synced. Blocks for two flushes of the disk.
  public func replaceWhole(_ path: String, with content: [UInt8]) throws(FileError) {
    let temporary = path + ".tmp"
    let file = try open(temporary, .replace)
    var failure: FileError?
    content.withUnsafeBytes { bytes in
      do throws(FileError) {
        try write(file, at: 0, bytes, UnsafeRawBufferPointer(start: nil, count: 0))
        try sync(file)
      } catch {
        failure = error
      }
    }
    close(file)
    if let failure { throw failure }
    try rename(temporary, to: path)
    try syncDirectory(path.parentDirectory)
  }
}
