/* An ICE agent, stateful: the input is a script of what its peer, strangers, signaling and the
 * clock do. Any bytes are a script; most packets are authentic, so that it gets behind the parsers.
 * After each step: bounds hold, what goes on is in the future, the pair in use is valid, and no
 * address that answered nothing sees more than GC_ICE_GATE_PER_SECOND checks in a second. */
#include "core/base/assert.h"
#include "rtc/ice.h"

#include <string.h>

#define ADDRESSES 32 /* of the other side, strangers and victims */
#define SENT_MAX  32 /* the last sends to each */

typedef struct input {
    const uint8_t *data;
    size_t len;
} input;

static gc_ice ice;
static gc_ice_gate gate;
static gc_drbg drbg;
static uint64_t now_ms;
static gc_ice_credentials theirs;
static uint8_t last_check[12]; /* the transaction of our last check */
static uint32_t last_base;
static gc_addr last_to;
static uint64_t sent_ms[ADDRESSES][SENT_MAX]; /* rings */
static uint32_t sent[ADDRESSES];
static bool spoke[ADDRESSES]; /* an answer came from it */
static bool failed;

static uint8_t byte(input *in) {
    if (in->len == 0) {
        return 0;
    }
    in->len--;
    return *in->data++;
}

static gc_span rest(input *in) {
    uint32_t len = byte(in);
    len = len < in->len ? len : (uint32_t)in->len;
    gc_span s = gc_span_of(in->data, len);
    in->data += len;
    in->len -= len;
    return s;
}

static gc_addr address(uint32_t i) {
    gc_addr a = {.family = i % 4 == 3 ? 6 : 4, .ip = {203, 0, 113, (uint8_t)(i % ADDRESSES)}};
    a.port = (uint16_t)(1000 + i % ADDRESSES);
    return a;
}

/* Counts a check to an address that never answered. */
static void count_check(const gc_addr *to) {
    uint32_t i = to->port - 1000u;
    if (i >= ADDRESSES || spoke[i]) {
        return;
    }
    uint64_t *ring = sent_ms[i];
    if (sent[i] >= GC_ICE_GATE_PER_SECOND) {
        gc_assert(now_ms - ring[(sent[i] - GC_ICE_GATE_PER_SECOND) % SENT_MAX] >= 1000);
    }
    ring[sent[i]++ % SENT_MAX] = now_ms;
}

static void on_send(const gc_ice_output *out) {
    gc_stun_message m;
    gc_assert(out->base < GC_ICE_BASES_MAX && out->bytes.len <= GC_ICE_MESSAGE_BYTES_MAX);
    gc_assert(gc_stun_message_read(out->bytes, &m) == 0);
    if (m.class == GC_STUN_REQUEST) {
        memcpy(last_check, m.transaction, sizeof last_check);
        last_base = out->base;
        last_to = out->addr;
        count_check(&out->addr);
    }
}

static void drain(void) {
    gc_ice_output out;
    uint32_t count = 0;
    while (gc_ice_poll(&ice, &out)) {
        gc_assert(++count < 300 && !failed);
        if (out.type == GC_ICE_SEND) {
            on_send(&out);
        } else if (out.type == GC_ICE_SELECTED || out.type == GC_ICE_HEARD) {
            gc_assert(gc_ice_accepts(&ice, out.base, &out.addr));
        } else if (out.type == GC_ICE_FAILED) {
            gc_assert(out.reason != GC_REASON_NONE);
            failed = true;
        }
    }
    gc_assert(gc_ice_deadline(&ice) > now_ms);
}

static void check_bounds(void) {
    uint32_t valid = 0, nominated = 0;
    for (uint32_t i = 0; i < GC_ICE_PAIRS_MAX; i++) {
        const gc_ice_pair *p = &ice.table.pairs[i];
        gc_assert(i < ice.table.used || p->state == GC_ICE_PAIR_FREE);
        valid += p->state == GC_ICE_PAIR_VALID;
        nominated += p->nominated;
        if (p->state != GC_ICE_PAIR_FREE) {
            const gc_ice_target *t = &ice.table.targets[p->target];
            gc_assert(ice.table.bases[p->base].addr.family == t->addr.family);
        }
    }
    gc_assert(valid <= GC_ICE_VALID_MAX && nominated <= 1);
    gc_assert(ice.early.count <= GC_ICE_EARLY_MAX);
    gc_assert(ice.passenger.rides <= GC_ICE_PASSENGER_RIDES_MAX);
    gc_assert(ice.passenger.len == 0 || !ice.connected);
    gc_assert(failed || valid == 0 || ice.choice.pair != GC_ICE_NO_PAIR);
    gc_assert(ice.choice.pair == GC_ICE_NO_PAIR ||
              ice.table.pairs[ice.choice.pair].state == GC_ICE_PAIR_VALID);
}

static void datagram(uint32_t base, const gc_addr *from, const uint8_t *bytes, uint32_t len) {
    gc_ice_datagram(&ice, now_ms, base, from, gc_span_of(bytes, len));
}

/* A check of the peer; its flags say which one, and whether it is damaged. */
static void check_of_theirs(input *in) {
    uint8_t out[GC_ICE_MESSAGE_BYTES_MAX], transaction[12] = {byte(in)};
    uint8_t flags = byte(in);
    gc_addr from = address(byte(in));
    const gc_ice_check check = {.tie_breaker = flags & 1 ? UINT64_MAX : 1,
                                .controlling = flags & 2,
                                .use_candidate = flags & 4,
                                .passenger = flags & 128 ? GC_SPAN("a ClientHello") : GC_SPAN_NONE,
                                .priority = byte(in)};
    uint32_t len =
        gc_ice_message_check(out, transaction, &check, &theirs, &ice.generations.current.local);
    if (flags & 8) {
        out[byte(in) % len] ^= byte(in);
    }
    datagram(flags >> 4 & 7, &from, out, len);
}

/* An answer to our last check. */
static void answer_of_theirs(input *in) {
    uint8_t out[GC_ICE_MESSAGE_BYTES_MAX], request[GC_STUN_HEAD_BYTES];
    uint8_t flags = byte(in);
    gc_addr mapped = address(byte(in));
    gc_addr from = flags & 1 ? address(byte(in)) : last_to;
    uint32_t len = gc_ice_message_success(out, last_check, &mapped, &theirs);
    if (flags & 2) {
        static const uint32_t codes[] = {400, 401, 420, 487, 487, 487, 500, 699};
        gc_writer w;
        gc_stun_message m;
        gc_writer_init(&w, request, sizeof request);
        gc_stun_message_begin(&w, GC_STUN_REQUEST, GC_STUN_BINDING, last_check);
        gc_assert(gc_stun_message_read(gc_writer_done(&w), &m) == 0);
        len = gc_ice_message_refusal(out, &m, codes[flags >> 5], &theirs);
    }
    if (flags & 4) {
        out[byte(in) % len] ^= byte(in);
    }
    uint32_t i = from.port - 1000u;
    if (i < ADDRESSES) {
        spoke[i] = true;
    }
    datagram(flags & 8 ? byte(in) % GC_ICE_BASES_MAX : last_base, &from, out, len);
}

static void candidate_of_theirs(input *in) {
    gc_candidate c = {.type = (gc_candidate_type)(byte(in) % 4),
                      .addr = address(byte(in)),
                      .priority = byte(in) * 65537u};
    gc_ice_add_candidate(&ice, now_ms, &c);
}

static void base_of_ours(input *in) {
    uint32_t base = byte(in) % GC_ICE_BASES_MAX;
    if (ice.table.bases[base].addr.family != 0) {
        gc_ice_drop_base(&ice, now_ms, base);
        return;
    }
    gc_addr a = {.family = base % 4 == 3 ? 6 : 4, .ip = {10, 0, 0, byte(in)}, .port = 7};
    gc_ice_add_base(&ice, now_ms, base, &a);
}

static void step(input *in) {
    switch (byte(in) % 8) {
    case 0:
        now_ms += byte(in);
        break;
    case 1:
        now_ms += 100u * byte(in);
        break;
    case 2:
        if (gc_ice_deadline(&ice) != GC_NEVER) {
            now_ms = gc_ice_deadline(&ice);
        }
        break;
    case 3:
        check_of_theirs(in);
        break;
    case 4:
        answer_of_theirs(in);
        break;
    case 5:
        candidate_of_theirs(in);
        break;
    case 6:
        base_of_ours(in);
        break;
    default: {
        gc_addr from = address(byte(in));
        gc_span bytes = rest(in);
        datagram(byte(in) % GC_ICE_BASES_MAX, &from, bytes.data, bytes.len);
        gc_ice_carry(&ice, bytes);
        gc_ice_remote(&ice, now_ms, gc_ice_credentials_ufrag(&theirs),
                      gc_ice_credentials_pwd(&theirs));
        break;
    }
    }
    gc_ice_tick(&ice, now_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input in = {data, size};
    const uint8_t seed[32] = {1};
    uint8_t flags = byte(&in);
    now_ms = 1000;
    failed = false;
    gc_drbg_init(&drbg, seed);
    memset(&gate, 0, sizeof gate);
    memset(sent, 0, sizeof sent);
    memset(spoke, 0, sizeof spoke);
    gc_ice_gate_init(&gate, &drbg);
    gc_ice_credentials_make(&theirs, &drbg);
    const gc_ice_config config = {.drbg = &drbg,
                                  .gate = &gate,
                                  .controlling = flags & 1,
                                  .expires_ms = flags & 2 ? GC_NEVER : 16000};
    gc_ice_init(&ice, now_ms, &config);
    const gc_addr own = {.family = 4, .ip = {10, 0, 0, 1}, .port = 7};
    gc_ice_add_base(&ice, now_ms, 0, &own);
    if (flags & 4) {
        gc_ice_remote(&ice, now_ms, gc_ice_credentials_ufrag(&theirs),
                      gc_ice_credentials_pwd(&theirs));
    }
    last_to = address(0);
    drain();
    while (in.len > 0) {
        step(&in);
        drain();
        check_bounds();
    }
    return 0;
}
