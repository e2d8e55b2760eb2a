import Base

extension EmbeddedMetadataStore {
  /// The state the files hold, and the number of bytes cut off the journal's end.
  static func load(
    directory: String, snapshotPath: String, files: Files
  ) throws(MetadataStoreError) -> (state: State, discarded: Int) {
    let journalPath = "\(directory)/metadata.journal"
    let (snapshot, journal) = try reportingFiles { () throws(FileError) -> ([UInt8]?, [UInt8]?) in
      try files.createDirectory(directory)
      let snapshot = try files.readWhole(snapshotPath, limit: fileLimit)
      if let journal = try files.readWhole(journalPath, limit: fileLimit) { return (snapshot, journal) }
      if snapshot != nil { return (snapshot, nil) }
      try files.replaceWhole(journalPath, with: journalMagic)
      return (nil, journalMagic)
    }
    var loader = MetadataLoader()
    if let snapshot { try loader.read(snapshot: snapshot, magic: snapshotMagic, file: snapshotPath) }
    guard let journal else {
      throw .corrupt(journalPath, offset: 0, reason: "it is missing although there is a snapshot beside it")
    }
    let end = Int64(try loader.replay(journal: journal, magic: journalMagic, file: journalPath))
    let file = try reportingFiles { () throws(FileError) -> Files.File in
      let file = try files.open(journalPath, .readWrite)
      if end == journal.count { return file }
      do throws(FileError) {
        try files.truncate(file, to: end)
        try files.sync(file)
        return file
      } catch {
        files.close(file)
        throw error
      }
    }
    let state = State(
      tree: loader.tree, transaction: loader.transaction, journal: file, journalSize: end,
      snapshotSize: Int64(snapshot?.count ?? 0))
    return (state, journal.count - Int(end))
  }

  private static func reportingFiles<Result>(
    _ body: () throws(FileError) -> Result
  ) throws(MetadataStoreError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw .file(error)
    }
  }
}
