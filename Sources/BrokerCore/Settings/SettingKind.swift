/// How the value of a setting is written, and which values there are.
public enum SettingKind: Sendable, Hashable {
  case boolean
  case int(ClosedRange<Int64>)
  case long(ClosedRange<Int64>)
  case decimal(ClosedRange<Double>)
  case text
  case choice([String])
  /// Some of these words, separated by commas.
  case list([String])

  /// The number DescribeConfigs has for it (KIP-569).
  var protocolType: Int8 {
    switch self {
    case .boolean: 1
    case .text, .choice: 2
    case .int: 3
    case .long: 5
    case .decimal: 6
    case .list: 7
    }
  }

  /// The value of `text`, or what is wrong with it in words.
  func parse(_ text: String) -> Result<SettingValue, SettingFault> {
    switch self {
    case .boolean:
      switch text.lowercased() {
      case "true": return .success(.boolean(true))
      case "false": return .success(.boolean(false))
      default: return .failure(SettingFault("expected true or false, found \"\(text.shortened)\""))
      }
    case .int(let range), .long(let range):
      guard let number = Int64(text) else {
        return .failure(SettingFault("expected a whole number, found \"\(text.shortened)\""))
      }
      guard range.contains(number) else {
        return .failure(SettingFault("expected a number \(Self.words(range)), found \(number)"))
      }
      return .success(.number(number))
    case .decimal(let range):
      guard let number = Double(text), range.contains(number) else {
        return .failure(
          SettingFault("expected a number from \(range.lowerBound) to \(range.upperBound), found \"\(text.shortened)\"")
        )
      }
      return .success(.decimal(number))
    case .text:
      return .success(.text(text))
    case .choice(let choices):
      guard let choice = choices.first(where: { $0.lowercased() == text.lowercased() }) else {
        return .failure(
          SettingFault("expected \(choices.joined(separator: " or ")), found \"\(text.shortened)\""))
      }
      return .success(.text(choice))
    case .list(let choices):
      let words = text.split(separator: ",").map { String($0).trimmingSpaces }
      guard !words.isEmpty, words.allSatisfy({ choices.contains($0) }), Set(words).count == words.count else {
        return .failure(
          SettingFault("expected some of \(choices.joined(separator: ", ")), found \"\(text.shortened)\""))
      }
      return .success(.list(words))
    }
  }

  private static func words(_ range: ClosedRange<Int64>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (let low, .max), (let low, Int64(Int32.max)): "of at least \(low)"
    case (let low, let high): "from \(low) to \(high)"
    }
  }
}

/// What is wrong with a value, in words.
struct SettingFault: Error {
  var problem: String

  init(_ problem: String) {
    self.problem = problem
  }
}

/// A value in the form of its kind.
enum SettingValue: Sendable, Hashable {
  case boolean(Bool)
  case number(Int64)
  case decimal(Double)
  case text(String)
  case list([String])
}

extension String {
  /// Fit for a message.
  var shortened: String { utf8.count <= 80 ? self : String(prefix(80)) + "…" }

  var trimmingSpaces: String {
    var rest = Substring(self)
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
