#include "test/unit/noun.h"

#include "core/base/error.h"
#include "rtc/sctp_chunk.h"

static uint8_t memory[512];

static gc_writer begin(void) {
    gc_writer w;
    gc_writer_init(&w, memory, sizeof memory);
    return w;
}

/* The only chunk of what was written. */
static gc_sctp_chunk chunk_of(gc_span written) {
    gc_reader r;
    gc_sctp_chunk c;
    gc_reader_init(&r, written);
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(gc_reader_left(&r), 0);
    return c;
}

static gc_sctp_chunk chunk_of_hex(uint8_t type, const char *hex) {
    uint32_t len = from_hex(hex, memory);
    return (gc_sctp_chunk){type, 0, gc_span_of(memory, len)};
}

/* Each prefix of a value of this type is refused, or read; none is read past its end. */
static void cut(const gc_sctp_chunk *whole, int (*read)(const gc_sctp_chunk *), uint32_t least) {
    for (uint32_t len = 0; len < whole->value.len; len++) {
        uint8_t *copy = exact_copy(whole->value.data, len);
        gc_sctp_chunk c = {whole->type, whole->flags, gc_span_of(copy, len)};
        int result = read(&c);
        assert_true(result == 0 || result == GC_E_SYNTAX);
        assert_true(len >= least || result == GC_E_SYNTAX);
        free(copy);
    }
}

static int read_data(const gc_sctp_chunk *c) {
    gc_sctp_data d;
    return gc_sctp_data_read(c, &d);
}

static void data_is_read_as_it_was_written(void **state) {
    (void)state;
    gc_writer w = begin();
    gc_sctp_data d = {0xfffffffe, 53, 7, 0xffff, GC_SCTP_FLAG_BEGIN | GC_SCTP_FLAG_END, {0}};
    uint32_t at = gc_sctp_data_begin(&w, &d);
    gc_writer_text(&w, "abc");
    gc_sctp_chunk_end(&w, at);
    assert_int_equal(w.at, GC_SCTP_DATA_BYTES + 4);
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    gc_sctp_data got;
    assert_int_equal(gc_sctp_data_read(&c, &got), 0);
    assert_int_equal(got.tsn, 0xfffffffe);
    assert_int_equal(got.stream, 7);
    assert_int_equal(got.number, 0xffff);
    assert_int_equal(got.ppid, 53);
    assert_int_equal(got.flags, 3);
    assert_span(got.bytes, GC_SPAN("abc"));
    cut(&c, read_data, 13); /* a chunk without user bytes is none (RFC 9260 6.2) */
}

/* RFC 8260 2.1. */
static void an_i_data_chunk_is_read_as_it_was_written(void **state) {
    (void)state;
    gc_writer w = begin();
    gc_sctp_data d = {0xfffffffe, 53, 7, 0x12345678, 2, GC_SPAN_NONE};
    uint32_t at = gc_sctp_i_data_begin(&w, &d);
    gc_writer_span(&w, GC_SPAN("abc"));
    gc_sctp_chunk_end(&w, at);
    assert_int_equal(w.at, GC_SCTP_I_DATA_BYTES + 4);
    static const uint8_t expected[] = {64, 2,  0,  23,  255, 255, 255, 254, 0,  7,  0,  0,
                                       18, 52, 86, 120, 0,   0,   0,   53,  97, 98, 99, 0};
    assert_span(gc_writer_done(&w), gc_span_of(expected, sizeof expected));
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    gc_sctp_data got;
    assert_int_equal(gc_sctp_data_read(&c, &got), 0);
    assert_true(got.tsn == d.tsn && got.ppid == 53 && got.stream == 7 && got.flags == 2);
    assert_int_equal(got.number, 0x12345678);
    assert_span(got.bytes, GC_SPAN("abc"));
    cut(&c, read_data, 17);
}

static int read_init(const gc_sctp_chunk *c) {
    gc_sctp_init_chunk i;
    return gc_sctp_init_read(c, &i);
}

/* As Chromium 156 writes it. */
#define CHROMIUM                                                                                   \
    "1122334400500000ffffffff55667788c0000004"                                                     \
    "8008000682c0"

static void chromiums_init_is_read(void **state) {
    (void)state;
    gc_sctp_chunk c = chunk_of_hex(GC_SCTP_INIT, CHROMIUM);
    gc_sctp_init_chunk got;
    assert_int_equal(gc_sctp_init_read(&c, &got), 0);
    assert_int_equal(got.tag, 0x11223344);
    assert_int_equal(got.window_bytes, 5242880);
    assert_int_equal(got.streams_out, 65535);
    assert_int_equal(got.streams_in, 65535);
    assert_int_equal(got.tsn, 0x55667788);
    assert_true(got.reconfig && got.forward_tsn);
    assert_int_equal(got.cookie.len, 0);
    assert_int_equal(got.report_len, 0);
    cut(&c, read_init, 16);
}

static void zero_checksum_is_declared_for_dtls_alone(void **state) {
    (void)state;
    static const struct {
        const char *parameter;
        bool declared;
    } rows[] = {{"8001000800000001", true},  {"8001000800000002", false},
                {"8001000800000000", false}, {"8001000400000000", false},
                {"8001000600010000", false}, {"8001000c0000000100000000", false}};
    for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char hex[128];
        snprintf(hex, sizeof hex, "1122334400500000ffffffff55667788%s", rows[i].parameter);
        if (i == 3) {
            hex[strlen(hex) - 8] = 0;
        }
        gc_sctp_chunk c = chunk_of_hex(GC_SCTP_INIT, hex);
        gc_sctp_init_chunk got;
        assert_int_equal(gc_sctp_init_read(&c, &got), 0);
        assert_int_equal(got.zero_checksum, rows[i].declared);
        assert_int_equal(got.report_len, 0);
    }
    uint8_t expected[8] = {0x80, 1, 0, 8, 0, 0, 0, 1};
    gc_writer w = begin();
    gc_sctp_init_chunk i = {.tag = 1, .streams_out = 1, .streams_in = 1, .zero_checksum = true};
    gc_sctp_init_write(&w, GC_SCTP_INIT, &i);
    assert_span(gc_span_from(gc_writer_done(&w), 20), gc_span_of(expected, sizeof expected));
}

static void ours_looks_like_chromiums(void **state) {
    (void)state;
    uint8_t expected[64] = {1, 0, 0, 30};
    uint32_t len = 4 + from_hex(CHROMIUM, expected + 4) + 2; /* padding */
    gc_writer w = begin();
    gc_sctp_init_chunk i = {.tag = 0x11223344,
                            .window_bytes = 5242880,
                            .tsn = 0x55667788,
                            .streams_out = 65535,
                            .streams_in = 65535,
                            .reconfig = true,
                            .forward_tsn = true};
    gc_sctp_init_write(&w, GC_SCTP_INIT, &i);
    assert_span(gc_writer_done(&w), gc_span_of(expected, len));
}

static void who_interleaves_names_both_chunks(void **state) {
    (void)state;
    gc_writer w = begin();
    gc_sctp_init_chunk i = {.tag = 1,
                            .streams_out = 1,
                            .streams_in = 1,
                            .reconfig = true,
                            .forward_tsn = true,
                            .interleaves = true};
    gc_sctp_init_write(&w, GC_SCTP_INIT, &i);
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    assert_span(gc_span_from(c.value, 20), GC_SPAN("\x80\x08\x00\x08\x82\xc0\x40\xc2"));
    gc_sctp_init_chunk got;
    assert_int_equal(gc_sctp_init_read(&c, &got), 0);
    assert_true(got.interleaves && got.reconfig && got.forward_tsn);
}

static void an_init_ack_carries_cookie_and_report(void **state) {
    (void)state;
    gc_writer w = begin();
    gc_sctp_init_chunk i = {.tag = 1,
                            .streams_out = 1,
                            .streams_in = 1,
                            .reconfig = true,
                            .cookie = GC_SPAN("cookie!"),
                            .report = "\xc0\x06\x00\x08\x00\x00\x00\x01",
                            .report_len = 8};
    gc_sctp_init_write(&w, GC_SCTP_INIT_ACK, &i);
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    gc_sctp_init_chunk got;
    assert_int_equal(gc_sctp_init_read(&c, &got), 0);
    assert_span(got.cookie, GC_SPAN("cookie!"));
    assert_true(got.reconfig);
    assert_false(got.forward_tsn);
    assert_int_equal(got.report_len, 0); /* the report itself is known */
    assert_int_equal(c.value.len, 16 + 12 + 8 + 12);
}

static void an_init_without_tag_or_streams_is_refused(void **state) {
    (void)state;
    gc_sctp_init_chunk i;
    gc_sctp_chunk c = chunk_of_hex(GC_SCTP_INIT, "0000000000500000ffffffff55667788");
    assert_int_equal(gc_sctp_init_read(&c, &i), GC_E_SYNTAX);
    c = chunk_of_hex(GC_SCTP_INIT, "00000001005000000000ffff55667788");
    assert_int_equal(gc_sctp_init_read(&c, &i), GC_E_SYNTAX);
    c = chunk_of_hex(GC_SCTP_INIT, "0000000100500000ffff000055667788");
    assert_int_equal(gc_sctp_init_read(&c, &i), GC_E_SYNTAX);
}

static void unknown_parameters_are_taken_by_their_upper_bits(void **state) {
    (void)state;
    gc_sctp_init_chunk i;
#define FIXED "0000000100500000ffffffff55667788"
    gc_sctp_chunk c = chunk_of_hex(GC_SCTP_INIT, FIXED "8000000401020304c0000004");
    assert_int_equal(gc_sctp_init_read(&c, &i), GC_E_SYNTAX); /* 0102 has the length 0x304 */
    c = chunk_of_hex(GC_SCTP_INIT, FIXED "80000004c0000004");
    assert_int_equal(gc_sctp_init_read(&c, &i), 0);
    assert_true(i.forward_tsn && i.report_len == 0);
    c = chunk_of_hex(GC_SCTP_INIT, FIXED "c006000800000001c0000004");
    assert_int_equal(gc_sctp_init_read(&c, &i), 0);
    assert_true(i.forward_tsn);
    assert_span(gc_span_of(i.report, i.report_len), GC_SPAN("\xc0\x06\x00\x08\x00\x00\x00\x01"));
    c = chunk_of_hex(GC_SCTP_INIT, FIXED "40060005ff000000c0000004");
    assert_int_equal(gc_sctp_init_read(&c, &i), GC_E_REFUSED);
    assert_false(i.forward_tsn);
    assert_span(gc_span_of(i.report, i.report_len), GC_SPAN("\x40\x06\x00\x05\xff\0\0\0"));
    c = chunk_of_hex(GC_SCTP_INIT, FIXED "00330004c0000004");
    assert_int_equal(gc_sctp_init_read(&c, &i), GC_E_REFUSED);
    assert_int_equal(i.report_len, 0);
}

static void the_report_is_bounded(void **state) {
    (void)state;
    gc_writer w = begin();
    uint32_t len = from_hex(FIXED, memory);
    w.at = len;
    for (uint32_t n = 0; n < 40; n++) {
        gc_writer_u32(&w, 0xc0770008);
        gc_writer_u32(&w, n);
    }
    gc_sctp_chunk c = {GC_SCTP_INIT, 0, gc_writer_done(&w)};
    gc_sctp_init_chunk i;
    assert_int_equal(gc_sctp_init_read(&c, &i), 0);
    assert_int_equal(i.report_len, GC_SCTP_REPORT_BYTES);
}

static int read_sack(const gc_sctp_chunk *c) {
    gc_sctp_sack s;
    return gc_sctp_sack_read(c, &s);
}

static void a_sack_is_read_as_it_was_written(void **state) {
    (void)state;
    gc_sctp_gap gaps[] = {{2, 3}, {5, 65535}};
    uint32_t duplicates[] = {9, 8, 7};
    gc_writer w = begin();
    gc_sctp_sack_write(&w, 0xffffffff, 123456, gaps, 2, duplicates, 3);
    assert_int_equal(w.at, GC_SCTP_SACK_BYTES + 5 * 4);
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    gc_sctp_sack got;
    assert_int_equal(gc_sctp_sack_read(&c, &got), 0);
    assert_int_equal(got.cumulative, 0xffffffff);
    assert_int_equal(got.window_bytes, 123456);
    assert_int_equal(got.gaps, 2);
    assert_int_equal(got.duplicates, 3);
    assert_int_equal(gc_sctp_sack_gap(&got, 1).first, 5);
    assert_int_equal(gc_sctp_sack_gap(&got, 1).last, 65535);
    cut(&c, read_sack, c.value.len);
}

static int read_forward(const gc_sctp_chunk *c) {
    uint32_t cumulative;
    gc_span skips;
    return gc_sctp_forward_read(c, &cumulative, &skips);
}

static void forward_tsn_and_shutdown_are_read(void **state) {
    (void)state;
    uint32_t cumulative = 0;
    gc_span skips;
    gc_sctp_chunk c = chunk_of_hex(GC_SCTP_FORWARD_TSN, "0000000a000100020003ffff");
    assert_int_equal(gc_sctp_forward_read(&c, &cumulative, &skips), 0);
    assert_int_equal(cumulative, 10);
    assert_int_equal(skips.len, 8);
    cut(&c, read_forward, 4);
    c = chunk_of_hex(GC_SCTP_SHUTDOWN, "0000000b");
    assert_int_equal(gc_sctp_shutdown_read(&c, &cumulative), 0);
    assert_int_equal(cumulative, 11);
    c.value.len = 3;
    assert_int_equal(gc_sctp_shutdown_read(&c, &cumulative), GC_E_SYNTAX);
}

static void causes_are_read(void **state) {
    (void)state;
    gc_writer w = begin();
    gc_sctp_cause_write(&w, GC_SCTP_ABORT, GC_SCTP_CAUSE_USER, GC_SPAN("bye"));
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    assert_int_equal(c.type, GC_SCTP_ABORT);
    assert_int_equal(gc_sctp_cause_read(&c), GC_SCTP_CAUSE_USER);
    c.value.len = 3;
    assert_int_equal(gc_sctp_cause_read(&c), 0);
    c.value.len = 0;
    assert_int_equal(gc_sctp_cause_read(&c), 0);
}

static gc_sctp_parameter parameter_of(const gc_sctp_chunk *c) {
    gc_reader r;
    gc_sctp_parameter p;
    assert_int_equal(c->type, GC_SCTP_RECONFIG);
    gc_reader_init(&r, c->value);
    assert_true(gc_sctp_parameter_next(&r, &p));
    assert_int_equal(gc_reader_left(&r), 0);
    return p;
}

static void requests_and_responses_are_read_as_they_were_written(void **state) {
    (void)state;
    uint16_t streams[] = {1, 65535, 3};
    gc_sctp_reconfig asked = {.number = 1, .answers = 2, .last_tsn = 3}, got;
    gc_writer w = begin();
    gc_sctp_request_write(&w, &asked, streams, 3);
    gc_sctp_chunk c = chunk_of(gc_writer_done(&w));
    gc_sctp_parameter p = parameter_of(&c);
    assert_int_equal(p.type, GC_SCTP_RESET_OUTGOING);
    assert_int_equal(gc_sctp_reconfig_read(&p, &got), 0);
    assert_true(got.number == 1 && got.answers == 2 && got.last_tsn == 3);
    assert_span(got.streams, GC_SPAN("\x00\x01\xff\xff\x00\x03"));
    p.value.len = 13;
    assert_int_equal(gc_sctp_reconfig_read(&p, &got), GC_E_SYNTAX);
    w = begin();
    gc_sctp_response_write(&w, 9, GC_SCTP_RESET_IN_PROGRESS);
    c = chunk_of(gc_writer_done(&w));
    p = parameter_of(&c);
    assert_int_equal(gc_sctp_reconfig_read(&p, &got), 0);
    assert_true(got.number == 9 && got.result == GC_SCTP_RESET_IN_PROGRESS);
    p.value.len = 7;
    assert_int_equal(gc_sctp_reconfig_read(&p, &got), GC_E_SYNTAX);
    p.type = 99;
    assert_int_equal(gc_sctp_reconfig_read(&p, &got), GC_E_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_is_read_as_it_was_written),
        cmocka_unit_test(chromiums_init_is_read),
        cmocka_unit_test(an_i_data_chunk_is_read_as_it_was_written),
        cmocka_unit_test(who_interleaves_names_both_chunks),
        cmocka_unit_test(ours_looks_like_chromiums),
        cmocka_unit_test(zero_checksum_is_declared_for_dtls_alone),
        cmocka_unit_test(an_init_ack_carries_cookie_and_report),
        cmocka_unit_test(an_init_without_tag_or_streams_is_refused),
        cmocka_unit_test(unknown_parameters_are_taken_by_their_upper_bits),
        cmocka_unit_test(the_report_is_bounded),
        cmocka_unit_test(a_sack_is_read_as_it_was_written),
        cmocka_unit_test(forward_tsn_and_shutdown_are_read),
        cmocka_unit_test(causes_are_read),
        cmocka_unit_test(requests_and_responses_are_read_as_they_were_written),
    };
    return RUN(tests);
}
