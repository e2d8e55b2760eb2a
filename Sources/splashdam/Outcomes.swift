import ClientCore
import Tool

/// Tells what became of each of several things, and fails when one of them went wrong.
func report(
  _ outcomes: [String: Result<Void, ClientError>], of names: [String], done: (String) -> String
) throws(ToolFailure) {
  var failures: [ToolFailure] = []
  for name in names {
    switch outcomes[name] {
    case .success: try StandardOutput.write(done(name) + "\n")
    case .failure(var error):
      error.subject = error.subject ?? name
      failures.append(ToolFailure(error))
    case nil: failures.append(ToolFailure("the brokers say nothing of \(name)"))
    }
  }
  try fail(failures, of: names.count, "failed")
}

/// Tells each failure and throws when there are any, one that is alone as it is.
func fail(_ failures: [ToolFailure], of count: Int, _ what: String) throws(ToolFailure) {
  guard let first = failures.first else { return }
  if count == 1 { throw first }
  for failure in failures { StandardOutput.tell("splashdam: \(failure)") }
  throw ToolFailure("\(failures.count) of \(count) \(what)")
}
