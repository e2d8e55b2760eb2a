import Base
import Records

extension FileSink {
  /// The index of the output the record belongs to; nil when a flush must first make room for another file.
  mutating func output(of record: RecordView, _ partition: TopicPartition) -> Int? {
    settings.path.identify(record, of: partition, in: &identity)
    uses &+= 1
    if let lastOutput, identity == lastIdentity {
      outputs[lastOutput].lastUse = uses
      return lastOutput
    }
    guard let index = outputOfIdentity[identity] ?? output(settings.path.path(of: record, of: partition)) else {
      return nil
    }
    if outputOfIdentity.count >= 4 * settings.openFileLimit { outputOfIdentity = [:] }
    outputOfIdentity[identity] = index
    swap(&lastIdentity, &identity)
    lastOutput = index
    outputs[index].lastUse = uses
    return index
  }

  private mutating func output(_ path: String) -> Int? {
    if let index = outputOfPath[path] { return index }
    var index = outputs.count
    if index < settings.openFileLimit {
      outputs.append(OutputFile(path: path))
    } else {
      let idle = outputs.indices.filter { outputs[$0].pending.isEmpty && outputs[$0].isSettled }
      guard let oldest = idle.min(by: { outputs[$0].lastUse < outputs[$1].lastUse }) else { return nil }
      index = oldest
      retire(index)
      outputs[index] = OutputFile(path: path)
    }
    outputOfPath[path] = index
    return index
  }

  /// Two that write one file would cut off each other's bytes.
  func openLocked(_ path: String) throws(FileError) -> Files.File {
    let file = try files.open(path, .readWrite)
    do throws(FileError) {
      try files.lock(file)
      return file
    } catch {
      files.close(file)
      throw error
    }
  }

  /// Forgets an output that has nothing pending and holds nothing but what counts.
  private mutating func retire(_ index: Int) {
    if let file = outputs[index].file { files.close(file) }
    outputOfPath[outputs[index].path] = nil
    outputOfIdentity = [:]
    lastOutput = nil
  }
}
