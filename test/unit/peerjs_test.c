#include "core/base/error.h"
#include "core/wire/peerjs.h"
#include "test/unit/unit.h"

static void every_type_has_its_word(void **state) {
    (void)state;
    for (uint32_t i = 1; i < GC_SIGNAL_COUNT; i++) {
        char raw[32];
        snprintf(raw, sizeof raw, "\"%s\"", gc_signal_word((gc_signal)i));
        assert_int_equal(gc_signal_of(text_span(raw)), i);
        for (uint32_t k = 0; k < i; k++) {
            assert_string_not_equal(gc_signal_word((gc_signal)i), gc_signal_word((gc_signal)k));
        }
    }
    assert_int_equal(GC_SIGNAL_OTHER, 0);
    assert_string_equal(gc_signal_word(GC_SIGNAL_OTHER), "OTHER");
    assert_string_equal(gc_signal_word(GC_SIGNAL_ID_TAKEN), "ID-TAKEN");
}

static void types_are_compared_after_unescaping(void **state) {
    (void)state;
    assert_int_equal(gc_signal_of(GC_SPAN("\"\\u004fFFER\"")), GC_SIGNAL_OFFER);
    assert_int_equal(gc_signal_of(GC_SPAN("\"\\u0047\\u0043\\u002d\\u004A\\u004fIN\"")),
                     GC_SIGNAL_GC_JOIN);
}

static void other_types(void **state) {
    (void)state;
    static const char *const raws[] = {"",
                                       "\"\"",
                                       "\"OTHER\"",
                                       "\"offer\"",
                                       "\"OFFER \"",
                                       "\"OFFE\"",
                                       "\"OFFERS\"",
                                       "OFFER",
                                       "\"OFFER",
                                       "null",
                                       "5",
                                       "{}",
                                       "[\"OFFER\"]",
                                       "\"OFFER\\u0000\"",
                                       "\"GC-\"",
                                       "\"A-TYPE-LONGER-THAN-ANY-WORD-OF-OURS\""};
    for (size_t i = 0; i < sizeof raws / sizeof *raws; i++) {
        assert_int_equal(gc_signal_of(text_span(raws[i])), GC_SIGNAL_OTHER);
    }
    assert_int_equal(gc_signal_of((gc_span){0}), GC_SIGNAL_OTHER);
}

/* --- query ---------------------------------------------------------------------------------- */

static gc_signal_query query;

static int parse_bytes(const char *text, uint32_t len) {
    uint8_t *exact = exact_copy(text, len);
    int result = gc_signal_query_parse(gc_span_of(exact, len), &query);
    free(exact);
    return result;
}

static int parse(const char *text) {
    return parse_bytes(text, (uint32_t)strlen(text));
}

#define assert_id(want)    assert_span(gc_span_of(query.id, query.id_len), text_span(want))
#define assert_token(want) assert_span(gc_span_of(query.token, query.token_len), text_span(want))
#define assert_key(want)   assert_span(gc_span_of(query.key, query.key_len), text_span(want))

static const char stock[] = "key=peerjs&id=0b4b1d1e-7c5a&token=ki3v9q&version=1.5.5";
static const char ours[] = "key=peerjs&id=abc&token=t&version=gc1&gc=1&room="
                           "00112233445566778899aAbBcCdDeEfF";

static void a_stock_query(void **state) {
    (void)state;
    assert_int_equal(parse(stock), 0);
    assert_id("0b4b1d1e-7c5a");
    assert_token("ki3v9q");
    assert_key("peerjs");
    assert_false(query.gc || query.has_room);
}

static void our_query(void **state) {
    (void)state;
    assert_int_equal(parse(ours), 0);
    assert_true(query.gc && query.has_room);
    uint8_t room[16];
    from_hex("00112233445566778899aabbccddeeff", room);
    assert_memory_equal(query.room, room, 16);
}

#define GCID "gcid=Q6cucUQBdi32a2jCbfvfJoKq7J8kdOykYT5CSg-6_Tw"

static void a_key_is_shown_or_not(void **state) {
    static const char *const others[] = {"gc=1",        "gcid",   "gcid=",  "gcid=abc",
                                         GCID "&gcid=", GCID "w", GCID "=", "gcid=%51" GCID};
    uint8_t key[GC_SIGN_KEY_BYTES];
    (void)state;
    from_hex("43a72e714401762df66b68c26dfbdf2682aaec9f2474eca4613e424a0fbafd3c", key);
    assert_int_equal(parse(GCID), 0);
    assert_true(query.has_gcid);
    assert_memory_equal(query.gcid, key, sizeof key);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        /* Stock clients may use the name for something else: it is no error. */
        assert_int_equal(parse(others[i]), 0);
        assert_false(query.has_gcid);
    }
    assert_int_equal(parse(GCID "&room=coffee"), GC_E_SYNTAX);
    assert_false(query.has_gcid);
}

static void values_are_decoded(void **state) {
    (void)state;
    assert_int_equal(parse("id=z%C3%A9+%e4%b8%ad%26%3D%2B&token=a=b&key=%00x"), 0);
    assert_id("z\xc3\xa9 \xe4\xb8\xad&=+");
    assert_token("a=b");
    assert_int_equal(query.key_len, 2);
    assert_int_equal(query.key[0], 0);
}

static void broken_escapes_stand_for_themselves(void **state) {
    (void)state;
    assert_int_equal(parse("id=50%&token=%4&key=%zz%41%"), 0);
    assert_id("50%");
    assert_token("%4");
    assert_key("%zzA%");
    assert_int_equal(parse("id=%4"), 0); /* and ends there */
    assert_id("%4");
}

static void missing_and_empty(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "&",
                                        "&&=&",
                                        "id",
                                        "id=",
                                        "id=&token=&key=",
                                        "ID=a&iid=b",
                                        "id%3Da",
                                        "=id",
                                        "token&key",
                                        "an-unknown-parameter=1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(parse(texts[i]), 0);
        assert_int_equal(query.id_len + query.token_len + query.key_len, 0);
        assert_false(query.gc || query.has_room);
    }
    assert_int_equal(gc_signal_query_parse((gc_span){0}, &query), 0);
}

static void the_last_of_a_repeated_parameter_wins(void **state) {
    (void)state;
    assert_int_equal(parse("id=a&id=b&%69d=c&token=x&token=&gc=1&gc=0"), 0);
    assert_id("c");
    assert_token("");
    assert_false(query.gc);
    char text[600];
    memset(text, 'a', sizeof text);
    memcpy(text, "id=", 3);
    memcpy(text + 500, "&id=short", 10); /* with its zero; the first was over the limit */
    assert_int_equal(parse(text), 0);
    assert_id("short");
}

static void limits_of_id_token_and_key(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t max;
    } limits[] = {{"id=", 128}, {"token=", 128}, {"key=", 64}};
    for (int i = 0; i < 3; i++) {
        char text[512];
        uint32_t at = (uint32_t)strlen(limits[i].name);
        memcpy(text, limits[i].name, at);
        for (uint32_t k = 0; k <= limits[i].max; k++) { /* the limit is for decoded bytes */
            memcpy(text + at + 3 * k, "%41", 3);
        }
        assert_int_equal(parse_bytes(text, at + 3 * limits[i].max), 0);
        assert_int_equal(query.id_len + query.token_len + query.key_len, limits[i].max);
        assert_int_equal(parse_bytes(text, at + 3 * limits[i].max + 3), GC_E_TOO_BIG);
        assert_int_equal(query.id_len + query.token_len + query.key_len, 0);
    }
}

static void texts_must_be_utf8(void **state) {
    (void)state;
    assert_int_equal(parse("id=%ff&token=t&key=k"), GC_E_UTF8);
    assert_int_equal(parse("id=a&token=%C3&key=k"), GC_E_UTF8);
    assert_int_equal(parse("id=a&token=t&key=%ed%a0%80"), GC_E_UTF8);
    assert_int_equal(parse("id=\x80"), GC_E_UTF8);
    assert_int_equal(query.key_len, 0);
    assert_int_equal(parse("id=%ff&room=00112233445566778899aabbccddeeff"), GC_E_UTF8);
    assert_int_equal(parse("id=a&other=%ff"), 0);
}

static void rooms_are_tags(void **state) {
    (void)state;
    static const char *const wrong[] = {"room=",
                                        "room",
                                        "room=0011223344556677",
                                        "room=00112233445566778899aabbccddeef",
                                        "room=00112233445566778899aabbccddeeff0",
                                        "room=00112233445566778899aabbccddeefg",
                                        "room=%3000112233445566778899aabbccddeef",
                                        "room=coffee"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(parse(wrong[i]), GC_E_SYNTAX);
        assert_false(query.has_room);
    }
}

/* Whatever is cut off, what is read is a prefix of the whole. */
static void truncated_at_each_length(void **state) {
    (void)state;
    uint32_t room_at = (uint32_t)(strstr(ours, "room=") - ours);
    for (uint32_t len = 0; len < sizeof ours - 1; len++) {
        bool in_room = len >= room_at + 4;
        assert_int_equal(parse_bytes(ours, len), in_room ? GC_E_SYNTAX : 0);
        assert_memory_equal(query.id, "abc", query.id_len);
        assert_memory_equal(query.key, "peerjs", query.key_len);
    }
}

/* --- percent -------------------------------------------------------------------------------- */

static void percent_round_trip(void **state) {
    (void)state;
    uint8_t all[256], text[768], out[256];
    for (int i = 0; i < 256; i++) {
        all[i] = (uint8_t)i;
    }
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_percent_write(&w, gc_span_of(all, sizeof all));
    assert_int_equal(w.at, 66 + 190 * 3); /* RFC 3986 2.3: 66 unreserved */
    uint32_t len;
    for (int plus = 0; plus < 2; plus++) {
        assert_int_equal(gc_percent_read(gc_writer_done(&w), plus, out, sizeof out, &len), 0);
        assert_span(gc_span_of(out, len), gc_span_of(all, sizeof all));
    }
    assert_int_equal(gc_percent_read(gc_writer_done(&w), false, out, 255, &len), GC_E_TOO_BIG);
    gc_writer_init(&w, text, sizeof text);
    gc_percent_write(&w, GC_SPAN("a Z-._~/\xc3\xa9"));
    assert_span(gc_writer_done(&w), GC_SPAN("a%20Z-._~%2F%C3%A9"));
}

static void percent_is_strict(void **state) {
    (void)state;
    static const char *const broken[] = {"%",   "%4",  "a%",  "%%41", "%g0",
                                         "%0g", "%-1", "% 1", "%4%1"};
    uint8_t out[8];
    uint32_t len = 77;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_int_equal(gc_percent_read(text_span(broken[i]), false, out, 8, &len), GC_E_SYNTAX);
    }
    assert_int_equal(len, 77);
    assert_int_equal(gc_percent_read(GC_SPAN("a+b%2b"), false, out, 8, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("a+b+"));
    assert_int_equal(gc_percent_read(GC_SPAN("a+b%2b"), true, out, 8, &len), 0);
    assert_span(gc_span_of(out, len), GC_SPAN("a b+"));
    assert_int_equal(gc_percent_read((gc_span){0}, true, out, 0, &len), 0);
    assert_int_equal(len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_its_word),
        cmocka_unit_test(types_are_compared_after_unescaping),
        cmocka_unit_test(other_types),
        cmocka_unit_test(a_stock_query),
        cmocka_unit_test(our_query),
        cmocka_unit_test(a_key_is_shown_or_not),
        cmocka_unit_test(values_are_decoded),
        cmocka_unit_test(broken_escapes_stand_for_themselves),
        cmocka_unit_test(missing_and_empty),
        cmocka_unit_test(the_last_of_a_repeated_parameter_wins),
        cmocka_unit_test(limits_of_id_token_and_key),
        cmocka_unit_test(texts_must_be_utf8),
        cmocka_unit_test(rooms_are_tags),
        cmocka_unit_test(truncated_at_each_length),
        cmocka_unit_test(percent_round_trip),
        cmocka_unit_test(percent_is_strict),
    };
    return RUN(tests);
}
