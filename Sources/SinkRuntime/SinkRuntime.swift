// SinkRuntime
