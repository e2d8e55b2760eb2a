// swift-tools-version: 6.1
import PackageDescription

// The layers of docs/ARCHITECTURE.md. Imports go downward only; ImportTableTests holds the sources to it.

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]
let optimized: [SwiftSetting] =
  strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: optimized)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name,
    dependencies: dependencies + [argumentParser],
    swiftSettings: optimized,
    linkerSettings: [
      .unsafeFlags(
        [
          "-static-stdlib", "-use-ld=lld", "-Xlinker", "-s", "-Xlinker", "--gc-sections",
          // Nobody loads code into these programs, so no symbol need be exported; and relocations in their short form. Both
          // are read at each start and then stay in memory, 5 MB of it.
          "-Xclang-linker", "-Wl,--no-export-dynamic", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
          // What ArgumentParser's FoundationEssentials needs; the compiler only names it when it compiles for static libraries.
          "-l_FoundationCollections", "-l_FoundationCShims",
        ], .when(configuration: .release))
    ])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "splashdam",
  products: [
    .executable(name: "splashdam", targets: ["splashdam"]),
    .executable(name: "splashdam-broker", targets: ["splashdam-broker"]),
    .executable(name: "splashdam-agent", targets: ["splashdam-agent"]),
    .executable(name: "splashdam-sink", targets: ["splashdam-sink"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    // C libraries of Debian 12.
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    // Processor instructions Swift cannot name.
    .target(name: "CCRC32C"),
    // System calls Swift cannot see.
    .target(name: "CDiskIO"),
    .target(name: "CSpawn"),

    // L0 base
    module("Base", ["CCRC32C"]),
    module("KafkaProtocol", ["Base", nioCore]),
    module("Records", ["Base", "CLZ4", "CZstd", "CSnappy", "CZlib"]),

    // L1 pure parts
    module("LogStore", ["Base", "Records"]),
    module("Coordination", ["Base", "KafkaProtocol", "Records"]),
    module("MetadataStore", ["Base"]),

    // L2 compositions
    module("BrokerCore", ["Base", "KafkaProtocol", "Records", "LogStore", "Coordination", "MetadataStore", nioCore]),
    module("ClientCore", ["Base", "KafkaProtocol", "Records", nioCore]),
    module("AgentCore", ["Base"]),
    module("SinkCore", ["Base", "Records"]),

    // L3 shells: first the parts, then what is made of them
    module("DiskIO", ["Base", "CDiskIO"]),
    module("Transport", ["Base", "KafkaProtocol", nioCore, nioPosix]),
    module("Journal", ["Base", "AgentCore", "CSystemd"]),
    module("Configuration", ["Base", "CYAML"]),
    module("Daemon", ["Base", "CSystemd"]),
    module("Supervisor", ["Base", "CSpawn", "Daemon"]),
    module("ClientRuntime", ["Base", "KafkaProtocol", "Records", "ClientCore", "Transport", nioCore, nioPosix]),
    module(
      "BrokerServer",
      [
        "Base", "KafkaProtocol", "Records", "LogStore", "Coordination", "MetadataStore", "BrokerCore", "DiskIO",
        "Transport", "Configuration", "Daemon", nioCore, nioPosix,
      ]),
    module(
      "AgentRuntime",
      [
        "Base", "KafkaProtocol", "Records", "AgentCore", "ClientCore", "ClientRuntime", "Configuration", "Daemon",
        "DiskIO", "Journal", nioCore, nioPosix,
      ]),
    module(
      "SinkRuntime",
      [
        "Base", "Records", "SinkCore", "ClientCore", "ClientRuntime", "Configuration", "Daemon", "DiskIO",
        nioCore, nioPosix,
      ]),

    module(
      "Tool",
      [
        "Base", "KafkaProtocol", "Records", "LogStore", "Coordination", "MetadataStore", "BrokerCore", "ClientCore",
        "ClientRuntime", "Daemon", "DiskIO", "SinkCore", "Supervisor", "Transport",
        nioCore, nioPosix, .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),

    // L4 executables
    program("splashdam-broker", ["BrokerServer", "Daemon"]),
    program("splashdam-agent", ["AgentRuntime", "Daemon"]),
    program("splashdam-sink", ["SinkRuntime", "Daemon"]),
    program("splashdam", ["Base", "ClientCore", "ClientRuntime", "Daemon", "Records", "Supervisor", "Tool"]),

    // for tests
    module("Simulator", ["Base"]),
    module("TestKit", ["Base", "KafkaProtocol", "Records", nioCore]),
    tests("Architecture", []),
    tests("Base", ["Base", "Simulator", "TestKit"]),
    tests("KafkaProtocol", ["Base", "KafkaProtocol", "TestKit", nioCore]),
    tests("Records", ["Records", "TestKit"]),
    tests("LogStore", ["LogStore", "Records", "Simulator", "DiskIO", "TestKit"]),
    tests("DiskIO", ["DiskIO", "LogStore", "TestKit"]),
    tests("Coordination", ["Base", "KafkaProtocol", "Coordination", "TestKit"]),
    tests("MetadataStore", ["MetadataStore", "Simulator", "TestKit"]),
    tests(
      "BrokerCore",
      ["Base", "BrokerCore", "KafkaProtocol", "Records", "LogStore", "MetadataStore", "Simulator", "TestKit", nioCore]),
    tests("ClientCore", ["ClientCore", "TestKit"]),
    tests("ClientRuntime", ["ClientRuntime", "BrokerCore", "BrokerServer", "TestKit"]),
    tests("AgentCore", ["AgentCore", "Simulator", "TestKit"]),
    tests("SinkCore", ["SinkCore", "Records", "Simulator", "TestKit"]),
    tests("Journal", ["Journal", "AgentCore", "Base", "TestKit"]),
    tests("Configuration", ["Configuration", "TestKit"]),
    tests("Daemon", ["Daemon", "TestKit"]),
    tests("Transport", ["Base", "Transport", nioCore]),
    // It runs the programs, and yet must not depend on them: their static linking would become the test bundle's.
    tests("Tool", ["Base", "CSpawn", "ClientCore", "Daemon", "Records", "Supervisor", "Tool"]),
    tests("Supervisor", ["Supervisor", "Daemon", "TestKit"]),
    tests(
      "BrokerServer",
      ["Base", "BrokerCore", "BrokerServer", "Configuration", "Daemon", "KafkaProtocol", "Records", "TestKit", nioCore]),
    tests(
      "AgentRuntime",
      [
        "AgentRuntime", "AgentCore", "Base", "BrokerCore", "BrokerServer", "ClientCore", "ClientRuntime",
        "Configuration", "Daemon", "DiskIO", "Journal", "Records", "TestKit",
      ]),
    tests(
      "SinkRuntime",
      [
        "SinkRuntime", "SinkCore", "ClientCore", "Records", "Daemon", "Configuration", "Simulator", "TestKit", nioCore,
        nioPosix,
      ]),
  ]
)
