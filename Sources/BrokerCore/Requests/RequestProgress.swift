/// How far a request got when its processor returned.
public enum RequestProgress: Sendable, Hashable {
  /// Its answer, or the end of the connection, is among the effects.
  case done
  /// It waits for a disk. The requests behind it on the same connection may begin, but their answers wait for its.
  case pipelined
  /// It waits for somebody else: the requests behind it on the same connection wait too.
  case holding
}
