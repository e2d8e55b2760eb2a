// BrokerServer is the broker's shell: sockets, threads, clocks and signals around BrokerCore. `BrokerProgram` is the
// whole life of a broker process. Each event loop has a `LoopShell` with a `RequestProcessor` of its own and its
// connections; `BrokerShell` is what they share, the disk threads before all.
