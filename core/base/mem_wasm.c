/* memcpy and friends for wasm32, where no libc exists. Compiled with -fno-builtin, else the
 * compiler would turn each loop into a call of itself. */
#include "core/base/mem.h"

#undef memcpy
#undef memmove
#undef memset
#undef memcmp

/* Right for memory that overlaps, too, where `to` lies before `from`. */
static void *copy_forward(void *to, const void *from, size_t n) {
    unsigned char *t = to;
    const unsigned char *f = from;
    while (n-- > 0) {
        *t++ = *f++;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    return copy_forward(to, from, n);
}

void *memmove(void *to, const void *from, size_t n) {
    unsigned char *t = to;
    const unsigned char *f = from;
    if (t < f) {
        return copy_forward(to, from, n);
    }
    while (n-- > 0) {
        t[n] = f[n];
    }
    return to;
}

void *memset(void *to, int value, size_t n) {
    unsigned char *t = to;
    while (n-- > 0) {
        *t++ = (unsigned char)value;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (; n > 0; n--, x++, y++) {
        if (*x != *y) {
            return *x < *y ? -1 : 1;
        }
    }
    return 0;
}
