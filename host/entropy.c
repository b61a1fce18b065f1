#include "host/entropy.h"

#include <errno.h>
#include <sys/random.h>

int gc_entropy(uint8_t *out, size_t len) {
    ssize_t n;
    do {
        n = getrandom(out, len, 0); /* up to 256 bytes come whole */
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)len ? 0 : -1;
}
