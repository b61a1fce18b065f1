#include "test/unit/sctp_pair.h"

#include "core/base/error.h"
#include "core/base/number.h"

#define POOL_BLOCKS 4096

static void place(sctp_side *side, gc_arena *a) {
    gc_sctp_pool_init(&side->pool, a, &side->drbg, POOL_BLOCKS);
    gc_sctp_place(&side->s, &side->pool, a);
}

void pair_begin(sctp_pair *p, uint64_t seed, const gc_sctp_config *config) {
    memset(p, 0, sizeof *p);
    p->now_ms = 1000;
    p->chance = seed * 0x9e3779b97f4a7c15u + 1;
    p->delay_ms = 10;
    p->packets = calloc(PAIR_PACKETS_MAX, sizeof *p->packets);
    assert_non_null(p->packets);
    for (uint32_t i = 0; i < 2; i++) {
        sctp_side *side = &p->side[i];
        uint8_t key[32] = {(uint8_t)seed, (uint8_t)(seed >> 8), (uint8_t)(i + 1)};
        gc_drbg_init(&side->drbg, key);
        gc_arena a;
        NOUN_PLACE(side->memory, a, place(side, &a));
        side->seen = calloc(PAIR_STREAMS, PAIR_MESSAGES_MAX);
        assert_non_null(side->seen);
        gc_sctp_begin(&side->s, config, p->now_ms);
    }
}

void pair_end(sctp_pair *p) {
    for (uint32_t i = 0; i < p->packet_count; i++) {
        free(p->packets[i].bytes);
    }
    for (uint32_t i = 0; i < 2; i++) {
        gc_sctp_end(&p->side[i].s);
        assert_int_equal(p->side[i].pool.used, 0);
        free(p->side[i].memory);
        free(p->side[i].seen);
    }
    free(p->packets);
}

/* --- messages --------------------------------------------------------------------------------- */

static uint8_t pattern(uint32_t number, uint32_t i) {
    return (uint8_t)(number * 31 + i * 7 + (i >> 8));
}

int pair_send(sctp_pair *p, uint32_t from, uint16_t stream, bool unordered, uint32_t len) {
    static uint8_t bytes[GC_SCTP_MESSAGE_BYTES_MAX];
    uint32_t number = p->side[from].sent[stream];
    assert_true(len >= 4 && len <= sizeof bytes && stream < PAIR_STREAMS &&
                number < PAIR_MESSAGES_MAX);
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] = i < 4 ? (uint8_t)(number >> 8 * i) : pattern(number, i);
    }
    gc_sctp_message m = {.bytes = gc_span_of(bytes, len),
                         .ppid = 53,
                         .stream = stream,
                         .unordered = unordered,
                         .lifetime_ms = p->lifetime_ms[stream],
                         .tries_max = p->tries_max[stream]};
    int result = gc_sctp_send(&p->side[from].s, p->now_ms, &m);
    p->side[from].sent[stream] += result == 0 ? 1 : 0;
    return result;
}

static void take_message(sctp_pair *p, sctp_side *side, const gc_sctp_message *m) {
    assert_true(m->bytes.len >= 4 && m->stream < PAIR_STREAMS);
    assert_int_equal(m->ppid, 53);
    uint32_t number = 0;
    for (uint32_t i = 0; i < 4; i++) {
        number |= (uint32_t)m->bytes.data[i] << 8 * i;
    }
    for (uint32_t i = 4; i < m->bytes.len; i++) {
        assert_int_equal(m->bytes.data[i], pattern(number, i));
    }
    assert_true(number < PAIR_MESSAGES_MAX);
    uint8_t *seen = &side->seen[m->stream * PAIR_MESSAGES_MAX + number];
    assert_int_equal(*seen, 0);
    *seen = 1;
    uint32_t *expected = &side->expected[m->stream];
    bool limited = p->lifetime_ms[m->stream] > 0 || p->tries_max[m->stream] > 0;
    if (!m->unordered && limited) {
        assert_in_range(number, *expected, PAIR_MESSAGES_MAX);
    } else if (!m->unordered) {
        assert_int_equal(number, *expected);
    }
    *expected = limited ? number + 1 : *expected + 1;
    side->came++;
    side->came_on[m->stream]++;
    side->came_bytes += m->bytes.len;
    side->last_ms = p->now_ms;
}

uint32_t pair_missing(const sctp_pair *p, uint32_t to) {
    uint32_t sent = 0;
    for (uint32_t i = 0; i < PAIR_STREAMS; i++) {
        sent += p->side[1 - to].sent[i];
    }
    return sent - p->side[to].came;
}

/* --- the path --------------------------------------------------------------------------------- */

static void enqueue(sctp_pair *p, uint32_t from, gc_span bytes, uint64_t at_ms) {
    assert_true(p->packet_count < PAIR_PACKETS_MAX);
    pair_packet *q = &p->packets[p->packet_count++];
    *q = (pair_packet){at_ms, p->order++, 1 - from, bytes.len, exact_copy(bytes.data, bytes.len)};
}

static void carry(sctp_pair *p, uint32_t from, gc_span bytes) {
    p->side[from].packets++;
    assert_true(bytes.len <= p->side[from].s.mtu.bytes_max && bytes.len % 4 == 0);
    bool fits = p->path_bytes == 0 || bytes.len <= p->path_bytes;
    if (p->dark || !fits || chance(&p->chance, 1000) < p->loss_per_mille) {
        return;
    }
    uint64_t wait_ms = 0;
    if (p->rate_bytes_per_ms > 0) {
        p->free_bytes[from] = gc_max_u64(p->free_bytes[from], p->now_ms * p->rate_bytes_per_ms);
        wait_ms = p->free_bytes[from] / p->rate_bytes_per_ms - p->now_ms;
        if (wait_ms > p->queue_ms) {
            return;
        }
        p->free_bytes[from] += bytes.len;
    }
    uint32_t copies = 1 + (chance(&p->chance, 1000) < p->duplicate_per_mille ? 1 : 0);
    for (uint32_t i = 0; i < copies; i++) {
        uint64_t jitter = p->jitter_ms > 0 ? chance(&p->chance, p->jitter_ms + 1) : 0;
        enqueue(p, from, bytes, p->now_ms + wait_ms + p->delay_ms + jitter);
    }
}

static void take_output(sctp_pair *p, uint32_t i, const gc_sctp_output *out) {
    sctp_side *side = &p->side[i];
    switch (out->kind) {
    case GC_SCTP_PACKET:
        carry(p, i, out->bytes);
        break;
    case GC_SCTP_UP:
        side->ups++;
        side->up_ms = p->now_ms;
        break;
    case GC_SCTP_MESSAGE:
        take_message(p, side, &out->message);
        break;
    case GC_SCTP_RESET_IN:
        side->resets_in++;
        break;
    case GC_SCTP_RESET_OUT:
        side->resets_out++;
        break;
    case GC_SCTP_WRITABLE:
        side->writables++;
        break;
    default:
        assert_int_equal(out->kind, GC_SCTP_DOWN);
        assert_int_equal(side->down, 0);
        side->down = out->reason;
        side->cause = out->cause;
        break;
    }
}

void pair_drain(sctp_pair *p) {
    gc_sctp_output out;
    for (uint32_t i = 0; i < 2; i++) {
        while (gc_sctp_poll(&p->side[i].s, &out)) {
            take_output(p, i, &out);
        }
    }
}

static uint32_t earliest(const sctp_pair *p) {
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < p->packet_count; i++) {
        const pair_packet *q = &p->packets[i];
        if (best == UINT32_MAX || q->at_ms < p->packets[best].at_ms ||
            (q->at_ms == p->packets[best].at_ms && q->order < p->packets[best].order)) {
            best = i;
        }
    }
    return best;
}

/* The next packet or timer, at most until_ms. */
static void step(sctp_pair *p, uint64_t until_ms) {
    uint32_t q = earliest(p);
    uint64_t at_ms = gc_min_u64(gc_sctp_deadline(&p->side[0].s), gc_sctp_deadline(&p->side[1].s));
    if (q != UINT32_MAX && p->packets[q].at_ms <= at_ms) {
        at_ms = p->packets[q].at_ms;
    } else {
        q = UINT32_MAX;
    }
    if (at_ms > until_ms) {
        p->now_ms = until_ms;
        return;
    }
    p->now_ms = gc_max_u64(at_ms, p->now_ms);
    if (q != UINT32_MAX) {
        pair_packet packet = p->packets[q];
        p->packets[q] = p->packets[--p->packet_count];
        gc_sctp_packet(&p->side[packet.to].s, p->now_ms, gc_span_of(packet.bytes, packet.len));
        free(packet.bytes);
    } else {
        for (uint32_t i = 0; i < 2; i++) {
            if (gc_sctp_deadline(&p->side[i].s) <= p->now_ms) {
                gc_sctp_tick(&p->side[i].s, p->now_ms);
                pair_drain(p);
                assert_true(gc_sctp_deadline(&p->side[i].s) > p->now_ms);
            }
        }
    }
    pair_drain(p);
}

void pair_run(sctp_pair *p, uint64_t ms) {
    uint64_t until_ms = p->now_ms + ms;
    pair_drain(p);
    while (p->now_ms < until_ms) {
        step(p, until_ms);
    }
}

void pair_connect(sctp_pair *p) {
    gc_sctp_connect(&p->side[0].s, p->now_ms);
    gc_sctp_connect(&p->side[1].s, p->now_ms);
    pair_drain(p);
    uint64_t until_ms = p->now_ms + GC_SCTP_OPEN_MS;
    while (p->now_ms < until_ms && (p->side[0].ups == 0 || p->side[1].ups == 0)) {
        step(p, until_ms);
    }
    assert_int_equal(p->side[0].ups, 1);
    assert_int_equal(p->side[1].ups, 1);
}

bool pair_finish(sctp_pair *p, uint64_t ms) {
    uint64_t until_ms = p->now_ms + ms;
    pair_drain(p);
    while (p->now_ms < until_ms && (pair_missing(p, 0) > 0 || pair_missing(p, 1) > 0)) {
        step(p, until_ms);
    }
    return pair_missing(p, 0) == 0 && pair_missing(p, 1) == 0;
}

/* --- packets by hand -------------------------------------------------------------------------- */

uint32_t pair_tag(const sctp_pair *p, uint32_t of) {
    return p->side[of].s.opening.own.tag;
}

void pair_forge(const sctp_pair *p, uint32_t to, uint32_t tag, pair_forged *f) {
    (void)p;
    (void)to;
    gc_writer_init(&f->w, f->bytes, sizeof f->bytes);
    gc_sctp_packet_begin(&f->w, &(gc_sctp_head){GC_SCTP_PORT, GC_SCTP_PORT, tag});
}

void pair_give(sctp_pair *p, uint32_t to, pair_forged *f) {
    gc_span packet = gc_sctp_packet_close(&p->side[to].pool.crc, &f->w);
    uint8_t *copy = exact_copy(packet.data, packet.len);
    gc_sctp_packet(&p->side[to].s, p->now_ms, gc_span_of(copy, packet.len));
    free(copy);
    pair_drain(p);
}
