import Base

extension EmbeddedMetadataStore {
  struct Loaded {
    var state: State
    /// Bytes cut off the journal's end.
    var discarded: Int
    /// Files made anew, with the reason.
    var mended: [String]
  }

  /// A file and its copy.
  static func paths(of name: String, in directory: String) -> [String] {
    ["\(directory)/\(name)", "\(directory)/\(name).copy"]
  }

  /// The state the files hold. Afterwards both copies of each are the same.
  static func load(directory: String, snapshotPaths: [String], files: Files) throws(MetadataStoreError) -> Loaded {
    let journalPaths = paths(of: "metadata.journal", in: directory)
    try reportingFiles { () throws(FileError) in try files.createDirectory(directory) }
    let snapshots = try read(snapshotPaths, directory: directory, files)
    var journals = try read(journalPaths, directory: directory, files)
    let isNew = (snapshots + journals).allSatisfy { $0 == nil }
    if isNew { journals[0] = journalMagic }
    let (base, snapshot, snapshotFlaws) = try best(of: snapshots, at: snapshotPaths)
    if journals.allSatisfy({ $0 == nil }) {
      throw .corrupt(journalPaths[0], offset: 0, reason: "it is missing although there is a snapshot beside it")
    }
    let (loader, end, journal, journalFlaws) = try best(of: journals, at: journalPaths, behind: base)
    let content = Array(journal.prefix(end))
    var loaded = try reportingFiles { () throws(FileError) -> Loaded in
      var mended: [String] = []
      if let snapshot {
        for (path, old) in zip(snapshotPaths, snapshots) where old != snapshot {
          try files.replaceWhole(path, with: snapshot)
          if old != nil, let flaw = snapshotFlaws[path] { mended.append(note(path, flaw)) }
        }
      }
      var discarded = 0
      for (path, old) in zip(journalPaths, journals) where old != content || isNew {
        if let old, old.starts(with: content) {
          discarded = max(discarded, old.count - content.count)
        } else if old != nil, let flaw = journalFlaws[path] {
          mended.append(note(path, flaw))
        }
        try files.replaceWhole(path, with: content)
      }
      let state = State(
        tree: loader.tree, transaction: loader.transaction, journals: [], journalSize: Int64(end),
        snapshotSize: Int64(snapshot?.count ?? 0))
      return Loaded(state: state, discarded: discarded, mended: mended)
    }
    loaded.state.journals = try open(journalPaths, files)
    return loaded
  }

  /// What is wrong with each of the four files, nil for those that are sound, and what they hold together; nothing is
  /// changed. Missing copies are left out.
  package static func inspect(
    directory: String, files: Files
  ) throws(MetadataStoreError) -> (flaws: [(path: String, flaw: String?)], values: [String: MetadataEntry]) {
    let snapshotPaths = paths(of: "metadata.snapshot", in: directory)
    let journalPaths = paths(of: "metadata.journal", in: directory)
    let snapshots = try read(snapshotPaths, directory: directory, files)
    let journals = try read(journalPaths, directory: directory, files)
    let (base, snapshot, snapshotFlaws) = try best(of: snapshots, at: snapshotPaths)
    let (loader, end, journal, journalFlaws) = try best(of: journals, at: journalPaths, behind: base)
    var flaws: [(path: String, flaw: String?)] = []
    for (path, content) in zip(snapshotPaths, snapshots) where content != nil {
      flaws.append((path, content == snapshot ? nil : snapshotFlaws[path] ?? "it is older than its copy"))
    }
    for (path, content) in zip(journalPaths, journals) where content != nil {
      let isWhole = content == Array(journal.prefix(end))
      flaws.append((path, isWhole ? nil : journalFlaws[path] ?? "it differs from its copy"))
    }
    return (flaws, loader.tree.nodes.mapValues(\.entry))
  }

  private static func note(_ path: String, _ flaw: String) -> String {
    "\(path) was made anew from its copy: \(flaw)"
  }

  private static func read(
    _ paths: [String], directory: String, _ files: Files
  ) throws(MetadataStoreError) -> [[UInt8]?] {
    try reportingFiles { () throws(FileError) -> [[UInt8]?] in
      var contents: [[UInt8]?] = []
      for path in paths { contents.append(try files.readWhole(path, limit: fileLimit)) }
      return contents
    }
  }

  /// The snapshot that holds the most; what is wrong with the other.
  private static func best(
    of snapshots: [[UInt8]?], at paths: [String]
  ) throws(MetadataStoreError) -> (loader: MetadataLoader, content: [UInt8]?, flaws: [String: String]) {
    var best: (loader: MetadataLoader, content: [UInt8])?
    var flaws: [String: String] = [:]
    var first: MetadataStoreError?
    for (path, snapshot) in zip(paths, snapshots) {
      guard let snapshot else { continue }
      do throws(MetadataStoreError) {
        var loader = MetadataLoader()
        try loader.read(snapshot: snapshot, magic: snapshotMagic, file: path)
        if best.map({ loader.transaction > $0.loader.transaction }) ?? true { best = (loader, snapshot) }
      } catch {
        first = first ?? error
        flaws[path] = error.description
      }
    }
    if best == nil, let first { throw first }
    return (best?.loader ?? MetadataLoader(), best?.content, flaws)
  }

  /// The journal that leads furthest, and the bytes of it that count; what is wrong with the other.
  private static func best(
    of journals: [[UInt8]?], at paths: [String], behind base: MetadataLoader
  ) throws(MetadataStoreError) -> (loader: MetadataLoader, end: Int, content: [UInt8], flaws: [String: String]) {
    var best: (loader: MetadataLoader, end: Int, content: [UInt8])?
    var flaws: [String: String] = [:]
    var first: MetadataStoreError?
    for (path, journal) in zip(paths, journals) {
      guard let journal else { continue }
      do throws(MetadataStoreError) {
        var loader = base
        let end = try loader.replay(journal: journal, magic: journalMagic, file: path)
        if best.map({ loader.transaction > $0.loader.transaction }) ?? true { best = (loader, end, journal) }
        flaws[path] = "its end was missing"
      } catch {
        first = first ?? error
        flaws[path] = error.description
      }
    }
    guard let best else { throw first ?? .corrupt(paths[0], offset: 0, reason: "it is missing") }
    return (best.loader, best.end, best.content, flaws)
  }

  private static func open(_ paths: [String], _ files: Files) throws(MetadataStoreError) -> [Files.File] {
    try reportingFiles { () throws(FileError) -> [Files.File] in
      var opened: [Files.File] = []
      for path in paths {
        do throws(FileError) {
          opened.append(try files.open(path, .readWrite))
        } catch {
          for file in opened { files.close(file) }
          throw error
        }
      }
      return opened
    }
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
