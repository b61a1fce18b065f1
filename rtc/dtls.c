#include "rtc/dtls.h"
#include "core/base/error.h"
#include "core/base/number.h"
#include "core/base/secret.h"
#include "rtc/dtls_record.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/base/mem.h" /* after OpenSSL: its headers declare the same functions */

/* OpenSSL's errors wait in a queue of the thread, where SSL_get_error() looks at them, whoever left
 * them there. To look is cheap, to clear it is not. */
static void clear_errors(void) {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

/* --- the session
 * ---------------------------------------------------------------------------------- */

void gc_dtls_init(gc_dtls *d, gc_dtls_context *context) {
    d->context = context;
    d->ssl = NULL;
    d->now_ms = 0;
    d->handshake_until_ms = d->resend_ms = GC_NEVER;
    d->first_timer_ms = GC_DTLS_TIMER_MS_UNKNOWN;
    d->state = GC_DTLS_IDLE;
    d->reason = GC_REASON_NONE;
    d->alert = 0;
    d->body_min = GC_DTLS_FINISHED_BODY_BYTES;
    d->client = d->expects = d->ours = d->stranger = d->readable = d->waits = false;
    d->sessions = 0;
    d->records = 0;
    d->hello_len = 0;
    d->tell_connected = d->tell_closed = false;
    gc_dtls_bio_init(&d->bio, &context->input);
    gc_datagram_queue_init(&d->held, d->held_memory, sizeof d->held_memory);
}

void gc_dtls_expect(gc_dtls *d, const uint8_t fingerprint[GC_FINGERPRINT_BYTES], bool ours) {
    memcpy(d->expected, fingerprint, GC_FINGERPRINT_BYTES);
    d->expects = true;
    d->ours = ours;
}

static void step_clock(gc_dtls *d, uint64_t now_ms) {
    d->now_ms = gc_max_u64(d->now_ms, now_ms);
}

/* The first call asks for the first timeout of a flight (us == 0), each later one for the next. A
 * timer of OpenSSL that runs cannot be changed. */
static unsigned next_timeout(SSL *ssl, unsigned us) {
    const gc_dtls *d = SSL_get_app_data(ssl);
    uint64_t next = gc_max_u64((uint64_t)d->first_timer_ms * 1000, (uint64_t)us * 3 / 2);
    return (unsigned)gc_min_u64(next, GC_DTLS_TIMER_MS_MAX * 1000);
}

static void read_timer(gc_dtls *d) {
    struct timeval left;
    d->resend_ms = GC_NEVER;
    if (!d->waits && DTLSv1_get_timeout(d->ssl, &left) == 1) {
        /* Rounded up and at least 1: a timer that is not quite due must not make the caller spin.
         */
        uint64_t ms = (uint64_t)left.tv_sec * 1000 + ((uint64_t)left.tv_usec + 999) / 1000;
        d->resend_ms = d->now_ms + gc_max_u64(ms, 1);
    }
}

static void end_with(gc_dtls *d, enum gc_reason reason) {
    d->state = GC_DTLS_CLOSED;
    d->reason = (uint8_t)reason;
    d->tell_connected = false;
    d->tell_closed = true;
    d->handshake_until_ms = d->resend_ms = GC_NEVER;
}

/* RFC 8122 5, RFC 8827 6.5: in both roles, and before any byte of the application goes out or in.
 */
static bool fingerprint_is_right(const gc_dtls *d) {
    uint8_t found[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    X509 *x509 = SSL_get0_peer_certificate(d->ssl);
    return d->expects && x509 != NULL && X509_digest(x509, EVP_sha256(), found, &len) == 1 &&
           len == GC_FINGERPRINT_BYTES && gc_bytes_equal_ct(found, d->expected, len);
}

static void on_handshake_end(gc_dtls *d) {
    if (!fingerprint_is_right(d)) {
        SSL_shutdown(d->ssl); /* whoever is there learns that nobody listens */
        end_with(d, GC_REASON_PROTOCOL);
        return;
    }
    d->state = GC_DTLS_CONNECTED;
    d->bio.connected = true;
    d->body_min = GC_DTLS_TAG_BYTES;
    if (SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(d->ssl)) == NID_aes_128_gcm) {
        d->body_min += GC_DTLS_NONCE_BYTES;
    }
    d->tell_connected = d->readable = true;
    d->handshake_until_ms = GC_NEVER;
    read_timer(d);
}

/* Whoever began again sends another ClientHello than the one that was answered. */
static void keep_hello(gc_dtls *d, const gc_dtls_record *record) {
    uint8_t random[SSL3_RANDOM_SIZE];
    gc_span hello = gc_dtls_guard_hello(record);
    if (d->client || !d->ours || hello.len != sizeof random ||
        record->whole.len > sizeof d->hello) {
        return;
    }
    SSL_get_client_random(d->ssl, random, sizeof random);
    if (memcmp(random, hello.data, sizeof random) != 0) {
        memcpy(d->hello, record->whole.data, record->whole.len);
        d->hello_len = record->whole.len;
    }
}

static bool passes_in_clear(gc_dtls *d, const gc_dtls_record *record) {
    bool passes = gc_dtls_guard_passes(&d->guard, record);
    if (!passes) {
        keep_hello(d, record);
    }
    return passes;
}

/* Tells whether a record may reach OpenSSL now. Data that came before the end of the handshake is
 * held instead: OpenSSL would drop it, and the other side would send it again only after its timer.
 */
static bool passes(gc_dtls *d, const gc_dtls_record *record) {
    bool connected = d->state == GC_DTLS_CONNECTED;
    if (record->epoch == 0) {
        if (record->type == GC_DTLS_TYPE_ALERT && record->body.len == 2) {
            d->alert = record->body.data[1];
        }
        return !connected && passes_in_clear(d, record);
    }
    if (!connected && record->type == GC_DTLS_TYPE_DATA) {
        gc_datagram_queue_put(&d->held, record->whole);
        return false;
    }
    return record->body.len >= d->body_min;
}

/* OpenSSL forgets numbers that are far behind the highest one, so a false record with a high one
 * would shut out all true ones: those that are not encrypted are numbered anew. */
static void number_anew(gc_dtls *d, const gc_dtls_record *record, uint8_t *bytes) {
    if (record->epoch == 0) {
        gc_dtls_record_number(bytes, d->records++);
    }
}

static void note_stranger(gc_dtls *d) {
    if (d->guard.foreign && !d->stranger) {
        d->stranger = true;
        d->handshake_until_ms = gc_min_u64(d->handshake_until_ms, d->now_ms + GC_DTLS_STRANGER_MS);
    }
}

/* Puts what passes of a datagram where OpenSSL reads it. */
static void admit(gc_dtls *d, gc_span datagram) {
    gc_dtls_input *in = &d->context->input;
    gc_dtls_record record;
    uint32_t len = 0;
    if (d->state == GC_DTLS_HANDSHAKING) {
        gc_dtls_guard_datagram(&d->guard, datagram);
        note_stranger(d);
    }
    while (gc_dtls_record_next(&datagram, &record)) {
        if (passes(d, &record)) {
            gc_assert(record.whole.len <= sizeof in->bytes - len);
            memcpy(in->bytes + len, record.whole.data, record.whole.len);
            number_anew(d, &record, in->bytes + len);
            len += record.whole.len;
        }
    }
    in->len = len;
    in->reader = len > 0 ? &d->bio : NULL;
    d->readable = d->readable || len > 0;
}

/* The session and its BIO, or NULL. */
static SSL *make_session(gc_dtls *d) {
    SSL *ssl = SSL_new(d->context->ssl);
    BIO *bio = gc_dtls_bio_make(&d->bio, d->context->bio);
    if (ssl == NULL || bio == NULL) {
        SSL_free(ssl);
        BIO_free(bio);
        return NULL;
    }
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, d);
    DTLS_set_timer_cb(ssl, next_timeout);
    DTLS_set_link_mtu(ssl, GC_DTLS_MTU_BYTES);
    return ssl;
}

/* A session of OpenSSL, which begins. Returns false when there is none. */
static bool open_session(gc_dtls *d) {
    d->sessions++;
    gc_dtls_guard_begin(&d->guard, !d->client, d->ours, d->expected);
    d->ssl = make_session(d);
    if (d->ssl != NULL && d->client) {
        SSL_set_connect_state(d->ssl);
    } else if (d->ssl != NULL) {
        SSL_set_accept_state(d->ssl);
    }
    return d->ssl != NULL;
}

/* --- the handshake ---------------------------------------------------------------------------- */

/* Whether the other side goes along with a fresh session. */
static bool may_begin_again(const gc_dtls *d) {
    bool unanswered = !d->client && d->guard.last == 0;
    return d->sessions < GC_DTLS_SESSIONS_MAX && (d->ours || unanswered);
}

/* Begins with a fresh session. Returns false when there is none. */
static bool begin_again(gc_dtls *d) {
    SSL_free(d->ssl);
    gc_dtls_bio_drop(&d->bio);
    if (!open_session(d)) {
        clear_errors();
        return false;
    }
    if (d->hello_len > 0) {
        admit(d, gc_span_of(d->hello, d->hello_len));
        d->hello_len = 0;
    }
    return true;
}

/* One step. Returns false when the session has failed. */
static bool shake(gc_dtls *d) {
    clear_errors();
    int done = SSL_do_handshake(d->ssl);
    bool goes_on = done != 1 && SSL_get_error(d->ssl, done) == SSL_ERROR_WANT_READ;
    if (done == 1) {
        on_handshake_end(d);
    } else if (goes_on) {
        read_timer(d);
    }
    if (goes_on && SSL_get_state(d->ssl) != TLS_ST_BEFORE) {
        gc_dtls_guard_answered(&d->guard);
    }
    clear_errors();
    return done == 1 || goes_on;
}

static void handshake(gc_dtls *d) {
    while (!shake(d)) {
        if (!may_begin_again(d) || !begin_again(d)) {
            end_with(d, GC_REASON_PROTOCOL);
            return;
        }
    }
}

/* Nobody answers: a flight goes out again, or another ClientHello than its one has come. */
static void resend(gc_dtls *d) {
    if (d->hello_len > 0 && may_begin_again(d)) {
        if (begin_again(d)) {
            handshake(d);
        } else {
            end_with(d, GC_REASON_PROTOCOL);
        }
        return;
    }
    clear_errors();
    d->bio.resending = true;
    long sent = DTLSv1_handle_timeout(d->ssl);
    d->bio.resending = false;
    if (sent < 0 && d->state == GC_DTLS_HANDSHAKING) {
        end_with(d, GC_REASON_TIMEOUT);
    } else {
        read_timer(d);
    }
    clear_errors();
}

/* Each datagram that was held when the handshake began is read once; data among them is held anew.
 */
static void replay(gc_dtls *d) {
    gc_span datagram;
    for (uint32_t n = d->held.count; n > 0 && d->state == GC_DTLS_HANDSHAKING; n--) {
        uint8_t copy[GC_DTLS_DATAGRAM_BYTES_MAX];
        gc_datagram_queue_take(&d->held, &datagram);
        memcpy(copy, datagram.data, datagram.len);
        admit(d, gc_span_of(copy, datagram.len));
        if (gc_dtls_bio_waits(&d->bio)) {
            handshake(d);
        }
    }
}

void gc_dtls_round_trip(gc_dtls *d, uint32_t rtt_ms) {
    if (rtt_ms > 0) {
        uint64_t ms = gc_max_u64(2 * (uint64_t)rtt_ms, GC_DTLS_TIMER_MS_MIN);
        d->first_timer_ms = (uint32_t)gc_min_u64(ms, GC_DTLS_TIMER_MS_MAX);
    }
}

static void start(gc_dtls *d, bool client) {
    d->client = client;
    d->state = GC_DTLS_HANDSHAKING;
    if (!open_session(d)) {
        clear_errors();
        end_with(d, GC_REASON_PROTOCOL);
        return;
    }
    handshake(d);
    replay(d);
}

void gc_dtls_prepare(gc_dtls *d, uint64_t now_ms) {
    gc_assert(d->state == GC_DTLS_IDLE && d->expects);
    step_clock(d, now_ms);
    d->waits = true;
    start(d, true);
}

void gc_dtls_begin(gc_dtls *d, uint64_t now_ms, bool client, uint32_t rtt_ms) {
    gc_assert((d->state == GC_DTLS_IDLE || d->waits) && d->expects);
    step_clock(d, now_ms);
    gc_dtls_round_trip(d, rtt_ms);
    if (d->state == GC_DTLS_CLOSED) {
        return; /* what was prepared has failed, and says so */
    }
    d->handshake_until_ms = d->now_ms + GC_DTLS_HANDSHAKE_MS;
    if (d->waits) {
        d->waits = false;
        read_timer(d);
    } else {
        start(d, client);
    }
}

void gc_dtls_datagram(gc_dtls *d, uint64_t now_ms, gc_span datagram) {
    step_clock(d, now_ms);
    if (datagram.len == 0 || datagram.len > GC_DTLS_DATAGRAM_BYTES_MAX) {
        return;
    }
    if (d->state == GC_DTLS_IDLE) {
        if (datagram.len <= GC_DTLS_HELD_DATAGRAM_BYTES_MAX) {
            gc_datagram_queue_put(&d->held, datagram);
        }
    } else if (d->state != GC_DTLS_CLOSED) {
        admit(d, datagram);
        if (d->state == GC_DTLS_HANDSHAKING && gc_dtls_bio_waits(&d->bio)) {
            handshake(d);
        }
    }
}

int gc_dtls_send(gc_dtls *d, gc_span data) {
    gc_assert(data.len > 0 && data.len <= GC_DTLS_DATAGRAM_BYTES_MAX - GC_DTLS_OVERHEAD_BYTES);
    if (d->state != GC_DTLS_CONNECTED) {
        return GC_E_STATE;
    }
    if (!gc_datagram_queue_fits(&d->bio.out, data.len + GC_DTLS_OVERHEAD_BYTES)) {
        return GC_E_FULL;
    }
    if (SSL_write(d->ssl, data.data, (int)data.len) <= 0) {
        clear_errors();
        end_with(d, GC_REASON_GONE);
    }
    return 0;
}

void gc_dtls_close(gc_dtls *d) {
    if (d->state == GC_DTLS_CONNECTED) {
        clear_errors();
        SSL_shutdown(d->ssl);
        clear_errors();
    }
    end_with(d, GC_REASON_NONE);
    d->tell_closed = false;
}

void gc_dtls_end(gc_dtls *d) {
    SSL_free(d->ssl);
    d->ssl = NULL;
    gc_dtls_bio_drop(&d->bio);
    end_with(d, GC_REASON_NONE);
    d->tell_closed = false;
}

void gc_dtls_tick(gc_dtls *d, uint64_t now_ms) {
    step_clock(d, now_ms);
    if (d->now_ms >= d->handshake_until_ms) {
        end_with(d, d->stranger ? GC_REASON_PROTOCOL : GC_REASON_TIMEOUT);
    } else if (d->now_ms >= d->resend_ms) {
        resend(d);
    }
}

uint64_t gc_dtls_deadline(const gc_dtls *d) {
    return gc_min_u64(d->handshake_until_ms, d->resend_ms);
}

/* --- outputs
 * -------------------------------------------------------------------------------------- */

/* The content of the next record; false: there is none in what came. */
static bool read_data(gc_dtls *d, gc_span *out) {
    gc_dtls_context *x = d->context;
    int n = SSL_read(d->ssl, x->data, sizeof x->data);
    if (n > 0) {
        /* Most datagrams are one record: to ask for a second one costs as much as a search. */
        d->readable = gc_dtls_bio_waits(&d->bio) || SSL_has_pending(d->ssl) == 1;
        *out = gc_span_of(x->data, (uint32_t)n);
        return true;
    }
    /* Not SSL_get_error(): it looks at the queue, in which others leave errors too. */
    if (!SSL_want_read(d->ssl)) {
        end_with(d, GC_REASON_GONE);
    }
    clear_errors();
    return false;
}

/* Data that overtook the handshake is read after what came now. */
static bool next_data(gc_dtls *d, gc_span *out) {
    while (d->state == GC_DTLS_CONNECTED) {
        if (d->readable && read_data(d, out)) {
            return true;
        }
        gc_span held;
        d->readable = false;
        if (d->state != GC_DTLS_CONNECTED || !gc_datagram_queue_take(&d->held, &held)) {
            return false;
        }
        admit(d, held);
    }
    return false;
}

static bool next_datagram(gc_dtls *d, gc_dtls_output *out) {
    bool some = gc_dtls_bio_take(&d->bio, &out->bytes, &out->again);
    out->type = some ? GC_DTLS_DATAGRAM : GC_DTLS_NOTHING;
    return some;
}

bool gc_dtls_poll(gc_dtls *d, gc_dtls_output *out) {
    *out = (gc_dtls_output){0};
    if (next_datagram(d, out)) {
        return true;
    } else if (d->tell_connected) {
        d->tell_connected = false;
        out->type = GC_DTLS_OPENED;
    } else if (next_data(d, &out->bytes)) {
        out->type = GC_DTLS_DATA;
    } else if (next_datagram(d, out)) {
        return true; /* the answer to what was just read */
    } else if (d->tell_closed) {
        d->tell_closed = false;
        out->type = GC_DTLS_ENDED;
        out->reason = d->reason;
    }
    return out->type != GC_DTLS_NOTHING;
}
