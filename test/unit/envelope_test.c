/* core/wire/envelope.c, against test/vectors/trust.json */
#include "core/wire/envelope.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;
static gc_crypto crypto;
static uint8_t text_bytes[GC_ENVELOPE_TEXT_BYTES_MAX],
    bytes[GC_ENVELOPE_BYTES_MAX + GC_ENVELOPE_STEP];
static uint8_t opened[GC_ENVELOPE_TEXT_BYTES_MAX];

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/trust.json");
    return gc_host_crypto(&crypto);
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

typedef struct letter {
    gc_keys keys;
    gc_envelope_way way;
    gc_envelope head;
    uint8_t nonce[GC_SEAL_NONCE_BYTES];
    gc_writer text; /* padded */
    uint32_t text_len;
    uint8_t envelope[VECTOR_BYTES_MAX];
    uint32_t envelope_len;
} letter;

static void read_pid(int t, const char *name, uint8_t pid[GC_PID_BYTES]) {
    static char id[VECTOR_BYTES_MAX];
    uint32_t len = vectors_string(&file, vectors_get(&file, t, name), id);
    assert_int_equal(gc_keys_pid(&crypto, gc_span_of(id, len), pid), 0);
}

static void read_letter(int t, letter *l) {
    static uint8_t part[VECTOR_BYTES_MAX];
    static char text[VECTOR_BYTES_MAX];
    vectors_hex(&file, vectors_get(&file, t, "secret"), part);
    assert_int_equal(gc_keys_derive(&l->keys, &crypto, part), 0);
    read_pid(t, "from", l->way.from);
    read_pid(t, "to", l->way.to);
    memcpy(l->head.room, l->keys.room, GC_TAG_BYTES);
    vectors_hex(&file, vectors_get(&file, t, "dial"), part);
    memcpy(l->head.dial, part, GC_DIAL_BYTES);
    l->head.kind = (uint8_t)vectors_number(&file, vectors_get(&file, t, "kind"));
    l->head.seq = (uint32_t)vectors_number(&file, vectors_get(&file, t, "seq"));
    vectors_hex(&file, vectors_get(&file, t, "nonce"), part);
    memcpy(l->nonce, part, sizeof l->nonce);
    l->text_len = vectors_string(&file, vectors_get(&file, t, "text"), text);
    gc_writer_init(&l->text, text_bytes, sizeof text_bytes);
    gc_writer_bytes(&l->text, text, l->text_len);
    gc_envelope_pad(&l->text);
    l->envelope_len = vectors_hex(&file, vectors_get(&file, t, "envelope"), l->envelope);
}

static int open_it(const letter *l, gc_span sealed, gc_writer *w) {
    gc_envelope head;
    gc_writer_init(w, opened, sizeof opened);
    return gc_envelope_read(sealed, &head) != 0
               ? GC_E_SYNTAX
               : gc_envelope_open(sealed, &crypto, l->keys.signal, &l->way, w);
}

static void the_vectors_are_sealed_and_opened(void **state) {
    int list = vectors_get(&file, 0, "envelopes");
    static letter l;
    (void)state;
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        gc_writer w, plain;
        gc_envelope head;
        read_letter(t, &l);
        gc_span text = gc_writer_done(&l.text);
        assert_int_equal(text.len % GC_ENVELOPE_STEP, 0);
        assert_true(text.len - l.text_len < GC_ENVELOPE_STEP);
        gc_writer_init(&w, bytes, sizeof bytes);
        assert_int_equal(
            gc_envelope_seal(&l.head, &crypto, l.keys.signal, &l.way, l.nonce, text, &w), 0);
        assert_span(gc_writer_done(&w), gc_span_of(l.envelope, l.envelope_len));
        assert_int_equal(gc_envelope_read(gc_writer_done(&w), &head), 0);
        assert_memory_equal(&head, &l.head, sizeof head);
        assert_int_equal(open_it(&l, gc_writer_done(&w), &plain), 0);
        assert_span(gc_writer_done(&plain), text);
        for (uint32_t at = l.text_len; at < plain.at; at++) {
            assert_int_equal(opened[at], ' ');
        }
    }
}

/* The first vector: every bit of the envelope, of the key, and of both pids. */
static void any_changed_bit_is_refused(void **state) {
    static letter l;
    gc_writer w;
    (void)state;
    read_letter(vectors_get(&file, 0, "envelopes") + 1, &l);
    const struct {
        uint8_t *bytes;
        uint32_t len;
    } parts[] = {{l.envelope, l.envelope_len},
                 {l.keys.signal, sizeof l.keys.signal},
                 {l.way.from, GC_PID_BYTES},
                 {l.way.to, GC_PID_BYTES}};
    gc_span sealed = gc_span_of(l.envelope, l.envelope_len);
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        for (uint32_t bit = 0; bit < 8 * parts[p].len; bit++) {
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_true(open_it(&l, sealed, &w) < 0);
            assert_int_equal(w.at, 0);
            parts[p].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    assert_int_equal(open_it(&l, sealed, &w), 0);
}

static void the_way_back_is_another(void **state) {
    static letter l;
    gc_writer w;
    (void)state;
    read_letter(vectors_get(&file, 0, "envelopes") + 1, &l);
    gc_envelope_way back;
    memcpy(back.from, l.way.to, GC_PID_BYTES);
    memcpy(back.to, l.way.from, GC_PID_BYTES);
    l.way = back;
    assert_int_equal(open_it(&l, gc_span_of(l.envelope, l.envelope_len), &w), GC_E_REFUSED);
}

static void other_sizes_versions_and_kinds_are_no_envelope(void **state) {
    static letter l;
    gc_envelope head = {.seq = 5}, before = head;
    (void)state;
    read_letter(vectors_get(&file, 0, "envelopes") + 1, &l);
    for (uint32_t len = 0; len <= 2 * l.envelope_len; len++) {
        uint8_t *copy = malloc(len > 0 ? len : 1);
        memset(copy, 0, len);
        memcpy(copy, l.envelope, len < l.envelope_len ? len : l.envelope_len);
        bool good = len == GC_ENVELOPE_OVERHEAD_BYTES + GC_ENVELOPE_STEP ||
                    len == GC_ENVELOPE_OVERHEAD_BYTES + 2 * GC_ENVELOPE_STEP;
        assert_int_equal(gc_envelope_read(gc_span_of(copy, len), &head), good ? 0 : GC_E_SYNTAX);
        free(copy);
    }
    memset(bytes, 0, sizeof bytes);
    bytes[0] = 1;
    bytes[33] = 1;
    assert_int_equal(gc_envelope_read(gc_span_of(bytes, GC_ENVELOPE_BYTES_MAX), &head), 0);
    assert_int_equal(gc_envelope_read(gc_span_of(bytes, sizeof bytes), &head), GC_E_SYNTAX);
    head = before;
    for (uint32_t value = 0; value < 256; value++) {
        gc_span all = gc_span_of(bytes, GC_ENVELOPE_OVERHEAD_BYTES + GC_ENVELOPE_STEP);
        bytes[0] = (uint8_t)value;
        assert_int_equal(gc_envelope_read(all, &head), value == 1 ? 0 : GC_E_SYNTAX);
        bytes[0] = 1;
        bytes[33] = (uint8_t)value;
        assert_int_equal(gc_envelope_read(all, &head), value >= 1 && value <= 4 ? 0 : GC_E_SYNTAX);
        bytes[33] = 1;
    }
}

static void what_does_not_fit_is_not_written(void **state) {
    static letter l;
    gc_writer w;
    (void)state;
    read_letter(vectors_get(&file, 0, "envelopes") + 1, &l);
    for (uint32_t size = 0; size <= l.envelope_len; size++) {
        gc_writer_init(&w, bytes, size);
        assert_int_equal(gc_envelope_seal(&l.head, &crypto, l.keys.signal, &l.way, l.nonce,
                                          gc_writer_done(&l.text), &w),
                         0);
        assert_int_equal(w.failed, size < l.envelope_len);
        assert_int_equal(w.at, w.failed ? 0 : size);
    }
    gc_writer_init(&w, bytes, 300); /* blanks */
    gc_writer_u8(&w, 'x');
    gc_envelope_pad(&w);
    assert_true(!w.failed && w.at == 256);
    gc_writer_u8(&w, 'x');
    gc_envelope_pad(&w);
    assert_true(w.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_are_sealed_and_opened),
        cmocka_unit_test(any_changed_bit_is_refused),
        cmocka_unit_test(the_way_back_is_another),
        cmocka_unit_test(other_sizes_versions_and_kinds_are_no_envelope),
        cmocka_unit_test(what_does_not_fit_is_not_written),
    };
    return cmocka_run_group_tests_name("envelope", tests, load, unload);
}
