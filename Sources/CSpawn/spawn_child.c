// posix_spawn(3) cannot ask for a signal at the parent's death, and Swift can call neither fork nor prctl.
#define _GNU_SOURCE
#include "spawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Runs in the child, between fork and exec of a process with threads: only calls that are safe in a signal handler.
static void become(
  pid_t parent, const char *path, char *const arguments[], char *const environment[], const int standard[3],
  int failure) {
  setpgid(0, 0);
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) goto failed;
  // The parent may have died before the line above.
  if (getppid() != parent) _exit(1);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int target = 0; target < 3; target++) {
    // Nothing to copy would also leave close-on-exec set.
    if (standard[target] == target ? fcntl(target, F_SETFD, 0) < 0 : dup2(standard[target], target) < 0) goto failed;
  }
  // Kernels before 5.11 do not know the flag; there the parent's own close-on-exec has to do.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  execve(path, arguments, environment);
failed:;
  int code = errno;
  ssize_t written = write(failure, &code, sizeof code);
  (void)written;
  _exit(127);
}

pid_t splashdam_spawn_child(
  const char *path, char *const arguments[], char *const environment[], int input, int output, int error,
  int *process_descriptor) {
  const int standard[3] = {input, output, error};
  // Closed by a successful exec, so that the parent reads the end of the file; else it reads errno.
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) return -errno;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) become(parent, path, arguments, environment, standard, failure[1]);
  int code = child < 0 ? errno : 0;
  close(failure[1]);
  if (child > 0) {
    while (read(failure[0], &code, sizeof code) < 0 && errno == EINTR) continue;
    *process_descriptor = code == 0 ? (int)syscall(SYS_pidfd_open, child, 0) : -1;
    if (code == 0 && *process_descriptor < 0) {
      code = errno;
      kill(child, SIGKILL);
    }
    if (code != 0) {
      while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    }
  }
  close(failure[0]);
  return code == 0 ? child : -code;
}
