// SinkCore
