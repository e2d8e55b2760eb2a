import Base
import Daemon
import Glibc
import Testing

@Suite struct ProcessTests {
  @Test func measuresThisProcess() throws {
    let usage = try #require(ProcessUsage.ofSelf())
    #expect(usage.residentBytes > 1 << 20)
    #expect(usage.peakResidentBytes >= usage.residentBytes / 2)
    #expect(usage.userMicroseconds + usage.systemMicroseconds > 0)
  }

  @Test func knowsNothingOfAProcessThatIsNot() {
    #expect(ProcessUsage.of(process: .max) == nil)
  }

  @Test func readsTheClocks() {
    let first = systemClock()
    let second = systemClock()
    #expect(second.monotonic >= first.monotonic)
    #expect(abs(first.wall / 1000 - Int64(time(nil))) <= 1)
  }

  @Test func namesTheHost() {
    #expect(!hostName().isEmpty)
  }

  @Test func usesTheStatusesOfSysexits() {
    #expect(ExitStatus.usage.rawValue == 64)
    #expect(ExitStatus.configuration.rawValue == 78)
  }
}
