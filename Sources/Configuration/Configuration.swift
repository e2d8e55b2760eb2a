// Configuration turns a YAML file and the `SPLASHDAM_…` environment into checked values, or into one sentence that says
// which line is wrong and how to mend it.
//
//   ConfigurationDocument   a file, loaded within bounds
//   ConfigurationNode       its tree; every node knows its line
//   ConfigurationObject     one mapping and the environment over it: what brokers, agents and sinks read from
//   ConfigurationFormat     how the text of one value is understood, and described to a person
//
// The YAML itself is libyaml's. Anchors, aliases and tags are refused: nothing here needs them, and they are what
// bombs are made of.
