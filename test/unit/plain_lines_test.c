/* cli/plain_lines.c */
#include "test/unit/unit.h"

#include "cli/plain_lines.h"

static char out[GC_PLAIN_LINES_BYTES_MAX + 1];

static const char *event(gc_plain_lines *p, gc_event e) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
    gc_plain_lines_event(p, &w, &e);
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static void people_come_talk_and_go(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    gc_event e = {.type = GC_EVENT_PEER, .id = GC_SPAN("gabcdefghijk"), .nick = GC_SPAN("Ann")};
    assert_string_equal(event(&p, e), "");
    e.state = GC_PEER_OPEN;
    e.path = GC_PATH_HOST;
    assert_string_equal(event(&p, e), "* <Ann> is connected directly, not verified.\n");
    assert_string_equal(event(&p, e), "");
    assert_string_equal(event(&p, (gc_event){.type = GC_EVENT_MESSAGE,
                                             .id = e.id,
                                             .text = GC_SPAN("hi\n* Bob has left.\x1b[2J")}),
                        "<Ann> hi\n    * Bob has left.<U+001B>[2J\n");
    assert_string_equal(event(&p, (gc_event){.type = GC_EVENT_PEER,
                                             .id = GC_SPAN("bens-id"),
                                             .verified = true,
                                             .state = GC_PEER_OPEN}),
                        "* <bens-id> is connected.\n");
    e.state = GC_PEER_LOST;
    assert_string_equal(event(&p, e), "* <Ann> is being reconnected.\n");
    e.state = GC_PEER_CLOSED;
    e.reason = GC_REASON_LEFT;
    assert_string_equal(event(&p, e), "* <Ann> has left.\n");
}

/* The reason of the trouble is said of the person, and once. */
static void somebody_who_is_away_is_one_line(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    assert_string_equal(event(&p, (gc_event){.type = GC_EVENT_TROUBLE, .reason = GC_REASON_ABSENT}),
                        "");
    assert_string_equal(event(&p, (gc_event){.type = GC_EVENT_PEER,
                                             .id = GC_SPAN("bens-id"),
                                             .state = GC_PEER_AWAY,
                                             .reason = GC_REASON_ABSENT}),
                        "* <bens-id> is away. You will be connected when they return.\n");
}

static void somebody_without_a_name_is_an_id(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    gc_event e = {.type = GC_EVENT_PEER,
                  .id = GC_SPAN("g\nbcdefghijk"),
                  .state = GC_PEER_OPEN,
                  .path = GC_PATH_RELAY};
    assert_string_equal(event(&p, e), "* <g_bcdefg> is connected through a relay, not verified.\n");
    e.state = GC_PEER_CLOSED;
    e.reason = GC_REASON_GONE;
    assert_string_equal(event(&p, e),
                        "* <g_bcdefg> is gone: The connection to this person was lost.\n");
}

static void a_name_cannot_look_like_a_line(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    gc_event e = {.type = GC_EVENT_PEER,
                  .id = GC_SPAN("x"),
                  .nick = GC_SPAN("A\n* B\x1b\xe2\x80\xae"),
                  .state = GC_PEER_OPEN};
    assert_string_equal(event(&p, e), "* <A * B> is connected, not verified.\n");
}

static const char *says(gc_plain_lines *p, gc_span id, gc_span nick) {
    event(p, (gc_event){.type = GC_EVENT_PEER, .id = id, .nick = nick, .state = GC_PEER_OPEN});
    return event(p, (gc_event){.type = GC_EVENT_MESSAGE, .id = id, .text = GC_SPAN("hi")});
}

static void a_name_ends_where_it_ends(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    assert_string_equal(says(&p, GC_SPAN("e"), GC_SPAN("Ben> pay Eve <x")),
                        "<Ben_ pay Eve _x> hi\n");
    assert_string_equal(event(&p, (gc_event){.type = GC_EVENT_PEER,
                                             .id = GC_SPAN("f"),
                                             .nick = GC_SPAN("Ben has left. Eve"),
                                             .state = GC_PEER_OPEN}),
                        "* <Ben has left. Eve> is connected, not verified.\n");
}

/* Whatever looks like the end of a name. */
static void no_name_has_marks_that_look_like_its_brackets(void **state) {
    (void)state;
    static const char *const brackets[][2] = {
        {"\xef\xbc\x9c", "\xef\xbc\x9e"}, {"\xe2\x80\xb9", "\xe2\x80\xba"},
        {"\xe2\x9f\xa8", "\xe2\x9f\xa9"}, {"\xe3\x80\x88", "\xe3\x80\x89"},
        {"\xe2\x8c\xa9", "\xe2\x8c\xaa"}, {"\xe2\x9d\xae", "\xe2\x9d\xaf"},
        {"\xef\xb9\xa4", "\xef\xb9\xa5"}, {"\xcb\x82", "\xcb\x83"},
        {"\xe1\x90\xb8", "\xe1\x90\xb3"}, {"\xf0\x9d\x88\xb6", "\xf0\x9d\x88\xb7"},
    };
    for (size_t i = 0; i < sizeof brackets / sizeof brackets[0]; i++) {
        gc_plain_lines p = {0};
        char nick[64];
        snprintf(nick, sizeof nick, "Ben%s yes %sx", brackets[i][1], brackets[i][0]);
        assert_string_equal(says(&p, GC_SPAN("e"), text_span(nick)), "<Ben_ yes _x> hi\n");
    }
    gc_plain_lines p = {0};
    assert_string_equal(says(&p, GC_SPAN("f"), GC_SPAN("\xc3\x84nn \xe6\xbc\xa2")),
                        "<\xc3\x84nn \xe6\xbc\xa2> hi\n");
}

static void two_people_are_told_apart(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    assert_string_equal(says(&p, GC_SPAN("gaaaaaaaaaa"), GC_SPAN("Ann")), "<Ann> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gbbbbbbbbbb"), GC_SPAN("Ann")), "<Ann (gbbbbbbb)> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gaaaaaaaaaa"), GC_SPAN("Ann")), "<Ann (gaaaaaaa)> hi\n");
    /* a forged one, and the id of somebody without a name */
    assert_string_equal(says(&p, GC_SPAN("gcccccccccc"), GC_SPAN("Ann (gaaaaaaa)")),
                        "<Ann (gaaaaaaa) (gccccccc)> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gdddddddddd"), GC_SPAN("gaaaaaaa")),
                        "<gaaaaaaa (gddddddd)> hi\n");
}

/* Ids come from strangers: some begin alike, or end in what nobody sees, or look like a label. */
static void two_people_never_have_one_label(void **state) {
    (void)state;
    static const char *const ids[] = {"gabcdefgzzzzzzzzzz",
                                      "gabcdefg-eve",
                                      "gabcdefg",
                                      "gabcdefG",
                                      "gabcdefg(x",
                                      "gabcdefg[x",
                                      "gabcdefg\xcc\x81",
                                      "vvvvvvvv",
                                      "wwww",
                                      "wwww-2",
                                      "Ben",
                                      "Ann",
                                      "Ann (gabc",
                                      "rnrnrnrnX",
                                      "mmmmX",
                                      "\xe6\xbc\xa2",
                                      "\xd0\xb4\xd0\xb0"};
    static const char *const nicks[] = {"", "Ben", "Ann", "gabcdefg", "Ann (gabcdefg)"};
    enum { PEOPLE = sizeof ids / sizeof ids[0], NICKS = sizeof nicks / sizeof nicks[0] };
    for (size_t seed = 0; seed < 40 * NICKS; seed++) {
        gc_plain_lines p = {0};
        gc_looks looks[PEOPLE + 1] = {gc_looks_of(GC_SPAN("<Ann>"))};
        gc_plain_lines_own(&p, GC_SPAN("Ann"));
        for (size_t round = 0; round < 2; round++) { /* first they come, then they talk */
            for (size_t k = 0; k < PEOPLE; k++) {
                const char *nick = nicks[(seed + k * (seed / NICKS)) % NICKS];
                const char *said = says(&p, text_span(ids[(seed + k) % PEOPLE]), text_span(nick));
                looks[k + 1] = gc_looks_of(
                    gc_span_of((const uint8_t *)said, (uint32_t)(strchr(said, '>') - said)));
            }
        }
        for (size_t a = 0; a <= PEOPLE; a++) {
            for (size_t b = 0; b < a; b++) {
                if (gc_looks_equal(&looks[a], &looks[b])) {
                    fail_msg("seed %zu: %zu and %zu: %.*s", seed, b, a, (int)looks[a].len,
                             (const char *)looks[a].bytes);
                }
            }
        }
    }
}

static void as_much_of_an_id_is_shown_as_tells_it_from_others(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    assert_string_equal(says(&p, GC_SPAN("gabcdefgzzzz"), GC_SPAN("Ben")), "<Ben> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gabcdefg-eve"), GC_SPAN("Ben")),
                        "<Ben (gabcdefg-eve)> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gabcdefgzzzz"), GC_SPAN("Ben")),
                        "<Ben (gabcdefgzzzz)> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gabcdefgz"), GC_SPAN("")), "<gabcdefgz> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gabcdefgzzzz"), GC_SPAN("Ben")),
                        "<Ben (gabcdefgzzzz)> hi\n");
    assert_string_equal(says(&p, GC_SPAN("Ben"), GC_SPAN("")), "<Ben-2> hi\n"); /* an id */
}

/* Letters of other scripts, capitals and digits in the place of letters make no other name. */
static void a_name_that_looks_like_another_is_told_apart(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    gc_plain_lines_own(&p, GC_SPAN("Ben"));
    assert_string_equal(says(&p, GC_SPAN("ggggggggggg"), GC_SPAN("Emma")), "<Emma> hi\n");
    assert_string_equal(says(&p, GC_SPAN("geeeeeeeeee"), GC_SPAN("Ernma")),
                        "<Ernma (geeeeeee)> hi\n");
    assert_string_equal(says(&p, GC_SPAN("gccccccccc"), GC_SPAN("B\xd0\xb5n")),
                        "<B\xd0\xb5n (gccccccc)> hi\n"); /* a Cyrillic letter, as the user */
    assert_string_equal(says(&p, GC_SPAN("gdddddddddd"), GC_SPAN("ggggGGGG")),
                        "<ggggGGGG (gddddddd)> hi\n"); /* the id of Emma */
    assert_string_equal(
        says(&p, GC_SPAN("gfffffffffff"), GC_SPAN("Emma \xef\xbc\x88geee\xef\xbc\x89")),
        "<Emma \xef\xbc\x88geee\xef\xbc\x89 (gfffffff)> hi\n");
}

static void what_is_given_up_is_told_from_what_is_tried_again(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    gc_event e = {.type = GC_EVENT_TROUBLE,
                  .reason = GC_REASON_SERVER_UNREACHABLE,
                  .text = GC_SPAN("refused")};
    assert_string_equal(event(&p, e), "* The server cannot be reached. (refused)\n");
    e.type = GC_EVENT_FAILED;
    e.text = GC_SPAN_NONE;
    assert_string_equal(event(&p, e), "* Given up: The server cannot be reached.\n");
}

static void everybody_has_a_place_and_more_have_none(void **state) {
    (void)state;
    gc_plain_lines p = {0};
    for (int i = 0; i < GC_PEERS_MAX + 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        gc_event e = {.type = GC_EVENT_PEER, .id = text_span(id), .state = GC_PEER_OPEN};
        assert_int_equal(strlen(event(&p, e)) > 0, i < GC_PEERS_MAX);
    }
}

static void the_longest_message_fits(void **state) {
    (void)state;
    static uint8_t text[GC_TEXT_BYTES_MAX];
    gc_plain_lines p = {0};
    memset(text, 1, sizeof text);
    assert_true(strlen(event(&p, (gc_event){.type = GC_EVENT_MESSAGE,
                                            .id = GC_SPAN("p"),
                                            .text = gc_span_of(text, sizeof text)})) >
                8 * sizeof text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_come_talk_and_go),
        cmocka_unit_test(somebody_who_is_away_is_one_line),
        cmocka_unit_test(somebody_without_a_name_is_an_id),
        cmocka_unit_test(a_name_cannot_look_like_a_line),
        cmocka_unit_test(a_name_ends_where_it_ends),
        cmocka_unit_test(no_name_has_marks_that_look_like_its_brackets),
        cmocka_unit_test(two_people_are_told_apart),
        cmocka_unit_test(two_people_never_have_one_label),
        cmocka_unit_test(as_much_of_an_id_is_shown_as_tells_it_from_others),
        cmocka_unit_test(a_name_that_looks_like_another_is_told_apart),
        cmocka_unit_test(what_is_given_up_is_told_from_what_is_tried_again),
        cmocka_unit_test(everybody_has_a_place_and_more_have_none),
        cmocka_unit_test(the_longest_message_fits),
    };
    return RUN(tests);
}
