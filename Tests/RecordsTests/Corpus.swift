import TestKit

/// Batches that real clients made, and seeds for mutation.
let batchCorpus = FuzzCorpus("record-batches")
