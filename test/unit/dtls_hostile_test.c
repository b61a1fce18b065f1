/* Datagrams of somebody who can write the address of the other side, while the handshake runs: each
 * of these ended it, or made it wait for ever, where OpenSSL saw it. */
#include "test/unit/dtls_forgery.h"
#include "test/unit/dtls_pair.h"
#include "test/unit/unit.h"

enum form {
    CHANGE_CIPHER,
    CHANGE_CIPHER_LONG,
    CHANGE_CIPHER_WRONG,
    ALERT,
    COOKIE,
    SERVER_HELLO,
    SERVER_FLIGHT,
    CERTIFICATE,
    CLIENT_HELLO,
    CLIENT_FLIGHT,
    NO_CIPHER, /* nothing that a server can do */
    FORMS,
};

static void put_change_cipher(forgery *f, uint64_t body, uint32_t len) {
    forge_record(f, GC_DTLS_TYPE_CHANGE_CIPHER, len);
    forge_number(f, body, len);
}

static void put_form(forgery *f, enum form form) {
    switch (form) {
    case CHANGE_CIPHER:
        put_change_cipher(f, 1, 1);
        break;
    case CHANGE_CIPHER_LONG:
        put_change_cipher(f, 0x0101, 2);
        break;
    case CHANGE_CIPHER_WRONG:
        put_change_cipher(f, 2, 1);
        break;
    case ALERT:
        forge_record(f, GC_DTLS_TYPE_ALERT, 2);
        forge_number(f, 0x0228, 2);
        break;
    case COOKIE:
        forge_message(f, GC_DTLS_HELLO_VERIFY_REQUEST, 0, 7, 0, 7);
        forge_number(f, 0xfefd0401020304, 7);
        break;
    case SERVER_HELLO:
        forge_server_hello(f, 7);
        break;
    case SERVER_FLIGHT:
        forge_server_hello(f, 8);
        forge_certificate(f, 1);
        break;
    case CERTIFICATE:
        forge_certificate(f, 1);
        break;
    case CLIENT_HELLO:
        forge_client_hello(f, 9, 0xc02b);
        break;
    case CLIENT_FLIGHT:
        forge_client_hello(f, 10, 0xc02b);
        forge_certificate(f, 1);
        forge_filled(f, GC_DTLS_CLIENT_KEY_EXCHANGE, 2, 33);
        break;
    default:
        forge_client_hello(f, 11, 0x00ff);
    }
}

/* A message without sense of each type and number, and a part of one. */
static const uint8_t types[] = {0, 1, 2, 3, 11, 12, 14, 16, 20};
#define SEQS 6

static void put_nonsense(forgery *f, uint8_t type, uint16_t seq) {
    if (seq < SEQS - 1) {
        forge_filled(f, type, seq, 40);
    } else {
        forge_message(f, type, 0, 200, 0, 10);
        forge_number(f, 0xffff, 5);
        forge_number(f, 0xffff, 5);
    }
}

/* The datagram comes to one side when `before` datagrams of the path have arrived. */
static bool survives(gc_span datagram, uint32_t before, uint32_t side, bool ours) {
    dtls_pair *w = dtls_pair_make_of(1, ours);
    w->path.delay_ms = 20;
    w->rtt_ms = 40;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    path_datagram d;
    for (uint32_t n = 0; n < before && w->path.count > 0; n++) {
        dtls_pair_step_to(w, path_next_ms(&w->path));
        path_take(&w->path, w->now_ms, &d);
        dtls_pair_give(w, d.to, gc_span_of(d.bytes, d.len));
    }
    dtls_pair_give(w, side, datagram);
    dtls_pair_run(w, 2000);
    bool connected = w->sides[CLIENT].opened == 1 && w->sides[SERVER].opened == 1;
    if (connected) {
        dtls_pair_assert_connected(w);
        dtls_pair_say(w, CLIENT, 10);
        dtls_pair_run(w, 100);
        assert_int_equal(w->sides[SERVER].messages, 1);
    }
    dtls_pair_free(w);
    return connected;
}

/* At every moment of the handshake, to both sides. Returns how often the handshake ended. */
static uint32_t ends(const forgery *f, bool ours) {
    uint32_t count = 0;
    for (uint32_t n = 0; n < 6; n++) {
        count += !survives(gc_span_of(f->bytes, f->len), n / 2, n % 2, ours);
    }
    return count;
}

static void no_message_without_sense_ends_a_handshake(void **state) {
    (void)state;
    for (uint32_t n = 0; n < sizeof types * SEQS; n++) {
        uint8_t type = types[n / SEQS];
        forgery f = {.len = 0};
        put_nonsense(&f, type, (uint16_t)(n % SEQS));
        assert_int_equal(ends(&f, true), 0);
        assert_int_equal(ends(&f, false), 0);
    }
}

static void no_form_ends_a_handshake_of_ours(void **state) {
    (void)state;
    for (uint32_t form = 0; form < FORMS; form++) {
        forgery f = {.len = 0};
        put_form(&f, form);
        assert_int_equal(ends(&f, true), 0);
    }
}

/* A browser takes our answer to a false ClientHello for the answer to its own, and fails. */
static bool may_end(uint32_t form) {
    return form == CLIENT_HELLO || form == CLIENT_FLIGHT;
}

static void a_hello_alone_ends_a_handshake_with_others(void **state) {
    (void)state;
    for (uint32_t form = 0; form < FORMS; form++) {
        forgery f = {.len = 0};
        put_form(&f, form);
        assert_int_equal(ends(&f, false) > 0, may_end(form));
    }
}

/* Many false ClientHellos before, beside and after the true one. */
static void a_flood_of_hellos(void **state) {
    (void)state;
    dtls_pair *w = dtls_pair_make_of(1, true);
    w->path.delay_ms = 20;
    w->rtt_ms = 40;
    dtls_pair_begin(w, SERVER);
    dtls_pair_begin(w, CLIENT);
    for (uint8_t n = 0; n < 200; n++) {
        forgery f = {.len = 0};
        forge_client_hello(&f, n, n % 2 == 0 ? 0xc02b : 0x00ff);
        dtls_pair_give(w, SERVER, gc_span_of(f.bytes, f.len));
        dtls_pair_run(w, 1);
    }
    assert_in_range(w->sides[SERVER].dtls.sessions, 2, GC_DTLS_SESSIONS_MAX);
    assert_int_equal(w->sides[CLIENT].dtls.sessions, 1);
    dtls_pair_run(w, GC_DTLS_HANDSHAKE_MS);
    dtls_pair_assert_connected(w);
    dtls_pair_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_message_without_sense_ends_a_handshake),
        cmocka_unit_test(no_form_ends_a_handshake_of_ours),
        cmocka_unit_test(a_hello_alone_ends_a_handshake_with_others),
        cmocka_unit_test(a_flood_of_hellos),
    };
    return RUN(tests);
}
