// GNU extensions that Swift's view of the C library leaves out.
#define _GNU_SOURCE
#include "disk_io.h"

#include <sys/uio.h>
#include <unistd.h>

ssize_t splashdam_read_cached(int descriptor, void *buffer, size_t count, int64_t offset) {
  struct iovec vector = {buffer, count};
  return preadv2(descriptor, &vector, 1, offset, RWF_NOWAIT);
}
