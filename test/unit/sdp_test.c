#include "rtc/sdp.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

#define PWD "passwordpasswordpassword"
#define FINGERPRINT                                                                                \
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"                                             \
    "F0:F1:F2:F3:F4:F5:F6:F7:F8:F9:FA:FB:FC:FD:FE:FF"
#define MEDIA "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
#define ICE   "a=ice-ufrag:abcd\r\na=ice-pwd:" PWD "\r\n"
#define HASH  "a=fingerprint:sha-256 " FINGERPRINT "\r\n"
#define REST  "a=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\n"
#define GOOD  "v=0\r\n" MEDIA ICE HASH REST

static int parse(const char *text, gc_sdp *out) {
    uint32_t len = (uint32_t)strlen(text);
    static uint8_t *copy; /* lives until the next call: spans of *out borrow from it */
    free(copy);
    copy = exact_copy(text, len);
    return gc_sdp_parse(gc_span_of(copy, len), out);
}

static int error_of(const char *text) {
    gc_sdp sdp;
    return parse(text, &sdp);
}

static void descriptions_of_both_browsers(void **state) {
    (void)state;
    vectors file = vectors_load("test/vectors/sdp.json");
    int list = vectors_get(&file, 0, "descriptions");
    for (int i = 0, t = list + 1; i < vectors_size(&file, list);
         i++, t = vectors_behind(&file, t)) {
        char text[VECTOR_BYTES_MAX], want[VECTOR_BYTES_MAX];
        uint8_t bytes[VECTOR_BYTES_MAX];
        gc_sdp sdp;
        uint32_t len = vectors_string(&file, vectors_get(&file, t, "sdp"), text);
        assert_int_equal(gc_sdp_parse(gc_span_of(text, len), &sdp), 0);
        vectors_string(&file, vectors_get(&file, t, "ufrag"), want);
        assert_span(sdp.ufrag, text_span(want));
        vectors_string(&file, vectors_get(&file, t, "pwd"), want);
        assert_span(sdp.pwd, text_span(want));
        vectors_string(&file, vectors_get(&file, t, "mid"), want);
        assert_span(sdp.mid, text_span(want));
        assert_int_equal(vectors_hex(&file, vectors_get(&file, t, "fingerprint"), bytes), 32);
        assert_memory_equal(sdp.fingerprint, bytes, 32);
        static const char *const setups[] = {"actpass", "active", "passive"};
        assert_true(vectors_is(&file, vectors_get(&file, t, "setup"), setups[sdp.setup]));
        assert_int_equal(sdp.sctp_port, vectors_number(&file, vectors_get(&file, t, "port")));
        assert_int_equal(sdp.message_bytes_max,
                         vectors_number(&file, vectors_get(&file, t, "message")));
        assert_int_equal(sdp.candidate_count,
                         vectors_number(&file, vectors_get(&file, t, "candidates")));
        for (uint32_t n = 0; n < sdp.candidate_count; n++) {
            assert_true(gc_span_starts(sdp.candidates[n], GC_SPAN("candidate:")));
            assert_true(sdp.candidates[n].data[sdp.candidates[n].len - 1] != '\r');
        }
    }
    vectors_free(&file);
}

static void the_least_that_is_taken(void **state) {
    (void)state;
    gc_sdp sdp;
    assert_int_equal(parse(GOOD, &sdp), 0);
    assert_span(sdp.ufrag, GC_SPAN("abcd"));
    assert_span(sdp.pwd, GC_SPAN(PWD));
    assert_span(sdp.mid, GC_SPAN("0"));
    assert_int_equal(sdp.setup, GC_SDP_ACTPASS);
    assert_int_equal(sdp.sctp_port, 5000);
    assert_int_equal(sdp.message_bytes_max, 65536);
    assert_int_equal(sdp.fingerprint[31], 0xff);
    /* LF alone, empty lines, no end of the last line, values at the level of the session */
    assert_int_equal(
        parse("v=0\n\n" ICE HASH "a=setup:active\n" MEDIA "a=mid:x\na=sctp-port:1", &sdp), 0);
    assert_span(sdp.ufrag, GC_SPAN("abcd"));
    assert_int_equal(sdp.setup, GC_SDP_ACTIVE);
    assert_int_equal(sdp.sctp_port, 1);
    /* those of the section count */
    assert_int_equal(
        parse("v=0\r\na=ice-ufrag:other\r\na=setup:passive\r\n" MEDIA ICE HASH REST, &sdp), 0);
    assert_span(sdp.ufrag, GC_SPAN("abcd"));
    assert_int_equal(sdp.setup, GC_SDP_ACTPASS);
    /* other hashes beside it, its name in any case, digits of either case */
    assert_int_equal(parse("v=0\r\n" MEDIA ICE "a=fingerprint:sha-1 00\r\na=fingerprint:SHA-256 "
                           "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:"
                           "f0:f1:f2:f3:f4:f5:f6:f7:f8:f9:fa:fb:fc:fd:fe:ff\r\n" REST,
                           &sdp),
                     0);
    assert_int_equal(sdp.fingerprint[10], 0x0a);
}

static void limits_of_messages(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t bytes; /* 0: refused */
    } cases[] = {
        {"0", UINT32_MAX},
        {"1", 1},
        {"262144", 262144},
        {"1073741823", 1073741823},
        {"9999999999", UINT32_MAX},
        {"", 0},
        {"-1", 0},
        {"12a", 0},
        {"99999999999", 0},
        {"4294967295", UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        gc_sdp sdp;
        snprintf(text, sizeof text, GOOD "a=max-message-size:%s\r\n", cases[i].text);
        assert_int_equal(parse(text, &sdp), cases[i].bytes > 0 ? 0 : GC_E_SYNTAX);
        if (cases[i].bytes > 0) {
            assert_int_equal(sdp.message_bytes_max, cases[i].bytes);
        }
    }
}

static void what_is_missing_or_said_twice(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "v=0",
        "v=1\r\n" MEDIA ICE HASH REST,
        MEDIA ICE HASH REST,
        "v=0\r\n" MEDIA HASH REST,
        "v=0\r\n" MEDIA "a=ice-ufrag:abcd\r\n" HASH REST,
        "v=0\r\n" MEDIA "a=ice-ufrag:abc\r\na=ice-pwd:" PWD "\r\n" HASH REST,
        "v=0\r\n" MEDIA "a=ice-ufrag:ab-d\r\na=ice-pwd:" PWD "\r\n" HASH REST,
        "v=0\r\n" MEDIA "a=ice-ufrag:abcd\r\na=ice-pwd:passwordpasswordpassw\r\n" HASH REST,
        "v=0\r\n" MEDIA ICE REST,
        "v=0\r\n" MEDIA ICE "a=fingerprint:sha-1 " FINGERPRINT "\r\n" REST,
        "v=0\r\n" MEDIA ICE "a=fingerprint:sha-256 " FINGERPRINT ":00\r\n" REST,
        "v=0\r\n" MEDIA ICE "a=fingerprint:sha-256 0\r\n" REST,
        "v=0\r\n" MEDIA ICE "a=fingerprint:sha-256\r\n" REST,
        "v=0\r\n" MEDIA ICE HASH "a=fingerprint:sha-256 00:00\r\n" REST,
        "v=0\r\na=fingerprint:sha-256 00:00\r\n" MEDIA ICE HASH REST,
        "v=0\r\n" MEDIA ICE HASH "a=mid:0\r\na=sctp-port:5000\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:holdconn\r\na=mid:0\r\na=sctp-port:5000\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=sctp-port:5000\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:\r\na=sctp-port:5000\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:a b\r\na=sctp-port:5000\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:0\ra=x\r\na=sctp-port:5000\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:12345678901234567\r\na=sctp-port:1\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:0\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:0\r\na=sctp-port:0\r\n",
        "v=0\r\n" MEDIA ICE HASH "a=setup:active\r\na=mid:0\r\na=sctp-port:65536\r\n",
        GOOD "a=setup:active\r\n",
        GOOD "a=ice-ufrag:abce\r\n",
        GOOD "x\r\n",
        "v=0\r\nm=application\r\n" ICE HASH REST,
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int error = error_of(bad[i]);
        if (error != (i == 1 ? GC_E_REFUSED : GC_E_SYNTAX)) {
            fail_msg("description %zu: %d", i, error);
        }
    }
}

static void sections_of_something_else(void **state) {
    (void)state;
    static const char *const lines[] = {
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n",
        "m=application 9 DTLS/SCTP 5000\r\n",
        "m=application 9 UDP/DTLS/SCTP other\r\n",
        MEDIA MEDIA,
        MEDIA "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[1024];
        snprintf(text, sizeof text, "v=0\r\n%s" ICE HASH REST, lines[i]);
        assert_int_equal(error_of(text), GC_E_REFUSED);
    }
    assert_int_equal(error_of("v=0\r\n" ICE HASH REST), GC_E_REFUSED);
}

static void candidates_are_bounded(void **state) {
    (void)state;
    char text[GC_SDP_BYTES_MAX + 2] = GOOD;
    for (int i = 0; i < 100; i++) {
        snprintf(text + strlen(text), 64, "a=candidate:%d\r\n", i);
    }
    gc_sdp sdp;
    assert_int_equal(parse(text, &sdp), 0);
    assert_int_equal(sdp.candidate_count, GC_CANDIDATES_MAX);
    assert_span(sdp.candidates[19], GC_SPAN("candidate:19"));
    size_t len = strlen(text);
    memset(text + len, 'x', sizeof text - len - 1);
    memcpy(text + len, "a=", 2);
    text[GC_SDP_BYTES_MAX] = '\0';
    assert_int_equal(error_of(text), 0);
    text[GC_SDP_BYTES_MAX] = 'x';
    assert_int_equal(error_of(text), GC_E_TOO_BIG);
}

/* Each cut of a good one is refused until all of it is there; nothing is read past the end. */
static void cut_at_each_byte(void **state) {
    (void)state;
    const char *text = GOOD;
    uint32_t len = (uint32_t)strlen(text);
    for (uint32_t n = 0; n <= len; n++) {
        uint8_t *copy = exact_copy(text, n);
        gc_sdp sdp;
        int error = gc_sdp_parse(gc_span_of(copy, n), &sdp);
        bool port = n >= len - 5; /* from its first digit on the port is one */
        assert_true(port ? error == 0 : error == GC_E_SYNTAX || error == GC_E_REFUSED);
        free(copy);
    }
}

/* Each byte of a good one replaced: refused or not, what is taken is in its bounds. */
static void each_byte_replaced(void **state) {
    (void)state;
    static const uint8_t values[] = {0, '\n', '\r', ' ', ':', '=', 'A', 0x7f, 0xff};
    uint32_t len = (uint32_t)strlen(GOOD);
    for (uint32_t n = 0; n < len; n++) {
        for (size_t v = 0; v < sizeof values; v++) {
            uint8_t *copy = exact_copy(GOOD, len);
            copy[n] = values[v];
            gc_sdp sdp;
            if (gc_sdp_parse(gc_span_of(copy, len), &sdp) == 0) {
                assert_in_range(sdp.ufrag.len, GC_SDP_UFRAG_BYTES_MIN, GC_SDP_CREDENTIAL_BYTES_MAX);
                assert_in_range(sdp.pwd.len, GC_SDP_PWD_BYTES_MIN, GC_SDP_CREDENTIAL_BYTES_MAX);
                assert_in_range(sdp.mid.len, 1, GC_SDP_MID_BYTES_MAX);
            }
            free(copy);
        }
    }
}

static void our_own_option_is_one_of_several(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ours;
    } cases[] = {
        {GOOD, false},
        {GOOD "a=ice-options:trickle\r\n", false},
        {GOOD "a=ice-options:trickle ghostchat1\r\n", true},
        {GOOD "a=ice-options:ghostchat1 trickle\r\n", true},
        {GOOD "a=ice-options: ghostchat1\r\n", true},
        {GOOD "a=ice-options:trickle ghostchat\r\n", false},
        {GOOD "a=ice-options:trickle ghostchat12\r\n", false},
        {GOOD "a=ice-options:trickleghostchat1\r\n", false},
        {GOOD "a=ice-options:\r\n", false},
        {GOOD "a=ice-options\r\n", false},
        {GOOD "a=x:ghostchat1\r\n", false},
        {"v=0\r\na=ice-options:ghostchat1\r\n" MEDIA ICE HASH REST, true},
        {"v=0\r\na=ice-options:ghostchat1\r\n" MEDIA ICE HASH REST "a=ice-options:x\r\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gc_sdp sdp;
        assert_int_equal(parse(cases[i].text, &sdp), 0);
        assert_int_equal(sdp.ours, cases[i].ours);
    }
    assert_int_equal(error_of(GOOD "a=ice-options:x\r\na=ice-options:y\r\n"), GC_E_SYNTAX);
}

#define INIT "AQAAHols3R0AUAAA/////+B5ZR3AAAAEgAgABoLA"

static void an_init_of_sctp_is_taken_from_the_section(void **state) {
    (void)state;
    static const uint8_t head[] = {1, 0, 0, 30, 0x89, 0x6c, 0xdd, 0x1d};
    static const struct {
        const char *text;
        uint32_t len;
    } cases[] = {
        {GOOD, 0},
        {GOOD "a=sctp-init:" INIT "\r\n", 30},
        {GOOD "a=sctp-init:" INIT "\na=sctp-init:" INIT "\n", 30},
        {"v=0\r\na=sctp-init:" INIT "\r\n" MEDIA ICE HASH REST, 0},
        {GOOD "a=sctp-init\r\n", 0},
        {GOOD "a=sctp-init:\r\n", 0},
        {GOOD "a=sctp-init:=\r\n", 0},
        {GOOD "a=sctp-init:====\r\n", 0},
        {GOOD "a=sctp-init:AQ==\r\n", 1},
        {GOOD "a=sctp-init:AQE=\r\n", 2},
        {GOOD "a=sctp-init:AQE\r\n", 0},
        {GOOD "a=sctp-init:AQF=\r\n", 0},
        {GOOD "a=sctp-init:A===\r\n", 0},
        {GOOD "a=sctp-init:" INIT "=\r\n", 0},
        {GOOD "a=sctp-init: " INIT "\r\n", 0},
        {GOOD "a=sctp-init:AQAAHols3R0AUAAA_____-B5ZR3AAAAEgAgABoLA\r\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gc_sdp sdp;
        assert_int_equal(parse(cases[i].text, &sdp), 0);
        assert_int_equal(sdp.sctp_init_len, cases[i].len);
        if (cases[i].len == 30) {
            assert_memory_equal(sdp.sctp_init, head, sizeof head);
        }
    }
    assert_int_equal(error_of(GOOD "a=sctp-init:" INIT "\r\na=sctp-init:AQ==\r\n"), GC_E_SYNTAX);
}

static void an_init_of_sctp_has_a_limit(void **state) {
    (void)state;
    for (uint32_t len = GC_SDP_SCTP_INIT_BYTES_MAX - 6; len < GC_SDP_SCTP_INIT_BYTES_MAX + 9;
         len++) {
        static uint8_t bytes[2 * GC_SDP_SCTP_INIT_BYTES_MAX];
        char text[2048] = GOOD "a=sctp-init:";
        gc_writer w;
        gc_sdp sdp;
        size_t at = strlen(text);
        gc_writer_init(&w, (uint8_t *)text + at, (uint32_t)(sizeof text - at - 1));
        gc_base64_write(&w, gc_span_of(bytes, len));
        assert_int_equal(parse(text, &sdp), 0);
        assert_int_equal(sdp.sctp_init_len, len <= GC_SDP_SCTP_INIT_BYTES_MAX ? len : 0);
    }
}

static void ours_is_that_of_chromium(void **state) {
    (void)state;
    gc_sdp_local local = {.session = INT64_MAX,
                          .ufrag = GC_SPAN("abcd"),
                          .pwd = GC_SPAN(PWD),
                          .mid = GC_SPAN("0"),
                          .message_bytes_max = 262144,
                          .setup = GC_SDP_ACTPASS};
    for (uint32_t i = 0; i < 16; i++) {
        local.fingerprint[i] = (uint8_t)i;
        local.fingerprint[16 + i] = (uint8_t)(0xf0 + i);
    }
    uint8_t text[GC_SDP_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_sdp_write(&local, &w);
    assert_span(gc_writer_done(&w),
                GC_SPAN("v=0\r\no=- 9223372036854775807 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                        "a=group:BUNDLE 0\r\n" MEDIA "c=IN IP4 0.0.0.0\r\n" ICE
                        "a=ice-options:trickle\r\n" HASH REST "a=max-message-size:262144\r\n"));
    gc_sdp sdp;
    assert_int_equal(gc_sdp_parse(gc_writer_done(&w), &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTPASS);
    assert_int_equal(sdp.message_bytes_max, 262144);
    local.setup = GC_SDP_ACTIVE;
    local.mid = GC_SPAN("sparta_0");
    assert_int_equal(sdp.sctp_init_len, 0);
    local.sctp_init = GC_SPAN("an INIT");
    assert_false(sdp.ours);
    local.ours = true;
    assert_int_equal(sdp.ice_pacing_ms, 0);
    local.ice_pacing_ms = 5;
    gc_writer_init(&w, text, sizeof text);
    gc_sdp_write(&local, &w);
    assert_int_equal(gc_sdp_parse(gc_writer_done(&w), &sdp), 0);
    assert_int_equal(sdp.setup, GC_SDP_ACTIVE);
    assert_span(sdp.mid, GC_SPAN("sparta_0"));
    assert_span(gc_span_of(sdp.sctp_init, sdp.sctp_init_len), GC_SPAN("an INIT"));
    assert_true(sdp.ours);
    assert_int_equal(sdp.ice_pacing_ms, 5);
}

/* RFC 8839 5.8: an attribute of the session. */
static void a_pace_is_read_where_it_belongs(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t ms;
    } cases[] = {
        {"v=0\r\na=ice-pacing:20\r\n" MEDIA ICE HASH REST, 20},
        {"v=0\r\na=ice-pacing:4294967295\r\n" MEDIA ICE HASH REST, UINT32_MAX},
        {"v=0\r\na=ice-pacing:9999999999\r\n" MEDIA ICE HASH REST, 0},
        {"v=0\r\na=ice-pacing:-1\r\n" MEDIA ICE HASH REST, 0},
        {"v=0\r\na=ice-pacing:\r\n" MEDIA ICE HASH REST, 0},
        {"v=0\r\na=ice-pacing\r\n" MEDIA ICE HASH REST, 0},
        {GOOD "a=ice-pacing:20\r\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gc_sdp sdp;
        assert_int_equal(gc_sdp_parse(text_span(cases[i].text), &sdp), 0);
        assert_int_equal(sdp.ice_pacing_ms, cases[i].ms);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pace_is_read_where_it_belongs),
        cmocka_unit_test(descriptions_of_both_browsers),
        cmocka_unit_test(the_least_that_is_taken),
        cmocka_unit_test(limits_of_messages),
        cmocka_unit_test(what_is_missing_or_said_twice),
        cmocka_unit_test(sections_of_something_else),
        cmocka_unit_test(candidates_are_bounded),
        cmocka_unit_test(cut_at_each_byte),
        cmocka_unit_test(each_byte_replaced),
        cmocka_unit_test(an_init_of_sctp_is_taken_from_the_section),
        cmocka_unit_test(an_init_of_sctp_has_a_limit),
        cmocka_unit_test(our_own_option_is_one_of_several),
        cmocka_unit_test(ours_is_that_of_chromium),
    };
    return RUN(tests);
}
