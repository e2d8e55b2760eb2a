import Testing

@Suite struct RecordsTests {}
