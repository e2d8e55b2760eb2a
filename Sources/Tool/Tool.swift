// Tool is what the operator's tool does, apart from its command line: tables and JSON, templates, times, lines from
// stdin, the parts of `up`, and the load generator.
