/* SCTP: two associations, whose user does what the input says, over a path that the input decides,
 * and a hostile peer that writes packets with the right tag and checksum. The first byte chooses
 * whether both are connected before, whether they interleave, and whether they look for longer
 * packets; then operations, a byte each with its arguments. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/reader.h"
#include "rtc/sctp.h"

#include <stdlib.h>
#include <string.h>

#define BLOCKS      2048
#define WIDE_BYTES  8932
#define PACKETS_MAX 64
#define DRAIN_MAX   6000 /* outputs of one input: all streams reset, a queue of small messages */

typedef struct packet {
    uint32_t to;
    uint32_t len;
    uint8_t bytes[GC_SCTP_PACKET_BYTES_MAX];
} packet;

typedef struct side {
    gc_sctp s;
    bool down;
} side;

static _Alignas(16) uint8_t memory[8u << 20];
static gc_drbg drbg;
static gc_sctp_pool pool; /* shared, as the associations of a handle share it */
static side sides[2];
static packet packets[PACKETS_MAX];
static uint32_t packet_count;
static uint64_t now_ms;
static bool wide;
static gc_sctp_config config = {GC_SCTP_PACKET_BYTES, 1u << 19, 1u << 19, 0, false};

/* --- invariants ------------------------------------------------------------------------------- */

static uint32_t list_bytes(const gc_sctp_list *list) {
    uint32_t bytes = 0, prev = GC_SCTP_NO_BLOCK;
    for (uint32_t b = list->first; b != GC_SCTP_NO_BLOCK; b = pool.blocks[b].next) {
        gc_assert(pool.blocks[b].prev == prev);
        bytes += pool.blocks[b].len;
        prev = b;
    }
    gc_assert(list->last == prev);
    return bytes;
}

static void check(void) {
    uint32_t blocks = 0;
    for (uint32_t i = 0; i < 2; i++) {
        const gc_sctp *s = &sides[i].s;
        gc_assert(list_bytes(&s->out.unsent.list) == s->out.unsent.list.bytes);
        gc_assert(list_bytes(&s->out.flight) == s->out.flight.bytes);
        gc_assert(list_bytes(&s->out.lost) == s->out.lost.bytes);
        gc_assert(s->out.unsent.blocks <= s->out.unsent.blocks_max);
        gc_assert(s->in.share.held <= s->in.blocks_max + GC_SCTP_FRAGMENTS_MAX +
                                          GC_SCTP_MESSAGE_BYTES_MAX / GC_SCTP_BLOCK_BYTES);
        gc_assert(s->in.arrivals.highest - s->in.arrivals.cumulative < GC_SCTP_IN_TSNS);
        gc_assert(sides[i].down ||
                  s->in.arrivals.cumulative + 1 - s->in.floor <= GC_SCTP_FRAGMENTS_MAX);
        gc_assert(s->mtu.bytes >= config.packet_bytes && s->mtu.bytes <= s->mtu.bytes_max &&
                  s->congestion.bbr.packet_bytes == s->mtu.bytes &&
                  (wide || s->mtu.probe_bytes == 0));
        gc_assert((s->recovery.armed_ms == GC_NEVER) || s->out.flight.first != GC_SCTP_NO_BLOCK ||
                  s->reason != 0);
        blocks += s->out.share.held + s->in.share.held;
    }
    gc_assert(blocks == pool.used && pool.common_used <= pool.common);
}

/* --- the two sides ---------------------------------------------------------------------------- */

static void carry(uint32_t from, gc_span bytes) {
    gc_assert(bytes.len >= GC_SCTP_HEAD_BYTES + GC_SCTP_CHUNK_BYTES && bytes.len % 4 == 0 &&
              bytes.len <= (wide ? WIDE_BYTES : config.packet_bytes));
    if (packet_count < PACKETS_MAX) {
        packet *p = &packets[packet_count++];
        p->to = 1 - from;
        p->len = bytes.len;
        memcpy(p->bytes, bytes.data, bytes.len);
    }
}

static void drain(uint32_t i) {
    gc_sctp_output out;
    for (uint32_t n = 0; gc_sctp_poll(&sides[i].s, &out); n++) {
        gc_assert(n < DRAIN_MAX && !sides[i].down);
        if (out.kind == GC_SCTP_PACKET) {
            carry(i, out.bytes);
        } else if (out.kind == GC_SCTP_MESSAGE) {
            uint8_t last = out.message.bytes.data[out.message.bytes.len - 1];
            gc_assert(out.message.bytes.len <= GC_SCTP_MESSAGE_BYTES_MAX && last == last);
        } else if (out.kind == GC_SCTP_DOWN) {
            gc_assert(out.reason >= GC_SCTP_CLOSED && out.reason <= GC_SCTP_CANCELLED);
            sides[i].down = true;
        }
    }
    check();
}

static void deliver(uint32_t n, bool keep) {
    packet *p = &packets[n];
    uint8_t *copy = malloc(p->len); /* so that a read past its end is seen */
    memcpy(copy, p->bytes, p->len);
    uint32_t to = p->to, len = p->len;
    if (!keep) {
        packets[n] = packets[--packet_count];
    }
    gc_sctp_packet(&sides[to].s, now_ms, gc_span_of(copy, len));
    free(copy);
    drain(to);
}

static void tick(uint64_t ms) {
    now_ms += ms;
    for (uint32_t i = 0; i < 2; i++) {
        gc_sctp_tick(&sides[i].s, now_ms);
        drain(i);
        gc_assert(gc_sctp_deadline(&sides[i].s) > now_ms);
    }
}

static void begin(bool connected) {
    static const uint8_t seed[32] = {7};
    gc_arena a;
    gc_arena_init(&a, memory, sizeof memory);
    gc_drbg_init(&drbg, seed);
    gc_sctp_pool_init(&pool, &a, &drbg, BLOCKS);
    gc_sctp_pool_reserve(&pool, 2);
    now_ms = 1000;
    packet_count = 0;
    for (uint32_t i = 0; i < 2; i++) {
        gc_sctp_place(&sides[i].s, &pool, &a);
        gc_sctp_begin(&sides[i].s, &config, now_ms);
        gc_sctp_widen(&sides[i].s, wide ? WIDE_BYTES : config.packet_bytes);
        sides[i].down = false;
    }
    for (uint32_t i = 0; connected && i < 2; i++) {
        gc_sctp_connect(&sides[i].s, now_ms);
        drain(i);
    }
    while (connected && packet_count > 0) {
        deliver(0, false);
    }
}

static void end(void) {
    for (uint32_t i = 0; i < 2; i++) {
        gc_sctp_end(&sides[i].s);
    }
    gc_assert(pool.used == 0);
}

/* --- operations ------------------------------------------------------------------------------- */

static void send(gc_reader *r, uint32_t i) {
    static uint8_t bytes[GC_SCTP_MESSAGE_BYTES_MAX + 1];
    uint8_t kind = gc_reader_u8(r);
    uint32_t len = gc_reader_u16(r);
    len = (kind & 1) != 0 ? len * 5 : len;
    gc_sctp_message m = {.bytes =
                             gc_span_of(bytes, len < sizeof bytes ? len : (uint32_t)sizeof bytes),
                         .ppid = 53,
                         .stream = (uint16_t)(kind >> 4),
                         .unordered = (kind & 2) != 0,
                         .lifetime_ms = (kind & 4) != 0 ? 100 : 0,
                         .tries_max = kind >> 3 & 1};
    int error = gc_sctp_send(&sides[i].s, now_ms, &m);
    gc_assert(error == 0 || error == GC_E_FULL || error == GC_E_TOO_BIG || error == GC_E_ARGUMENT ||
              error == GC_E_STATE || error == GC_E_CLOSED);
}

/* TSNs of a forged chunk are counted from those that the receiver expects: few inputs would meet
 * them by luck. */
static void forge_chunk(gc_reader *r, gc_writer *w, const gc_sctp *to) {
    uint8_t type = gc_reader_u8(r), flags = gc_reader_u8(r), len = gc_reader_u8(r);
    uint32_t at = gc_sctp_chunk_begin(w, type, flags);
    if (type == GC_SCTP_DATA || type == GC_SCTP_FORWARD_TSN || type == GC_SCTP_I_DATA ||
        type == GC_SCTP_I_FORWARD_TSN) {
        gc_writer_u32(w, to->in.arrivals.cumulative + (uint32_t)(int8_t)gc_reader_u8(r));
    } else if (type == GC_SCTP_SACK || type == GC_SCTP_SHUTDOWN) {
        gc_writer_u32(w, to->out.acked_tsn + (uint32_t)(int8_t)gc_reader_u8(r));
    } else if (type == GC_SCTP_RECONFIG) {
        uint32_t parameter = gc_sctp_parameter_begin(w, 13u + (gc_reader_u8(r) & 7u));
        uint8_t off = gc_reader_u8(r);
        gc_writer_u32(w, (off & 1 ? to->resets.number : to->resets.peer_number) + (off >> 6));
        gc_writer_u32(w, off >> 3 & 7);
        gc_writer_u32(w, to->in.arrivals.cumulative + (off >> 1 & 3));
        gc_writer_u16(w, off);
        gc_sctp_parameter_end(w, parameter);
    }
    if (type == GC_SCTP_HEARTBEAT_ACK && (flags & 1) != 0) {
        gc_writer_bytes(w, to->mtu.info, sizeof to->mtu.info);
    }
    uint32_t left = gc_reader_left(r);
    gc_writer_span(w, gc_reader_bytes(r, len < left ? len : left));
    if (!w->failed) {
        gc_sctp_chunk_end(w, at);
    }
}

static void forge(gc_reader *r, uint32_t i) {
    static uint8_t bytes[GC_SCTP_PACKET_BYTES_MAX];
    gc_writer w;
    uint8_t kind = gc_reader_u8(r);
    gc_sctp *to = &sides[i].s;
    uint32_t tag = (kind & 0x80) != 0 ? 0 : to->opening.own.tag + (kind >> 4 & 1);
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_packet_begin(&w, &(gc_sctp_head){GC_SCTP_PORT, GC_SCTP_PORT, tag});
    for (uint32_t n = 0; n <= (kind & 15u) && !r->failed; n++) {
        forge_chunk(r, &w, to);
    }
    if (!w.failed && packet_count < PACKETS_MAX) {
        gc_span packet = gc_sctp_packet_close((kind & 0x40) != 0 ? NULL : &pool.crc, &w);
        packets[packet_count].to = i;
        packets[packet_count].len = packet.len;
        memcpy(packets[packet_count].bytes, packet.data, packet.len);
        packet_count++;
        deliver(packet_count - 1, false);
    }
}

/* One byte of a packet under way is changed, and its checksum made right again. */
static void alter(gc_reader *r, uint32_t n) {
    packet *p = &packets[n];
    uint32_t at = gc_reader_u16(r) % p->len;
    p->bytes[at] ^= gc_reader_u8(r);
    gc_writer w;
    gc_writer_init(&w, p->bytes, p->len);
    w.at = p->len;
    memset(p->bytes + 8, 0, 4);
    gc_sctp_packet_close(&pool.crc, &w);
}

static void operate(gc_reader *r) {
    uint8_t op = gc_reader_u8(r);
    uint32_t i = op >> 7, n = packet_count > 0 ? (op >> 4 & 7u) % packet_count : 0;
    switch (op & 15) {
    case 0:
        gc_sctp_connect(&sides[i].s, now_ms);
        gc_sctp_moved(&sides[i].s, now_ms, (op & 16) != 0);
        break;
    case 1:
    case 2:
        send(r, i);
        break;
    case 3:
        tick(gc_reader_u8(r));
        break;
    case 4:
        tick(100u * gc_reader_u8(r));
        break;
    case 5:
        forge(r, i);
        break;
    case 6:
        gc_sctp_reset(&sides[i].s, now_ms, gc_reader_u8(r) % 16);
        break;
    case 7:
        gc_sctp_close(&sides[i].s, now_ms);
        break;
    case 8:
        gc_sctp_abort(&sides[i].s, now_ms);
        break;
    case 9:
        if (packet_count > 0) {
            packets[n] = packets[--packet_count];
        }
        break;
    case 10:
        if (packet_count > 0) {
            alter(r, n);
        }
        break;
    default:
        if (packet_count > 0) {
            deliver(n, (op & 15) == 11);
        }
        break;
    }
    drain(i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 4096) {
        return 0;
    }
    gc_reader r;
    gc_reader_init(&r, gc_span_of(data, (uint32_t)size));
    uint8_t how = gc_reader_u8(&r);
    config.interleaves = (how & 2) != 0;
    wide = (how & 4) != 0;
    begin((how & 1) != 0);
    while (!r.failed && gc_reader_left(&r) > 0) {
        operate(&r);
    }
    end();
    return 0;
}
