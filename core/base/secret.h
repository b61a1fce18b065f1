/* Operations on secrets that memcmp and memset do not offer: a comparison that takes the same time
 * wherever two byte strings differ, and a wipe that the compiler keeps although nobody reads the
 * bytes again. */
#ifndef GC_BASE_SECRET_H
#define GC_BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

/* Returns true when the first len bytes of a and b are equal; also for len 0. The time taken
 * depends on len alone. */
bool gc_bytes_equal_ct(const void *a, const void *b, uint32_t len);
/* Overwrites len bytes at data with zeros, also where the compiler can see that nothing reads them
 * before their memory is used for something else. */
void gc_bytes_wipe(void *data, uint32_t len);

#endif
