// MetadataStore is where brokers keep what they must agree on: topics, broker settings, blocks of producer ids, the
// cluster's id. It is a tree of small versioned values with compare-and-set, in ZooKeeper's terms, because a cluster
// keeps it there; a broker that stands alone keeps it in `EmbeddedMetadataStore`, a local file.

/// A tree of versioned values that changes by atomic transactions. May be used from any thread; calls may block for a
/// flush of a disk or an answer from the network.
///
/// - A path is `/` or `/a/b`: see `MetadataPath`. Every node but the root has a parent that exists.
/// - A node's version is 0 when it is created and grows by one with each set.
/// - An ephemeral node belongs to an owner (a broker's session, under a number of its own), goes when that owner
///   ends, and has no children.
/// - After an error of `multi` nothing has changed.
public protocol MetadataStore: Sendable {
  /// nil when there is no such node.
  func get(_ path: String) throws(MetadataStoreError) -> MetadataEntry?

  /// The last parts of the paths of the node's children, sorted; none when there is no such node.
  func children(_ path: String) throws(MetadataStoreError) -> [String]

  /// Carries out all operations in order, each seeing those before it, or none of them. Durable on return.
  func multi(_ operations: [MetadataOperation]) throws(MetadataStoreError)

  /// Removes the ephemeral nodes of `owner`.
  func end(owner: Int64) throws(MetadataStoreError)

  /// What changed since the last call, by whomever, in order. Several changes of one node may come as the last of
  /// them: whoever is told looks again, and a missed change costs time only.
  func takeChanges() throws(MetadataStoreError) -> [MetadataChange]
}

extension MetadataStore {
  /// Creates `path` and its missing ancestors with empty values; does nothing when it is there.
  public func ensure(_ path: String) throws(MetadataStoreError) {
    let parts = try MetadataPath.parts(of: path)
    var ancestor = ""
    for part in parts {
      ancestor += "/\(part)"
      guard try get(ancestor) == nil else { continue }
      do throws(MetadataStoreError) {
        try multi([.create(ancestor)])
      } catch {
        // Somebody else was faster.
        guard case .alreadyExists = error else { throw error }
      }
    }
  }
}
