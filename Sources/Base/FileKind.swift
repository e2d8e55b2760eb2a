/// What a name in the file system stands for.
public enum FileKind: Sendable, Hashable {
  case file
  case directory
  /// A pipe, socket or device.
  case other
}
