#include "rtc/ip_text.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

static int read_text(const char *text, gc_addr *out) {
    uint8_t *copy = exact_copy(text, (uint32_t)strlen(text));
    int result = gc_ip_text_read(gc_span_of(copy, (uint32_t)strlen(text)), out);
    free(copy);
    return result;
}

static gc_addr ipv6(const char *hex) {
    gc_addr a = {.family = 6};
    from_hex(hex, a.ip);
    return a;
}

static const struct {
    const char *text, *hex, *written; /* written: NULL as the text */
} GOOD[] = {
    {"::", "00000000000000000000000000000000", NULL},
    {"::1", "00000000000000000000000000000001", NULL},
    {"1::", "00010000000000000000000000000000", NULL},
    {"2001:db8::8:800:200c:417a", "20010db80000000000080800200c417a", NULL},
    {"2001:DB8:0:0:8:800:200C:417A", "20010db80000000000080800200c417a",
     "2001:db8::8:800:200c:417a"},
    {"1:2:3:4:5:6:7:8", "00010002000300040005000600070008", NULL},
    {"1:2:3:4:5:6:7::", "00010002000300040005000600070000", "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", "00000002000300040005000600070008", "0:2:3:4:5:6:7:8"},
    {"1:0:0:2:0:0:0:3", "00010000000000020000000000000003", "1:0:0:2::3"},
    {"1:0:0:2:0:0:3:4", "00010000000000020000000000030004", "1::2:0:0:3:4"},
    {"64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221", "64:ff9b::c000:221"},
    {"1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304", "1:2:3:4:5:6:102:304"},
    {"fe80::f0f0:00ff", "fe8000000000000000000000f0f000ff", "fe80::f0f0:ff"},
};

static void ipv6_both_ways(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        gc_addr got, wanted = ipv6(GOOD[i].hex);
        assert_int_equal(read_text(GOOD[i].text, &got), 0);
        assert_memory_equal(&got, &wanted, sizeof got);
        uint8_t out[GC_IP_TEXT_CHARS_MAX];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_ip_text_write(&got, &w);
        assert_false(w.failed);
        assert_span(gc_writer_done(&w),
                    text_span(GOOD[i].written != NULL ? GOOD[i].written : GOOD[i].text));
    }
}

static void ipv4_both_ways(void **state) {
    (void)state;
    static const char *const texts[] = {"0.0.0.0", "192.0.2.1", "255.255.255.255", "10.0.100.9"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        gc_addr got;
        unsigned a, b, c, d;
        assert_int_equal(sscanf(texts[i], "%u.%u.%u.%u", &a, &b, &c, &d), 4);
        gc_addr wanted = {.family = 4, .ip = {(uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d}};
        assert_int_equal(read_text(texts[i], &got), 0);
        assert_memory_equal(&got, &wanted, sizeof got);
        uint8_t out[15];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_ip_text_write(&got, &w);
        assert_span(gc_writer_done(&w), text_span(texts[i]));
    }
}

static void v4_mapped_is_ipv4(void **state) {
    (void)state;
    const gc_addr wanted = {.family = 4, .ip = {192, 0, 2, 1}};
    gc_addr got;
    assert_int_equal(read_text("::ffff:192.0.2.1", &got), 0);
    assert_memory_equal(&got, &wanted, sizeof got);
    assert_int_equal(read_text("::FFFF:c000:201", &got), 0);
    assert_memory_equal(&got, &wanted, sizeof got);
}

static void malformed(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.",
        ".1.2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.1000",
        "01.2.3.4",
        "1.2.3.00",
        "0x1.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "+1.2.3.4",
        "1,2,3,4",
        "-1.2.3.4",
        ":",
        ":::",
        "1:",
        ":1",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2:3:4:5:6:7:8",
        "12345::",
        "::g",
        "fe80::1%eth0",
        "[::1]",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "::1.2.3.256",
        "::00001",
        "0000:0000:0000:0000:0000:0000:0000.0000.0000.0000",
        "1:2:3:4:5:6:7::8:",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        gc_addr got, untouched;
        memset(&got, 0x5a, sizeof got);
        memset(&untouched, 0x5a, sizeof untouched);
        assert_int_equal(read_text(texts[i], &got), GC_E_SYNTAX);
        assert_memory_equal(&got, &untouched, sizeof got);
    }
}

/* Every beginning of an address: what is taken is written and read back as the same. */
static void cut_everywhere(void **state) {
    (void)state;
    const char *text = "2001:db8:1234:5678:11:2233:255.254.253.252";
    for (uint32_t len = 0; len <= strlen(text); len++) {
        gc_addr got, again;
        uint8_t *copy = exact_copy(text, len);
        int result = gc_ip_text_read(gc_span_of(copy, len), &got);
        free(copy);
        bool whole = len >= strlen(text) - 2;
        assert_int_equal(result, whole ? 0 : GC_E_SYNTAX);
        if (!whole) {
            continue;
        }
        uint8_t out[39];
        gc_writer w;
        gc_writer_init(&w, out, sizeof out);
        gc_ip_text_write(&got, &w);
        assert_false(w.failed);
        assert_int_equal(gc_ip_text_read(gc_writer_done(&w), &again), 0);
        assert_memory_equal(&got, &again, sizeof got);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv6_both_ways),    cmocka_unit_test(ipv4_both_ways),
        cmocka_unit_test(v4_mapped_is_ipv4), cmocka_unit_test(malformed),
        cmocka_unit_test(cut_everywhere),
    };
    return RUN(tests);
}
