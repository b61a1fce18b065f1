#include "core/base/secret.h"
#include "core/base/mem.h"

bool gc_bytes_equal_ct(const void *a, const void *b, uint32_t len) {
    const uint8_t *x = a, *y = b;
    uint8_t differs = 0;
    for (uint32_t i = 0; i < len; i++) {
        differs |= (uint8_t)(x[i] ^ y[i]);
        __asm__("" : "+r"(differs)); /* the compiler must not learn to stop early */
    }
    return differs == 0;
}

void gc_bytes_wipe(void *data, uint32_t len) {
    memset(data, 0, len);
    __asm__ volatile("" : : "r"(data) : "memory"); /* else it is a dead store */
}
