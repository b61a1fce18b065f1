/* core/wire/invite.c, against test/vectors/links.json */
#include "core/wire/invite.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/vectors.h"
#include "test/unit/room.h"
#include "test/unit/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static vectors file;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/links.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

/* A URL in memory of exactly its size, so that ASan sees a read behind it. */
typedef struct url {
    char *text;
    uint32_t len;
} url;

static url url_of(const char *text, uint32_t len) {
    url u = {malloc(len > 0 ? len : 1), len};
    assert_non_null(u.text);
    memcpy(u.text, text, len);
    return u;
}

static url url_from(int token) {
    char text[VECTOR_BYTES_MAX];
    uint32_t len = vectors_string(&file, token, text);
    return url_of(text, len);
}

static void expect_span(int token, gc_span s) {
    char text[VECTOR_BYTES_MAX];
    uint32_t len = vectors_string(&file, token, text);
    assert_int_equal(s.len, len);
    assert_memory_equal(s.data, text, len);
}

static gc_invite_kind kind_of(int token) {
    static const char *const words[] = {"room-name", "room-secret", "peer-secret", "peer"};
    for (int i = 0; i < 4; i++) {
        if (vectors_is(&file, token, words[i])) {
            return (gc_invite_kind)(GC_INVITE_ROOM_NAME + i);
        }
    }
    fail_msg("no such kind");
    return GC_INVITE_PEER;
}

static void expect_secret(int token, const uint8_t secret[GC_SECRET_BYTES]) {
    uint8_t expected[VECTOR_BYTES_MAX] = {0}; /* zeros where the link has none */
    if (token >= 0) {
        assert_int_equal(vectors_hex(&file, token, expected), GC_SECRET_BYTES);
    }
    assert_memory_equal(secret, expected, GC_SECRET_BYTES);
}

/* Parsed, it is what the file says; written, it is the canonical link, which reads the same. */
static void good(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "good"), count = vectors_size(&file, list);
    assert_true(count >= 30);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        url u = url_from(vectors_get(&file, t, "url"));
        gc_invite invite, again;
        if (gc_invite_parse(gc_span_of(u.text, u.len), &invite) != 0) {
            fail_msg("refused: %.*s", (int)u.len, u.text);
        }
        assert_int_equal(invite.kind, kind_of(vectors_get(&file, t, "kind")));
        expect_span(vectors_get(&file, t, "base"), invite.base);
        expect_span(vectors_get(&file, t, "name"), gc_span_of(invite.name, invite.name_len));
        expect_secret(vectors_get(&file, t, "secret"), invite.secret);
        uint8_t out[GC_URL_BYTES_MAX];
        gc_writer w;
        gc_writer_init(&w, out, sizeof(out));
        gc_invite_write(&invite, &w);
        assert_false(w.failed);
        expect_span(vectors_get(&file, t, "canonical"), gc_writer_done(&w));
        assert_int_equal(gc_invite_parse(gc_writer_done(&w), &again), 0);
        assert_int_equal(again.kind, invite.kind);
        assert_int_equal(again.name_len, invite.name_len);
        assert_memory_equal(again.name, invite.name, sizeof(invite.name));
        free(u.text);
    }
}

static bool all_zero(const gc_invite *invite) {
    const uint8_t *p = (const uint8_t *)invite;
    for (size_t i = 0; i < sizeof(*invite); i++) {
        if (p[i] != 0) {
            return false;
        }
    }
    return true;
}

/* A refused link leaves nothing behind, its secret least of all. */
static void expect_refused(const char *text, uint32_t len) {
    url u = url_of(text, len);
    gc_invite invite;
    memset(&invite, 0x5a, sizeof(invite));
    if (gc_invite_parse(gc_span_of(u.text, u.len), &invite) != GC_E_SYNTAX) {
        fail_msg("taken: %.*s", (int)len, text);
    }
    assert_true(all_zero(&invite));
    free(u.text);
}

static void bad(void **state) {
    (void)state;
    int list = vectors_get(&file, 0, "bad"), count = vectors_size(&file, list);
    assert_true(count >= 140);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        url u = url_from(t);
        expect_refused(u.text, u.len);
        free(u.text);
    }
    expect_refused("https://h/room/\xff", 16);     /* no UTF-8, unescaped */
    expect_refused("https://h/room/a\0b", 18);     /* NUL */
    expect_refused("https://h/room/\xc2\x80", 17); /* C1, unescaped */
}

/* Cut, a link with a secret is no link: never something weaker. */
static void truncated(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t bare; /* "https://h/join/x": all of the secret is gone, a bare link */
    } links[] = {{"https://h/room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", 0},
                 {"https://h/join/x#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", 16},
                 {"https://h/#/room/:1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", 0},
                 {"https://h/#/join/x:1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", 18}};
    for (int k = 0; k < 4; k++) {
        const char *text = links[k].text;
        gc_invite invite;
        uint32_t len = (uint32_t)strlen(text);
        assert_int_equal(gc_invite_parse(gc_span_of(text, len), &invite), 0);
        for (uint32_t cut = 0; cut < len; cut++) {
            if (cut == 0 || cut != links[k].bare) {
                expect_refused(text, cut);
            }
        }
    }
}

/* Each single changed byte of the fragment but its digits' values is refused; each other digit is
 * another secret. */
static void expect_changes(const char *text) {
    uint32_t len = (uint32_t)strlen(text), taken = 0;
    url u = url_of(text, len);
    for (uint32_t at = len - 45; at < len; at++) {
        char was = u.text[at];
        for (int c = 0; c < 256; c++) {
            gc_invite invite;
            u.text[at] = (char)c;
            taken += gc_invite_parse(gc_span_of(u.text, len), &invite) == 0;
        }
        u.text[at] = was;
    }
    /* `1.` as it is, 42 digits of 64 values, 16 values of the last. */
    assert_int_equal(taken, 2 + 42 * 64 + 16);
    free(u.text);
}

static void changed(void **state) {
    (void)state;
    expect_changes("https://h/room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
    expect_changes("https://h/#/join/x:1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
}

static void length(void **state) {
    (void)state;
    char text[GC_URL_BYTES_MAX + 1];
    memset(text, 'p', sizeof(text));
    memcpy(text, "https://h/", 10);
    memcpy(text + GC_URL_BYTES_MAX - 7, "/room/xy", 8);
    gc_invite invite;
    assert_int_equal(gc_invite_parse(gc_span_of(text, GC_URL_BYTES_MAX), &invite), 0);
    expect_refused(text, GC_URL_BYTES_MAX + 1);
}

static void tags(void **state) {
    (void)state;
    gc_crypto crypto;
    assert_int_equal(gc_host_crypto(&crypto), 0);
    int list = vectors_get(&file, 0, "tags"), count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        uint8_t secret[VECTOR_BYTES_MAX], expected[VECTOR_BYTES_MAX], tag[GC_TAG_BYTES], out[64];
        vectors_hex(&file, vectors_get(&file, t, "secret"), secret);
        vectors_hex(&file, vectors_get(&file, t, "tag"), expected);
        assert_int_equal(gc_invite_tag(&crypto, secret, tag), 0);
        assert_memory_equal(tag, expected, GC_TAG_BYTES);
        gc_writer w;
        gc_writer_init(&w, out, sizeof(out));
        gc_writer_text(&w, "1.");
        gc_base64url_write(&w, gc_span_of(secret, GC_SECRET_BYTES));
        expect_span(vectors_get(&file, t, "fragment"), gc_writer_done(&w));
    }
    list = vectors_get(&file, 0, "open_rooms");
    count = vectors_size(&file, list);
    for (int i = 0, t = list + 1; i < count; i++, t = vectors_behind(&file, t)) {
        uint8_t secret[GC_SECRET_BYTES], tag[GC_TAG_BYTES], expected[VECTOR_BYTES_MAX];
        char name[VECTOR_BYTES_MAX];
        vectors_string(&file, vectors_get(&file, t, "name"), name);
        assert_int_equal(gc_invite_open_secret(&crypto, room_named(name), secret), 0);
        expect_secret(vectors_get(&file, t, "secret"), secret);
        assert_int_equal(gc_invite_tag(&crypto, secret, tag), 0);
        vectors_hex(&file, vectors_get(&file, t, "tag"), expected);
        assert_memory_equal(tag, expected, GC_TAG_BYTES);
    }
}

static void crypto_refuses(void **state) {
    (void)state;
    gc_crypto crypto = {.hash = refuse_hash};
    uint8_t out[GC_SECRET_BYTES] = {0}, tag[GC_TAG_BYTES];
    assert_int_equal(gc_invite_open_secret(&crypto, room_named("x"), out), GC_E_CRYPTO);
    assert_int_equal(gc_invite_tag(&crypto, out, tag), GC_E_CRYPTO);
    gc_crypto host;
    assert_int_equal(gc_host_crypto(&host), 0);
    uint8_t big[65];
    assert_int_equal(host.hash(host.context, big, 65, out, 1, NULL, 0), -1);
    assert_int_equal(host.hash(host.context, big, 15, out, 1, NULL, 0), -1);
    assert_int_equal(host.hash(host.context, big, 16, out, 1, big, 65), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),           cmocka_unit_test(bad),    cmocka_unit_test(truncated),
        cmocka_unit_test(changed),        cmocka_unit_test(length), cmocka_unit_test(tags),
        cmocka_unit_test(crypto_refuses),
    };
    return cmocka_run_group_tests_name("invite", tests, load, unload);
}
