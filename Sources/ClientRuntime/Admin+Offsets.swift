import Base
import ClientCore
import KafkaProtocol

extension Admin {
  /// The offset at a position of each partition; for a time later than the last record, the end.
  public func listOffsets(
    _ positions: [TopicPartition: StartPosition]
  ) async throws(ClientError) -> [TopicPartition: Result<Int64, ClientError>] {
    let topics = try await describeTopics(Array(Set(positions.keys.map(\.topic))))
    var results: [TopicPartition: Result<Int64, ClientError>] = [:]
    var asked: [Int32: [TopicPartition: Int64]] = [:]
    for (partition, position) in positions {
      if case .offset(let offset) = position {
        results[partition] = .success(offset)
        continue
      }
      do throws(ClientError) {
        let leader = try Self.leader(of: partition, topics)
        asked[leader, default: [:]][partition] = position.timestamp
      } catch {
        results[partition] = .failure(error)
      }
    }
    let addresses = try await brokers()
    for (leader, partitions) in asked {
      let address = addresses.first { $0.id == leader }?.address
      let answers = try await listOffsets(partitions, at: address.map { .address($0) } ?? .node(leader))
      results.merge(answers) { $1 }
    }
    // A time behind the last record has no offset of its own.
    let behind = results.filter { partition, result in
      guard case .success(-1) = result, case .time? = positions[partition] else { return false }
      return true
    }
    if behind.isEmpty { return results }
    let ends = try await listOffsets(behind.mapValues { _ in .end })
    return results.merging(ends) { $1 }
  }

  private static func leader(
    of partition: TopicPartition, _ topics: [String: Result<TopicDescription, ClientError>]
  ) throws(ClientError) -> Int32 {
    let subject = partition.description
    guard let topic = topics[partition.topic] else {
      throw ClientError(.refused(.unknownTopicOrPartition, message: nil), api: .metadata, subject: subject)
    }
    guard let found = try topic.get().partitions.first(where: { $0.index == partition.partition }) else {
      throw ClientError(.refused(.unknownTopicOrPartition, message: nil), api: .metadata, subject: subject)
    }
    guard let leader = found.leader else {
      throw ClientError(.refused(.leaderNotAvailable, message: nil), api: .metadata, subject: subject)
    }
    return leader
  }

  private func listOffsets(
    _ partitions: [TopicPartition: Int64], at target: Cluster.Target
  ) async throws(ClientError) -> [TopicPartition: Result<Int64, ClientError>] {
    let request = ListOffsetsRequest(partitions.mapValues { ($0, -1) })
    var results: [TopicPartition: Result<Int64, ClientError>] = [:]
    let response: ListOffsetsResponse
    do throws(ClientError) {
      response = try await ask(request, of: target)
    } catch {
      return partitions.mapValues { _ in .failure(error) }
    }
    for topic in response.topics {
      for answer in topic.partitions {
        let partition = TopicPartition(topic.name, answer.partitionIndex)
        let error = ClientError(answer.errorCode, nil, api: .listOffsets, subject: partition.description)
        results[partition] = error.map { .failure($0) } ?? .success(answer.offset)
      }
    }
    return results
  }
}
