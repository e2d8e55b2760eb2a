import AgentCore
import Base
import Glibc
import Testing

/// Whole log files come out as they went in, a line end added where the last line had none.
@Suite struct RealLogTests {
  static let loghub = "/work/shared/loghub"

  private func content(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  private func expectUnchanged(_ logs: [String: [UInt8]]) throws {
    let files = MemoryFiles()
    var random = SeededRandom(seed: 1)
    var tail = Tail(files, try Tail.settings(["/log/*.log"]))
    // They grow in pieces, so that lines and CRLF are torn at any place.
    var rests = logs
    while rests.contains(where: { !$0.value.isEmpty }) {
      for name in rests.keys.sorted() {
        let count = Int.random(in: 0...60_000, using: &random)
        tail.files.append("/log/\(name).log", Array(rests[name]?.prefix(count) ?? []))
        rests[name] = Array(rests[name]?.dropFirst(count) ?? [])
      }
      tail.sink.room = Int.random(in: 0...900, using: &random)
      tail.run()
    }
    tail.sink.room = .max
    tail.run()
    tail.wait(6000)
    tail.run()
    for (name, log) in logs {
      let records = tail.sink.records.filter { $0.path == "/log/\(name).log" }
      let arrived = records.reduce(into: [UInt8]()) { $0 += $1.value + [0x0A] }
      #expect(arrived == (log.last == 0x0A ? log : log + [0x0A]), "\(name)")
    }
  }

  @Test func logsOfEightSystems() throws {
    let names = ["Android", "Apache", "HDFS", "Hadoop", "Linux", "OpenSSH", "Spark", "Zookeeper"]
    guard access(Self.loghub, R_OK) == 0 else {
      print("no real logs at \(Self.loghub): only those made by the test are tried")
      return
    }
    var logs: [String: [UInt8]] = [:]
    for name in names { logs[name] = try content("\(Self.loghub)/\(name)_2k.log") }
    try expectUnchanged(logs)
  }

  @Test func logsWithTheSameTraits() throws {
    var random = SeededRandom(seed: 2)
    var logs: [String: [UInt8]] = [:]
    for index in 0..<8 {
      var log: [UInt8] = []
      for line in 0..<2000 {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: break
        case 1: log += Array(repeating: UInt8.random(in: 0x20...0x7E, using: &random), count: 900)
        case 2: log += Array("é → 漢字 🪵".utf8)
        case 3: log += [0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80, 0x00, 0x1B]
        case 4: log += Array("progress 10%\rprogress 20%".utf8)
        default: log += Array("081109 20361\(line) INFO dfs.DataNode: Receiving block \(random.next())".utf8)
        }
        log += index % 2 == 0 ? [0x0D, 0x0A] : [0x0A]
      }
      if index % 3 == 0 { log += Array("no line end".utf8) }
      logs["made\(index)"] = log
    }
    try expectUnchanged(logs)
  }
}
