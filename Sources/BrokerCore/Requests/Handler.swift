import Base
import KafkaProtocol
import NIOCore

/// One API: the versions there are, and what is done with a request.
struct Handler<Files: FileSystem>: Sendable {
  let key: ApiKey
  /// What ApiVersions says; nil where it keeps silent.
  let advertised: ClosedRange<Int16>?
  /// What is taken.
  let versions: ClosedRange<Int16>
  let run: @Sendable (RequestProcessor<Files>, RequestContext, ByteBuffer) throws(ProtocolError) -> RequestProgress

  /// - Parameters:
  ///   - advertised: the versions that ApiVersions shows where they are not those that are taken.
  ///   - isAdvertised: whether ApiVersions shows the API at all.
  init<Message: RequestMessage>(
    _ message: Message.Type, advertised: ClosedRange<Int16>? = nil, isAdvertised: Bool = true,
    _ handle:
      @escaping @Sendable (RequestProcessor<Files>, RequestContext, Message) throws(ProtocolError)
      -> RequestProgress
  ) {
    key = Message.key
    versions = Message.versions
    self.advertised = isAdvertised ? advertised ?? Message.versions : nil
    run = { (processor, context, body) throws(ProtocolError) in
      try handle(processor, context, Message(decoding: body, version: context.version))
    }
  }
}
