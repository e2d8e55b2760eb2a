import Base
import BrokerCore
import Daemon

/// Why a broker cannot run: a sentence, and the status it ends with.
package struct BrokerExit: Error {
  package var status: ExitStatus
  package var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ error: BrokerStartError) {
    status = error.isPermissionDenied ? .noPermission : .inputOutput
    message = error.description
  }

  /// `what` names the place, where the error's own words do not.
  init(_ error: FileError) {
    status = error.isPermissionDenied ? .noPermission : .inputOutput
    message = error.description
  }
}
