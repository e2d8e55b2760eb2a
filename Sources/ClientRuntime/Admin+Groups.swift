import Base
import ClientCore
import KafkaProtocol

extension Admin {
  /// The groups of all brokers, in the order of their names.
  public func listGroups() async throws(ClientError) -> [GroupListing] {
    var groups: [GroupListing] = []
    for broker in try await brokers() {
      let response = try await ask(ListGroupsRequest(), of: .address(broker.address)) { ClientError($0.errorCode, nil) }
      groups += response.groups.map {
        GroupListing(id: $0.groupID, protocolType: $0.protocolType, state: $0.groupState)
      }
    }
    return groups.sorted { $0.id < $1.id }
  }

  public func describeGroup(_ id: String) async throws(ClientError) -> GroupDescription {
    let coordinator = try await coordinator(of: id)
    var request = DescribeGroupsRequest()
    request.groups = [id]
    let response = try await ask(request, of: .address(coordinator), subject: "group \(id)") { response in
      response.groups.compactMap { $0.errorCode == .groupIDNotFound ? nil : ClientError($0.errorCode, $0.errorMessage) }
        .first
    }
    guard let group = response.groups.first else {
      throw ClientError(.malformed("it says nothing of the group"), api: .describeGroups, subject: "group \(id)")
    }
    // To DescribeGroups a group of the next-generation protocol does not exist.
    let isMissing = group.errorCode == .groupIDNotFound || group.groupState == "Dead"
    if isMissing, let consumerGroup = try await describeConsumerGroup(id, at: coordinator) { return consumerGroup }
    let members = group.members.map { member in
      GroupDescription.Member(
        id: member.memberID, instanceID: member.groupInstanceID, clientID: member.clientID,
        clientHost: member.clientHost, assignment: Self.assignment(member.memberAssignment, of: group.protocolType))
    }
    return GroupDescription(
      id: id, state: group.errorCode == .groupIDNotFound ? "Dead" : group.groupState, protocolType: group.protocolType,
      protocolName: group.protocolData, coordinator: coordinator, members: members.sorted { $0.id < $1.id },
      positions: try await positions(of: id, assigned: members.flatMap(\.assignment)),
      rebalances: group.rebalances.map { GroupDescription.Rebalance($0) })
  }

  /// A group of the next-generation protocol (KIP-848); nil: there is none, or the broker does not know that protocol.
  private func describeConsumerGroup(
    _ id: String, at coordinator: BrokerAddress
  ) async throws(ClientError) -> GroupDescription? {
    guard let group = try await askForConsumerGroup(id, at: coordinator)?.groups.first else { return nil }
    let members = group.members.map { member in
      GroupDescription.Member(
        id: member.memberID, instanceID: member.instanceID, clientID: member.clientID, clientHost: member.clientHost,
        assignment: member.assignment.topicPartitions.flatMap { topic in
          topic.partitions.map { TopicPartition(topic.topicName, $0) }
        }.sorted())
    }
    return GroupDescription(
      id: id, state: group.groupState, protocolType: "consumer", protocolName: group.assignorName,
      coordinator: coordinator, members: members.sorted { $0.id < $1.id },
      positions: try await positions(of: id, assigned: members.flatMap(\.assignment)),
      rebalances: group.rebalances.map { GroupDescription.Rebalance($0) }, type: "consumer")
  }

  private func askForConsumerGroup(
    _ id: String, at coordinator: BrokerAddress
  ) async throws(ClientError) -> ConsumerGroupDescribeResponse? {
    var request = ConsumerGroupDescribeRequest()
    request.groupIDs = [id]
    do throws(ClientError) {
      return try await ask(request, of: .address(coordinator), subject: "group \(id)") { response in
        response.groups.compactMap { ClientError($0.errorCode, $0.errorMessage) }.first
      }
    } catch {
      if Self.isAbsence(error) { return nil }
      throw error
    }
  }

  /// A function of its own, and kept one, because the optimizer of Swift 6.3.1 fails on it within
  /// `askForConsumerGroup`.
  @inline(never)
  private static func isAbsence(_ error: ClientError) -> Bool {
    if error.code == .groupIDNotFound { return true }
    if case .unsupportedVersion = error.reason { return true }
    return false
  }

  /// Empty for what is not a consumer's assignment.
  private static func assignment(_ bytes: [UInt8], of protocolType: String) -> [TopicPartition] {
    guard protocolType == "consumer", !bytes.isEmpty else { return [] }
    do throws(ProtocolError) {
      return try ConsumerProtocolAssignment(decodingWithVersion: bytes).assignedPartitions.flatMap { topic in
        topic.partitions.map { TopicPartition(topic.topic, $0) }
      }.sorted()
    } catch {
      // Another client wrote it; that it cannot be read says nothing about the group.
      return []
    }
  }

  private func positions(
    of group: String, assigned: [TopicPartition]
  ) async throws(ClientError) -> [GroupDescription.Position] {
    let committed = try await committedOffsets(group: group)
    let partitions = Set(committed.keys).union(assigned)
    var asked: [TopicPartition: StartPosition] = [:]
    for partition in partitions { asked[partition] = .end }
    let ends = try await listOffsets(asked)
    return partitions.sorted().map { partition in
      var end: Int64?
      if case .success(let offset)? = ends[partition] { end = offset }
      return GroupDescription.Position(partition: partition, committed: committed[partition], end: end)
    }
  }

  public func deleteGroup(_ id: String) async throws(ClientError) {
    var request = DeleteGroupsRequest()
    request.groupsNames = [id]
    let coordinator = try await coordinator(of: id)
    _ = try await ask(request, of: .address(coordinator), subject: "group \(id)") { response in
      response.results.compactMap { ClientError($0.errorCode, nil) }.first
    }
  }

  /// Offsets that a group has committed, of all partitions.
  public func committedOffsets(group: String) async throws(ClientError) -> [TopicPartition: Int64] {
    let coordinator = try await coordinator(of: group)
    let request = OffsetFetchRequest(group: group, partitions: nil)
    let response = try await ask(
      request, of: .address(coordinator), versionLimit: OffsetFetchRequest.lastVersionWithNames,
      subject: "group \(group)"
    ) { $0.failure }
    return response.offsets
  }

  /// Sets the offsets of a group that has no members.
  public func alterOffsets(group: String, _ offsets: [TopicPartition: Int64]) async throws(ClientError) {
    let coordinator = try await coordinator(of: group)
    let request = OffsetCommitRequest(group: group, offsets: offsets)
    let response = try await client.perform {
      (cluster, done: @escaping (Result<OffsetCommitResponse, ClientError>) -> Void) in
      cluster.send(
        request, to: .address(coordinator), versionLimit: OffsetCommitRequest.lastVersionWithNames, answer: done)
    }
    for topic in response.topics {
      for partition in topic.partitions {
        try Self.result(
          partition.errorCode, nil, .offsetCommit, "group \(group), \(topic.name)-\(partition.partitionIndex)"
        ).get()
      }
    }
  }

  func coordinator(of group: String) async throws(ClientError) -> BrokerAddress {
    let request = FindCoordinatorRequest(group: group)
    let response = try await ask(request, of: .any, subject: "group \(group)") { $0.failure }
    guard let address = response.address else {
      throw ClientError(.malformed("it names no broker"), api: .findCoordinator, subject: "group \(group)")
    }
    return address
  }
}

extension GroupDescription.Rebalance {
  fileprivate init(_ rebalance: DescribeGroupsResponse.Rebalance) {
    self.init(
      timestamp: rebalance.timestampMs, generation: rebalance.generationID, memberID: rebalance.memberID,
      instanceID: rebalance.groupInstanceID, clientID: rebalance.clientID, clientHost: rebalance.clientHost,
      cause: rebalance.cause, clientReason: rebalance.clientReason)
  }
}
