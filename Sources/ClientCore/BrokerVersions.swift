import KafkaProtocol

/// Which versions of which API a broker speaks, as its ApiVersions answer says.
public struct BrokerVersions: Sendable, Hashable {
  private var ranges: [ApiKey: ClosedRange<Int16>] = [:]

  /// What to assume before a broker has answered: that it takes ApiVersions.
  public init() {}

  public init(_ response: ApiVersionsResponse) {
    for api in response.apiKeys where api.minVersion <= api.maxVersion {
      ranges[ApiKey(rawValue: api.apiKey)] = api.minVersion...api.maxVersion
    }
  }

  /// The highest version of a request that both sides speak, at most `limit`.
  public func version<Request: RequestMessage>(
    of request: Request.Type, atMost limit: Int16 = .max
  ) throws(ClientError) -> Int16 {
    let ours = Request.versions
    guard let theirs = ranges[Request.key] else {
      throw ClientError(.unsupportedVersion(ours: ours, theirs: nil), api: Request.key)
    }
    let highest = min(ours.upperBound, theirs.upperBound, limit)
    guard highest >= max(ours.lowerBound, theirs.lowerBound) else {
      throw ClientError(.unsupportedVersion(ours: ours, theirs: theirs), api: Request.key)
    }
    return highest
  }
}
