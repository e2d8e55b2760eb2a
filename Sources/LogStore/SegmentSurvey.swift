import Base
import Records

/// All batches of a `.log` file judged: CRCs, and what lies outside of them (offsets, leader epoch) by the neighbours.
/// A damaged part ends where the next sound batch begins, so that what follows it is not lost with it.
package struct SegmentSurvey: Sendable {
  /// A part that cannot be read.
  package struct Damage: Sendable, Hashable {
    /// Bytes of the file; empty where the file lacks its end.
    package var bytes: Range<Int64>
    /// Offsets whose records are lost; those of the last one found may go on to an end that nobody knows.
    package var offsets: Range<Int64>
    package var reason: String
  }

  /// A header field outside of the CRC that only one value fits.
  package struct Correction: Sendable, Hashable {
    /// Where the batch begins.
    package var position: Int64
    package var baseOffset: Int64?
    package var leaderEpoch: Int32?

    package var description: String {
      let fields = [baseOffset.map { "base offset \($0)" }, leaderEpoch.map { "leader epoch \($0)" }].compactMap { $0 }
      return "byte \(position): \(fields.joined(separator: " and ")) restored"
    }
  }

  package internal(set) var batchCount = 0
  /// Bytes of sound batches, ascending and apart from each other.
  package internal(set) var sound: [Range<Int64>] = []
  package internal(set) var damages: [Damage] = []
  package internal(set) var corrections: [Correction] = []
  /// The offset after the last sound batch.
  package internal(set) var nextOffset: Int64
  /// Most batches have another leader epoch than the checkpoint says: it is the checkpoint that is wrong.
  package internal(set) var epochsDisagree = false

  package var isSound: Bool { damages.isEmpty && corrections.isEmpty }

  init(nextOffset: Int64) {
    self.nextOffset = nextOffset
  }
}
