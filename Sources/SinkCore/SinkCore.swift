// SinkCore decides where records go and keeps the account of what is on disk, so that no line is lost or written twice
// whatever is killed.
//
//   PathTemplate     which file a record belongs to
//   RecordFormat     what stands in it
//   FileSink         files, cut back after a crash to what the checkpoint vouches for
//   StreamSink       one stream, such as standard output
//   SinkCheckpoint   the sizes of files and the offsets of partitions that belong together
//
// A sink has nothing else to do while its disk works, so here files are synced in line, on the sink's own thread.
