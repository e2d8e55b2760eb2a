import Base
import Testing

@Suite struct UTCTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
    (1_795_521_600_250, "2026-11-24T12:00:00.250Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
  ])
  func followsTheCalendar(_ milliseconds: Int64, _ expected: String) {
    #expect(UTCTime(milliseconds).description == expected)
  }

  @Test func takesAnyTime() {
    #expect(UTCTime(.max).year > 100_000)
    #expect(UTCTime(.min).year < -90_000)
  }
}
