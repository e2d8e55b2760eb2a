#ifndef SPLASHDAM_DISK_IO_H
#define SPLASHDAM_DISK_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// preadv2(2) with RWF_NOWAIT: reads what the page cache has; -1 with EAGAIN when it has nothing of it.
ssize_t splashdam_read_cached(int descriptor, void *buffer, size_t count, int64_t offset);

/// syncfs(2): what anybody wrote to the file system of `descriptor` is on the disk when it returns 0.
int splashdam_sync_file_system(int descriptor);

/// sync_file_range(2): has the kernel begin to write what the page cache has of a file, and waits for nothing else.
int splashdam_begin_writing(int descriptor);

#endif
