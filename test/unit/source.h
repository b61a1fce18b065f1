/* Addresses of many sources, for the tests of what counts by them. */
#ifndef GC_TEST_SOURCE_H
#define GC_TEST_SOURCE_H

#include "core/base/addr.h"

/* Source number n: an IPv4 address, or an IPv6 /64. */
static inline gc_addr address(uint8_t family, uint32_t n) {
    gc_addr a = {.family = family, .port = 1000};
    a.ip[0] = 10;
    a.ip[family == 4 ? 1 : 5] = (uint8_t)(n >> 16);
    a.ip[family == 4 ? 2 : 6] = (uint8_t)(n >> 8);
    a.ip[family == 4 ? 3 : 7] = (uint8_t)n;
    return a;
}

#endif
