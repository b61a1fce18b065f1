/* core/proto/data_connection.c */
#include "core/proto/data_connection.h"
#include "core/base/error.h"
#include "core/base/reason.h"
#include "test/unit/unit.h"

#define ROOM (GC_DATA_BYTES_MAX + 64u)

static gc_data_connection d;
static gc_data_store store;
static uint8_t joined[GC_DATA_BYTES_MAX], text[GC_DATA_TEXT_BYTES_MAX];
static const gc_data_scratch scratch = {joined, text};

static void begin(uint32_t serialization) {
    gc_data_connection_begin(&d, &store, serialization);
}

static gc_data_value read_span(bool as_text, gc_span frame) {
    uint8_t *copy = malloc(frame.len > 0 ? frame.len : 1); /* exactly: ASan sees a read behind it */
    if (frame.len > 0) {
        memcpy(copy, frame.data, frame.len);
    }
    static uint8_t last[GC_DATA_BYTES_MAX];
    gc_data_value v = gc_data_connection_read(&d, as_text, gc_span_of(copy, frame.len), scratch);
    gc_data_connection_check(&d);
    if (v.event == GC_DATA_TEXT) {
        assert_true(v.text.len > 0 && v.text.len <= sizeof last);
        memcpy(last, v.text.data, v.text.len);
        v.text.data = last;
    }
    free(copy);
    return v;
}

static void shows(bool as_text, gc_span frame, const char *want) {
    gc_data_value v = read_span(as_text, frame);
    assert_int_equal(v.event, GC_DATA_TEXT);
    assert_int_equal(v.text.len, strlen(want));
    assert_memory_equal(v.text.data, want, v.text.len);
}

static void refuses(bool as_text, gc_span frame, uint32_t reason) {
    gc_data_value v = read_span(as_text, frame);
    assert_int_equal(v.event, GC_DATA_REFUSED);
    assert_int_equal(v.reason, reason);
    assert_int_equal(v.count, 1);
}

#define CLOSE_BINARY                                                                               \
    "\x81\xba__peerData\x81\xb4type\xb5"                                                           \
    "close"
#define CLOSE_JSON "{\"__peerData\":{\"type\":\"close\"}}"

static void binary_frames_are_shown_as_text(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    shows(false, GC_SPAN("\xb2hi"), "hi");
    shows(false, GC_SPAN("\xb0"), "\"\"");
    shows(false, GC_SPAN("\x07"), "7");
    shows(false,
          GC_SPAN("\x92\xb1"
                  "a\xa3xyz"),
          "[\"a\",[3 bytes]]");
    refuses(false, GC_SPAN("\xb2hi!"), GC_REASON_PROTOCOL);
    refuses(false, GC_SPAN("\xb1\xff"), GC_REASON_BAD_UTF8);
    refuses(false, GC_SPAN(""), GC_REASON_PROTOCOL);
    refuses(true, GC_SPAN("\x07"), GC_REASON_PROTOCOL);
    assert_int_equal(read_span(false, GC_SPAN(CLOSE_BINARY)).event, GC_DATA_CLOSE);
}

static void json_frames_are_shown_as_text(void **state) {
    (void)state;
    begin(GC_SERIALIZE_JSON);
    shows(false, GC_SPAN("\"a\\u00e9\\n\""), "aé\n");
    shows(false, GC_SPAN(" \"\" "), "\"\"");
    shows(false, GC_SPAN("\n{\"a\":[1,2.5,null]} "), "{\"a\":[1,2.5,null]}");
    shows(false, GC_SPAN("{\"__peerData\":{\"type\":\"open\"}}"),
          "{\"__peerData\":{\"type\":\"open\"}}");
    refuses(false, GC_SPAN("{\"a\":}"), GC_REASON_PROTOCOL);
    refuses(false, GC_SPAN("\"\xff\""), GC_REASON_BAD_UTF8);
    refuses(true, GC_SPAN("1"), GC_REASON_PROTOCOL);
    assert_int_equal(read_span(false, GC_SPAN(CLOSE_JSON)).event, GC_DATA_CLOSE);
}

static void raw_text_is_shown_and_raw_bytes_are_counted(void **state) {
    (void)state;
    begin(GC_SERIALIZE_RAW);
    shows(true, GC_SPAN("hi"), "hi");
    shows(true, GC_SPAN(""), "\"\"");
    shows(false, GC_SPAN("\0\1\2"), "[3 bytes]");
    shows(false, GC_SPAN("x"), "[1 byte]");
    shows(true, GC_SPAN(CLOSE_JSON), CLOSE_JSON); /* raw has no close message */
    refuses(true, GC_SPAN("\xc3"), GC_REASON_BAD_UTF8);
}

static void the_largest_frames_are_taken_and_larger_ones_refused(void **state) {
    (void)state;
    uint8_t *bytes = malloc(ROOM);
    memset(bytes, 'x', ROOM);
    begin(GC_SERIALIZE_RAW);
    assert_int_equal(read_span(true, gc_span_of(bytes, GC_DATA_BYTES_MAX)).event, GC_DATA_TEXT);
    refuses(true, gc_span_of(bytes, GC_DATA_BYTES_MAX + 1), GC_REASON_TOO_BIG);
    begin(GC_SERIALIZE_JSON);
    bytes[0] = bytes[GC_DATA_BYTES_MAX - 1] = '"';
    assert_int_equal(read_span(false, gc_span_of(bytes, GC_DATA_BYTES_MAX)).text.len,
                     GC_DATA_BYTES_MAX - 2);
    begin(GC_SERIALIZE_BINARY);
    memcpy(bytes, "\xd8\xff\xfd", 3);
    bytes[GC_DATA_BYTES_MAX - 1] = 'x';
    assert_int_equal(read_span(false, gc_span_of(bytes, GC_DATA_BYTES_MAX)).text.len,
                     GC_DATA_BYTES_MAX - 3);
    /* A value whose text is longer than itself: one of the widest, and one too wide. */
    uint32_t fits = (GC_DATA_TEXT_BYTES_MAX - 1) / 4; /* "[127,127,...]": 4 n + 1 bytes */
    for (uint32_t n = fits; n <= fits + 1; n++) {
        gc_writer w;
        gc_writer_init(&w, bytes, ROOM);
        gc_writer_u8(&w, 0xdc);
        gc_writer_u16(&w, (uint16_t)n);
        memset(bytes + w.at, 0x7f, n);
        gc_span value = gc_span_of(bytes, w.at + n);
        if (n == fits) {
            assert_int_equal(read_span(false, value).text.len, 4 * n + 1);
        } else {
            refuses(false, value, GC_REASON_TOO_BIG);
        }
    }
    free(bytes);
}

/* --- chunks ---------------------------------------------------------------------------------- */

/* As the library writes them, for ids, indices and totals below 128. */
static gc_data_value chunk(uint32_t id, uint32_t n, uint32_t total, gc_span data) {
    static uint8_t frame[ROOM];
    gc_writer w;
    gc_writer_init(&w, frame, sizeof frame);
    gc_writer_text(&w, "\x84\xba__peerData");
    gc_writer_u8(&w, (uint8_t)id);
    gc_writer_text(&w, "\xb1n");
    gc_writer_u8(&w, (uint8_t)n);
    gc_writer_text(&w, "\xb4"
                       "data\xda");
    gc_writer_u16(&w, (uint16_t)data.len);
    gc_writer_span(&w, data);
    gc_writer_text(&w, "\xb5total");
    gc_writer_u8(&w, (uint8_t)total);
    assert_false(w.failed);
    return read_span(false, gc_writer_done(&w));
}

static uint8_t packed[ROOM];
static uint32_t packed_len;

/* A string of so many bytes, packed. */
static void pack(uint32_t len) {
    packed[0] = 0xd8;
    packed[1] = (uint8_t)(len >> 8);
    packed[2] = (uint8_t)len;
    for (uint32_t i = 0; i < len; i++) {
        packed[3 + i] = (uint8_t)('a' + i % 23);
    }
    packed_len = len + 3;
}

/* Part n of the packed string in parts of this size. */
static gc_span part(uint32_t n, uint32_t size) {
    uint32_t at = n * size, left = packed_len - at;
    return gc_span_of(packed + at, left < size ? left : size);
}

static void is_packed(gc_data_value v) {
    assert_int_equal(v.event, GC_DATA_TEXT);
    assert_int_equal(v.text.len, packed_len - 3);
    assert_memory_equal(v.text.data, packed + 3, v.text.len);
}

static void chunks_are_joined_in_every_order(void **state) {
    (void)state;
    static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    begin(GC_SERIALIZE_BINARY);
    for (uint32_t i = 0; i < 6; i++) {
        pack(40000 + i);
        for (uint32_t k = 0; k < 3; k++) {
            gc_data_value v = chunk(i + 1, orders[i][k], 3, part(orders[i][k], 16300));
            if (k < 2) {
                assert_int_equal(v.event, GC_DATA_NOTHING);
            } else {
                is_packed(v);
            }
        }
        assert_int_equal(d.chunks + d.end, 0);
    }
}

static void a_stock_chunk_has_16331_bytes(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    pack(20000);
    assert_int_equal(1 + 11 + 1 + 2 + 1 + 5 + 3 + 16300 + 6 + 1, 16331);
    assert_int_equal(chunk(1, 0, 2, part(0, 16300)).event, GC_DATA_NOTHING);
    shows(false, GC_SPAN("\xb5other"), "other"); /* one that overtakes it */
    is_packed(chunk(1, 1, 2, part(1, 16300)));
}

static void duplicates_neither_lose_nor_double(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    pack(300);
    for (uint32_t n = 0; n < 3; n++) {
        assert_int_equal(chunk(9, n, 4, part(n, 100)).event, GC_DATA_NOTHING);
        assert_int_equal(chunk(9, n, 4, part(n, 100)).event, GC_DATA_NOTHING);
        assert_int_equal(chunk(9, 0, 4, part(0, 100)).event, GC_DATA_NOTHING);
    }
    is_packed(chunk(9, 3, 4, part(3, 100)));
    assert_int_equal(chunk(9, 3, 4, part(3, 100)).event, GC_DATA_NOTHING);
    assert_int_equal(chunk(9, 0, 4, part(0, 100)).event, GC_DATA_NOTHING);
    assert_int_equal(d.chunks, 0);
}

static void messages_whose_chunks_are_mixed_come_apart(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    pack(50);
    for (uint32_t n = 0; n < 6; n++) {
        for (uint32_t id = 1; id <= GC_DATA_OPEN_MAX; id++) {
            gc_data_value v = chunk(id, n, 6, part(n, 9));
            if (n < 5) {
                assert_int_equal(v.event, GC_DATA_NOTHING);
            } else {
                is_packed(v);
            }
        }
    }
}

static void one_message_too_many_costs_the_oldest(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    pack(50);
    for (uint32_t id = 1; id <= GC_DATA_OPEN_MAX; id++) {
        assert_int_equal(chunk(id, 0, 2, part(0, 40)).event, GC_DATA_NOTHING);
    }
    gc_data_value v = chunk(100, 0, 2, part(0, 40));
    assert_int_equal(v.event, GC_DATA_REFUSED);
    assert_int_equal(chunk(1, 1, 2, part(1, 40)).event, GC_DATA_NOTHING); /* told already */
    for (uint32_t id = 2; id <= GC_DATA_OPEN_MAX; id++) {
        is_packed(chunk(id, 1, 2, part(1, 40)));
    }
    is_packed(chunk(100, 1, 2, part(1, 40)));
}

/* The fifth takes the place of one, and is itself longer than what is kept: both are told. */
static void one_gives_way_to_one_that_is_refused(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    pack(50);
    for (uint32_t id = 1; id <= GC_DATA_OPEN_MAX; id++) {
        assert_int_equal(chunk(id, 0, 2, part(0, 40)).count, 0);
    }
    assert_int_equal(gc_data_connection_waiting(&d), GC_DATA_OPEN_MAX);
    gc_data_value v = chunk(100, 0, GC_DATA_CHUNKS_MAX + 1, part(0, 40));
    assert_int_equal(v.event, GC_DATA_REFUSED);
    assert_int_equal(v.count, 2);
    assert_int_equal(gc_data_connection_waiting(&d), GC_DATA_OPEN_MAX - 1);
    v = chunk(101, 0, GC_DATA_CHUNKS_MAX + 1, part(0, 40)); /* in the place of the refused one */
    assert_int_equal(v.count, 1);
    for (uint32_t id = 2; id <= GC_DATA_OPEN_MAX; id++) {
        is_packed(chunk(id, 1, 2, part(1, 40)));
    }
    assert_int_equal(gc_data_connection_waiting(&d), 0);
}

static void a_message_over_the_limit_is_told_once(void **state) {
    (void)state;
    uint32_t refusals = 0;
    begin(GC_SERIALIZE_BINARY);
    for (uint32_t n = 0; n < 8; n++) { /* 8 x 16300 bytes */
        refusals += chunk(1, n, 8, gc_span_of(packed, 16300)).event == GC_DATA_REFUSED;
    }
    assert_int_equal(refusals, 1);
    assert_int_equal(d.chunks + d.end, 0);
    for (uint32_t n = 0; n < GC_DATA_CHUNKS_MAX + 1; n++) { /* more chunks than are kept */
        refusals += chunk(2, n, GC_DATA_CHUNKS_MAX + 1, GC_SPAN("x")).event == GC_DATA_REFUSED;
    }
    assert_int_equal(refusals, 2);
    pack(30);
    assert_int_equal(chunk(3, 0, 2, part(0, 20)).event, GC_DATA_NOTHING); /* the next one comes */
    is_packed(chunk(3, 1, 2, part(1, 20)));
}

static void chunks_that_do_not_agree_are_refused(void **state) {
    (void)state;
    begin(GC_SERIALIZE_BINARY);
    pack(30);
    assert_int_equal(chunk(1, 0, 3, part(0, 20)).event, GC_DATA_NOTHING);
    gc_data_value v = chunk(1, 1, 2, part(1, 20));
    assert_int_equal(v.event, GC_DATA_REFUSED);
    assert_int_equal(v.reason, GC_REASON_PROTOCOL);
    assert_int_equal(chunk(1, 1, 3, part(1, 20)).event, GC_DATA_NOTHING);
    /* Joined, it is no value; or a chunk again. */
    assert_int_equal(chunk(2, 0, 2,
                           GC_SPAN("\xb3"
                                   "ab"))
                         .event,
                     GC_DATA_NOTHING);
    assert_int_equal(chunk(2, 1, 2, GC_SPAN("")).event, GC_DATA_REFUSED);
    static const char inner[] = "\x84\xba__peerData\x05\xb1n\x00\xb4"
                                "data\xa1x\xb5total\x02";
    assert_int_equal(chunk(3, 0, 1, gc_span_of(inner, sizeof inner - 1)).event, GC_DATA_REFUSED);
    assert_int_equal(chunk(4, 0, 1, GC_SPAN("\xb2hi")).event, GC_DATA_TEXT);
    assert_int_equal(chunk(5, 0, 1, GC_SPAN(CLOSE_BINARY)).event, GC_DATA_CLOSE);
}

/* --- out ------------------------------------------------------------------------------------- */

static void writes(uint32_t serialization, gc_span what, gc_span want, bool as_text) {
    uint8_t *frame = malloc(GC_DATA_FRAME_BYTES_MAX);
    gc_writer w;
    begin(serialization);
    gc_writer_init(&w, frame, GC_DATA_FRAME_BYTES_MAX);
    assert_int_equal(gc_data_connection_write(&d, what, &w), as_text);
    assert_false(w.failed);
    if (want.len > 0) {
        assert_true(gc_span_equal(gc_writer_done(&w), want));
    }
    shows(as_text, gc_writer_done(&w), (const char *)what.data);
    free(frame);
}

static void what_is_written_reads_the_same(void **state) {
    (void)state;
    writes(GC_SERIALIZE_BINARY, GC_SPAN("hi"), GC_SPAN("\xb2hi"), false);
    writes(GC_SERIALIZE_JSON, GC_SPAN("h\"i"), GC_SPAN("\"h\\\"i\""), false);
    writes(GC_SERIALIZE_RAW, GC_SPAN("hi"), GC_SPAN("hi"), true);
    char *widest = malloc(GC_TEXT_BYTES_MAX + 1); /* as C0 controls JSON has six bytes for each */
    memset(widest, '\x01', GC_TEXT_BYTES_MAX);
    widest[GC_TEXT_BYTES_MAX] = 0;
    uint8_t *frame = malloc(GC_DATA_FRAME_BYTES_MAX);
    for (uint32_t s = 0; s <= GC_SERIALIZE_RAW; s++) {
        gc_writer w;
        begin(s);
        gc_writer_init(&w, frame, GC_DATA_FRAME_BYTES_MAX);
        (void)gc_data_connection_write(&d, gc_span_of(widest, GC_TEXT_BYTES_MAX), &w);
        assert_int_equal(w.failed, s == GC_SERIALIZE_JSON);
    }
    gc_writer w;                      /* the longest that fits */
    memset(widest + 9830, 'x', 6554); /* 2 + 6 * 9830 + 6554 */
    begin(GC_SERIALIZE_JSON);
    gc_writer_init(&w, frame, GC_DATA_FRAME_BYTES_MAX);
    (void)gc_data_connection_write(&d, gc_span_of(widest, GC_TEXT_BYTES_MAX), &w);
    assert_false(w.failed);
    assert_int_equal(w.at, GC_DATA_FRAME_BYTES_MAX);
    free(frame);
    free(widest);
}

static void a_serialization_and_its_word_lead_to_each_other(void **state) {
    (void)state;
    for (uint32_t s = 0; s <= GC_SERIALIZE_RAW; s++) {
        const char *word = gc_serialization_word(s);
        uint32_t again = 9;
        assert_true(gc_serialization_of(gc_span_of(word, (uint32_t)strlen(word)), &again));
        assert_int_equal(again, s);
    }
    uint32_t none = 9;
    assert_true(gc_serialization_of(GC_SPAN("binary-utf8"), &none));
    assert_int_equal(none, GC_SERIALIZE_BINARY);
    assert_false(gc_serialization_of(GC_SPAN("MsgPack"), &none));
    assert_false(gc_serialization_of(GC_SPAN(""), &none));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binary_frames_are_shown_as_text),
        cmocka_unit_test(json_frames_are_shown_as_text),
        cmocka_unit_test(raw_text_is_shown_and_raw_bytes_are_counted),
        cmocka_unit_test(the_largest_frames_are_taken_and_larger_ones_refused),
        cmocka_unit_test(chunks_are_joined_in_every_order),
        cmocka_unit_test(a_stock_chunk_has_16331_bytes),
        cmocka_unit_test(duplicates_neither_lose_nor_double),
        cmocka_unit_test(messages_whose_chunks_are_mixed_come_apart),
        cmocka_unit_test(one_message_too_many_costs_the_oldest),
        cmocka_unit_test(one_gives_way_to_one_that_is_refused),
        cmocka_unit_test(a_message_over_the_limit_is_told_once),
        cmocka_unit_test(chunks_that_do_not_agree_are_refused),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(a_serialization_and_its_word_lead_to_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
