/* core/wire/binarypack.c, against test/vectors/binarypack.json (made by the real library) */
#include "core/wire/binarypack.h"
#include "core/base/error.h"
#include "test/unit/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static vectors file;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/binarypack.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

static int list(const char *name) {
    return vectors_get(&file, 0, name);
}

/* Memory of exactly this size, so that ASan sees a read behind it. */
static gc_span exactly(const uint8_t *bytes, uint32_t len) {
    uint8_t *copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return gc_span_of(copy, len);
}

static void release(gc_span s) {
    free((void *)(uintptr_t)s.data);
}

static int text_of(const uint8_t *bytes, uint32_t len, char *out, uint32_t size) {
    gc_span value = exactly(bytes, len);
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, size - 1);
    int error = gc_binarypack_text(value, &w);
    out[w.at] = 0;
    release(value);
    return error;
}

static void values_of_the_library_are_read(void **state) {
    (void)state;
    int all = list("good");
    assert_true(vectors_size(&file, all) > 60);
    for (int i = 0, t = all + 1; i < vectors_size(&file, all); i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX];
        char want[VECTOR_BYTES_MAX], got[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes);
        uint32_t chars = vectors_string(&file, vectors_get(&file, t, "text"), want);
        assert_int_equal(text_of(bytes, len, got, sizeof got), 0);
        assert_string_equal(got, want);
        /* truncated at each length; and something behind the end */
        for (uint32_t cut = 0; cut < len; cut++) {
            assert_int_equal(text_of(bytes, cut, got, sizeof got), GC_E_SYNTAX);
        }
        bytes[len] = 0;
        assert_int_equal(text_of(bytes, len + 1, got, sizeof got), GC_E_SYNTAX);
        /* every smaller room for the text */
        for (uint32_t size = chars > 40 ? chars - 40 : 0; size < chars; size++) {
            assert_int_equal(text_of(bytes, len, got, size + 1), GC_E_TOO_BIG);
        }
    }
}

static int error_of(int token) {
    return vectors_is(&file, token, "utf8")      ? GC_E_UTF8
           : vectors_is(&file, token, "too-big") ? GC_E_TOO_BIG
                                                 : GC_E_SYNTAX;
}

static void what_is_malformed_is_refused(void **state) {
    (void)state;
    int all = list("bad");
    for (int i = 0, t = all + 1; i < vectors_size(&file, all); i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX];
        char got[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes);
        uint32_t kind = 9;
        gc_binarypack_chunk chunk;
        int want = error_of(vectors_get(&file, t, "error"));
        assert_int_equal(text_of(bytes, len, got, sizeof got), want);
        gc_span value = exactly(bytes, len);
        assert_int_equal(gc_binarypack_sort(value, &kind, &chunk), want);
        release(value);
    }
}

static void chunks_and_the_close_message_are_told_apart(void **state) {
    (void)state;
    int all = list("sorted"), seen[3] = {0};
    for (int i = 0, t = all + 1; i < vectors_size(&file, all); i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX], data[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes), kind = 9;
        gc_binarypack_chunk c;
        gc_span value = exactly(bytes, len);
        assert_int_equal(gc_binarypack_sort(value, &kind, &c), 0);
        int word = vectors_get(&file, t, "kind");
        assert_int_equal(kind, vectors_is(&file, word, "chunk")   ? GC_BINARYPACK_CHUNK
                               : vectors_is(&file, word, "close") ? GC_BINARYPACK_CLOSE
                                                                  : GC_BINARYPACK_VALUE);
        seen[kind]++;
        if (kind == GC_BINARYPACK_CHUNK) {
            assert_int_equal(c.id, vectors_number(&file, vectors_get(&file, t, "id")));
            assert_int_equal(c.n, vectors_number(&file, vectors_get(&file, t, "n")));
            assert_int_equal(c.total, vectors_number(&file, vectors_get(&file, t, "total")));
            assert_int_equal(c.data.len, vectors_hex(&file, vectors_get(&file, t, "data"), data));
            assert_memory_equal(c.data.data, data, c.data.len);
        }
        release(value);
        for (uint32_t cut = 0; cut < len; cut++) {
            gc_span part = exactly(bytes, cut);
            assert_int_equal(gc_binarypack_sort(part, &kind, &c), GC_E_SYNTAX);
            release(part);
        }
    }
    assert_true(seen[GC_BINARYPACK_VALUE] > 3 && seen[GC_BINARYPACK_CHUNK] > 5 &&
                seen[GC_BINARYPACK_CLOSE] > 1);
}

static void what_only_looks_like_a_chunk_is_none(void **state) {
    (void)state;
    int all = list("badChunks");
    for (int i = 0, t = all + 1; i < vectors_size(&file, all); i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, t, bytes), kind = 0;
        gc_binarypack_chunk c;
        assert_int_equal(gc_binarypack_sort(gc_span_of(bytes, len), &kind, &c), GC_E_SYNTAX);
    }
}

static void of_a_repeated_key_the_last_counts(void **state) {
    (void)state;
    gc_binarypack_chunk c;
    uint32_t kind = 0;
    static const char twice[] = "\x82\xba__peerData\x81\xb4type\xb5"
                                "close\xba__peerData\x00";
    gc_span value = gc_span_of(twice, sizeof twice - 1);
    assert_int_equal(gc_binarypack_sort(value, &kind, &c), 0);
    assert_int_equal(kind, GC_BINARYPACK_VALUE);
}

static void strings_are_written_as_by_the_library(void **state) {
    (void)state;
    int all = list("strings");
    for (int i = 0, t = all + 1; i < vectors_size(&file, all); i++, t = vectors_behind(&file, t)) {
        uint8_t want[VECTOR_BYTES_MAX], got[VECTOR_BYTES_MAX];
        char text[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), want);
        uint32_t chars = vectors_string(&file, vectors_get(&file, t, "text"), text);
        gc_writer w;
        gc_writer_init(&w, got, sizeof got);
        gc_binarypack_write_string(&w, gc_span_of(text, chars));
        assert_false(w.failed);
        assert_int_equal(w.at, len);
        assert_memory_equal(got, want, len);
    }
    uint8_t head[5], *large = calloc(1, 0x10005);
    gc_writer w;
    gc_writer_init(&w, large, 0x10005);
    gc_binarypack_write_string(&w, gc_span_of(large + 5, 0x10000));
    assert_int_equal(w.at, 0x10005);
    memcpy(head, large, 5);
    free(large);
    assert_memory_equal(head, "\xd9\x00\x01\x00\x00", 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_the_library_are_read),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(chunks_and_the_close_message_are_told_apart),
        cmocka_unit_test(what_only_looks_like_a_chunk_is_none),
        cmocka_unit_test(of_a_repeated_key_the_last_counts),
        cmocka_unit_test(strings_are_written_as_by_the_library),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
