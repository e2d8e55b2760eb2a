#ifndef SPLASHDAM_DISK_IO_H
#define SPLASHDAM_DISK_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// preadv2(2) with RWF_NOWAIT: reads what the page cache has; -1 with EAGAIN when it has nothing of it.
ssize_t splashdam_read_cached(int descriptor, void *buffer, size_t count, int64_t offset);

#endif
