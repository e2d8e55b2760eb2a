import AgentCore
import Testing

@Suite struct TemplateTests {
  private let names = ["host", "path"]

  @Test func renders() throws {
    #expect(try Template("{host}:{path}{{x}}", placeholders: names).render(["h", "/p"]) == "h:/p{x}")
    #expect(try Template("", placeholders: names).render([]) == "")
    #expect(try Template("{path}", placeholders: names).render(["h"]) == "")
    #expect(try Template("plain", placeholders: names).isConstant)
    #expect(try !Template("{path}", placeholders: names).isConstant)
  }

  @Test func refuses() {
    #expect(throws: TemplateError.unknownPlaceholder("hots", known: names)) {
      try Template("{hots}", placeholders: names)
    }
    #expect(throws: TemplateError.unclosedBrace) { try Template("a{host", placeholders: names) }
    #expect(throws: TemplateError.strayBrace) { try Template("a}b", placeholders: names) }
    #expect(throws: TemplateError.unknownPlaceholder("", known: names)) { try Template("{}", placeholders: names) }
  }

  @Test func namesTopics() {
    #expect(TopicName.sanitized("nginx/a b@ü.log") == "nginx_a_b__.log")
    #expect(TopicName.sanitized("") == "_")
    #expect(TopicName.sanitized("..") == "_")
    #expect(TopicName.sanitized(String(repeating: "x", count: 300)).utf8.count == 249)
    #expect(TopicName.isValid("a-b_c.9"))
    #expect(!TopicName.isValid("a b"))
  }
}
