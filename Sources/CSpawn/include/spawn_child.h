#ifndef SPLASHDAM_SPAWN_CHILD_H
#define SPLASHDAM_SPAWN_CHILD_H

#include <sys/types.h>

/// Starts the program at `path` with the three descriptors as its standard ones, in a process group of its own (so that
/// Ctrl-C reaches the parent alone), no signal blocked or ignored, and no other descriptor open. The kernel sends it
/// SIGTERM when the calling *thread* ends, however it ends (PR_SET_PDEATHSIG, prctl(2)).
/// Returns the process id and stores a descriptor that becomes readable when it ends (pidfd_open(2)); or returns
/// -errno of what failed, the program's execve included.
pid_t splashdam_spawn_child(
  const char *path, char *const arguments[], char *const environment[], int input, int output, int error,
  int *process_descriptor);

#endif
