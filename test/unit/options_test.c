/* server/options.c */
#include "test/unit/unit.h"

#include "core/base/limits.h"
#include "host/log.h"
#include "server/options.h"

#include <unistd.h>

static const char *env_port;
static const char *env_path;

static char *environment(const char *name) {
    return (char *)(strcmp(name, "PORT") == 0              ? env_port
                    : strcmp(name, "PEERSERVER_PATH") == 0 ? env_path
                                                           : NULL);
}

/* Parses words separated by single spaces. */
static int parse(const char *words, gc_options *out, char error[256]) {
    static char text[1024];
    char *argv[64] = {"ghostchatd"};
    int argc = 1;
    snprintf(text, sizeof text, "%s", words);
    for (char *p = text; *p != 0 && argc < 64;) {
        argv[argc++] = p;
        p = strchr(p, ' ');
        if (p == NULL) {
            break;
        }
        *p++ = 0;
    }
    return gc_options_parse(out, argc, argv, environment, error, 256);
}

static gc_options good(const char *words) {
    gc_options o;
    char error[256] = "";
    if (parse(words, &o, error) != 0) {
        fail_msg("%s: %s", words, error);
    }
    return o;
}

static void bad(const char *words, const char *says) {
    gc_options o;
    char error[256] = "";
    if (parse(words, &o, error) == 0) {
        fail_msg("%s was taken", words);
    }
    gc_options_free(&o);
    if (strstr(error, says) == NULL) {
        fail_msg("%s: %s", words, error);
    }
}

static void without_options_the_defaults_hold(void **state) {
    (void)state;
    gc_options o = good("");
    assert_int_equal(o.port, 8080);
    assert_string_equal(o.path, "/");
    assert_string_equal(o.key, "peerjs");
    assert_int_equal(o.alive_timeout_ms, GC_ALIVE_MS);
    assert_int_equal(o.concurrent_max, GC_CONCURRENT_MAX);
    assert_int_equal(o.connects_per_second, GC_CONNECTS_PER_SECOND);
    assert_int_equal(o.stun_port, GC_STUN_PORT);
    assert_false(o.stun_port_named);
    assert_false(o.allow_discovery || o.proxies.on || o.help || o.version);
    assert_int_equal(o.log_level, GC_LOG_INFO);
    assert_string_equal(o.host, USE_LOCALSTORAGE_FOR_TESTING ? "127.0.0.1" : "::");
}

static void an_option_is_taken_in_every_form(void **state) {
    (void)state;
    assert_int_equal(good("--port 9000").port, 9000);
    assert_int_equal(good("--port=9000").port, 9000);
    assert_int_equal(good("-p 9000").port, 9000);
    assert_int_equal(good("-p9000").port, 9000);
    assert_int_equal(good("-p=9000").port, 9000);
    assert_int_equal(good("--port 1 --port 2").port, 2);
    assert_int_equal(good("--memory-limit 64M").memory_bytes_max, 64 << 20);
    assert_int_equal(good("--queue-limit 512K").queue_bytes_max, 512 << 10);
    assert_int_equal(good("").stun_per_second, 2000);
    assert_int_equal(good("--stun-rate 1000000").stun_per_second, 1000000);
    bad("--stun-rate 0", "1 to 1000000");
    assert_int_equal(good("--connect-rate 0").connects_per_second, 0);
    assert_true(good("--allow-discovery").allow_discovery);
    assert_true(good("--allow-discovery true --port 1").allow_discovery);
    assert_false(good("--allow-discovery=false").allow_discovery);
    assert_int_equal(good("--log-level debug").log_level, GC_LOG_DEBUG);
}

static void names_of_peerjs_options_are_understood(void **state) {
    (void)state;
    gc_options o = good("--allow_discovery --alive_timeout 1000 --expire_timeout 2000 "
                        "--concurrent_limit 10 --proxied --sslkey k --sslcert c");
    assert_true(o.allow_discovery && o.proxies.on);
    assert_int_equal(o.alive_timeout_ms, 1000);
    assert_int_equal(o.expire_timeout_ms, 2000);
    assert_int_equal(o.concurrent_max, 10);
    assert_string_equal(o.tls_key, "k");
    assert_string_equal(o.tls_cert, "c");
    o = good("-p 1 -H 127.0.0.1 -k key -t 7 -c 8 --cors http://a --cors http://b");
    assert_string_equal(o.host, "127.0.0.1");
    assert_string_equal(o.key, "key");
    assert_int_equal(o.expire_timeout_ms, 7);
    assert_int_equal(o.concurrent_max, 8);
    assert_int_equal(o.cors_count, 2);
    assert_string_equal(o.cors[1], "http://b");
    o = good("--cors http://a http://b -p 2 --cors=http://c http://d");
    assert_int_equal(o.cors_count, 4);
    assert_string_equal(o.cors[3], "http://d");
    assert_int_equal(o.port, 2);
}

static void the_environment_is_used_where_no_option_is_given(void **state) {
    (void)state;
    env_port = "7000";
    env_path = "/env";
    gc_options o = good("");
    assert_int_equal(o.port, 7000);
    assert_string_equal(o.path, "/env/");
    o = good("--port 1 --path /x");
    assert_int_equal(o.port, 1);
    assert_string_equal(o.path, "/x/");
    env_port = "x";
    bad("", "--port");
    env_port = env_path = NULL;
}

static void a_path_gets_its_slashes_and_nothing_else(void **state) {
    (void)state;
    assert_string_equal(good("--path /").path, "/");
    assert_string_equal(good("--path chat").path, "/chat/");
    assert_string_equal(good("--path /a/b").path, "/a/b/");
    assert_string_equal(good("--path //a/").path, "/a/");
    bad("--path /a//b", "--path");
    bad("--path /a/../b", "--path");
    bad("--path /a\"b", "--path");
    bad("--path /a%20b", "--path");
    char words[300] = "--path /";
    memset(words + 8, 'a', 254);
    bad(words, "--path");
    words[8 + 253] = 0;
    assert_int_equal(strlen(good(words).path), 255);
}

static void bad_options_are_refused_by_name(void **state) {
    (void)state;
    bad("--prot 1", "unknown option --prot");
    bad("chat", "unknown option chat");
    bad("-", "unknown option -");
    bad("-x", "unknown option -x");
    bad("--port", "needs a value");
    bad("--port 65536", "0 to 65535");
    bad("--port -1", "number");
    bad("--port 1x", "number");
    bad("--port=", "number");
    bad("--memory-limit 99999999999999999999", "number");
    bad("--memory-limit 9999999999999999G", "number");
    bad("--alive-timeout 0", "number");
    bad("--help=yes", "takes no value");
    bad("--log-level loud", "takes error");
    bad("--key room", "neither room nor join");
    bad("--key Join", "neither room nor join");
    bad("--tls-cert f", "alone");
    bad("--sslkey f", "alone");
    bad("--queue-limit 2K --message-limit 3K", "smaller than --message-limit");
    bad("--external-address a/b", "--external-address");
    bad("--host=", "needs a value");
    assert_int_equal(good("--cors * null http://a:8080").cors_count, 3);
    bad("--cors https://app.example/", "--cors takes an origin such as https://chat.example");
    bad("--cors http://a app.example", "--cors takes an origin");
}

/* What belongs to later versions is said, never taken in silence. */
static void options_of_later_versions_are_named_as_such(void **state) {
    (void)state;
    bad("--turn", "not built in this version");
    bad("--redis redis://h", "not built in this version");
    bad("--relay-ports 1-2", "not built in this version");
    bad("--turn-url=turn:h", "not built in this version");
}

static void a_peer_server_is_an_address(void **state) {
    (void)state;
    assert_null(good("").peer_server);
    assert_string_equal(good("--peer-server https://h/").peer_server, "https://h/");
    bad("--peer-server h", "--peer-server takes an address such as https://host");
    bad("--peer-server=", "--peer-server takes");
}

static const char *path_of(const char *name) {
    static char path[2][128];
    static int turn;
    turn = 1 - turn;
    snprintf(path[turn], sizeof path[0], "/tmp/options_test.%d.%s", (int)getpid(), name);
    return path[turn];
}

static void write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void options_of_a_file_come_before_the_environment(void **state) {
    (void)state;
    const char *path = path_of("conf");
    char words[200];
    write_file(path, "# ours\nport 1\nkey=secret of the file\n\nallow-discovery\n"
                     "cors https://a.example\ntrust-proxy 10.0.0.0/8\nhost ::1\n");
    env_port = "7000";
    snprintf(words, sizeof words, "--host 127.0.0.1 --config %s --cors https://b.example", path);
    gc_options o = good(words);
    assert_int_equal(o.port, 1);
    assert_string_equal(o.key, "secret of the file");
    assert_string_equal(o.host, "127.0.0.1"); /* an argument comes first, wherever it stands */
    assert_true(o.allow_discovery);
    assert_int_equal(o.proxies.count, 1);
    assert_int_equal(o.cors_count, 2);
    gc_options_free(&o);
    env_port = NULL;
    static const char *faults[][2] = {
        {"port 1\nprot 2\n", "line 2: unknown option prot"},
        {"\n\nport\n", "line 3: --port needs a value"},
        {"port x", "line 1: --port takes a number"},
        {"config x", "line 1: --config is not allowed in a config file"},
        {"turn", "line 1: --turn is not built"},
        {"help maybe", "line 1: --help takes no value"}};
    snprintf(words, sizeof words, "--config %s", path);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        write_file(path, faults[i][0]);
        bad(words, faults[i][1]);
    }
    unlink(path);
    bad(words, "does not exist");
    bad("--config", "needs a value");
}

static void a_key_may_stand_in_a_file(void **state) {
    (void)state;
    const char *path = path_of("key");
    char words[200];
    snprintf(words, sizeof words, "--key other --key-file %s", path);
    write_file(path, "my key\n");
    gc_options o = good(words);
    assert_string_equal(o.key, "my key");
    gc_options_free(&o);
    write_file(path, "my key");
    snprintf(words, sizeof words, "--key-file=%s --key-file %s --port 1", path, path);
    o = good(words);
    assert_string_equal(o.key, "my key");
    gc_options_free(&o);
    write_file(path, "\xef\xbb\xbfmy key\r\n");
    o = good(words);
    assert_string_equal(o.key, "my key");
    gc_options_free(&o);
    const char *faults[] = {"", "\n", "a\nb", "\na", "\xef\xbb\xbf", "\xef\xbb\xbf\n"};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        write_file(path, faults[i]);
        bad(words, "--key-file must hold one line");
    }
    char longer[GC_KEY_BYTES_MAX + 7];
    memset(longer, 'a', sizeof longer);
    longer[GC_KEY_BYTES_MAX + 6] = 0;
    write_file(path, longer);
    bad(words, "too large");
    longer[GC_KEY_BYTES_MAX + 1] = 0;
    write_file(path, longer);
    bad(words, "--key is too long");
    write_file(path, "room");
    bad(words, "neither room nor join");
    unlink(path);
    bad(words, "--key-file: ");
    bad("--turn-secret-file x", "not built in this version");
}

static void proxies_are_named_by_networks(void **state) {
    (void)state;
    assert_true(good("--trust-proxy").proxies.on);
    assert_int_equal(good("--trust-proxy --port 1").port, 1);
    assert_true(good("--trust-proxy true").proxies.on);
    assert_false(good("--trust-proxy=false").proxies.on);
    gc_options o = good("--trust-proxy=10.0.0.0/8,::1 --proxied=192.0.2.1");
    assert_true(o.proxies.on);
    assert_int_equal(o.proxies.count, 3);
    bad("--trust-proxy=10.0.0.0/40", "takes networks");
    bad("--trust-proxy=", "takes networks");
    bad("--trust-proxy 10.0.0.0/8", "unknown option 10.0.0.0/8");
}

static void metrics_have_an_address_of_their_own(void **state) {
    (void)state;
    gc_options o = good("");
    assert_true(o.metrics);
    assert_string_equal(o.metrics_host, "127.0.0.1");
    assert_int_equal(o.metrics_port, 9641);
    o = good("--metrics-listen [::1]:0");
    assert_string_equal(o.metrics_host, "::1");
    assert_int_equal(o.metrics_port, 0);
    assert_false(good("--metrics-listen off").metrics);
    assert_true(good("--metrics-listen off --metrics-listen h:1").metrics);
    bad("--metrics-listen 9641", "an address and a port");
    bad("--metrics-listen :9641", "an address and a port");
    bad("--metrics-listen ::1:9641", "an address and a port");
    bad("--metrics-listen h:65536", "an address and a port");
    bad("--metrics-listen h:", "an address and a port");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_the_defaults_hold),
        cmocka_unit_test(an_option_is_taken_in_every_form),
        cmocka_unit_test(the_environment_is_used_where_no_option_is_given),
        cmocka_unit_test(names_of_peerjs_options_are_understood),
        cmocka_unit_test(a_path_gets_its_slashes_and_nothing_else),
        cmocka_unit_test(bad_options_are_refused_by_name),
        cmocka_unit_test(options_of_later_versions_are_named_as_such),
        cmocka_unit_test(a_peer_server_is_an_address),
        cmocka_unit_test(options_of_a_file_come_before_the_environment),
        cmocka_unit_test(a_key_may_stand_in_a_file),
        cmocka_unit_test(proxies_are_named_by_networks),
        cmocka_unit_test(metrics_have_an_address_of_their_own),
    };
    return RUN(tests);
}
