/// The name `VirtualFileSystem` had before; for tests that are on their way to main under the old one.
public typealias CrashingFileSystem = VirtualFileSystem
