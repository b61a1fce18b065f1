#include "test/unit/noun.h"

#include "core/base/timers.h"
#include "rtc/sctp_resets.h"

#define OWN  1000
#define PEER 0xfffffffeu

static gc_sctp_resets r;
static gc_sctp_in in;
static gc_sctp_out out;
static gc_sctp_pool pool;
static gc_drbg drbg;
static void *memory;
static uint8_t bytes[512];

static void place(gc_arena *a) {
    gc_sctp_pool_init(&pool, a, &drbg, 64);
    gc_sctp_in_place(&in, &pool, a);
    gc_sctp_out_place(&out, &pool, a, GC_SCTP_STREAMS_MAX);
}

static void begin(void) {
    uint8_t seed[32] = {1};
    gc_arena a;
    gc_drbg_init(&drbg, seed);
    NOUN_PLACE(memory, a, place(&a));
    gc_sctp_in_begin(&in, PEER, 64 * GC_SCTP_BLOCK_BYTES);
    gc_sctp_out_begin(&out, OWN, 64 * GC_SCTP_BLOCK_BYTES);
    gc_sctp_resets_begin(&r, OWN);
    gc_sctp_resets_know(&r, PEER);
}

static void end(void) {
    gc_sctp_in_end(&in);
    gc_sctp_out_end(&out);
    free(memory);
}

static void send_all(void) {
    uint8_t packet[256];
    uint32_t block;
    while ((block = gc_sctp_out_next(&out, true)) != GC_SCTP_NO_BLOCK) {
        gc_writer w;
        gc_writer_init(&w, packet, sizeof packet);
        gc_sctp_out_send(&out, block, 0, 0, &w);
    }
}

/* The chunk that is due, read; its parameter's type is returned. 0: none. */
static uint16_t written(gc_sctp_reconfig *fields) {
    gc_writer w;
    gc_reader reader;
    gc_sctp_chunk c;
    gc_sctp_parameter p;
    if (!gc_sctp_resets_due(&r)) {
        return 0;
    }
    gc_writer_init(&w, bytes, GC_SCTP_RESET_BYTES_MAX);
    gc_sctp_resets_write(&r, &w);
    assert_false(w.failed);
    gc_reader_init(&reader, gc_writer_done(&w));
    assert_true(gc_sctp_chunk_next(&reader, &c));
    gc_reader_init(&reader, c.value);
    assert_true(gc_sctp_parameter_next(&reader, &p));
    assert_int_equal(gc_sctp_reconfig_read(&p, fields), 0);
    return p.type;
}

static void give(gc_writer *w, uint64_t now_ms) {
    gc_reader reader;
    gc_sctp_chunk c;
    gc_reader_init(&reader, gc_writer_done(w));
    assert_true(gc_sctp_chunk_next(&reader, &c));
    gc_sctp_resets_chunk(&r, &in, &out, now_ms, &c);
}

static void respond(uint32_t number, uint32_t result, uint64_t now_ms) {
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_response_write(&w, number, result);
    give(&w, now_ms);
}

/* A request of the peer for one stream (none: all). Returns the result that it is answered with. */
static uint32_t request(uint32_t number, uint32_t last_tsn, const uint16_t *streams,
                        uint32_t count) {
    gc_writer w;
    gc_sctp_reconfig fields = {.number = number, .last_tsn = last_tsn};
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_request_write(&w, &fields, streams, count);
    give(&w, 0);
    assert_int_equal(written(&fields), GC_SCTP_RESET_RESPONSE);
    assert_int_equal(fields.number, number);
    return fields.result;
}

static void expect(uint16_t stream, bool ours) {
    uint16_t got;
    bool mine;
    assert_true(gc_sctp_resets_take(&r, &got, &mine));
    assert_int_equal(got, stream);
    assert_int_equal(mine, ours);
}

static void expect_none(void) {
    uint16_t got;
    bool mine;
    assert_false(gc_sctp_resets_take(&r, &got, &mine));
}

static void a_request_waits_until_the_stream_is_sent(void **state) {
    (void)state;
    gc_sctp_reconfig f;
    begin();
    gc_sctp_data d = {.stream = 7, .bytes = GC_SPAN("abc")};
    gc_sctp_out_put(&out, &d, &(gc_sctp_limit){0}, 100);
    gc_sctp_resets_want(&r, 7);
    assert_true(gc_sctp_resets_holds(&r, 7));
    assert_false(gc_sctp_resets_holds(&r, 8));
    gc_sctp_resets_step(&r, &out, true, 0);
    assert_int_equal(written(&f), 0);
    send_all();
    gc_sctp_resets_step(&r, &out, true, 0);
    assert_int_equal(written(&f), GC_SCTP_RESET_OUTGOING);
    assert_true(f.number == OWN && f.last_tsn == OWN && f.answers == PEER - 1);
    assert_span(f.streams, GC_SPAN("\x00\x07"));
    gc_sctp_resets_step(&r, &out, true, GC_SCTP_RESET_MS - 1);
    assert_int_equal(written(&f), 0);
    gc_sctp_resets_step(&r, &out, true, GC_SCTP_RESET_MS);
    assert_int_equal(written(&f), GC_SCTP_RESET_OUTGOING);
    assert_int_equal(f.number, OWN);
    respond(OWN + 1, GC_SCTP_RESET_PERFORMED, 0); /* of no request of ours */
    expect_none();
    respond(OWN, GC_SCTP_RESET_IN_PROGRESS, 600);
    expect_none();
    respond(OWN, GC_SCTP_RESET_PERFORMED, 700);
    assert_int_equal(r.again_at_ms, GC_NEVER);
    assert_int_equal(gc_sctp_turns_next(&out.unsent.turns, 7), 0);
    assert_true(gc_sctp_resets_holds(&r, 7));
    expect(7, true);
    assert_false(gc_sctp_resets_holds(&r, 7));
    expect_none();
    end();
}

static void a_refused_request_is_over_and_restarts_nothing(void **state) {
    (void)state;
    gc_sctp_reconfig f;
    begin();
    gc_sctp_data d = {.stream = 7, .bytes = GC_SPAN("abc")};
    gc_sctp_out_put(&out, &d, &(gc_sctp_limit){0}, 100);
    send_all();
    gc_sctp_resets_want(&r, 7);
    gc_sctp_resets_step(&r, &out, true, 0);
    assert_int_equal(written(&f), GC_SCTP_RESET_OUTGOING);
    respond(OWN, GC_SCTP_RESET_DENIED, 0);
    assert_int_equal(gc_sctp_turns_next(&out.unsent.turns, 7), 1);
    expect(7, true);
    end();
}

static void a_peer_without_resets_is_not_asked(void **state) {
    (void)state;
    gc_sctp_reconfig f;
    begin();
    gc_sctp_resets_want(&r, 7);
    gc_sctp_resets_step(&r, &out, false, 0);
    assert_int_equal(written(&f), 0);
    expect(7, true);
    end();
}

static void many_streams_go_in_several_requests(void **state) {
    (void)state;
    gc_sctp_reconfig f;
    uint32_t asked = 0, done = 0;
    begin();
    for (uint32_t s = 0; s < GC_SCTP_STREAMS_MAX; s++) {
        gc_sctp_resets_want(&r, (uint16_t)s);
    }
    for (uint32_t i = 0; asked < GC_SCTP_STREAMS_MAX; i++) {
        gc_sctp_resets_step(&r, &out, true, 0);
        assert_int_equal(written(&f), GC_SCTP_RESET_OUTGOING);
        assert_int_equal(f.number, OWN + i);
        asked += f.streams.len / 2;
        assert_true(f.streams.len / 2 <= GC_SCTP_RESETS_MAX);
        respond(f.number, GC_SCTP_RESET_PERFORMED, 0);
    }
    uint16_t stream;
    bool ours;
    while (gc_sctp_resets_take(&r, &stream, &ours)) {
        assert_int_equal(stream, done++);
    }
    assert_int_equal(done, GC_SCTP_STREAMS_MAX);
    end();
}

static void the_peers_request_is_carried_out_once(void **state) {
    (void)state;
    uint16_t stream = 3;
    begin();
    in.next_ssn[3] = 9;
    assert_int_equal(request(PEER, PEER - 1, &stream, 1), GC_SCTP_RESET_PERFORMED);
    assert_int_equal(in.next_ssn[3], 0);
    expect(3, false);
    in.next_ssn[3] = 9;
    assert_int_equal(request(PEER, PEER - 1, &stream, 1), GC_SCTP_RESET_PERFORMED);
    assert_int_equal(in.next_ssn[3], 9);
    expect_none();
    assert_int_equal(request(PEER + 5, PEER - 1, &stream, 1), GC_SCTP_RESET_BAD_NUMBER);
    assert_int_equal(request(PEER - 1, PEER - 1, &stream, 1), GC_SCTP_RESET_BAD_NUMBER);
    expect_none();
    end();
}

static void a_request_ahead_of_its_data_waits(void **state) {
    (void)state;
    uint16_t stream = 3;
    begin();
    assert_int_equal(request(PEER, PEER, &stream, 1), GC_SCTP_RESET_IN_PROGRESS);
    expect_none();
    gc_sctp_data d = {.tsn = PEER, .stream = 3, .flags = 3, .bytes = GC_SPAN("abc")};
    assert_int_equal(gc_sctp_in_data(&in, &d), GC_SCTP_IN_TAKEN);
    assert_int_equal(request(PEER, PEER, &stream, 1), GC_SCTP_RESET_PERFORMED); /* again */
    expect(3, false);
    assert_int_equal(request(PEER + 1, 0x7ffffff0, &stream, 1), GC_SCTP_RESET_IN_PROGRESS);
    assert_int_equal(request(PEER + 2, PEER, &stream, 1), GC_SCTP_RESET_PERFORMED); /* a new one */
    expect(3, false);
    end();
}

static void a_request_without_streams_means_all_and_others_are_ignored(void **state) {
    (void)state;
    uint16_t streams[] = {5, 1024, 65535}, stream;
    bool ours;
    uint32_t count = 0;
    begin();
    assert_int_equal(request(PEER, PEER - 1, streams, 3), GC_SCTP_RESET_PERFORMED);
    expect(5, false);
    expect_none();
    assert_int_equal(request(PEER + 1, PEER - 1, NULL, 0), GC_SCTP_RESET_PERFORMED);
    while (gc_sctp_resets_take(&r, &stream, &ours)) {
        count++;
    }
    assert_int_equal(count, GC_SCTP_STREAMS_MAX);
    end();
}

static void other_requests_are_denied(void **state) {
    (void)state;
    gc_sctp_reconfig f;
    begin();
    for (uint16_t type = 14; type <= 18; type++) {
        if (type != GC_SCTP_RESET_RESPONSE) {
            gc_writer w;
            gc_writer_init(&w, bytes, sizeof bytes);
            uint32_t chunk = gc_sctp_chunk_begin(&w, GC_SCTP_RECONFIG, 0);
            uint32_t at = gc_sctp_parameter_begin(&w, type);
            gc_writer_u32(&w, r.peer_number);
            gc_writer_u32(&w, 1);
            gc_sctp_parameter_end(&w, at);
            gc_sctp_chunk_end(&w, chunk);
            give(&w, 0);
            assert_int_equal(written(&f), GC_SCTP_RESET_RESPONSE);
            assert_int_equal(f.result, GC_SCTP_RESET_DENIED);
        }
    }
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_waits_until_the_stream_is_sent),
        cmocka_unit_test(a_refused_request_is_over_and_restarts_nothing),
        cmocka_unit_test(a_peer_without_resets_is_not_asked),
        cmocka_unit_test(many_streams_go_in_several_requests),
        cmocka_unit_test(the_peers_request_is_carried_out_once),
        cmocka_unit_test(a_request_ahead_of_its_data_waits),
        cmocka_unit_test(a_request_without_streams_means_all_and_others_are_ignored),
        cmocka_unit_test(other_requests_are_denied),
    };
    return RUN(tests);
}
