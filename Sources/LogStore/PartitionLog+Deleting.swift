import Base

extension PartitionLog {
  /// Renames the directory to `LogDirectoryName.deleted`; what is returned removes it, without the lock. The log takes
  /// no calls any more; readers keep the files they hold. The caller syncs the data directory, or deletes again after a
  /// crash.
  public mutating func delete(
    _ partition: TopicPartition, unique: UUID
  ) throws(LogError) -> DirectoryRemoval<Files> {
    let path = "\(directory.parentDirectory)/\(LogDirectoryName.deleted(partition, unique: unique))"
    do throws(FileError) {
      try cache.files.rename(directory, to: path)
    } catch {
      throw .file(error)
    }
    release()
    failure = "it was deleted"
    return DirectoryRemoval(path: path, files: cache.files)
  }
}
