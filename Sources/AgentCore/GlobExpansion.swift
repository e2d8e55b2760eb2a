import Base

/// The paths that patterns stand for at this moment.
struct GlobExpansion<Files: FileSystem> {
  /// More paths are not looked at.
  static var pathLimit: Int { 1 << 16 }
  /// Levels of directories below `**`.
  static var depthLimit: Int { 32 }

  private let files: Files
  /// Candidates, each pattern's in order. Those of patterns without wildcards need not exist.
  private(set) var paths: [String] = []
  /// Every directory whose names matter: a change in one may change `paths`.
  private(set) var directories: Set<String> = []
  /// What could not be listed, apart from what does not exist.
  private(set) var failures: [FileError] = []
  /// Whether there were more than `pathLimit` paths.
  private(set) var isCutShort = false

  init(_ files: Files) {
    self.files = files
  }

  mutating func expand(_ pattern: GlobPattern) {
    descend(from: "/", pattern.components[...], ancestors: [])
  }

  private mutating func descend(
    from base: String, _ components: ArraySlice<GlobPattern.Component>, ancestors: [FileKey]
  ) {
    guard let component = components.first else { return }
    let rest = components.dropFirst()
    switch component {
    case .literal(let name):
      if rest.isEmpty { directories.insert(nearestDirectory(base)) }
      visit(base.appendingPathComponent(name), rest, ancestors: ancestors)
    case .wildcard(let tokens):
      for name in names(in: base) where GlobToken.matches(tokens, name) {
        visit(base.appendingPathComponent(name), rest, ancestors: ancestors)
      }
    case .anyDepth:
      descend(from: base, rest, ancestors: ancestors)
      guard ancestors.count < Self.depthLimit else { return }
      for name in names(in: base) where name.utf8.first != UInt8(ascii: ".") {
        let path = base.appendingPathComponent(name)
        // A symbolic link may lead back up.
        guard let key = directoryKey(path), !ancestors.contains(key) else { continue }
        descend(from: path, components, ancestors: ancestors + [key])
      }
    }
  }

  private mutating func visit(
    _ path: String, _ rest: ArraySlice<GlobPattern.Component>, ancestors: [FileKey]
  ) {
    guard rest.isEmpty else { return descend(from: path, rest, ancestors: ancestors) }
    guard paths.count < Self.pathLimit else {
      isCutShort = true
      return
    }
    paths.append(path)
  }

  private mutating func names(in directory: String) -> [String] {
    do throws(FileError) {
      let names = try files.list(directory)
      directories.insert(directory)
      return names.sorted()
    } catch {
      if !error.isNotFound && !error.isNotDirectory { failures.append(error) }
      // When it comes, a name changes there.
      if error.isNotFound { directories.insert(nearestDirectory(directory)) }
      return []
    }
  }

  /// The directory itself, or the closest one above it that exists.
  private func nearestDirectory(_ path: String) -> String {
    var path = path
    while path != "/" {
      do throws(FileError) { if try files.status(path: path)?.kind == .directory { break } } catch { break }
      path = path.parentDirectory
    }
    return path
  }

  private mutating func directoryKey(_ path: String) -> FileKey? {
    do throws(FileError) {
      guard let status = try files.status(path: path), status.kind == .directory else { return nil }
      return FileKey(status)
    } catch {
      failures.append(error)
      return nil
    }
  }
}

extension String {
  func appendingPathComponent(_ name: String) -> String {
    utf8.last == UInt8(ascii: "/") ? self + name : "\(self)/\(name)"
  }
}

extension FileError {
  /// `ENOTDIR`
  var isNotDirectory: Bool { code == 20 }
}
