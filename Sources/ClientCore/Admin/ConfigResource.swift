/// What has configs.
public enum ConfigResource: Sendable, Hashable {
  case topic(String)
  case broker(Int32)
}
