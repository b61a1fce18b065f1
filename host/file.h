/* Files: small ones, read whole. Nothing here waits for anybody: a file that would make its reader
 * wait (a FIFO, a terminal) is refused, so a signal may have files read again while others are
 * served. A file on a dead mount blocks all the same. */
#ifndef GC_HOST_FILE_H
#define GC_HOST_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Reads the whole file at path, up to bytes_max bytes, into memory of gc_alloc(), which gets a
 * final zero that *len does not count. The caller ends it with gc_file_free(). Returns 0, or -1 and
 * in error, of error_bytes, a sentence that begins with path: there is no such file, it may not be
 * read, it is no plain file, it is too large, or memory is short. */
int gc_file_read(const char *path, uint32_t bytes_max, char **out, uint32_t *len, char *error,
                 size_t error_bytes);
/* Overwrites and frees what gc_file_read() gave; len: as it said. Does nothing with NULL. */
void gc_file_free(char *bytes, uint32_t len);

#endif
