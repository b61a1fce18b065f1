/* rtc/stun_url.c */
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "rtc/stun_url.h"

static gc_stun_url got;

static int take(const char *text) {
    memset(&got, 0, sizeof got);
    return gc_stun_url_read(text_span(text), &got);
}

static void a_name_and_its_port(void **state) {
    (void)state;
    assert_int_equal(take("stun:stun.example.org"), 0);
    assert_string_equal(got.name, "stun.example.org");
    assert_int_equal(got.address.family, 0);
    assert_int_equal(got.address.port, 3478);
    assert_int_equal(take("STUN:my_stun-2:65535"), 0);
    assert_string_equal(got.name, "my_stun-2");
    assert_int_equal(got.address.port, 65535);
}

static void addresses_need_no_name(void **state) {
    (void)state;
    static const uint8_t v4[16] = {192, 0, 2, 7};
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 7};
    assert_int_equal(take("stun:192.0.2.7:1"), 0);
    assert_string_equal(got.name, "");
    assert_int_equal(got.address.family, 4);
    assert_memory_equal(got.address.ip, v4, sizeof v4);
    assert_int_equal(got.address.port, 1);
    assert_int_equal(take("stun:[2001:db8::7]"), 0);
    assert_int_equal(got.address.family, 6);
    assert_memory_equal(got.address.ip, v6, sizeof v6);
    assert_int_equal(got.address.port, 3478);
    assert_int_equal(take("stun:[2001:db8::7]:99"), 0);
    assert_int_equal(got.address.port, 99);
}

static void what_is_known_and_not_used_is_refused(void **state) {
    (void)state;
    assert_int_equal(take("turn:h"), GC_E_REFUSED);
    assert_int_equal(take("TURNS:h:443?transport=tcp"), GC_E_REFUSED);
    assert_int_equal(take("stuns:h"), GC_E_REFUSED);
}

static void anything_else_is_malformed(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "stun",
        "stun:",
        "stun::",
        "stun::3478",
        "stun://h",
        "http://h/",
        "h:3478",
        "stun:h:",
        "stun:h:0",
        "stun:h:65536",
        "stun:h:123456",
        "stun:h:+1",
        "stun:h:1:2",
        "stun:h:1?transport=udp",
        "stun:h?transport=udp",
        "stun:h/",
        "stun:u@h",
        "stun:h h",
        "stun:h\x01",
        "stun:h\xc3\xa4",
        "stun:.h",
        "stun:h.",
        "stun:a..b",
        "stun:1.2.3",
        "stun:1.2.3.256",
        "stun:127.1",
        "stun:2001:db8::7",
        "stun:[2001:db8::7",
        "stun:[2001:db8::7]1",
        "stun:[2001:db8::7]:",
        "stun:[]",
        "stun:[",
        "stun:[192.0.2.7]",
        "stun:[h]",
        "stun:[fe80::1%eth0]",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        gc_stun_url before = got;
        if (gc_stun_url_read(text_span(bad[i]), &got) != GC_E_SYNTAX) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_memory_equal(&before, &got, sizeof got);
    }
}

static void a_url_cut_short_reads_nothing_behind_it(void **state) {
    (void)state;
    static const char *const whole[] = {"stun:[2001:db8::7]:99", "stun:stun.example.org:3478",
                                        "turns:h"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        size_t len = strlen(whole[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            uint8_t *text = exact_copy(whole[i], (uint32_t)cut);
            gc_stun_url_read(gc_span_of(text, (uint32_t)cut), &got);
            free(text);
        }
    }
}

static void names_have_the_length_of_dns(void **state) {
    (void)state;
    char text[400] = "stun:";
    for (int i = 0; i < 253; i++) {
        text[5 + i] = i % 64 == 63 ? '.' : 'a';
    }
    text[5 + 253] = 0;
    assert_int_equal(take(text), 0);
    assert_int_equal(strlen(got.name), 253);
    strcpy(text + 5 + 253, ":65535");
    assert_int_equal(take(text), 0);
    strcpy(text + 5 + 253, "a");
    assert_int_equal(take(text), GC_E_SYNTAX);
    memset(text + 5, 'a', 64);
    text[5 + 64] = 0;
    assert_int_equal(take(text), GC_E_SYNTAX);
    text[5 + 63] = 0;
    assert_int_equal(take(text), 0);
}

static gc_stun_url list[4];

static uint32_t take_list(const char *json) {
    memset(list, 0, sizeof list);
    return gc_stun_url_read_list(text_span(json), list, 4);
}

static void the_list_of_a_server(void **state) {
    (void)state;
    assert_int_equal(take_list("[{\"urls\":\"stun:a\"},{\"urls\":[\"turn:t\",\"stun:b:5\",7,"
                               "\"stun:c\"],\"username\":\"u\",\"credential\":\"c\"}]"),
                     3);
    assert_string_equal(list[0].name, "a");
    assert_string_equal(list[1].name, "b");
    assert_int_equal(list[1].address.port, 5);
    assert_string_equal(list[2].name, "c");
    assert_int_equal(take_list("[{\"\\u0075rls\":\"stun:\\u0061\"}]"), 1);
    assert_string_equal(list[0].name, "a");
}

static void what_is_no_list_names_nobody(void **state) {
    (void)state;
    static const char *const empty[] = {
        "",
        "[]",
        "{}",
        "null",
        "\"stun:a\"",
        "[\"stun:a\"]",
        "[[\"stun:a\"]]",
        "{\"urls\":\"stun:a\"}",
        "[{}]",
        "[{\"urls\":{}}]",
        "[{\"urls\":[]}]",
        "[{\"urls\":[[\"stun:a\"]]}]",
        "[{\"urls\":[{\"urls\":\"stun:a\"}]}]",
        "[{\"urls\":null}]",
        "[{\"url\":\"stun:a\"}]",
        "[{\"urls\":\"stun:a\"}",
        "[{\"urls\":\"stun:a\"}]x",
        "[{\"urls\":\"stun:\xff\"}]",
    };
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        if (take_list(empty[i]) != 0) {
            fail_msg("taken: %s", empty[i]);
        }
    }
}

static void a_list_is_cut_at_the_places_that_there_are(void **state) {
    (void)state;
    assert_int_equal(take_list("[{\"urls\":[\"stun:a\",\"stun:b\",\"stun:c\"]},"
                               "{\"urls\":[\"stun:d\",\"stun:e\"]},{\"urls\":\"stun:f\"}]"),
                     4);
    assert_string_equal(list[3].name, "d");
    gc_stun_url one;
    assert_int_equal(gc_stun_url_read_list(GC_SPAN("[{\"urls\":\"stun:a\"}]"), &one, 0), 0);
}

static void a_list_cut_short_names_nobody(void **state) {
    (void)state;
    static const char whole[] = "[{\"urls\":[\"stun:a\",\"stun:[::1]:5\"]}]";
    assert_int_equal(take_list(whole), 2);
    for (uint32_t cut = 0; cut < sizeof whole - 1; cut++) {
        uint8_t *text = exact_copy(whole, cut);
        assert_int_equal(gc_stun_url_read_list(gc_span_of(text, cut), list, 4), 0);
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_and_its_port),
        cmocka_unit_test(addresses_need_no_name),
        cmocka_unit_test(what_is_known_and_not_used_is_refused),
        cmocka_unit_test(anything_else_is_malformed),
        cmocka_unit_test(a_url_cut_short_reads_nothing_behind_it),
        cmocka_unit_test(names_have_the_length_of_dns),
        cmocka_unit_test(the_list_of_a_server),
        cmocka_unit_test(what_is_no_list_names_nobody),
        cmocka_unit_test(a_list_is_cut_at_the_places_that_there_are),
        cmocka_unit_test(a_list_cut_short_names_nobody),
    };
    return RUN(tests);
}
