import MetadataStore
import Synchronization

/// Gives each idempotent producer a number that nobody else has or had. Numbers are taken from the metadata store in
/// blocks, so that a start after a crash skips what may have been given.
final class ProducerIDs: Sendable {
  static let path = "/producer-ids"
  static let blockSize: Int64 = 1000

  private let block = Mutex<Range<Int64>>(0..<0)

  /// The next number of the block at hand; nil when it is used up and `refill` must be called.
  func next() -> Int64? {
    block.withLock { block in
      guard let first = block.first else { return nil }
      block = first + 1..<block.upperBound
      return first
    }
  }

  /// Takes a block from the store and a number from it. Waits for the disk.
  func refill(from store: any MetadataStore) throws(MetadataStoreError) -> Int64 {
    while true {
      if let id = next() { return id }
      let entry = try store.get(Self.path)
      let start = try Self.start(of: entry)
      let (end, overflow) = start.addingReportingOverflow(Self.blockSize)
      guard !overflow else { throw .tooLarge("the number of producer ids", bytes: .max, limit: .max) }
      let value = Array(String(end).utf8)
      do throws(MetadataStoreError) {
        if let entry {
          try store.multi([.set(Self.path, value: value, expectedVersion: entry.version)])
        } else {
          try store.multi([.create(Self.path, value: value)])
        }
      } catch {
        switch error {
        // Somebody else took this block; the next one then.
        case .versionMismatch, .alreadyExists: continue
        default: throw error
        }
      }
      block.withLock { block in
        if block.isEmpty { block = start..<end }
      }
    }
  }

  private static func start(of entry: MetadataEntry?) throws(MetadataStoreError) -> Int64 {
    guard let entry else { return 0 }
    guard let text = String(validating: entry.value, as: UTF8.self), let start = Int64(text), start >= 0 else {
      throw .corrupt(path, offset: 0, reason: "it is not a number")
    }
    return start
  }
}
