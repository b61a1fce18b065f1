#include "rtc/crc32c.h"
#include "core/base/mem.h"

#define POLYNOMIAL 0x82f63b78u

/* --- by tables: eight bytes a step ------------------------------------------------------------ */

static void make_tables(gc_crc32c *c) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (uint32_t bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
        }
        c->table[0][byte] = crc;
    }
    for (uint32_t k = 1; k < 8; k++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t before = c->table[k - 1][byte];
            c->table[k][byte] = before >> 8 ^ c->table[0][before & 255];
        }
    }
}

/* Bytes are taken one by one, so that the order of bytes of the machine does not matter. */
static uint32_t by_tables(const gc_crc32c *c, uint32_t crc, const uint8_t *p, uint32_t len) {
    for (; len >= 8; p += 8, len -= 8) {
        crc = c->table[7][p[0] ^ (crc & 255)] ^ c->table[6][p[1] ^ (crc >> 8 & 255)] ^
              c->table[5][p[2] ^ (crc >> 16 & 255)] ^ c->table[4][p[3] ^ crc >> 24] ^
              c->table[3][p[4]] ^ c->table[2][p[5]] ^ c->table[1][p[6]] ^ c->table[0][p[7]];
    }
    for (; len > 0; p++, len--) {
        crc = crc >> 8 ^ c->table[0][p[0] ^ (crc & 255)];
    }
    return crc;
}

/* --- by the processor ------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define SSE42 (1u << 20) /* CPUID leaf 1, ECX */

static bool has_instruction(void) {
    uint32_t eax = 1, ebx, ecx = 0, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ecx & SSE42) != 0;
}

__attribute__((target("sse4.2"))) static uint32_t by_processor(uint32_t crc, const uint8_t *p,
                                                               uint32_t len) {
    uint64_t wide = crc;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, sizeof(word));
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; len > 0; p++, len--) {
        crc = __builtin_ia32_crc32qi(crc, p[0]);
    }
    return crc;
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32) && defined(__ORDER_LITTLE_ENDIAN__) &&  \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static bool has_instruction(void) {
    return true;
}

static uint32_t by_processor(uint32_t crc, const uint8_t *p, uint32_t len) {
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, sizeof(word));
        __asm__("crc32cx %w0, %w0, %x1" : "+r"(crc) : "r"(word));
    }
    for (; len > 0; p++, len--) {
        __asm__("crc32cb %w0, %w0, %w1" : "+r"(crc) : "r"((uint32_t)p[0]));
    }
    return crc;
}
#else
static bool has_instruction(void) {
    return false;
}

static uint32_t by_processor(uint32_t crc, const uint8_t *p, uint32_t len) {
    (void)p;
    gc_assert(len == 0);
    return crc;
}
#endif

void gc_crc32c_init(gc_crc32c *c, bool tables) {
    c->hardware = !tables && has_instruction();
    if (!c->hardware) {
        make_tables(c);
    }
}

uint32_t gc_crc32c_add(const gc_crc32c *c, uint32_t crc, gc_span bytes) {
    return ~(c->hardware ? by_processor(~crc, bytes.data, bytes.len)
                         : by_tables(c, ~crc, bytes.data, bytes.len));
}
