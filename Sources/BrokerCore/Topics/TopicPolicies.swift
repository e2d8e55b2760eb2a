import MetadataStore

/// What the metadata of a stopped broker say of its topics, for tools that look at its files.
package enum TopicPolicies {
  /// The names of topics whose logs are compacted, so that offsets may be missing in them.
  package static func compactedTopics(_ values: [String: MetadataEntry]) -> Set<String> {
    var names: Set<String> = []
    for (path, entry) in values where path.hasPrefix(TopicRecord.directory + "/") {
      let name = String(path.dropFirst(TopicRecord.directory.count + 1))
      guard let record = TopicRecord(name: name, content: entry.value) else { continue }
      if record.overrides["cleanup.policy"]?.contains("compact") ?? false { names.insert(name) }
    }
    return names
  }
}
