/* Associations of one handle, some with hostile peers, share one pool (sctp_pool.h). */
#include "test/unit/noun.h"

#include "core/base/error.h"
#include "core/base/number.h"
#include "rtc/sctp.h"
#include "rtc/sctp_transmit.h"

#define HOSTILE 6
#define HONEST  HOSTILE /* number of the honest link */
#define LINKS   (HOSTILE + 1)
#define COMMON  2000
#define ROUNDS  100

/* Of one side: the handle, whose associations share the pool, or all the peers. */
typedef struct side {
    gc_sctp_pool pool;
    gc_drbg drbg;
    void *memory;
    gc_sctp s[LINKS];
    uint32_t came[LINKS];
    uint32_t writables;
} side;

static side sides[2];
static uint64_t now_ms;
static uint64_t dice;
static uint32_t loss_per_mille;

static void place(side *s, gc_arena *a, uint32_t common, bool reserve) {
    gc_sctp_pool_init(&s->pool, a, &s->drbg, LINKS * 2 * GC_SCTP_SHARE_BLOCKS + common);
    if (reserve) {
        gc_sctp_pool_reserve(&s->pool, LINKS);
    }
    for (uint32_t i = 0; i < LINKS; i++) {
        gc_sctp_place(&s->s[i], &s->pool, a);
    }
}

static void drain(uint32_t of, uint32_t i);

/* A packet is read at once by the other side, which answers in the same way. */
static void give(uint32_t to, uint32_t i, gc_span packet) {
    if (chance(&dice, 1000) < loss_per_mille) {
        return;
    }
    uint8_t *copy = exact_copy(packet.data, packet.len);
    gc_sctp_packet(&sides[to].s[i], now_ms, gc_span_of(copy, packet.len));
    free(copy);
}

static void drain(uint32_t of, uint32_t i) {
    gc_sctp_output out;
    while (gc_sctp_poll(&sides[of].s[i], &out)) {
        assert_int_not_equal(out.kind, GC_SCTP_DOWN);
        sides[of].came[i] += out.kind == GC_SCTP_MESSAGE ? 1 : 0;
        sides[of].writables += out.kind == GC_SCTP_WRITABLE ? 1 : 0;
        if (out.kind == GC_SCTP_PACKET) {
            give(1 - of, i, out.bytes);
        }
    }
}

/* Both sides of a link talk, for at most this time, until nothing is left to say. */
static void run(uint32_t i, uint64_t ms) {
    uint64_t until_ms = now_ms + ms;
    while (now_ms < until_ms) {
        for (uint32_t of = 0; of < 2; of++) {
            drain(of, i);
        }
        now_ms++;
        for (uint32_t of = 0; of < 2; of++) {
            if (gc_sctp_deadline(&sides[of].s[i]) <= now_ms) {
                gc_sctp_tick(&sides[of].s[i], now_ms);
            }
        }
    }
}

static void begin(void) {
    static const gc_sctp_config config = {GC_SCTP_PACKET_BYTES, 1u << 20, 1u << 20, 0, false};
    memset(sides, 0, sizeof sides);
    now_ms = 1000;
    dice = 7;
    loss_per_mille = 0;
    for (uint32_t of = 0; of < 2; of++) {
        uint8_t seed[32] = {(uint8_t)(of + 1)};
        gc_arena a;
        gc_drbg_init(&sides[of].drbg, seed);
        NOUN_PLACE(sides[of].memory, a, place(&sides[of], &a, of == 0 ? COMMON : 8192, of == 0));
        for (uint32_t i = 0; i < LINKS; i++) {
            gc_sctp_begin(&sides[of].s[i], &config, now_ms);
        }
    }
    for (uint32_t i = 0; i < LINKS; i++) {
        gc_sctp_connect(&sides[1].s[i], now_ms);
        run(i, 20);
        assert_true(gc_sctp_state_is_open(&sides[0].s[i]));
    }
}

static void end(void) {
    for (uint32_t of = 0; of < 2; of++) {
        for (uint32_t i = 0; i < LINKS; i++) {
            gc_sctp_end(&sides[of].s[i]);
        }
        assert_int_equal(sides[of].pool.used, 0);
        assert_int_equal(sides[of].pool.common_used, 0);
        free(sides[of].memory);
    }
}

/* One chunk of the hostile peer i, `ahead` TSNs after the one that is awaited, of `len` bytes. */
static void forge(uint32_t i, uint32_t ahead, uint8_t flags) {
    static const uint8_t text[1000];
    uint8_t bytes[1200];
    gc_sctp *s = &sides[0].s[i];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_packet_begin(&w, &(gc_sctp_head){GC_SCTP_PORT, GC_SCTP_PORT, s->opening.own.tag});
    gc_sctp_data d = {.tsn = s->in.arrivals.cumulative + 1 + ahead, .stream = 1, .flags = flags};
    uint32_t at = gc_sctp_data_begin(&w, &d);
    gc_writer_span(&w, gc_span_of(text, sizeof text));
    gc_sctp_chunk_end(&w, at);
    give(0, i, gc_sctp_packet_close(&sides[0].pool.crc, &w));
}

/* The peer leaves a hole and fills what is behind it; and it reads nothing of what it is sent. */
static void attack(uint32_t i) {
    static const uint8_t text[16000];
    gc_sctp_message m = {.bytes = gc_span_of(text, sizeof text), .ppid = 53};
    gc_sctp_output out;
    for (uint32_t k = 0; k < 2000; k++) {
        forge(i, 1 + k, 0);
    }
    while (gc_sctp_send(&sides[0].s[i], now_ms, &m) == 0) {
        while (gc_sctp_poll(&sides[0].s[i], &out)) {
        }
    }
}

/* Messages both ways over the honest link, as it loses packets; each round they all arrive. */
static void talk(uint32_t len) {
    static const uint8_t text[GC_SCTP_MESSAGE_BYTES_MAX];
    gc_sctp_message m = {.bytes = gc_span_of(text, len), .ppid = 53};
    uint32_t before[2] = {sides[0].came[HONEST], sides[1].came[HONEST]};
    bool large = len > 20000;
    uint32_t rounds = large ? 5 : ROUNDS, patience = large ? 1000 : 100;
    for (uint32_t n = 1; n <= rounds; n++) {
        for (uint32_t of = 0; of < 2; of++) {
            m.unordered = n % 3 == 0;
            assert_int_equal(gc_sctp_send(&sides[of].s[HONEST], now_ms, &m), 0);
        }
        for (uint32_t k = 0; k < patience && (sides[0].came[HONEST] - before[0] < n ||
                                              sides[1].came[HONEST] - before[1] < n);
             k++) {
            run(HONEST, 100);
        }
        assert_int_equal(sides[0].came[HONEST] - before[0], n);
        assert_int_equal(sides[1].came[HONEST] - before[1], n);
    }
}

static void hostile_peers_do_not_starve_an_honest_link(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < HOSTILE; i++) {
        attack(i);
    }
    assert_int_equal(sides[0].pool.common_used, COMMON);
    talk(16640);
    talk(GC_SCTP_MESSAGE_BYTES_MAX);
    loss_per_mille = 100;
    talk(16640);
    talk(GC_SCTP_MESSAGE_BYTES_MAX);
    talk(100);
    end();
}

/* Even a peer of this kind, whose hole takes all it may, can still fill the hole. */
static void a_hole_is_filled_when_the_pool_is_used_up(void **state) {
    (void)state;
    begin();
    for (uint32_t i = 0; i < HOSTILE; i++) {
        attack(i);
    }
    for (uint32_t k = 0; k < GC_SCTP_SHARE_BLOCKS; k++) {
        forge(HONEST, 1 + k, GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END | GC_SCTP_FLAG_UNORDERED);
        forge(HONEST, 1 + k, 0);
    }
    const gc_sctp_in *in = &sides[0].s[HONEST].in;
    assert_true(in->share.held >= GC_SCTP_SHARE_BLOCKS / 2);
    assert_int_equal(in->share.own, GC_SCTP_SHARE_BLOCKS / 2);
    uint32_t cumulative = in->arrivals.cumulative;
    forge(HONEST, 0, GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END | GC_SCTP_FLAG_UNORDERED);
    assert_int_not_equal(in->arrivals.cumulative, cumulative);
    end();
}

static void a_link_writes_again_though_others_hold_the_pool(void **state) {
    (void)state;
    static const uint8_t text[16640];
    gc_sctp_message m = {.bytes = gc_span_of(text, sizeof text), .ppid = 53};
    begin();
    for (uint32_t i = 0; i < HOSTILE; i++) {
        attack(i);
    }
    uint32_t sent = 0;
    for (uint32_t n = 0; n < 20; n++) {
        uint32_t before = sides[0].writables;
        while (gc_sctp_send(&sides[0].s[HONEST], now_ms, &m) == 0) {
            sent++;
        }
        run(HONEST, 100);
        assert_int_equal(sides[0].writables, before + 1);
    }
    assert_int_equal(sides[1].came[HONEST], sent);
    /* What is larger than all that is left is refused, and WRITABLE comes when it is not. */
    static uint8_t large[GC_SCTP_MESSAGE_BYTES_MAX];
    assert_int_equal(gc_sctp_send(&sides[0].s[HONEST], now_ms, &m), 0);
    m.bytes = gc_span_of(large, sizeof large);
    for (uint32_t n = 0; n < 20; n++) {
        uint32_t before = sides[0].writables;
        while (gc_sctp_send(&sides[0].s[HONEST], now_ms, &m) == 0) {
            sent++;
        }
        run(HONEST, 1000);
        assert_int_equal(sides[0].writables, before + 1);
    }
    assert_int_equal(sides[1].came[HONEST], sent + 1);
    end();
}

/* A message that takes more blocks than its bytes need, because its chunks are shorter than a
 * block, is not asked for before it fits: who sends it again at once would never end. */
static void writable_means_that_what_was_refused_fits(void **state) {
    (void)state;
    static const uint8_t text[GC_SCTP_MESSAGE_BYTES_MAX];
    gc_sctp_message small = {.bytes = gc_span_of(text, 16640), .ppid = 53};
    gc_sctp_message large = {.bytes = gc_span_of(text, sizeof text), .ppid = 53};
    begin();
    for (uint32_t i = 0; i < HOSTILE; i++) {
        attack(i);
    }
    gc_sctp *s = &sides[0].s[HONEST];
    assert_int_equal(gc_sctp_send(s, now_ms, &small), 0);
    assert_int_equal(gc_sctp_send(s, now_ms, &small), 0);
    uint32_t room = gc_sctp_out_room(&s->out);
    assert_in_range(room, gc_sctp_pool_need(sizeof text),
                    gc_sctp_unsent_need(sizeof text, gc_sctp_transmit_chunk_bytes(s)) - 1);
    assert_int_equal(gc_sctp_send(s, now_ms, &large), GC_E_FULL);
    gc_sctp_output out;
    while (gc_sctp_poll(s, &out)) { /* the packets are lost */
        assert_int_equal(out.kind, GC_SCTP_PACKET);
    }
    run(HONEST, 3000);
    assert_int_equal(sides[0].writables, 1);
    assert_int_equal(gc_sctp_send(s, now_ms, &large), 0);
    end();
}

/* The window says no more than what would be taken. */
static void the_window_follows_the_pool(void **state) {
    (void)state;
    begin();
    assert_int_equal(gc_sctp_in_window(&sides[0].s[HONEST].in),
                     (1u << 20) / GC_SCTP_BLOCK_BYTES * GC_SCTP_BLOCK_BYTES);
    for (uint32_t i = 0; i < HOSTILE; i++) {
        attack(i);
    }
    assert_int_equal(gc_sctp_in_window(&sides[0].s[HONEST].in),
                     GC_SCTP_SHARE_BLOCKS * GC_SCTP_BLOCK_BYTES);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_peers_do_not_starve_an_honest_link),
        cmocka_unit_test(a_hole_is_filled_when_the_pool_is_used_up),
        cmocka_unit_test(a_link_writes_again_though_others_hold_the_pool),
        cmocka_unit_test(writable_means_that_what_was_refused_fits),
        cmocka_unit_test(the_window_follows_the_pool),
    };
    return RUN(tests);
}
