/* cli/json_lines.c */
#include "test/unit/unit.h"

#include "cli/json_lines.h"

static char out[GC_JSON_LINES_BYTES_MAX + 1];
static gc_writer w;

static void begin(void) {
    gc_writer_init(&w, (uint8_t *)out, sizeof out - 1);
}

static const char *line(void) {
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

static const char *event(gc_event e) {
    begin();
    gc_json_lines_event(&w, &e);
    return line();
}

static void events_have_their_form(void **state) {
    (void)state;
    assert_string_equal(event((gc_event){.type = GC_EVENT_READY, .id = GC_SPAN("me")}),
                        "{\"event\":\"ready\",\"id\":\"me\"}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_PEER, .id = GC_SPAN("p")}),
                        "{\"event\":\"peer\",\"peer\":\"p\",\"state\":\"connecting\","
                        "\"verified\":false}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_PEER,
                                         .id = GC_SPAN("p"),
                                         .nick = GC_SPAN("Ann"),
                                         .state = GC_PEER_OPEN,
                                         .path = GC_PATH_PRFLX,
                                         .verified = true}),
                        "{\"event\":\"peer\",\"peer\":\"p\",\"state\":\"open\",\"nick\":\"Ann\","
                        "\"path\":\"prflx\",\"verified\":true}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_PEER,
                                         .id = GC_SPAN("p"),
                                         .state = GC_PEER_CLOSED,
                                         .reason = GC_REASON_LEFT}),
                        "{\"event\":\"peer\",\"peer\":\"p\",\"state\":\"closed\","
                        "\"verified\":false,\"reason\":\"left\"}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_MESSAGE,
                                         .id = GC_SPAN("p"),
                                         .number = 7,
                                         .text = GC_SPAN("a \"b\"\n\x1b")}),
                        "{\"event\":\"message\",\"from\":\"p\",\"id\":7,"
                        "\"text\":\"a \\\"b\\\"\\u000a\\u001b\"}\n");
    assert_string_equal(
        event((gc_event){.type = GC_EVENT_GAP, .id = GC_SPAN("p"), .number = 8, .count = 2}),
        "{\"event\":\"gap\",\"from\":\"p\",\"id\":8,\"count\":2}\n");
    assert_string_equal(
        event((gc_event){.type = GC_EVENT_DELIVERED, .id = GC_SPAN("p"), .number = 1}),
        "{\"event\":\"delivered\",\"id\":1,\"to\":\"p\"}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_UNDELIVERED,
                                         .id = GC_SPAN("p"),
                                         .number = 1,
                                         .reason = GC_REASON_UNDELIVERED}),
                        "{\"event\":\"undelivered\",\"id\":1,\"to\":\"p\","
                        "\"reason\":\"undelivered\"}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_FAILED,
                                         .reason = GC_REASON_BAD_KEY,
                                         .text = GC_SPAN("why")}),
                        "{\"event\":\"error\",\"code\":\"bad-key\","
                        "\"text\":\"The server does not know this key.\",\"detail\":\"why\","
                        "\"final\":true}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_TROUBLE, .reason = GC_REASON_BAD_KEY}),
                        "{\"event\":\"error\",\"code\":\"bad-key\","
                        "\"text\":\"The server does not know this key.\"}\n");
    assert_string_equal(event((gc_event){.type = GC_EVENT_TROUBLE}), "");
    assert_string_equal(event((gc_event){.type = GC_EVENT_SENDABLE}), "");
}

static void the_other_lines_have_theirs(void **state) {
    (void)state;
    begin();
    gc_json_lines_joined(&w, GC_SPAN("Coffee"));
    gc_json_lines_joined(&w, GC_SPAN_NONE);
    gc_json_lines_invite(&w, GC_SPAN("http://h/room/x"));
    gc_json_lines_sent(&w, 9);
    gc_json_lines_error(&w, "state", "no", GC_SPAN_NONE);
    assert_string_equal(line(), "{\"event\":\"joined\",\"room\":\"Coffee\"}\n"
                                "{\"event\":\"joined\",\"room\":null}\n"
                                "{\"event\":\"invite\",\"link\":\"http://h/room/x\"}\n"
                                "{\"event\":\"sent\",\"id\":9}\n"
                                "{\"event\":\"error\",\"code\":\"state\",\"text\":\"no\"}\n");
}

static void the_longest_message_fits(void **state) {
    (void)state;
    static uint8_t text[GC_TEXT_BYTES_MAX];
    memset(text, 1, sizeof text);
    const char *said = event((gc_event){.type = GC_EVENT_MESSAGE,
                                        .id = GC_SPAN("p"),
                                        .number = GC_SEQ_MAX,
                                        .text = gc_span_of(text, sizeof text)});
    assert_true(strlen(said) > 6 * sizeof text);
}

static gc_command command(const char *text) {
    static uint8_t memory[1000];
    uint8_t *copy = exact_copy(text, (uint32_t)strlen(text));
    gc_command c = gc_json_lines_command(gc_span_of(copy, (uint32_t)strlen(text)), memory);
    free(copy);
    return c;
}

static void commands_are_read(void **state) {
    (void)state;
    gc_command c = command(" {\"send\" : \"a\\n\\u00e4\\ud83d\\ude00\"} ");
    assert_int_equal(c.type, GC_COMMAND_SEND);
    assert_span(c.text, GC_SPAN("a\n\xc3\xa4\xf0\x9f\x98\x80"));
    assert_int_equal(command("{\"quit\":true}").type, GC_COMMAND_QUIT);
    assert_int_equal(command("{\"send\":\"\"}").type, GC_COMMAND_SEND);
    assert_null(c.to.data);
    c = command("{\"to\":\"bens-\\u0069d\",\"send\":\"psst\"}");
    assert_int_equal(c.type, GC_COMMAND_SEND);
    assert_span(c.text, GC_SPAN("psst"));
    assert_span(c.to, GC_SPAN("bens-id"));
    c = command("{\"send\":\"\",\"to\":\"\"}"); /* to nobody, not to everybody */
    assert_non_null(c.to.data);
}

static void anything_else_is_no_command(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "hello",
                                      "{}",
                                      "[]",
                                      "\"send\"",
                                      "{\"send\":1}",
                                      "{\"quit\":false}",
                                      "{\"quit\":\"true\"}",
                                      "{\"send\":\"a\"",
                                      "{\"send\":\"a\",\"to\":1}",
                                      "{\"send\":\"a\",\"to\":null}",
                                      "{\"to\":\"p\"}",
                                      "{\"to\":\"p\",\"send\":\"a\",\"x\":1}",
                                      "{\"to\":\"p\",\"to\":\"q\",\"send\":\"a\"}",
                                      "{\"send\":\"a\",\"quit\":true}",
                                      "{\"to\":\"p\",\"quit\":true}",
                                      "{\"send\":\"a\"} x",
                                      "{\"Send\":\"a\"}",
                                      "{\"send\":\"\xff\"}",
                                      "{\"send\":null}",
                                      "{\"send\":{\"send\":\"a\"}}",
                                      "{\"quit\":true,\"quit\":true}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (command(bad[i]).type != GC_COMMAND_BAD) {
            fail_msg("taken: %s", bad[i]);
        }
    }
    static const char whole[] = "{\"send\":\"abc\\u0041\"}";
    for (uint32_t len = 0; len < sizeof whole - 1; len++) {
        char part[sizeof whole] = {0};
        memcpy(part, whole, len);
        assert_int_equal(command(part).type, GC_COMMAND_BAD);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_have_their_form),
        cmocka_unit_test(the_other_lines_have_theirs),
        cmocka_unit_test(the_longest_message_fits),
        cmocka_unit_test(commands_are_read),
        cmocka_unit_test(anything_else_is_no_command),
    };
    return RUN(tests);
}
