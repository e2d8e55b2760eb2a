import Base
import KafkaProtocol
import LogStore

// A fetch is resolved to targets, read, and either answered or parked until the high watermark of one of its partitions
// moves or its time is up. Waking means reading again from the start, so a missed detail costs time, never correctness.
extension RequestProcessor {
  func fetch(_ context: RequestContext, _ request: FetchRequest) throws(ProtocolError) -> RequestProgress {
    let plan: FetchPlan<Files>
    switch broker.plan(request, context) {
    case .success(let resolved): plan = resolved
    case .failure(let error):
      var response = FetchResponse()
      response.errorCode = error.code
      return try reply(context, response)
    }
    let wait = FetchWait(
      context: context, session: plan.session, isIncremental: plan.isIncremental, sessionID: plan.session?.id ?? 0,
      targets: plan.targets, minBytes: Int(request.minBytes),
      maxBytes: min(Int(max(request.maxBytes, 0)), Int(broker.settings.fetchByteLimit)),
      isReadCommitted: request.isolationLevel == 1,
      deadline: context.now.deadline(afterMilliseconds: Int64(max(request.maxWaitMs, 0))))
    return attempt(wait, now: context.now, isFirst: true)
  }

  /// Reads, and answers when there is enough or nothing to wait for.
  private func attempt(_ wait: FetchWait<Files>, now: Moment, isFirst: Bool) -> RequestProgress {
    var wait = wait
    while true {
      let outcome = wait.read()
      let mustAnswer =
        outcome.byteCount >= wait.minBytes || outcome.hasError || wait.targets.isEmpty
        || now.monotonic >= wait.deadline
      if mustAnswer {
        if wait.isRegistered { wait.unregister() }
        return outcome.needsDisk ? readCold(wait) : answer(wait)
      }
      if wait.register() { break }
      // Something came in between: look again.
    }
    park(wait.context.id, .fetch(wait), until: isFirst ? wait.deadline : nil)
    return .holding
  }

  func continueFetch(_ wait: FetchWait<Files>, now: Moment) {
    // Its cold reads are under way, and that they end is what it waits for.
    guard !wait.reads.contains(where: \.needsDisk) else { return }
    _ = attempt(wait, now: now, isFirst: false)
  }

  /// Has places looked up that only the disk knows.
  private func readCold(_ wait: FetchWait<Files>) -> RequestProgress {
    var cold: [(Int, FetchTarget<Files>, Partition<Files>, ColdRead<Files>)] = []
    for (index, read) in wait.reads.enumerated() {
      guard case .needsDisk(let read) = read.result, let partition = wait.targets[index].partition else { continue }
      cold.append((index, wait.targets[index], partition, read))
    }
    let reads = cold
    let now = wait.context.now
    park(wait.context.id, .fetch(wait))
    effects.append(
      .work(wait.context.id) { effects in
        var results: [Int: Result<LogSlice<Files>?, LogError>] = [:]
        for (index, target, partition, read) in reads {
          do throws(LogError) {
            results[index] = .success(
              try partition.resolve(
                read, from: target.offset, maxBytes: max(target.maxBytes, 1), now: now, effects: &effects))
          } catch {
            results[index] = .failure(error)
          }
        }
        return .reads(results)
      })
    return .holding
  }

  func finishColdFetch(_ wait: FetchWait<Files>, reads: [Int: Result<LogSlice<Files>?, LogError>]) {
    var wait = wait
    for (index, result) in reads where wait.reads.indices.contains(index) {
      switch result {
      case .success(let slice): wait.reads[index].result = slice.map { .slice($0) } ?? .empty
      case .failure(let error):
        wait.reads[index].result = .empty
        let target = wait.targets[index]
        if let start = target.partition?.offsets.logStart, start > target.offset {
          // Retention was faster than the disk thread.
          wait.reads[index].logStartOffset = start
          wait.reads[index].error = .offsetOutOfRange
        } else {
          wait.reads[index].error = error.code
          warn(error, target.key)
        }
      }
    }
    _ = answer(wait)
  }

  private func warn(_ error: LogError, _ key: FetchKey) {
    guard error.isStorageFailure else { return }
    effects.append(.warning(key: "read", message: "reading \(key.name) \(key.partition): \(error)"))
  }

  private func answer(_ wait: FetchWait<Files>) -> RequestProgress {
    unpark(wait.context.id)
    let (response, slices) = wait.response()
    do throws(ProtocolError) {
      let frame = try response.frame(
        version: wait.context.version, correlationID: wait.context.header.correlationID)
      effects.append(.reply(wait.context.id, BrokerReply(frame, slices: slices)))
      return .done
    } catch {
      return close(wait.context.id, "cannot answer Fetch: \(error)")
    }
  }
}
