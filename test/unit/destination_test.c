/* cli/destination.c */
#include "test/unit/unit.h"

#include "cli/destination.h"
#include "core/base/error.h"

#define SECRET "1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"

static gc_destination d;

static const char *going(const char *server, const char *target, bool call) {
    d = (gc_destination){0};
    const char *mistake = NULL;
    if (server[0] != 0) {
        mistake = gc_destination_set_server(&d, text_span(server));
    }
    if (mistake == NULL) {
        mistake = (call ? gc_destination_read_peer : gc_destination_read)(&d, text_span(target));
    }
    return mistake;
}

static void a_room_by_its_name(void **state) {
    (void)state;
    assert_null(going("http://h", " Coffee", false));
    assert_span(gc_destination_server(&d), GC_SPAN("http://h/"));
    assert_span(gc_destination_room(&d), GC_SPAN(" Coffee"));
    assert_int_equal(d.link.len, 0);
    assert_string_equal(going("", "Coffee", false), "the name of a room needs --server");
    assert_non_null(going("http://h/", "", false));
    char name[GC_ROOM_NAME_BYTES_MAX + 2] = {0};
    memset(name, 'x', sizeof name - 1);
    assert_string_equal(going("http://h/", name, false), "this cannot be the name of a room");
    name[sizeof name - 2] = 0;
    assert_null(going("http://h/", name, false));
}

static void a_link_names_its_server_unless_one_is_given(void **state) {
    (void)state;
    assert_null(going("", "https://h/a/room/tea", false));
    assert_span(gc_destination_server(&d), GC_SPAN("https://h/a/"));
    assert_span(gc_destination_room(&d), GC_SPAN("tea"));
    assert_null(going("https://other/#/", "https://h/a/room/#" SECRET, false));
    assert_span(gc_destination_server(&d), GC_SPAN("https://other/"));
    assert_span(d.link, GC_SPAN("https://h/a/room/#" SECRET));
    assert_int_equal(d.room_len, 0);
    assert_null(going("", "https://h/a/#/join/ben", false));
    assert_span(gc_destination_server(&d), GC_SPAN("https://h/a/"));
    assert_string_equal(going("", "https://h/elsewhere", false), "this is not an invite link");
    assert_string_equal(going("", "://", false), "this is not an invite link");
}

static void a_peer_by_its_id_or_by_a_bare_link(void **state) {
    (void)state;
    assert_null(going("https://h/a/", "bens-id_7", true));
    assert_span(d.link, GC_SPAN("https://h/a/join/bens-id_7"));
    assert_null(going("", "https://h/a/join/ben", true));
    assert_span(d.link, GC_SPAN("https://h/a/join/ben"));
    assert_string_equal(going("", "ben", true), "the id of a peer needs --server");
    static const char *const bad[] = {
        "", "b n", "ben?", "https://h/join/ben#" SECRET, "https://h/room/tea", "https://h/"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_non_null(going("https://h/", bad[i], true));
    }
}

static void a_server_that_is_too_long_is_none(void **state) {
    (void)state;
    static char server[GC_URL_BYTES_MAX + 2] = "https://h/";
    memset(server + 10, 'x', sizeof server - 11);
    assert_non_null(going(server, "a", false));
    server[GC_URL_BYTES_MAX - 1] = '/';
    server[GC_URL_BYTES_MAX] = 0;
    assert_null(going(server, "a", false));
    assert_non_null(going(server, "ben", true)); /* no room for the link */
    assert_non_null(going("#/", "a", false));
}

static void mistakes_of_the_user_are_told_from_others(void **state) {
    (void)state;
    assert_null(gc_destination_mistake(&d, GC_E_CRYPTO));
    assert_non_null(gc_destination_mistake(&d, GC_E_ARGUMENT));
    assert_null(going("http://h/", "tea", false));
    assert_string_equal(gc_destination_mistake(&d, GC_E_SYNTAX),
                        "this cannot be the name of a room");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_by_its_name),
        cmocka_unit_test(a_link_names_its_server_unless_one_is_given),
        cmocka_unit_test(a_peer_by_its_id_or_by_a_bare_link),
        cmocka_unit_test(a_server_that_is_too_long_is_none),
        cmocka_unit_test(mistakes_of_the_user_are_told_from_others),
    };
    return RUN(tests);
}
