extension String {
  /// The text in quotes, on one line and at most 80 characters of it, fit for an error message.
  var quotedForMessage: String {
    var quoted = "\""
    for scalar in unicodeScalars.prefix(80) {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
        quoted += "\\u{\(String(scalar.value, radix: 16))}"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + (unicodeScalars.count > 80 ? "…\"" : "\"")
  }
}
