import Glibc

/// A Swift file of the project with its words, comments and texts left out.
struct SourceFile {
  struct Word {
    var text: String
    var line: Int
    /// The byte before it, 0 at the start of the file.
    var before: UInt8
    /// What follows in brackets when it is called, else nil.
    var arguments: String?
  }

  /// Below the project's root: `Sources/Base/Moment.swift`.
  var path: String
  var module: String
  var lineCount: Int
  var imports: [(module: String, line: Int)]
  var words: [Word]

  /// All Swift files below `Sources` or `Tests`.
  static func all(in folder: String) -> [SourceFile] {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    return paths(below: "\(root)/\(folder)").sorted().map { path in
      SourceFile(path: String(path.dropFirst(root.utf8.count + 1)), text: content(of: path))
    }
  }

  init(path: String, text: [UInt8]) {
    self.path = path
    module = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    lineCount = text.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    let code = SwiftCode.strippingCommentsAndTexts(text)
    imports = Self.imports(in: code)
    words = Self.words(in: code)
  }

  private static func imports(in code: [UInt8]) -> [(module: String, line: Int)] {
    code.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(isImportModifier) else { return nil }
      let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      let name = words[(place + 1)...].first { !kinds.contains($0) }
      return name.map { (String($0.prefix { $0 != "." && $0 != ";" }), index + 1) }
    }
  }

  private static func isImportModifier(_ word: String) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(word)
  }

  private static func words(in code: [UInt8]) -> [Word] {
    var words: [Word] = []
    var line = 1
    var index = 0
    while index < code.count {
      if code[index] == 0x0A { line += 1 }
      guard SwiftCode.isWordByte(code[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < code.count, SwiftCode.isWordByte(code[index]) { index += 1 }
      words.append(
        Word(
          text: String(decoding: code[start..<index], as: UTF8.self), line: line,
          before: start > 0 ? code[start - 1] : 0, arguments: SwiftCode.arguments(in: code, at: index)))
    }
    return words
  }

  private static func paths(below directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var found: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasSuffix(".swift") {
        found.append("\(directory)/\(name)")
      } else if !name.hasPrefix("."), entry.pointee.d_type == UInt8(DT_DIR) {
        found += paths(below: "\(directory)/\(name)")
      }
    }
    return found
  }

  private static func content(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return content }
      content += chunk[..<count]
    }
  }
}
