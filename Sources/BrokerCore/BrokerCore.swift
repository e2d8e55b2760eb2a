// BrokerCore is the broker without its sockets, threads and clocks. `Broker` holds what all event loops share: topics,
// partitions, settings, fetch sessions. Each loop has a `RequestProcessor` of its own, which takes a frame and the time
// and appends effects to a buffer; the shell carries them out and reports back with deliveries.
//
// Requests/   how a request runs, waits and is answered       Handlers/   one file per API, its key in the name
// Partitions/ one log with its high watermark and waiters     Topics/     what topics there are, and their changes
// Settings/   settings of the broker and of topics            Fetching/   fetch sessions (KIP-227)
// Groups/     the coordinators of groups, one for each partition of `__consumer_offsets`
