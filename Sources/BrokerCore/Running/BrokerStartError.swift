import Base
import MetadataStore

/// Why a broker does not start: one sentence that says what to do.
public struct BrokerStartError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
  /// Whether files may not be used, rather than that they are damaged or the disk fails.
  public var isPermissionDenied = false

  public init(_ description: String) {
    self.description = description
  }

  init(_ error: FileError) {
    description = error.description
    isPermissionDenied = error.isPermissionDenied
  }

  public init(_ error: MetadataStoreError) {
    description = error.description
    if case .file(let error) = error { isPermissionDenied = error.isPermissionDenied }
  }
}
