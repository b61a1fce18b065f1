/* core/wire/frame.c, against test/vectors/frames.json */
#include "core/wire/frame.h"
#include "core/base/error.h"
#include "test/unit/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static vectors file;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/frames.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

static int error_of(int token) {
    static const struct {
        const char *word;
        int error;
    } all[] = {{"syntax", GC_E_SYNTAX},
               {"utf8", GC_E_UTF8},
               {"too-big", GC_E_TOO_BIG},
               {"not-found", GC_E_NOT_FOUND}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (vectors_is(&file, token, all[i].word)) {
            return all[i].error;
        }
    }
    fail_msg("no such error");
    return 0;
}

static uint8_t type_of(int token) {
    static const struct {
        const char *word;
        uint8_t type;
    } all[] = {{"START", GC_FRAME_START},     {"ACK", GC_FRAME_ACK},        {"BASE", GC_FRAME_BASE},
               {"PROFILE", GC_FRAME_PROFILE}, {"BYE", GC_FRAME_BYE},        {"PING", GC_FRAME_PING},
               {"PONG", GC_FRAME_PONG},       {"MESSAGE", GC_FRAME_MESSAGE}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (vectors_is(&file, token, all[i].word)) {
            return all[i].type;
        }
    }
    fail_msg("no such type");
    return 0;
}

/* Memory of exactly this size, so that ASan sees a read behind it. */
static uint8_t *exactly(const uint8_t *bytes, uint32_t len) {
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return copy;
}

static int parse(const uint8_t *bytes, uint32_t len, uint8_t channel, gc_frame *f) {
    uint8_t *copy = exactly(bytes, len);
    int result = gc_frame_parse(gc_span_of(copy, len), channel, f);
    free(copy);
    return result;
}

/* A member that the vector does not name is 0. */
static void expect_number(int t, const char *key, uint64_t value) {
    int token = vectors_get(&file, t, key);
    assert_true(value == (token < 0 ? 0 : vectors_number(&file, token)));
}

static void expect_bytes(int t, const char *key, gc_span value, bool is_hex) {
    uint8_t expected[VECTOR_BYTES_MAX] = {0};
    int token = vectors_get(&file, t, key);
    uint32_t len = token < 0 && is_hex ? value.len
                   : token < 0         ? 0
                   : is_hex            ? vectors_hex(&file, token, expected)
                                       : vectors_string(&file, token, (char *)expected);
    assert_int_equal(value.len, len);
    if (len > 0) {
        assert_memory_equal(value.data, expected, len);
    }
}

static void expect_frame(int t, const gc_frame *f) {
    assert_int_equal(f->type, type_of(vectors_get(&file, t, "type")));
    expect_number(t, "version", f->version);
    expect_number(t, "capabilities", f->capabilities);
    expect_number(t, "base", f->base);
    expect_number(t, "ack", f->ack);
    expect_number(t, "window", f->window);
    expect_number(t, "reason", f->reason);
    expect_number(t, "token", f->token);
    expect_number(t, "seq", f->seq);
    expect_bytes(t, "session", gc_span_of(f->session, GC_SESSION_BYTES), true);
    expect_bytes(t, "peer_session", gc_span_of(f->peer_session, GC_SESSION_BYTES), true);
    expect_bytes(t, "text", f->text, false);
    expect_bytes(t, "nick", f->nick, false);
    assert_int_equal(f->has_nick, vectors_get(&file, t, "nick") >= 0);
}

/* Parsed, its fields are as the file says; written, it is the canonical frame. */
static void good(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "good"), count = vectors_size(&file, list);
    assert_true(count >= 20);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX], canonical[VECTOR_BYTES_MAX], out[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes);
        uint8_t channel = (uint8_t)vectors_number(&file, vectors_get(&file, t, "channel"));
        gc_frame f;
        uint8_t *copy = exactly(bytes, len);
        assert_int_equal(gc_frame_parse(gc_span_of(copy, len), channel, &f), 0);
        expect_frame(t, &f);
        uint32_t written = vectors_hex(&file, vectors_get(&file, t, "canonical"), canonical);
        gc_writer w;
        gc_writer_init(&w, out, written);
        gc_frame_write(&f, &w);
        assert_false(w.failed);
        assert_int_equal(w.at, written);
        assert_memory_equal(out, canonical, written);
        gc_writer_init(&w, out, written - 1);
        gc_frame_write(&f, &w);
        assert_true(w.failed);
        assert_int_equal(gc_frame_parse(gc_span_of(copy, len), channel ^ 1, &f), GC_E_SYNTAX);
        free(copy);
    }
}

static void bad(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "bad"), count = vectors_size(&file, list);
    assert_true(count >= 30);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes);
        uint8_t channel = (uint8_t)vectors_number(&file, vectors_get(&file, t, "channel"));
        gc_frame f, untouched;
        memset(&f, 0x5a, sizeof(f));
        memset(&untouched, 0x5a, sizeof(f));
        int error = parse(bytes, len, channel, &f);
        if (error != error_of(vectors_get(&file, t, "error"))) {
            char name[VECTOR_BYTES_MAX];
            vectors_string(&file, vectors_get(&file, t, "name"), name);
            fail_msg("%s: %d", name, error);
        }
        assert_memory_equal(&f, &untouched, sizeof(f));
    }
}

/* A frame cut at any length is malformed, but where its fields may end. */
static void truncated(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "good"), count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes);
        uint8_t channel = (uint8_t)vectors_number(&file, vectors_get(&file, t, "channel"));
        static const uint32_t fixed[] = {58, 9, 9, 1, 2, 5, 5};
        uint8_t type = bytes[0];
        uint32_t fixed_len = type == GC_FRAME_MESSAGE ? 11u + (bytes[9] << 8 | bytes[10])
                                                      : fixed[type - GC_FRAME_START];
        uint32_t end = fixed_len; /* of a field */
        for (uint32_t cut = 0; cut < len; cut++) {
            gc_frame f;
            if (cut > end) {
                end += 3u + (uint32_t)(bytes[end + 1] << 8 | bytes[end + 2]);
            }
            assert_int_equal(parse(bytes, cut, channel, &f), cut == end ? 0 : GC_E_SYNTAX);
        }
    }
}

/* The limits that are too long for the file. */
static void limits(void **state) {
    (void)state;
    static uint8_t text[GC_TEXT_BYTES_MAX], bytes[GC_FRAME_BYTES_MAX + 64];
    memset(text, 'y', sizeof(text));
    gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = 1, .text = {text, GC_TEXT_BYTES_MAX}}, g;
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof(bytes));
    gc_frame_write(&f, &w);
    assert_int_equal(w.at, 11 + GC_TEXT_BYTES_MAX);
    assert_int_equal(parse(bytes, w.at, GC_CHANNEL_MESSAGE, &g), 0);
    assert_int_equal(g.text.len, GC_TEXT_BYTES_MAX);
    /* Unknown fields may fill it up to the limit. */
    uint32_t len = w.at;
    gc_writer_u8(&w, 9);
    gc_writer_u16(&w, (uint16_t)(GC_FRAME_BYTES_MAX - len - 3));
    memset(bytes + w.at, 0, sizeof(bytes) - w.at);
    assert_int_equal(parse(bytes, GC_FRAME_BYTES_MAX, GC_CHANNEL_MESSAGE, &g), 0);
    bytes[len + 2]++;
    assert_int_equal(parse(bytes, GC_FRAME_BYTES_MAX + 1, GC_CHANNEL_MESSAGE, &g), GC_E_TOO_BIG);
    /* One byte of text more. */
    bytes[10]++;
    assert_int_equal(parse(bytes, len + 1, GC_CHANNEL_MESSAGE, &g), GC_E_TOO_BIG);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad),
                                       cmocka_unit_test(truncated), cmocka_unit_test(limits)};
    return cmocka_run_group_tests_name("frame", tests, load, unload);
}
