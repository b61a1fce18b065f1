/* A peer that is authenticated and keeps to no rule, without end: what it makes an association hold
 * is bounded, so is the work for each of its packets, and where an end is due it has a name. The
 * work is CPU time, compared with that for a packet that an honest peer sends in bulk.
 * GC_HOSTILE_PACKETS: packets of each kind; then the figures are printed (make hostile-sctp). */
#include "test/unit/sctp_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Sanitizers and emulators make some code ten times slower and other code hardly: no measure. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#define PACKETS 3000
#define SLOWEST 40 /* a packet costs at most so many packets of the honest kind */

typedef struct kind {
    const char *name;
    void (*prepare)(void);
    void (*write)(uint32_t n); /* the chunks of packet n */
    uint32_t ends;             /* the reason with which it ends the association; 0: it does not */
    bool interleaves;
} kind;

static sctp_pair pair;
static pair_forged f;
static uint32_t packet_bytes; /* of each packet, at most */
static uint32_t answers, first_tsn, messages;
static uint64_t answered_bytes;

static gc_sctp *victim(void) {
    return &pair.side[1].s;
}

static bool has_room(uint32_t bytes) {
    return f.w.at + bytes <= packet_bytes - 40;
}

/* How many chunks of one byte a packet has, with room for one or two others. */
static uint32_t tiny_chunks(void) {
    return (packet_bytes - 40 - 60) / 20;
}

static void put_data(uint32_t tsn, uint16_t stream, uint16_t ssn, uint8_t flags, uint32_t len) {
    static const uint8_t zeros[GC_SCTP_PACKET_BYTES_MAX];
    gc_sctp_data d = {tsn, 53, stream, ssn, flags, {0}};
    uint32_t at = gc_sctp_data_begin(&f.w, &d);
    gc_writer_bytes(&f.w, zeros, len);
    gc_sctp_chunk_end(&f.w, at);
}

static uint32_t next_tsn(void) {
    return victim()->in.arrivals.cumulative + 1;
}

/* Nobody reads them: only how many there are counts. */
static void drain(void) {
    gc_sctp_output out;
    while (gc_sctp_poll(victim(), &out)) {
        answers += out.kind == GC_SCTP_PACKET;
        answered_bytes += out.kind == GC_SCTP_PACKET ? out.bytes.len : 0;
        messages += out.kind == GC_SCTP_MESSAGE;
        if (out.kind == GC_SCTP_DOWN) {
            pair.side[1].down = out.reason;
        }
    }
}

static void give(void) {
    gc_span packet = gc_sctp_packet_close(&pair.side[1].pool.crc, &f.w);
    gc_sctp_packet(victim(), pair.now_ms, packet);
    drain();
}

static void start(void) {
    pair_forge(&pair, 1, pair_tag(&pair, 1), &f);
}

/* --- the honest one --------------------------------------------------------------------------- */

static void bulk(uint32_t n) {
    (void)n;
    put_data(next_tsn(), 0, victim()->in.next_ssn[0], GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END,
             packet_bytes - 139);
}

static void small_messages(uint32_t n) {
    (void)n;
    uint32_t tsn = next_tsn();
    for (uint16_t ssn = victim()->in.next_ssn[0]; has_room(20); ssn++, tsn++) {
        put_data(tsn, 0, ssn, GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END, 4);
    }
}

/* --- the others ------------------------------------------------------------------------------- */

static void inits(uint32_t n) {
    pair_forge(&pair, 1, 0, &f);
    gc_sctp_init_chunk init = {
        .tag = n + 1, .window_bytes = n, .tsn = n, .streams_out = 1, .streams_in = 1};
    gc_sctp_init_write(&f.w, GC_SCTP_INIT, &init);
}

static void cookies(uint32_t n) {
    static uint8_t cookie[64];
    memcpy(cookie, &n, sizeof n);
    while (has_room(4 + sizeof cookie)) {
        gc_sctp_plain_write(&f.w, GC_SCTP_COOKIE_ECHO, 0, gc_span_of(cookie, sizeof cookie));
    }
}

/* All streams again and again, under numbers that are right. */
static void resets(uint32_t n) {
    (void)n;
    gc_sctp_reconfig r = {.number = victim()->resets.peer_number,
                          .last_tsn = victim()->in.arrivals.cumulative};
    for (; has_room(24); r.number++) {
        gc_sctp_request_write(&f.w, &r, NULL, 0);
    }
}

static void wrong_resets(uint32_t n) {
    gc_sctp_reconfig r = {.number = n * 77, .last_tsn = n};
    static const uint16_t streams[] = {1, 2, 3, 65535};
    while (has_room(32)) {
        gc_sctp_request_write(&f.w, &r, streams, 4);
    }
}

static void put_forward(uint32_t cumulative) {
    uint8_t value[4] = {(uint8_t)(cumulative >> 24), (uint8_t)(cumulative >> 16),
                        (uint8_t)(cumulative >> 8), (uint8_t)cumulative};
    gc_sctp_plain_write(&f.w, GC_SCTP_FORWARD_TSN, 0, gc_span_of(value, sizeof value));
}

/* A whole message as far behind a hole as there are places, which waits for an earlier one of its
 * stream; the one before it is given up. */
static void block_far(void) {
    uint32_t cumulative = next_tsn() + GC_SCTP_IN_TSNS;
    put_forward(cumulative);
    put_data(cumulative + GC_SCTP_IN_TSNS - 2, 1, (uint16_t)(victim()->in.next_ssn[1] + 9),
             GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END, 4);
}

/* Before the packets have come to the blocked message. */
static bool blocks_anew(uint32_t n) {
    return n % (GC_SCTP_IN_TSNS / 2 / tiny_chunks()) == 0;
}

static void forwards(uint32_t n) {
    if (blocks_anew(n)) {
        block_far();
        return;
    }
    for (uint32_t tsn = next_tsn(); has_room(8); tsn++) {
        put_forward(tsn);
    }
}

/* Small messages in order, while one of another stream waits far behind. */
static void in_order_before_a_blocked_one(uint32_t n) {
    if (blocks_anew(n)) {
        block_far();
    } else {
        small_messages(n);
    }
}

/* Every second TSN, and the same again when there are no more places. */
static void gaps(uint32_t n) {
    for (uint32_t i = 0; has_room(20); i++) {
        uint32_t ahead = 1 + 2 * ((n * tiny_chunks() + i) % (GC_SCTP_IN_TSNS / 2 - 1));
        put_data(next_tsn() + ahead, (uint16_t)(n % 3), (uint16_t)i,
                 GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END | GC_SCTP_FLAG_UNORDERED * (n % 2), 4);
    }
}

/* Fragments of one byte, the last one first. */
static void fragments(uint32_t n) {
    uint32_t count = tiny_chunks(), at = n * count % (GC_SCTP_FRAGMENTS_MAX - count - 8);
    if (at < count) {
        put_forward(next_tsn() + GC_SCTP_FRAGMENTS_MAX);
        first_tsn = next_tsn() + GC_SCTP_FRAGMENTS_MAX + 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t tsn = first_tsn + GC_SCTP_FRAGMENTS_MAX - at - i;
        uint8_t end = at + i == 0 || (at < count && i == 0) ? GC_SCTP_FLAG_END : 0;
        put_data(tsn, 0, 0, end | GC_SCTP_FLAG_UNORDERED, 1);
    }
}

/* Every second one, then those between them, the last one first: each joins two runs. */
static void fragments_between(uint32_t n) {
    enum { HALF = (GC_SCTP_FRAGMENTS_MAX - 24) / 2 };
    uint32_t count = tiny_chunks(), at = n * count % (2 * HALF);
    if (at < count) {
        put_forward(next_tsn() + GC_SCTP_FRAGMENTS_MAX);
        first_tsn = next_tsn() + GC_SCTP_FRAGMENTS_MAX + 2;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = (at + i) % (2 * HALF);
        uint32_t tsn = first_tsn + (k < HALF ? 2 * k + 1 : 2 * (2 * HALF - k));
        put_data(tsn, 0, 0, (k == HALF ? GC_SCTP_FLAG_END : 0) | GC_SCTP_FLAG_UNORDERED, 1);
    }
}

/* Fragments in order that never become a message. */
static void endless_message(uint32_t n) {
    uint32_t tsn = next_tsn();
    for (uint32_t i = 0; has_room(20); i++) {
        put_data(tsn + i, 0, victim()->in.next_ssn[0], n + i == 0 ? GC_SCTP_FLAG_BEGIN : 0, 1);
    }
}

/* --- interleaved ------------------------------------------------------------------------------ */

static void put_i_data(uint32_t tsn, uint32_t mid, uint8_t flags) {
    gc_sctp_data d = {.tsn = tsn, .ppid = 53, .stream = 1, .number = mid, .flags = flags};
    uint32_t at = gc_sctp_i_data_begin(&f.w, &d);
    gc_writer_u32(&f.w, 0);
    gc_sctp_chunk_end(&f.w, at);
}

/* As many whole messages as there is room for, all of which wait for one of their stream. */
static void blocked_row(void) {
    for (uint32_t mid = 1; mid < PAIR_CONFIG.window_bytes / GC_SCTP_BLOCK_BYTES;) {
        start();
        for (uint32_t tsn = next_tsn(); has_room(24); tsn++, mid++) {
            put_i_data(tsn, mid, GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END);
        }
        give();
    }
}

/* All of the row is before such a number, and the number is before the row's turn. */
static void i_forwards(uint32_t n) {
    (void)n;
    uint32_t at = gc_sctp_chunk_begin(&f.w, GC_SCTP_I_FORWARD_TSN, 0);
    gc_writer_u32(&f.w, next_tsn());
    while (has_room(8)) {
        gc_writer_u16(&f.w, 1);
        gc_writer_u16(&f.w, 0);
        gc_writer_u32(&f.w, 0x80000001);
    }
    gc_sctp_chunk_end(&f.w, at);
}

/* Messages of which each goes to the middle of the row. */
static void i_middle(uint32_t n) {
    uint32_t tsn = next_tsn();
    for (uint32_t i = 0; has_room(24); i++) {
        put_i_data(tsn + i, 0x70000000 - n * tiny_chunks() - i,
                   GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END);
    }
}

/* --- our data, of which nothing is ever acknowledged ------------------------------------------ */

static void send_much(void) {
    static uint8_t bytes[2000];
    for (uint32_t i = 0; i < 60; i++) {
        for (uint32_t k = 0; k < 100; k++) {
            gc_sctp_message m = {
                .bytes = gc_span_of(bytes, i < 30 ? 20 : 1000), .ppid = 53, .unordered = true};
            gc_sctp_send(victim(), pair.now_ms, &m);
        }
        drain();
        start();
        uint32_t last = victim()->out.next_tsn - 1;
        gc_sctp_sack_write(&f.w, i < 50 ? last : victim()->out.acked_tsn, 4 << 20, NULL, 0, NULL,
                           0);
        give();
        pair.now_ms += 5;
        gc_sctp_tick(victim(), pair.now_ms);
        drain();
    }
}

/* Messages that are sent once, on as many streams as one FORWARD-TSN names, and are all given up.
 */
static void give_much_up(void) {
    for (uint32_t i = 0; i < 800; i++) {
        gc_sctp_message m = {.bytes = GC_SPAN("x"),
                             .ppid = 53,
                             .stream = (uint16_t)(i % GC_SCTP_FORWARD_SKIPS_MAX),
                             .tries_max = 1};
        assert_int_equal(gc_sctp_send(victim(), pair.now_ms, &m), 0);
    }
    for (uint32_t i = 0; i < 100; i++) {
        drain();
        pair.now_ms += 100;
        gc_sctp_tick(victim(), pair.now_ms);
    }
    drain();
    assert_true(victim()->forward.point - victim()->out.acked_tsn > 500);
}

/* Each is a reason to look anew for what the peer need not wait for. */
static void same_sacks(uint32_t n) {
    (void)n;
    gc_sctp_sack_write(&f.w, victim()->out.acked_tsn, 1 << 20, NULL, 0, NULL, 0);
}

/* Acknowledged behind a hole and taken back, in turn. */
static void sacks(uint32_t n) {
    (void)n;
    const gc_sctp_out *o = &victim()->out;
    uint32_t out = o->next_tsn - 1 - o->acked_tsn;
    gc_sctp_gap gap = {2, (uint16_t)out};
    for (uint32_t i = 0; has_room(20); i++) {
        bool whole = i % 2 == 0 && out > 2;
        gc_sctp_sack_write(&f.w, o->acked_tsn, 1 << 20, &gap, whole ? 1 : 0, NULL, 0);
    }
}

static void optimistic(uint32_t n) {
    (void)n;
    gc_sctp_sack_write(&f.w, victim()->out.next_tsn + 5, 1 << 20, NULL, 0, NULL, 0);
}

static void zero_windows(uint32_t n) {
    (void)n;
    gc_sctp_sack_write(&f.w, victim()->out.acked_tsn, 0, NULL, 0, NULL, 0);
    pair.now_ms += 50;
    gc_sctp_tick(victim(), pair.now_ms);
}

static void heartbeats(uint32_t n) {
    static uint8_t value[40] = {0, 1, 0, 40};
    memcpy(value + 4, &n, sizeof n);
    while (has_room(44)) {
        gc_sctp_plain_write(&f.w, GC_SCTP_HEARTBEAT, 0, gc_span_of(value, sizeof value));
    }
}

static void unknown(uint32_t n) {
    (void)n;
    while (has_room(4)) {
        gc_sctp_plain_write(&f.w, 0xfe, 0, GC_SPAN_NONE);
    }
}

/* --- measuring -------------------------------------------------------------------------------- */

static uint64_t cpu_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint32_t packets(void) {
    const char *text = getenv("GC_HOSTILE_PACKETS");
    return text == NULL ? PACKETS : (uint32_t)strtoul(text, NULL, 10);
}

/* Runs one kind; returns the nanoseconds of a packet. */
static uint64_t measure(const kind *k) {
    gc_sctp_config config = PAIR_CONFIG;
    config.interleaves = k->interleaves;
    pair_begin(&pair, 7, &config);
    pair_connect(&pair);
    pair_run(&pair, 100);
    first_tsn = next_tsn();
    if (k->prepare != NULL) {
        k->prepare();
    }
    answers = messages = 0;
    answered_bytes = 0;
    uint32_t count = packets(), most = 0, given = 0;
    uint64_t ns = 0;
    for (; given < count && pair.side[1].down == 0; given++) {
        start();
        k->write(given);
        gc_span packet = gc_sctp_packet_close(&pair.side[1].pool.crc, &f.w);
        uint64_t before = cpu_ns();
        gc_sctp_packet(victim(), pair.now_ms, packet);
        drain();
        ns += cpu_ns() - before;
        most = pair.side[1].pool.used > most ? pair.side[1].pool.used : most;
    }
    if (getenv("GC_HOSTILE_PACKETS") != NULL) {
        printf("# %-32s %7u packets  %8.2f us each  %.2f answers  %6u blocks held  ended %u\n",
               k->name, given, (double)ns / given / 1000, (double)answers / given, most,
               pair.side[1].down);
    }
    assert_int_equal(pair.side[1].down, k->ends);
    /* What is acknowledged makes room for more than one packet. */
    assert_true(answers <= 2 * given + 200);
    /* The window, and the message that may exceed it. */
    assert_true(most <= (PAIR_CONFIG.window_bytes + PAIR_CONFIG.queue_bytes) / GC_SCTP_BLOCK_BYTES +
                            GC_SCTP_FRAGMENTS_MAX);
    pair_end(&pair);
    return ns / given;
}

static void compare(uint32_t bytes) {
    static const kind honest = {"bulk", NULL, bulk, 0, false};
    static const kind kinds[] = {
        {"small messages", NULL, small_messages, 0, false},
        {"INIT", NULL, inits, 0, false},
        {"COOKIE ECHO", NULL, cookies, 0, false},
        {"RE-CONFIG of all streams", NULL, resets, 0, false},
        {"RE-CONFIG, wrong number", NULL, wrong_resets, 0, false},
        {"FORWARD-TSN before a blocked one", NULL, forwards, 0, false},
        {"in order before a blocked one", NULL, in_order_before_a_blocked_one, 0, false},
        {"gaps", NULL, gaps, 0, false},
        {"fragments, last one first", NULL, fragments, 0, false},
        {"fragments that join others", NULL, fragments_between, 0, false},
        {"a message without end", NULL, endless_message, GC_SCTP_EXCESS, false},
        {"I-FORWARD-TSN that skips nothing", blocked_row, i_forwards, 0, true},
        {"messages within a long row", blocked_row, i_middle, 0, true},
        {"SACK that takes back", send_much, sacks, 0, false},
        {"SACK before what was given up", give_much_up, same_sacks, 0, false},
        {"SACK of what was not sent", send_much, optimistic, GC_SCTP_VIOLATION, false},
        {"zero windows", send_much, zero_windows, GC_SCTP_UNREACHABLE, false},
        {"HEARTBEAT", NULL, heartbeats, 0, false},
        {"unknown chunks", NULL, unknown, 0, false},
    };
    packet_bytes = bytes;
    measure(&honest);
    uint64_t floor_ns = measure(&honest);
    uint32_t slow = 0;
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint64_t ns = measure(&kinds[i]);
        for (uint32_t again = 0; again < 2 && ns > SLOWEST * floor_ns; again++) {
            ns = measure(&kinds[i]); /* a machine that was busy with something else */
        }
        if (ns > SLOWEST * floor_ns && !SANITIZED && getenv("EMULATOR") == NULL) {
            fprintf(stderr, "%s: %u ns a packet, the honest one %u\n", kinds[i].name, (unsigned)ns,
                    (unsigned)floor_ns);
            slow++;
        }
    }
    assert_int_equal(slow, 0);
}

static void hostile_packets_cost_little(void **state) {
    (void)state;
    compare(GC_SCTP_PACKET_BYTES);
}

static void the_longest_ones_cost_little(void **state) {
    (void)state;
    compare(GC_SCTP_PACKET_BYTES_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_packets_cost_little),
        cmocka_unit_test(the_longest_ones_cost_little),
    };
    return RUN(tests);
}
