import Configuration
import Testing

@Suite struct HostileDocumentTests {
  private func complaint(_ bytes: [UInt8]) -> String {
    do {
      let document = try ConfigurationDocument(parsing: bytes, name: "c.yaml")
      return "parsed: \(document.node.content)"
    } catch {
      return "\(error)"
    }
  }

  private func complaint(_ text: String) -> String { complaint(Array(text.utf8)) }

  @Test func emptyDocumentsHaveNoKeys() {
    for text in ["", "\n", "# only this", "---\n...\n", "\u{FEFF}"] {
      #expect(
        complaint(text) == "parsed: object([])" || complaint(text) == "parsed: null", "for \(text.debugDescription)")
    }
  }

  @Test func refusesBombs() {
    #expect(complaint("a: &x [1]\nb: [*x, *x]").hasPrefix("c.yaml:1: anchors (&name) are not supported"))
    #expect(complaint("b: *x").hasPrefix("c.yaml:1: aliases (*name) are not supported"))
    #expect(complaint("b: !!binary x").hasPrefix("c.yaml:1: tags (!name) are not supported"))
    #expect(complaint(String(repeating: "[", count: 500)).contains("nested more than 32 deep"))
    #expect(complaint(String(repeating: "[", count: 1 << 20)).hasPrefix("c.yaml:1: "))
    #expect(complaint(String(repeating: "- ", count: 400_000)).hasPrefix("c.yaml:1: "))
    #expect(complaint([UInt8](repeating: 0x20, count: (1 << 20) + 1)).contains("larger than 1048576 bytes"))
  }

  @Test func refusesWhatIsNotYAML() {
    #expect(complaint("a: [1\nb: 2").hasPrefix("c.yaml:2: this is not YAML: "))
    #expect(complaint("a: 1\n\tb: 2").hasPrefix("c.yaml:2: this is not YAML: "))
    #expect(complaint("a: 1\n b: 2").hasPrefix("c.yaml:2: this is not YAML: "))
    #expect(complaint("a: 1\n--- \nb: 2").hasPrefix("c.yaml:2: a second document begins here"))
    #expect(complaint("{[a]: 1}").hasPrefix("c.yaml:1: expected a key, found a list"))
    #expect(complaint(Array("a: 1\nb: ".utf8) + [0xFF, 0xFE]).hasPrefix("c.yaml:2: this is not text in UTF-8: "))
    #expect(complaint(Array("a: 1\nb: ".utf8) + [0]).hasPrefix("c.yaml:2: this is not text in UTF-8: "))
  }

  @Test func namesFilesItCannotRead() {
    #expect(throws: ConfigurationError.self) { try ConfigurationDocument.load(path: "/nonexistent/sink.yaml") }
    do {
      _ = try ConfigurationDocument.load(path: "/tmp")
    } catch {
      #expect(
        "\(error)" == "/tmp: cannot read it: Is a directory; check its kind and permissions")
    }
  }
}
