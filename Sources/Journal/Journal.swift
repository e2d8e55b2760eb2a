// Journal reads systemd's journal through libsystemd, from a cursor, and makes each entry one JSON object: the one that
// `journalctl -o json --all` prints (systemd's "Journal JSON Format"), fields in the order of the entry.
//
//   JournalReader         a journal as a sequence of entries (sd-journal(3))
//   JournalEntryEncoder   an entry as JSON, written into one buffer that is used again
//   JournalSource         entries on their way to a `RecordSink`, and the cursor the acknowledgements reach
//
// A field's value is text where it is printable UTF-8 and a list of bytes otherwise; a field that comes several times has
// a list of its values. journalctl without `--all` leaves out values of 4096 bytes and more; we leave out only what
// would not fit into a record, as `null`, and mark that record `line: cut`.
