import Base
import KafkaProtocol

extension RequestProcessor {
  func apiVersions(
    _ context: RequestContext, _ request: ApiVersionsRequest
  ) throws(ProtocolError) -> RequestProgress {
    var response = ApiVersionsResponse()
    guard context.version < 3 || (isName(request.clientSoftwareName) && isName(request.clientSoftwareVersion)) else {
      response.errorCode = .invalidRequest
      return try reply(context, response)
    }
    response.apiKeys = broker.handlers.present.compactMap { handler in
      guard let versions = handler.advertised else { return nil }
      var api = ApiVersionsResponse.ApiVersion()
      api.apiKey = handler.key.rawValue
      api.minVersion = versions.lowerBound
      api.maxVersion = versions.upperBound
      return api
    }
    return try reply(context, response)
  }

  /// The answer to a version nobody here knows: in version 0, so that any client can read which versions there are.
  func replyUnsupportedApiVersions(_ context: RequestContext) -> RequestProgress {
    var response = ApiVersionsResponse()
    response.errorCode = .unsupportedVersion
    var api = ApiVersionsResponse.ApiVersion()
    api.apiKey = ApiKey.apiVersions.rawValue
    api.minVersion = ApiVersionsRequest.versions.lowerBound
    api.maxVersion = ApiVersionsRequest.versions.upperBound
    response.apiKeys = [api]
    do throws(ProtocolError) {
      let frame = try response.frame(version: 0, correlationID: context.header.correlationID)
      effects.append(.reply(context.id, BrokerReply(frame)))
      return .done
    } catch {
      return close(context.id, "cannot answer ApiVersions: \(error)")
    }
  }

  /// What a client may call its software (KIP-511).
  private func isName(_ text: String) -> Bool {
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = text.utf8.first, let last = text.utf8.last else { return false }
    return isLetterOrDigit(first) && isLetterOrDigit(last)
      && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }
}
