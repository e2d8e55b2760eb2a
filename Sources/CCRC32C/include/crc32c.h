#ifndef SPLASHDAM_CRC32C_H
#define SPLASHDAM_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// Extends a CRC-32C (Castagnoli, RFC 3720 appendix B.4) over `count` bytes. Start with 0.
uint32_t splashdam_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by table, whatever the processor can do; the instruction is tested against it.
uint32_t splashdam_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#endif
