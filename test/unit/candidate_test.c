#include "rtc/candidate.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

#define NAME "c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab.local"

static int parse(const char *line, gc_candidate *out) {
    uint8_t *copy = exact_copy(line, (uint32_t)strlen(line));
    int result = gc_candidate_parse(gc_span_of(copy, (uint32_t)strlen(line)), out);
    free(copy);
    return result;
}

static const char *written(const gc_candidate *c) {
    static char out[GC_CANDIDATE_LINE_BYTES_MAX + 1];
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, GC_CANDIDATE_LINE_BYTES_MAX);
    gc_candidate_write(c, &w);
    assert_false(w.failed);
    out[w.at] = 0;
    return out;
}

/* Lines as Chromium and Firefox write them. */
static void lines_of_browsers(void **state) {
    (void)state;
    static const struct {
        const char *line;
        gc_candidate_type type;
        uint32_t priority;
        uint16_t port;
        bool named;
        uint8_t related_family;
    } all[] = {
        {"candidate:1510613869 1 udp 2113937151 192.168.1.7 51472 typ host generation 0 ufrag Zp9b "
         "network-cost 999",
         GC_CANDIDATE_HOST, 2113937151, 51472, false, 0},
        {"candidate:842163049 1 udp 1677729535 203.0.113.9 51472 typ srflx raddr 0.0.0.0 rport 0 "
         "generation 0 ufrag Zp9b network-cost 999",
         GC_CANDIDATE_SRFLX, 1677729535, 51472, false, 0},
        {"candidate:0 1 UDP 2122252543 " NAME " 40000 typ host", GC_CANDIDATE_HOST, 2122252543,
         40000, true, 0},
        {"a=candidate:1 1 UDP 1686052863 203.0.113.9 40000 typ srflx raddr 10.0.0.1 rport "
         "40001\r\n",
         GC_CANDIDATE_SRFLX, 1686052863, 40000, false, 4},
        {"candidate:3 1 udp 41885439 2001:db8::5 3478 typ relay raddr 2001:db8::9 rport 9",
         GC_CANDIDATE_RELAY, 41885439, 3478, false, 6},
        {"candidate:+/ 1 Udp 4294967295 198.51.100.1 65535 typ prflx raddr x.local rport 0 odd",
         GC_CANDIDATE_PRFLX, 4294967295u, 65535, false, 0},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        gc_candidate c, again;
        assert_int_equal(parse(all[i].line, &c), 0);
        assert_int_equal(c.type, all[i].type);
        assert_int_equal(c.priority, all[i].priority);
        assert_int_equal(c.addr.port, all[i].port);
        assert_true(c.named == all[i].named);
        assert_true(c.addr.family == 0 ? c.named : !c.named);
        assert_int_equal(c.related.family, all[i].related_family);
        assert_int_equal(parse(written(&c), &again), 0);
        assert_memory_equal(&c, &again, sizeof c);
    }
}

static void what_is_written(void **state) {
    (void)state;
    gc_candidate c = {.addr = {.family = 4, .ip = {192, 0, 2, 1}, .port = 4242},
                      .priority = 2130706431,
                      .foundation = "h0",
                      .foundation_len = 2};
    assert_string_equal(written(&c), "candidate:h0 1 udp 2130706431 192.0.2.1 4242 typ host");
    c.type = GC_CANDIDATE_SRFLX;
    assert_string_equal(written(&c), "candidate:h0 1 udp 2130706431 192.0.2.1 4242 typ srflx raddr "
                                     "0.0.0.0 rport 0");
    c.related = (gc_addr){.family = 4, .ip = {10, 0, 0, 1}, .port = 9};
    assert_string_equal(written(&c), "candidate:h0 1 udp 2130706431 192.0.2.1 4242 typ srflx raddr "
                                     "10.0.0.1 rport 9");
    c.addr = (gc_addr){.family = 6, .ip = {0x20, 1, 0xd, 0xb8}, .port = 1};
    c.related = (gc_addr){0};
    assert_string_equal(written(&c),
                        "candidate:h0 1 udp 2130706431 2001:db8:: 1 typ srflx raddr :: rport 0");
}

static void of_no_use(void **state) {
    (void)state;
    static const char *const lines[] = {
        "candidate:1 1 tcp 1518280447 192.168.1.7 9 typ host tcptype active generation 0",
        "candidate:1 2 udp 2113937150 192.168.1.7 51472 typ host",
        "candidate:1 1 udp 1 192.168.1.7 51472 typ martian",
        "candidate:1 1 udp 1 example.org 51472 typ host",
        "candidate:1 1 udp 1 printer.local 51472 typ host",
        "candidate:1 1 udp 1 x." NAME " 51472 typ host",
        "candidate:1 1 udp 1 c2d3b1a0-0f1e-4d2c-8b3a-0123456789a_.local 51472 typ host",
        "candidate:1 1 udp 1 " NAME " 0 typ host",
        "candidate:1 1 udp 1 192.168.1.7 0 typ host",
        "candidate:1 1 udp 1 0.1.2.3 5 typ host",
        "candidate:1 1 udp 1 224.0.0.251 5353 typ host",
        "candidate:1 1 udp 1 239.255.255.255 5 typ host",
        "candidate:1 1 udp 1 255.255.255.255 5 typ host",
        "candidate:1 1 udp 1 :: 5 typ host",
        "candidate:1 1 udp 1 ff02::fb 5 typ host",
        "candidate:1 1 udp 1 fe80::1 5 typ host",
        "candidate:1 1 udp 1 ::ffff:0.0.0.1 5 typ host",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        gc_candidate c, untouched;
        memset(&c, 0x5a, sizeof c);
        memset(&untouched, 0x5a, sizeof c);
        assert_int_equal(parse(lines[i], &c), GC_E_REFUSED);
        assert_memory_equal(&c, &untouched, sizeof c);
    }
}

static void malformed(void **state) {
    (void)state;
    static const char *const lines[] = {
        "candidate",
        "candidate:",
        "candidate: 1 udp 1 1.2.3.4 5 typ host",
        "x",
        "candidate:1  1 udp 1 1.2.3.4 5 typ host",
        "candidate:1 1 udp 1 1.2.3.4 5 typ",
        "candidate:1 1 udp 1 1.2.3.4 5 typ ",
        "candidate:1 1 udp 1 1.2.3.4 5 type host",
        "candidate:1 1 udp 1 1.2.3.4 5 host",
        "candidate:1 1 udp x 1.2.3.4 5 typ host",
        "candidate:1 x udp 1 1.2.3.4 5 typ host",
        "candidate:1 1 udp 1 1.2.3.4 65536 typ host",
        "candidate:1 1 udp 1 1.2.3.4 -5 typ host",
        "candidate:1 1 udp 4294967296 1.2.3.4 5 typ host",
        "candidate:1 1 udp 99999999999 1.2.3.4 5 typ host",
        "candidate:1 100000 udp 1 1.2.3.4 5 typ host",
        "candidate:a=b 1 udp 1 1.2.3.4 5 typ host",
        "candidate:\xc3\xa4 1 udp 1 1.2.3.4 5 typ host",
        "candidate:123456789012345678901234567890123 1 udp 1 1.2.3.4 5 typ host",
        "Candidate:1 1 udp 1 1.2.3.4 5 typ host",
        " candidate:1 1 udp 1 1.2.3.4 5 typ host",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        gc_candidate c;
        assert_int_equal(parse(lines[i], &c), GC_E_SYNTAX);
    }
    gc_candidate c;
    assert_int_equal(parse("", &c), GC_E_NOT_FOUND);
    assert_int_equal(parse("a=", &c), GC_E_NOT_FOUND);
    assert_int_equal(parse("\r\n", &c), GC_E_NOT_FOUND);
}

/* Each beginning of a line, and a line of the longest length and beyond. */
static void cut_and_too_long(void **state) {
    (void)state;
    const char *line = "candidate:842163049 1 udp 1677729535 203.0.113.9 51472 typ srflx";
    gc_candidate c;
    for (uint32_t len = 1; len < strlen(line); len++) {
        uint8_t *copy = exact_copy(line, len);
        int result = gc_candidate_parse(gc_span_of(copy, len), &c);
        /* "typ s" is a type that nobody knows. */
        assert_int_equal(result, len > strlen(line) - 5 ? GC_E_REFUSED : GC_E_SYNTAX);
        free(copy);
    }
    char longest[GC_CANDIDATE_LINE_BYTES_MAX + 2] = {0};
    memset(longest, 'x', GC_CANDIDATE_LINE_BYTES_MAX);
    memcpy(longest, line, strlen(line));
    longest[strlen(line)] = ' ';
    assert_int_equal(parse(longest, &c), 0);
    longest[GC_CANDIDATE_LINE_BYTES_MAX] = 'x';
    assert_int_equal(parse(longest, &c), GC_E_SYNTAX);
}

static void names(void **state) {
    (void)state;
    gc_candidate c;
    assert_true(gc_candidate_name_ok(GC_SPAN(NAME)));
    assert_true(gc_candidate_name_ok(GC_SPAN("C2D3B1A0-0F1E-4D2C-8B3A-0123456789AB.LOCAL")));
    assert_int_equal(parse("candidate:1 1 udp 1 C2D3B1A0-0F1E-4D2C-8B3A-0123456789AB.LOCAL 7 typ "
                           "host",
                           &c),
                     0);
    assert_memory_equal(c.name, NAME, sizeof c.name);
    assert_false(gc_candidate_name_ok(GC_SPAN("c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab.locaL.")));
    assert_false(gc_candidate_name_ok(GC_SPAN("c2d3b1a000f1e-4d2c-8b3a-0123456789ab.local")));
    assert_false(gc_candidate_name_ok(GC_SPAN("c2d3b1a0-0f1e-4d2c-8b3a-0123456789-b.local")));
    assert_false(gc_candidate_name_ok(GC_SPAN("")));
    for (uint32_t len = 0; len < GC_CANDIDATE_NAME_CHARS; len++) {
        assert_false(gc_candidate_name_ok(gc_span_of(NAME, len)));
    }
}

static void loopback_by_a_switch(void **state) {
    (void)state;
    const gc_addr all[] = {{.family = 4, .ip = {127, 0, 0, 1}, .port = 1},
                           {.family = 4, .ip = {127, 9, 9, 9}, .port = 1},
                           {.family = 6, .ip = {[15] = 1}, .port = 1}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_false(gc_candidate_addressable(&all[i], false));
        assert_true(gc_candidate_addressable(&all[i], true));
    }
    const gc_addr plain = {.family = 6, .ip = {[0] = 0x20, [15] = 1}, .port = 1};
    assert_true(gc_candidate_addressable(&plain, false));
    const gc_addr none = {.port = 1};
    assert_false(gc_candidate_addressable(&none, true));
    assert_true(gc_candidate_same_addr(&all[0], &all[0]));
    assert_false(gc_candidate_same_addr(&all[0], &all[1]));
}

/* RFC 8445 5.1.2.1 with component 1. */
static void priorities(void **state) {
    (void)state;
    assert_int_equal(gc_candidate_priority(GC_CANDIDATE_HOST, 65535), 2130706431);
    assert_int_equal(gc_candidate_priority(GC_CANDIDATE_PRFLX, 0), 110u << 24 | 255);
    assert_int_equal(gc_candidate_priority(GC_CANDIDATE_SRFLX, 1), 100u << 24 | 1 << 8 | 255);
    assert_int_equal(gc_candidate_priority(GC_CANDIDATE_RELAY, 65535), 65535 << 8 | 255);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_browsers),
        cmocka_unit_test(what_is_written),
        cmocka_unit_test(of_no_use),
        cmocka_unit_test(malformed),
        cmocka_unit_test(cut_and_too_long),
        cmocka_unit_test(names),
        cmocka_unit_test(loopback_by_a_switch),
        cmocka_unit_test(priorities),
    };
    return RUN(tests);
}
