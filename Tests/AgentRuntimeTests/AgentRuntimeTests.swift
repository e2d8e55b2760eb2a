import Testing

@Suite struct AgentRuntimeTests {}
