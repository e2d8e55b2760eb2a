import ClientCore
import Tool

/// Tells what became of each of several things, and fails when one of them went wrong.
func report(
  _ outcomes: [String: Result<Void, ClientError>], of names: [String], done: (String) -> String
) throws(ToolFailure) {
  var failures = 0
  for name in names {
    switch outcomes[name] {
    case .success: try StandardOutput.write(done(name) + "\n")
    case .failure(let error):
      failures += 1
      StandardOutput.tell("splashdam: \(error.subject == nil ? "\(name): " : "")\(error)")
    case nil:
      failures += 1
      StandardOutput.tell("splashdam: the brokers say nothing of \(name)")
    }
  }
  if failures > 0 { throw ToolFailure("\(failures) of \(names.count) failed") }
}
