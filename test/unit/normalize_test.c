#include "host/normalize.h"
#include "core/base/error.h"
#include "core/wire/invite.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static void assert_nfkc(const char *text, const char *want) {
    uint8_t out[64];
    uint32_t len;
    assert_int_equal(gc_host_nfkc(text_span(text), out, sizeof out, &len), 0);
    assert_span(gc_span_of(out, len), text_span(want));
}

static void text_becomes_nfkc(void **state) {
    (void)state;
    assert_nfkc("", "");
    assert_nfkc("coffee", "coffee");
    assert_nfkc("cafe\xcc\x81", "caf\xc3\xa9");
    assert_nfkc("\xef\xbc\xa1", "A");
    assert_nfkc("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", "\xea\xb0\x81");
    /* U+11A7 is no final consonant, alone, after a syllable, twice. */
    assert_nfkc("\xea\xb0\x80\xe1\x86\xa7", "\xea\xb0\x80\xe1\x86\xa7");
    assert_nfkc("\xe1\x86\xa7", "\xe1\x86\xa7");
    assert_nfkc("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa7\xe1\x86\xa7"
                "e\xcc\x81",
                "\xea\xb0\x80\xe1\x86\xa7\xe1\x86\xa7\xc3\xa9");
}

static void what_is_not_normalised(void **state) {
    (void)state;
    uint8_t out[8];
    uint32_t len = 7;
    assert_int_equal(gc_host_nfkc(GC_SPAN("a\xff"), out, sizeof out, &len), GC_E_UTF8);
    assert_int_equal(len, 0);
    assert_int_equal(gc_host_nfkc(GC_SPAN("123456789"), out, sizeof out, &len), GC_E_TOO_BIG);
    assert_int_equal(gc_host_nfkc(GC_SPAN("12345678"), out, sizeof out, &len), 0);
    assert_int_equal(len, 8);
}

/* The whole of the vectors, by this host: forms, tags and refusals. */
static void names_lead_to_the_rooms_of_the_vectors(void **state) {
    (void)state;
    gc_crypto crypto;
    gc_room_name name;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    vectors file = vectors_load("test/vectors/names.json");
    int list = vectors_get(&file, 0, "rooms"), count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char typed[VECTOR_BYTES_MAX], form[VECTOR_BYTES_MAX];
        uint8_t secret[GC_SECRET_BYTES], tag[GC_TAG_BYTES], want[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "typed"), typed);
        uint32_t form_len = vectors_string(&file, vectors_get(&file, t, "canonical"), form);
        assert_int_equal(gc_host_room_name(&name, gc_span_of(typed, len)), 0);
        assert_span(gc_room_name_text(&name), gc_span_of(form, form_len));
        assert_int_equal(gc_invite_open_secret(&crypto, &name, secret), 0);
        assert_int_equal(gc_invite_tag(&crypto, secret, tag), 0);
        vectors_hex(&file, vectors_get(&file, t, "tag"), want);
        assert_memory_equal(tag, want, GC_TAG_BYTES);
    }
    list = vectors_get(&file, 0, "refused");
    count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        char typed[VECTOR_BYTES_MAX];
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "typed"), typed);
        bool too_big = vectors_is(&file, vectors_get(&file, t, "error"), "too-big");
        assert_int_equal(gc_host_room_name(&name, gc_span_of(typed, len)),
                         too_big ? GC_E_TOO_BIG : GC_E_SYNTAX);
    }
    vectors_free(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_nfkc),
        cmocka_unit_test(what_is_not_normalised),
        cmocka_unit_test(names_lead_to_the_rooms_of_the_vectors),
    };
    return RUN(tests);
}
