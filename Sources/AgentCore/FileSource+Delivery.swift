extension FileSource {
  /// Takes note of what became of `count` records that were sent with `token`.
  public mutating func settle(_ token: DeliveryToken, count: Int, _ outcome: DeliveryOutcome) {
    guard var file = tailed[token.stream], let range = file.delivery.range(ofSpan: token.span) else { return }
    switch outcome {
    case .acknowledged: break
    case .refused(let reason):
      events.append(
        .refused(
          path: file.path, from: range.start.offset, to: range.end.offset, count: count, reason: reason))
    case .failed(let reason):
      guard file.isOver else { return rewind(&file, reason) }
      events.append(.lost(path: file.path, count: count, reason: reason))
    }
    if file.delivery.settle(span: token.span, count: count) {
      hasMoved = true
      moved.insert(file.id)
    }
    tailed[token.stream] = file
    releaseOver(token.stream)
  }

  /// Those of `storedPositions` that acknowledgements moved since the last call, or since `hasMoved` was reset.
  public mutating func takeMoved() -> [StoredFilePosition] {
    defer { moved.removeAll(keepingCapacity: true) }
    return moved.sorted().compactMap { tailed[$0].flatMap(stored) }
  }

  /// What to keep of a file; nil when nothing is.
  func stored(_ file: TailedFile<Files.File>) -> StoredFilePosition? {
    if file.isOver { return nil }
    return StoredFilePosition(
      path: file.path, key: file.key, fingerprint: file.fingerprint, position: file.delivery.acknowledged)
  }

  private mutating func rewind(_ file: inout TailedFile<Files.File>, _ reason: String) {
    file.position = file.delivery.rewind()
    file.searched = 0
    events.append(.repeated(path: file.path, offset: file.position.offset, reason: reason))
    tailed[file.id] = file
    enqueue(file.id)
  }
}
