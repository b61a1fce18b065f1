/* core/wire/websocket.c */
#include "core/base/error.h"
#include "test/unit/websocket_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <cmocka.h>

#define LIMIT 65536
static const uint32_t WHOLE = UINT32_MAX;
static const uint32_t BYTES = 1;

/* Expects one event of these fields next in the record. */
static size_t expect_event(const feed_record *r, size_t at, uint8_t opcode, uint16_t close_code,
                           const void *payload, uint32_t len) {
    assert_true(r->len - at >= 7 + (size_t)len);
    const uint8_t *p = r->data + at;
    assert_int_equal(p[0], opcode);
    assert_int_equal(p[1] << 8 | p[2], close_code);
    assert_int_equal((uint32_t)p[3] << 24 | p[4] << 16 | p[5] << 8 | p[6], len);
    assert_memory_equal(p + 7, payload, len);
    return at + 7 + len;
}

/* The same record whole and byte by byte; the caller frees its data. */
static feed_record feed_twice(const void *stream, size_t len, bool mask, uint32_t limit) {
    feed_record a = feed(stream, len, mask, limit, &WHOLE, 1);
    feed_record b = feed(stream, len, mask, limit, &BYTES, 1);
    assert_true(feed_same(&a, &b));
    free(b.data);
    return a;
}

#define STREAM(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void expect_one(const uint8_t *stream, size_t len, bool mask, uint8_t opcode,
                       const char *payload) {
    feed_record r = feed_twice(stream, len, mask, LIMIT);
    assert_int_equal(r.result, 0);
    size_t at = expect_event(&r, 0, opcode, 0, payload, (uint32_t)strlen(payload));
    assert_int_equal(at, r.len);
    free(r.data);
}

static void expect_error(const uint8_t *stream, size_t len, bool mask, int error, uint16_t code) {
    feed_record r = feed_twice(stream, len, mask, LIMIT);
    assert_int_equal(r.result, error);
    assert_int_equal(r.close_code, code);
    assert_int_equal(r.events, 0);
    free(r.data);
}

/* RFC 6455 5.7, the examples in their order. */
static void rfc_examples(void **state) {
    (void)state;
    expect_one(STREAM(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f), false, GC_WS_TEXT, "Hello");
    expect_one(STREAM(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58), true,
               GC_WS_TEXT, "Hello");
    expect_one(STREAM(0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f), false, GC_WS_TEXT,
               "Hello");
    expect_one(STREAM(0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f), false, GC_WS_PING, "Hello");
    expect_one(STREAM(0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58), true,
               GC_WS_PONG, "Hello");
    for (uint32_t len = 256; len <= 65536; len *= 256) {
        uint8_t *frame = calloc(1, GC_WS_HEAD_BYTES_MAX + len);
        uint32_t head = gc_ws_head_write(frame, GC_WS_BINARY, len);
        const uint8_t small[] = {0x82, 0x7e, 0x01, 0x00};
        const uint8_t large[] = {0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0};
        assert_int_equal(head, len == 256 ? sizeof(small) : sizeof(large));
        assert_memory_equal(frame, len == 256 ? small : large, head);
        memset(frame + head, 'x', len);
        feed_record r = feed(frame, head + len, false, LIMIT, &WHOLE, 1);
        assert_int_equal(expect_event(&r, 0, GC_WS_BINARY, 0, frame + head, len), r.len);
        free(r.data);
        free(frame);
    }
}

/* Two parts with a ping between and a close behind, then what is behind the close is not read. */
static const uint8_t SMALL[] = {0x01, 0x01, 'a',  0x89, 0x01, 'p',  0x80, 0x01,
                                'b',  0x81, 0x00, 0x88, 0x02, 0x03, 0xe8};

static void expect_small(const feed_record *r) {
    size_t at = expect_event(r, 0, GC_WS_PING, 0, "p", 1);
    at = expect_event(r, at, GC_WS_TEXT, 0, "ab", 2);
    at = expect_event(r, at, GC_WS_TEXT, 0, "", 0);
    at = expect_event(r, at, GC_WS_CLOSE, 1000, "", 0);
    assert_int_equal(at, r->len);
    assert_int_equal(r->result, 0);
}

static void every_chunking(void **state) {
    (void)state;
    for (uint32_t cuts = 0; cuts < 1u << (sizeof(SMALL) - 1); cuts++) {
        uint32_t sizes[sizeof(SMALL)] = {0}, count = 0;
        for (uint32_t i = 0; i < sizeof(SMALL); i++) {
            sizes[count]++;
            count += cuts >> i & 1;
        }
        feed_record r = feed(SMALL, sizeof(SMALL), false, LIMIT, sizes, count + 1);
        expect_small(&r);
        free(r.data);
    }
}

/* A prefix gives the events that are whole in it, and waits for the rest. */
static void truncated(void **state) {
    (void)state;
    const uint32_t events_by_len[sizeof(SMALL) + 1] = {0, 0, 0, 0, 0, 0, 1, 1,
                                                       1, 2, 2, 3, 3, 3, 3, 4};
    for (size_t len = 0; len <= sizeof(SMALL); len++) {
        feed_record r = feed_twice(SMALL, len, false, LIMIT);
        assert_int_equal(r.events, events_by_len[len]);
        assert_int_equal(r.result, 0);
        free(r.data);
    }
}

/* Appends one masked frame. */
static uint32_t put_frame(uint8_t *out, uint8_t first, const void *payload, uint32_t len) {
    const uint8_t mask[4] = {0x37, 0xfa, 0x21, (uint8_t)(0x3d + len)};
    uint32_t head = gc_ws_head_write_masked(out, first & 0x0f, len, mask);
    out[0] = first;
    memcpy(out + head, payload, len);
    gc_ws_mask(out + head, len, mask, 0);
    return head + len;
}

/* A usual message: whole, masked, in the buffer. It is not moved and nothing is kept. */
static void hot_path(void **state) {
    (void)state;
    char text[1501];
    memset(text, 'j', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    uint8_t buffer[4096];
    uint32_t len = put_frame(buffer, 0x81, text, 1500);
    uint32_t both = len + put_frame(buffer + len, 0x81, text, 1500);
    gc_ws_decoder d;
    gc_ws_event e;
    uint32_t used, kept;
    gc_ws_decoder_init(&d, true, LIMIT);
    assert_int_equal(gc_ws_decode(&d, buffer, both, &used, &kept, &e), 0);
    assert_int_equal(used, len);
    assert_int_equal(kept, both - len);
    assert_ptr_equal(e.payload.data, buffer + 8);
    assert_memory_equal(e.payload.data, text, 1500);
    assert_int_equal(gc_ws_decode(&d, buffer + used, kept, &used, &kept, &e), 0);
    assert_int_equal(e.opcode, GC_WS_TEXT);
    assert_int_equal(kept, 0);
    assert_int_equal(gc_ws_decode(&d, buffer, 0, &used, &kept, &e), 0);
    assert_int_equal(e.opcode, 0);
    assert_int_equal(kept, 0);
}

static void refused_heads(void **state) {
    (void)state;
    static const uint8_t reserved[] = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15};
    for (size_t i = 0; i < sizeof(reserved); i++) {
        expect_error(STREAM(0x80 | reserved[i], 0x80, 1, 2, 3, 4), true, GC_E_SYNTAX, 1002);
    }
    for (uint8_t rsv = 0x10; rsv <= 0x40; rsv *= 2) {
        expect_error(STREAM(0x81 | rsv, 0x80, 1, 2, 3, 4), true, GC_E_SYNTAX, 1002);
    }
    for (uint8_t control = 8; control <= 10; control++) {
        expect_error(STREAM(control, 0x80, 1, 2, 3, 4), true, GC_E_SYNTAX, 1002); /* in parts */
        expect_error(STREAM(0x80 | control, 0xfe), true, GC_E_SYNTAX, 1002);      /* > 125 bytes */
        expect_error(STREAM(0x80 | control, 0xff), true, GC_E_SYNTAX, 1002);
    }
    expect_error(STREAM(0x81, 0x01), true, GC_E_SYNTAX, 1002);  /* a client must mask */
    expect_error(STREAM(0x81, 0x81), false, GC_E_SYNTAX, 1002); /* a server must not */
    expect_error(STREAM(0x80, 0x80), true, GC_E_SYNTAX, 1002);  /* continues nothing */
    expect_error(STREAM(0x01, 0x01, 'a', 0x81, 0x01), false, GC_E_SYNTAX, 1002); /* starts twice */
    expect_error(STREAM(0x82, 0x7e, 0, 125), false, GC_E_SYNTAX, 1002); /* not the shortest form */
    expect_error(STREAM(0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff), false, GC_E_SYNTAX, 1002);
    expect_error(STREAM(0x82, 0x7f, 0x80, 0, 0, 0, 0, 1, 0, 0), false, GC_E_SYNTAX, 1002);
}

/* The limit counts all parts together, and is known from the head alone. */
static void too_big(void **state) {
    (void)state;
    expect_error(STREAM(0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1), true, GC_E_TOO_BIG, 1009);
    expect_error(STREAM(0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), true,
                 GC_E_TOO_BIG, 1009);
    const uint8_t parts[] = {0x02, 0x03, 1, 2, 3, 0x80, 0x02};
    feed_record r = feed_twice(parts, sizeof(parts), false, 4);
    assert_int_equal(r.result, GC_E_TOO_BIG);
    free(r.data);
    r = feed_twice(parts, sizeof(parts), false, 5);
    assert_int_equal(r.result, 0);
    free(r.data);
}

static void utf8(void **state) {
    (void)state;
    /* U+20AC cut between two parts is good text; each part alone is not. */
    expect_one(STREAM(0x01, 0x02, 0xe2, 0x82, 0x80, 0x01, 0xac), false, GC_WS_TEXT, "\xe2\x82\xac");
    expect_error(STREAM(0x81, 0x02, 0xe2, 0x82), false, GC_E_UTF8, 1007);
    expect_error(STREAM(0x01, 0x02, 0xe2, 0x82, 0x80, 0x00), false, GC_E_UTF8, 1007);
    expect_error(STREAM(0x81, 0x03, 0xed, 0xa0, 0x80), false, GC_E_UTF8, 1007); /* a surrogate */
    expect_one(STREAM(0x82, 0x02, 0xe2, 0x82), false, GC_WS_BINARY, "\xe2\x82");
}

static void expect_close(const uint8_t *stream, size_t len, uint16_t code, const char *reason) {
    feed_record r = feed_twice(stream, len, false, LIMIT);
    size_t at = expect_event(&r, 0, GC_WS_CLOSE, code, reason, (uint32_t)strlen(reason));
    assert_int_equal(at, r.len);
    free(r.data);
}

static void close_frames(void **state) {
    (void)state;
    expect_close(STREAM(0x88, 0x00), GC_WS_NO_CODE, "");
    expect_close(STREAM(0x88, 0x05, 0x03, 0xe9, 'b', 'y', 'e'), 1001, "bye");
    expect_error(STREAM(0x88, 0x01, 0x03), false, GC_E_SYNTAX, 1002);
    expect_error(STREAM(0x88, 0x03, 0x03, 0xe8, 0xff), false, GC_E_UTF8, 1007);
    uint32_t valid = 0;
    for (uint32_t code = 0; code < 65536; code++) {
        const uint8_t frame[] = {0x88, 0x02, (uint8_t)(code >> 8), (uint8_t)code};
        feed_record r = feed(frame, sizeof(frame), false, LIMIT, &WHOLE, 1);
        assert_int_equal(r.result, gc_ws_close_code_valid((uint16_t)code) ? 0 : GC_E_SYNTAX);
        valid += r.events;
        free(r.data);
    }
    assert_int_equal(valid, 4 + 8 + 2000);
    static const uint16_t never[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535};
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        assert_false(gc_ws_close_code_valid(never[i]));
    }
}

/* A megabyte in parts of one byte, a ping between any two, in one buffer. Moving the rest of the
 * buffer for each part or ping would take hours. */
static void linear(void **state) {
    (void)state;
    const uint32_t parts = 1u << 20;
    uint8_t *stream = malloc(parts * 14);
    assert_non_null(stream);
    uint32_t len = 0;
    for (uint32_t i = 0; i < parts; i++) {
        uint8_t first = i == 0 ? GC_WS_BINARY : i == parts - 1 ? 0x80 : 0;
        uint8_t byte = (uint8_t)(i * 7);
        len += put_frame(stream + len, first, &byte, 1);
        if (i < parts - 1) {
            len += put_frame(stream + len, 0x80 | GC_WS_PING, &byte, 1);
        }
    }
    const uint32_t sizes[] = {WHOLE, 65536};
    for (int k = 0; k < 2; k++) {
        clock_t start = clock();
        feed_record r = feed(stream, len, true, parts, &sizes[k], 1);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        assert_int_equal(r.result, 0);
        assert_int_equal(r.events, parts);
        size_t message = (size_t)(parts - 1) * 8;
        assert_int_equal(r.data[message], GC_WS_BINARY);
        assert_int_equal(r.len - message - 7, parts);
        for (uint32_t i = 0; i < parts; i++) {
            assert_true(r.data[message + 7 + i] == (uint8_t)(i * 7));
        }
        assert_true(seconds < 10);
        free(r.data);
    }
    free(stream);
}

/* What waits for the rest of a frame is bounded by the limit, whatever stood between the parts. */
static void kept_bound(void **state) {
    (void)state;
    static uint8_t stream[4096];
    uint8_t zeros[1000] = {0};
    uint32_t len = put_frame(stream, GC_WS_BINARY, zeros, 1000);
    for (int i = 0; i < 20; i++) {
        len += put_frame(stream + len, 0x80 | GC_WS_PING, zeros, 125);
    }
    feed_record r = feed_twice(stream, len, true, 1000);
    assert_int_equal(r.events, 20);
    free(r.data);
    r = feed(stream, len - 1, true, 1000, &BYTES, 1);
    assert_int_equal(r.kept_max, 1000 + GC_WS_KEPT_EXTRA - 1);
    free(r.data);
}

static void masking(void **state) {
    (void)state;
    const uint8_t mask[4] = {1, 2, 4, 8};
    for (uint32_t len = 0; len < 40; len++) {
        for (uint32_t offset = 0; offset < 8; offset++) {
            uint8_t data[48] = {0};
            gc_ws_mask(data + 3, len, mask, offset);
            for (uint32_t i = 0; i < sizeof(data); i++) {
                bool inside = i >= 3 && i < 3 + len;
                assert_int_equal(data[i], inside ? mask[(i - 3 + offset) & 3] : 0);
            }
        }
    }
}

static void heads_round_trip(void **state) {
    (void)state;
    static const uint32_t lens[] = {0, 1, 125, 126, 127, 65535, 65536};
    uint8_t *frame = malloc(GC_WS_HEAD_BYTES_MAX + 65536);
    const uint8_t mask[4] = {9, 8, 7, 6};
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        for (int masked = 0; masked < 2; masked++) {
            uint32_t head = masked ? gc_ws_head_write_masked(frame, GC_WS_TEXT, lens[i], mask)
                                   : gc_ws_head_write(frame, GC_WS_TEXT, lens[i]);
            uint32_t expected = lens[i] < 126 ? 2 : lens[i] < 65536 ? 4 : 10;
            assert_int_equal(head, expected + (masked ? 4 : 0));
            memset(frame + head, 'u', lens[i]);
            gc_ws_mask(frame + head, lens[i], mask, 0);
            if (!masked) {
                gc_ws_mask(frame + head, lens[i], mask, 0);
            }
            const uint32_t size = 10007;
            feed_record r = feed(frame, head + lens[i], masked, LIMIT, &size, 1);
            assert_int_equal(r.result, 0);
            assert_int_equal(r.events, 1);
            assert_int_equal(r.len, 7 + lens[i]);
            free(r.data);
        }
    }
    free(frame);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_examples),  cmocka_unit_test(every_chunking),
        cmocka_unit_test(truncated),     cmocka_unit_test(hot_path),
        cmocka_unit_test(refused_heads), cmocka_unit_test(too_big),
        cmocka_unit_test(utf8),          cmocka_unit_test(close_frames),
        cmocka_unit_test(linear),        cmocka_unit_test(kept_bound),
        cmocka_unit_test(masking),       cmocka_unit_test(heads_round_trip),
    };
    return cmocka_run_group_tests_name("websocket", tests, NULL, NULL);
}
