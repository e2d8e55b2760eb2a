import Testing

@Suite struct MetadataStoreTests {}
