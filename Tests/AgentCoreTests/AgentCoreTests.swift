import Testing

@Suite struct AgentCoreTests {}
