// AgentCore decides what an agent reads, in which order, and how far it has come. It sees files only through a
// `FileSystem`, receives the time with each call, and hands records to a `RecordSink`.
//
//   FileSource        follows the files that globs name: discovery, identity, rotation, truncation, lines
//   DeliveryTracker   how far the broker's acknowledgements reach without a gap
//   StoredPositions   what an agent keeps of both over a restart
//   Template          topics and keys made of `{host}`, `{path}`, …
//
// What a line is: the bytes up to a line feed, without it. A carriage return is data, wherever it stands, so a file with
// CRLF ends comes out of a sink as it was. An empty line is a record. `LineMark` tells of the lines that are special:
//
// - The last line of a file may have no end yet. It is sent when the file did not grow for `lastLineAfter`, marked
//   `unterminated`. When only the line end follows, the line was whole and nothing more is sent. When more of the line
//   follows, the whole line is sent again, marked `completed`: a line is never torn.
// - A line longer than `lineLimit` is sent in parts of that many bytes, marked `part` and `last-part`.
