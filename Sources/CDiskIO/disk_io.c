// GNU extensions that Swift's view of the C library leaves out.
#define _GNU_SOURCE
#include "disk_io.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

ssize_t splashdam_read_cached(int descriptor, void *buffer, size_t count, int64_t offset) {
  struct iovec vector = {buffer, count};
  return preadv2(descriptor, &vector, 1, offset, RWF_NOWAIT);
}

int splashdam_sync_file_system(int descriptor) { return syncfs(descriptor); }

int splashdam_begin_writing(int descriptor) { return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE); }
