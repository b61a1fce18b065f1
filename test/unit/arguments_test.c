/* cli/arguments.c */
#include "test/unit/unit.h"

#include "cli/arguments.h"

#define PARSE(...) parse((char *[]){(char *)"ghostchat", __VA_ARGS__, NULL})

static gc_arguments got;
static char why[200];

static int parse(char **argv) {
    int argc = 0;
    while (argv[argc] != NULL) {
        argc++;
    }
    why[0] = 0;
    return gc_arguments_parse(&got, argc, argv, why, sizeof why);
}

static void a_room_and_its_options(void **state) {
    (void)state;
    assert_int_equal(PARSE("join", "coffee", "--server", "http://h/", "--nick=Ann", "--json",
                           "--stun", "stun:s"),
                     0);
    assert_string_equal(got.stun.urls[0].name, "s");
    assert_int_equal(got.command, GC_ARGUMENTS_JOIN);
    assert_string_equal(got.target, "coffee");
    assert_string_equal(got.server, "http://h/");
    assert_string_equal(got.nick, "Ann");
    assert_int_equal(got.form, GC_ARGUMENTS_JSON);
    assert_false(got.all_interfaces);
    assert_false(got.relay_only);
    assert_int_equal(PARSE("--plain", "--all-interfaces", "join", "-"), 0);
    assert_string_equal(got.target, "-");
    assert_null(got.server);
    assert_string_equal(got.nick, "");
    assert_int_equal(got.form, GC_ARGUMENTS_PLAIN);
    assert_true(got.all_interfaces);
    assert_int_equal(PARSE("join", "a", "--server=http://h/", "--relay-only"), 0);
    assert_true(got.relay_only);
    assert_int_equal(PARSE("join", "--", "--server"), 0);
    assert_string_equal(got.target, "--server");
    assert_int_equal(got.form, GC_ARGUMENTS_BY_OUTPUT);
}

static void a_link_is_taken_out_of_the_command_line(void **state) {
    (void)state;
    char join[] = "join", link[] = "https://h/room/#1.s", server[] = "--server=https://h/";
    char room[] = "tea";
    char *with_link[] = {join, join, server, link, NULL}, *with_room[] = {join, join, room, NULL};
    assert_int_equal(parse(with_link), 0);
    gc_arguments_hide(&got, 4, with_link);
    assert_string_equal(got.target, "https://h/room/#1.s");
    assert_string_equal(link, "xxxxxxxxxxxxxxxxxxx");
    assert_string_equal(server, "--server=https://h/");
    assert_int_equal(parse(with_room), 0);
    gc_arguments_hide(&got, 3, with_room);
    assert_string_equal(got.target, "tea");
    assert_string_equal(room, "tea");
}

static void stun_servers_are_read_in_their_order(void **state) {
    (void)state;
    assert_int_equal(PARSE("join", "a"), 0);
    assert_int_equal(got.stun.count, 0);
    assert_int_equal(PARSE("join", "a", "--stun", "stun:h", "--stun=stun:192.0.2.7:5"), 0);
    assert_int_equal(got.stun.count, 2);
    assert_string_equal(got.stun.urls[0].name, "h");
    assert_int_equal(got.stun.urls[1].address.port, 5);
    assert_int_equal(
        PARSE("join", "a", "--stun=stun:a", "--stun=stun:b", "--stun=stun:c", "--stun=stun:d"), 0);
    assert_int_equal(got.stun.count, 4);
    assert_int_equal(PARSE("join", "a", "--stun=stun:a", "--stun=stun:b", "--stun=stun:c",
                           "--stun=stun:d", "--stun=stun:e"),
                     -1);
    assert_string_equal(why, "--stun takes at most 4 URLs");
}

static void a_name_that_is_too_long_is_refused(void **state) {
    (void)state;
    char name[GC_NICK_BYTES_MAX + 2];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = 0;
    assert_int_equal(PARSE("join", "a", "--nick", name), -1);
    assert_string_equal(why, "--nick takes a name of at most 256 bytes");
    name[sizeof name - 2] = 0;
    assert_int_equal(PARSE("join", "a", "--nick", name), 0);
    assert_string_equal(got.nick, name);
}

static void a_new_room(void **state) {
    (void)state;
    assert_int_equal(PARSE("new", "--server=https://h/"), 0);
    assert_int_equal(got.command, GC_ARGUMENTS_NEW);
    assert_int_equal(PARSE("new"), -1);
    assert_string_equal(why, "new needs --server");
}

static void a_call(void **state) {
    (void)state;
    assert_int_equal(PARSE("call", "bens-id", "--server=https://h/"), 0);
    assert_int_equal(got.command, GC_ARGUMENTS_CALL);
    assert_string_equal(got.target, "bens-id");
    assert_string_equal(got.serialization, "");
    assert_int_equal(PARSE("call", "-", "--serialization", "json"), 0);
    assert_string_equal(got.serialization, "json");
}

static void help_and_version_need_no_command(void **state) {
    (void)state;
    assert_int_equal(PARSE("--help"), 0);
    assert_int_equal(got.command, GC_ARGUMENTS_HELP);
    assert_int_equal(PARSE("join", "--version"), 0);
    assert_int_equal(got.command, GC_ARGUMENTS_VERSION);
}

static void mistakes_are_named(void **state) {
    (void)state;
    static const struct {
        char *argv[5];
        const char *why;
    } bad[] = {
        {{"ghostchat"}, "a command is missing: join, call or new"},
        {{"ghostchat", "dance"}, "there are the commands join, call and new"},
        {{"ghostchat", "join"}, "join takes one room or link"},
        {{"ghostchat", "join", "a", "b"}, "join takes one room or link"},
        {{"ghostchat", "new", "a"}, "new takes no room"},
        {{"ghostchat", "call"}, "call takes one id of a peer"},
        {{"ghostchat", "call", "a", "b"}, "call takes one id of a peer"},
        {{"ghostchat", "call", "a", "--serialization=MsgPack"},
         "--serialization is binary, json or raw"},
        {{"ghostchat", "join", "a", "--serialization=raw"}, "only call takes --serialization"},
        {{"ghostchat", "join", "a", "--nick"}, "--nick takes a value, NAME"},
        {{"ghostchat", "join", "a", "--json=x"}, "--json takes no value"},
        {{"ghostchat", "join", "a", "--jso"}, "there is no option --jso"},
        {{"ghostchat", "join", "a", "-j"}, "there is no option -j"},
        {{"ghostchat", "join", "a", "--stun=h"}, "--stun takes a URL such as stun:host:3478"},
        {{"ghostchat", "join", "a", "--stun=turn:h"},
         "--stun takes no stuns:, turn: or turns:, only stun:"},
        {{"ghostchat", "join", "a", "--stun=stuns:h"},
         "--stun takes no stuns:, turn: or turns:, only stun:"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(parse((char **)bad[i].argv), -1);
        assert_string_equal(why, bad[i].why);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_and_its_options),
        cmocka_unit_test(a_link_is_taken_out_of_the_command_line),
        cmocka_unit_test(stun_servers_are_read_in_their_order),
        cmocka_unit_test(a_name_that_is_too_long_is_refused),
        cmocka_unit_test(a_new_room),
        cmocka_unit_test(a_call),
        cmocka_unit_test(help_and_version_need_no_command),
        cmocka_unit_test(mistakes_are_named),
    };
    return RUN(tests);
}
