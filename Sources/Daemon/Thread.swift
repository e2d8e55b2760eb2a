import Glibc

private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void

  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}

/// Runs `body` on a new detached thread. `name` shows in `top -H`, at most 15 bytes of it.
package func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
  let context = Unmanaged.passRetained(ThreadBody(name: String(name.prefix(15)), run: body))
  var thread = pthread_t()
  let result = pthread_create(
    &thread, nil,
    { context in
      let body = Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue()
      nameThisThread(body.name)
      body.run()
      return nil
    }, context.toOpaque())
  precondition(result == 0, "cannot start a thread: \(String(cString: strerror(result)))")
  pthread_detach(thread)
}

/// `pthread_setname_np` is a GNU extension that Swift does not see; the kernel's file does the same.
private func nameThisThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  writeWhole(name, to: file)
  close(file)
}
