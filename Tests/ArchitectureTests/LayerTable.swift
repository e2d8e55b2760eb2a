/// The layers of docs/ARCHITECTURE.md. A module may import those of a lower rank, and nothing of its own.
enum LayerTable {
  static let ranks: [String: Int] = [
    // L0 base
    "Base": 0,
    "KafkaProtocol": 1, "Records": 1,
    // L1 pure parts
    "LogStore": 2, "Coordination": 2, "MetadataStore": 2,
    // L2 compositions
    "BrokerCore": 3, "ClientCore": 3, "AgentCore": 3, "SinkCore": 3,
    // L3 shells: the parts, then what is made of them
    "DiskIO": 4, "Transport": 4, "Journal": 4, "Configuration": 4, "Daemon": 4,
    "ClientRuntime": 5, "Supervisor": 5,
    "BrokerServer": 6, "AgentRuntime": 6, "SinkRuntime": 6, "Tool": 6,
    // L4 executables
    "splashdam": 7, "splashdam-broker": 7, "splashdam-agent": 7, "splashdam-sink": 7,
    // for tests: pure, above what they simulate, below no program
    "Simulator": 3, "TestKit": 3,
  ]

  /// L0 to L2 and what runs them in tests: no sockets, threads, clocks or unseeded randomness.
  static let lastPureRank = 3
  static let executableRank = 7

  static let testModules: Set<String> = ["Simulator", "TestKit"]

  /// Who may import a C library or a package; whatever is not named here nobody may.
  static let external: [String: @Sendable (String) -> Bool] = [
    "CCRC32C": { $0 == "Base" },
    "CDiskIO": { $0 == "DiskIO" },
    "CSpawn": { $0 == "Supervisor" },
    "CLZ4": { $0 == "Records" },
    "CZstd": { $0 == "Records" },
    "CSnappy": { $0 == "Records" },
    "CZlib": { $0 == "Records" },
    "CSystemd": { ["Journal", "Daemon"].contains($0) },
    "CYAML": { $0 == "Configuration" },
    "Glibc": { ranks[$0, default: 0] > lastPureRank || testModules.contains($0) },
    "Synchronization": { _ in true },
    "NIOCore": { _ in true },
    "NIOPosix": { ranks[$0, default: 0] > lastPureRank },
    "ArgumentParser": { ranks[$0] == executableRank },
    "Histogram": { $0 == "Tool" },
  ]

  /// Words that pure modules do without: concurrency, threads, clocks, and all of NIO but `ByteBuffer`.
  static let impureWords: Set<String> = [
    "async", "await", "actor", "Task", "TaskGroup", "AsyncStream", "AsyncSequence", "withCheckedContinuation",
    "DispatchQueue", "DispatchSource", "pthread_create", "ContinuousClock", "SuspendingClock", "clock_gettime",
    "gettimeofday", "SystemRandomNumberGenerator", "getentropy", "arc4random", "EventLoop", "EventLoopFuture",
    "EventLoopPromise", "EventLoopGroup", "Channel", "ChannelHandler", "ChannelHandlerContext", "ChannelPipeline",
    "Promise", "NIODeadline", "TimeAmount", "getenv", "environ",
  ]

  /// Calls that draw from the system's randomness unless they are told from what.
  static let randomCalls: Set<String> = ["random", "randomElement", "shuffled", "shuffle"]
}
