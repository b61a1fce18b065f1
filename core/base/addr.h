/* A transport address as the core sees it: no sockaddr, no text. */
#ifndef GC_BASE_ADDR_H
#define GC_BASE_ADDR_H

#include <stdint.h>

typedef struct gc_addr {
    uint8_t ip[16]; /* network order; family 4 uses the first 4 bytes, the rest is zero */
    uint16_t port;  /* host order */
    uint8_t family; /* 4 or 6; v4-mapped IPv6 is given as 4 */
    uint8_t zero;
} gc_addr;

#endif
