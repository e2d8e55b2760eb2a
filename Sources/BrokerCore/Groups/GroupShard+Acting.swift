import Base
import Coordination
import KafkaProtocol
import LogStore
import Records

extension GroupShard {
  /// Lets the coordinator act: what it writes is appended, what has become durable is reported to it, and what it
  /// answers is returned.
  ///
  /// - Parameter loop: where to be called again when records become durable.
  func act(
    now: Moment, loop: Int, effects: inout [BrokerEffect<Files>], _ body: (inout State) -> Void = { _ in }
  ) -> Outcome {
    state.withLock { state in
      var outcome = Outcome()
      state.loop = loop
      state.coordinator.update(topics: topics.catalog)
      if !state.deletedTopics.isEmpty {
        state.coordinator.deleteOffsets(ofTopics: state.deletedTopics, now: now)
        state.deletedTopics = []
      }
      if state.coordinator.nextDeadline <= now.monotonic { state.coordinator.tick(now: now) }
      body(&state)
      settle(&state, &outcome, now: now, loop: loop, &effects)
      // Whoever promised to call by now has done so, or this call came first.
      if state.scheduled <= now.monotonic { state.scheduled = .max }
      let next = state.coordinator.nextDeadline
      if next < state.scheduled {
        state.scheduled = next
        outcome.deadline = next
      }
      return outcome
    }
  }

  /// Carries out the coordinator's effects until there are no more.
  private func settle(
    _ state: inout State, _ outcome: inout Outcome, now: Moment, loop: Int, _ effects: inout [BrokerEffect<Files>]
  ) {
    finishAppends(&state, now: now)
    var pending = state.coordinator.takeEffects()
    while !pending.isEmpty {
      for effect in pending {
        switch effect {
        case .append(_, let records, let token):
          append(records, token, &state, now: now, loop: loop, &effects)
        case .reply(let answer, let id):
          if let waiter = state.waiters.removeValue(forKey: id) { outcome.answer(waiter, answer) }
        case .rebalance(let groupID, let cause):
          effects.append(
            .notice(
              key: "rebalance \(partition.id.partition)",
              message: "group \(groupID) rebalances after generation \(cause.generation): \(cause)"))
        }
      }
      finishAppends(&state, now: now)
      pending = state.coordinator.takeEffects()
    }
  }

  private func append(
    _ records: [GroupRecord], _ token: UInt64, _ state: inout State, now: Moment, loop: Int,
    _ effects: inout [BrokerEffect<Files>]
  ) {
    do throws(GroupAppendError) {
      let appended = try write(records, &state, now: now, loop: loop, &effects)
      state.appends.append(Append(token: token, lastOffset: appended.result.lastOffset))
    } catch {
      effects.append(.warning(key: "groups", message: "\(partition.id): \(error)"))
      state.coordinator.appended(token, error: error.code, now: now)
    }
  }

  /// Appends records as one batch.
  private func write(
    _ records: [GroupRecord], _ state: inout State, now: Moment, loop: Int,
    _ effects: inout [BrokerEffect<Files>]
  ) throws(GroupAppendError) -> Partition<Files>.Appended {
    var batch = try encode(records, &state, now: now)
    let result = batch.withUnsafeMutableBytes { bytes in
      Result { () throws(PartitionError) in
        try partition.append(
          bytes, origin: .coordinator, waiter: .groups(self, loop: loop), now: now, effects: &effects)
      }
    }
    do throws(PartitionError) {
      return try result.get()
    } catch {
      throw .partition(error)
    }
  }

  private func encode(
    _ records: [GroupRecord], _ state: inout State, now: Moment
  ) throws(GroupAppendError) -> [UInt8] {
    state.builder.removeAll()
    for record in records {
      let key: [UInt8]
      let value: [UInt8]?
      do throws(GroupRecordError) {
        key = try record.encodedKey()
        value = try record.encodedValue()
      } catch {
        throw .record(error)
      }
      do throws(RecordBatchError) {
        try state.builder.append(key: key, value: value, timestamp: now.wall)
      } catch {
        throw .batch(error)
      }
    }
    guard state.builder.size <= batchByteLimit else {
      throw .tooLarge(byteCount: state.builder.size, limit: batchByteLimit)
    }
    do throws(RecordBatchError) {
      return try state.builder.build(.none, with: state.compressor)
    } catch {
      throw .batch(error)
    }
  }

  /// Reports what is durable, or never will be, in the order of the log.
  private func finishAppends(_ state: inout State, now: Moment) {
    var count = 0
    for append in state.appends {
      let error: ErrorCode
      switch partition.durability(of: append.lastOffset) {
      case .pending:
        state.appends.removeFirst(count)
        return
      case .durable: error = .none
      case .failed(let code, _): error = code
      }
      count += 1
      state.coordinator.appended(append.token, error: error, now: now)
    }
    state.appends.removeFirst(count)
  }
}

extension GroupShard.Outcome {
  mutating func answer(_ waiter: GroupShard.Waiter, _ answer: GroupReply) {
    do throws(ProtocolError) {
      guard let frame = try waiter.respond(answer) else { return }
      answers.append(GroupShard.Answer(request: waiter.request, delivery: .reply(BrokerReply(frame))))
    } catch {
      let reason = "cannot answer a group request: \(error)"
      answers.append(GroupShard.Answer(request: waiter.request, delivery: .close(reason: reason)))
    }
  }
}
