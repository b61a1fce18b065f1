#include "test/unit/noun.h"

#include "core/base/error.h"
#include "rtc/sctp_packet.h"

static gc_crc32c crc;
static const gc_sctp_head head = {5000, 5001, 0xfedcba98};

/* A packet of three chunks, of 0, 5 and 4 bytes. */
static gc_span make(uint8_t out[64]) {
    gc_writer w;
    gc_writer_init(&w, out, 64);
    gc_sctp_packet_begin(&w, &head);
    gc_sctp_chunk_end(&w, gc_sctp_chunk_begin(&w, GC_SCTP_COOKIE_ACK, 0));
    uint32_t at = gc_sctp_chunk_begin(&w, 0xfe, 3);
    gc_writer_text(&w, "hello");
    gc_sctp_chunk_end(&w, at);
    at = gc_sctp_chunk_begin(&w, GC_SCTP_SHUTDOWN, 0);
    gc_writer_u32(&w, 0x01020304);
    gc_sctp_chunk_end(&w, at);
    return gc_sctp_packet_close(&crc, &w);
}

static void a_packet_is_read_as_it_was_written(void **state) {
    (void)state;
    uint8_t bytes[64];
    gc_span packet = make(bytes);
    gc_sctp_head got;
    gc_sctp_chunk c;
    gc_reader r;
    assert_int_equal(packet.len, 12 + 4 + 12 + 8);
    assert_int_equal(gc_sctp_packet_open(&crc, packet, false, &got, &r), 0);
    assert_int_equal(got.from, 5000);
    assert_int_equal(got.to, 5001);
    assert_int_equal(got.tag, 0xfedcba98);
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(c.type, GC_SCTP_COOKIE_ACK);
    assert_int_equal(c.value.len, 0);
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_int_equal(c.type, 0xfe);
    assert_int_equal(c.flags, 3);
    assert_span(c.value, GC_SPAN("hello"));
    assert_true(gc_sctp_chunk_next(&r, &c));
    assert_span(c.value, GC_SPAN("\x01\x02\x03\x04"));
    assert_false(gc_sctp_chunk_next(&r, &c));
    assert_false(r.failed);
}

/* By another hand: a COOKIE ACK with zero tag and ports 5000. */
static void the_checksum_goes_out_with_its_lowest_byte_first(void **state) {
    (void)state;
    uint8_t bytes[64], zeroed[16];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sctp_packet_begin(&w, &(gc_sctp_head){5000, 5000, 0});
    gc_sctp_chunk_end(&w, gc_sctp_chunk_begin(&w, GC_SCTP_COOKIE_ACK, 0));
    gc_span packet = gc_sctp_packet_close(&crc, &w);
    assert_int_equal(packet.len, 16);
    memcpy(zeroed, packet.data, 16);
    memset(zeroed + 8, 0, 4);
    uint32_t sum = gc_crc32c_add(&crc, 0, gc_span_of(zeroed, 16));
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(packet.data[8 + i], (uint8_t)(sum >> 8 * i));
    }
}

static void any_flipped_bit_and_any_cut_is_refused(void **state) {
    (void)state;
    uint8_t bytes[64];
    gc_span packet = make(bytes);
    gc_sctp_head got;
    gc_reader r;
    for (uint32_t bit = 0; bit < 8 * packet.len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(gc_sctp_packet_open(&crc, packet, false, &got, &r), GC_E_SYNTAX);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (uint32_t len = 0; len < packet.len; len++) {
        uint8_t *copy = exact_copy(packet.data, len);
        assert_int_equal(gc_sctp_packet_open(&crc, gc_span_of(copy, len), false, &got, &r),
                         GC_E_SYNTAX);
        free(copy);
    }
}

/* Returns how many chunks come before the end, or -1 when the reader fails. */
static int chunks_of(const char *hex) {
    uint8_t bytes[64];
    uint32_t len = from_hex(hex, bytes);
    uint8_t *copy = exact_copy(bytes, len);
    gc_reader r;
    gc_sctp_chunk c;
    int count = 0;
    gc_reader_init(&r, gc_span_of(copy, len));
    while (gc_sctp_chunk_next(&r, &c)) {
        count++;
    }
    free(copy);
    return r.failed ? -1 : count;
}

static void chunks_must_end_inside_the_packet(void **state) {
    (void)state;
    assert_int_equal(chunks_of(""), 0);
    assert_int_equal(chunks_of("0b000004"), 1);
    assert_int_equal(chunks_of("0b0000040b000004"), 2);
    assert_int_equal(chunks_of("0b000003"), -1);
    assert_int_equal(chunks_of("0b000000"), -1);
    assert_int_equal(chunks_of("0b0000"), -1);
    assert_int_equal(chunks_of("0b000005"), -1);
    assert_int_equal(chunks_of("0b00000501"), -1); /* the padding is missing */
    assert_int_equal(chunks_of("0b00000501000000"), 1);
    assert_int_equal(chunks_of("0b00ffff01000000"), -1);
}

static void only_the_last_parameter_may_lack_padding(void **state) {
    (void)state;
    gc_reader r;
    gc_sctp_parameter p;
    gc_reader_init(&r, GC_SPAN("\x80\x08\x00\x06\x82\xc0"));
    assert_true(gc_sctp_parameter_next(&r, &p));
    assert_int_equal(p.type, 0x8008);
    assert_span(p.value, GC_SPAN("\x82\xc0"));
    assert_int_equal(p.whole.len, 6);
    assert_false(gc_sctp_parameter_next(&r, &p));
    assert_false(r.failed);
    gc_reader_init(&r, GC_SPAN("\x80\x08\x00\x06\x82"));
    assert_false(gc_sctp_parameter_next(&r, &p));
    assert_true(r.failed);
    gc_reader_init(&r, GC_SPAN("\x80\x08\x00\x03"));
    assert_false(gc_sctp_parameter_next(&r, &p));
    assert_true(r.failed);
}

static void padding_between_parameters_counts_into_the_chunk(void **state) {
    (void)state;
    uint8_t bytes[64];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    uint32_t chunk = gc_sctp_chunk_begin(&w, GC_SCTP_ERROR, 0);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t at = gc_sctp_parameter_begin(&w, 6);
        gc_writer_u8(&w, 7);
        gc_sctp_parameter_end(&w, at);
    }
    gc_sctp_chunk_end(&w, chunk);
    assert_span(
        gc_writer_done(&w),
        GC_SPAN("\x09\x00\x00\x11\x00\x06\x00\x05\x07\x00\x00\x00\x00\x06\x00\x05\x07\0\0\0"));
}

static void serial_numbers_wrap(void **state) {
    (void)state;
    assert_true(gc_sctp_after(0, UINT32_MAX));
    assert_false(gc_sctp_after(UINT32_MAX, 0));
    assert_false(gc_sctp_after(5, 5));
    assert_true(gc_sctp_after(0x7fffffff, 0));
    assert_false(gc_sctp_after(0x80000000, 0)); /* of two so far apart neither comes first */
    assert_true(gc_sctp_ssn_after(0, UINT16_MAX));
    assert_false(gc_sctp_ssn_after(UINT16_MAX, 0));
}

static void zero_is_right_where_it_was_declared_but_for_init(void **state) {
    (void)state;
    uint8_t bytes[16] = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 9, 0, 0, 0, 0, 11, 0, 0, 4};
    gc_span packet = gc_span_of(bytes, sizeof bytes);
    gc_sctp_head got;
    gc_reader r;
    assert_int_equal(gc_sctp_packet_open(&crc, packet, false, &got, &r), GC_E_SYNTAX);
    assert_int_equal(gc_sctp_packet_open(&crc, packet, true, &got, &r), 0);
    assert_int_equal(got.tag, 9);
    assert_int_equal(gc_reader_left(&r), 4);
    for (uint32_t len = 0; len < GC_SCTP_HEAD_BYTES; len++) {
        uint8_t *copy = exact_copy(bytes, len);
        assert_int_equal(gc_sctp_packet_open(&crc, gc_span_of(copy, len), true, &got, &r),
                         GC_E_SYNTAX);
        free(copy);
    }
    bytes[11] = 1;
    assert_int_equal(gc_sctp_packet_open(&crc, packet, true, &got, &r), GC_E_SYNTAX);
    bytes[11] = bytes[7] = 0;
    assert_int_equal(gc_sctp_packet_open(&crc, packet, true, &got, &r), GC_E_SYNTAX);
}

int main(void) {
    gc_crc32c_init(&crc, false);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_is_read_as_it_was_written),
        cmocka_unit_test(the_checksum_goes_out_with_its_lowest_byte_first),
        cmocka_unit_test(any_flipped_bit_and_any_cut_is_refused),
        cmocka_unit_test(chunks_must_end_inside_the_packet),
        cmocka_unit_test(only_the_last_parameter_may_lack_padding),
        cmocka_unit_test(padding_between_parameters_counts_into_the_chunk),
        cmocka_unit_test(serial_numbers_wrap),
        cmocka_unit_test(zero_is_right_where_it_was_declared_but_for_init),
    };
    return RUN(tests);
}
