/// Where a value comes from, as DescribeConfigs says it.
enum SettingSource: Int8, Sendable {
  case topic = 1
  case dynamicBroker = 2
  case dynamicDefaultBroker = 3
  case staticBroker = 4
  case builtIn = 5
}
