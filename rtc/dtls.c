#include "rtc/dtls.h"
#include "core/base/error.h"
#include "core/base/number.h"
#include "core/base/secret.h"

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
    d->fresh_ms = 0;
    d->first_timer_ms = GC_DTLS_TIMER_MS_UNKNOWN;
    d->fresh_timer_ms = 0;
    d->state = GC_DTLS_IDLE;
    d->reason = GC_REASON_NONE;
    d->alert = 0;
    d->body_min = GC_DTLS_FINISHED_BODY_BYTES;
    d->client = d->expects = d->ours = d->failed = d->readable = d->waits = false;
    d->sessions = 0;
    d->records = 0;
    gc_dtls_flight_init(&d->flight, d->flight_memory);
    gc_dtls_hello_init(&d->hello, d->hello_memory);
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
    if (d->ssl != NULL && !d->waits && DTLSv1_get_timeout(d->ssl, &left) == 1) {
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
    gc_dtls_flight_end(&d->flight);
    read_timer(d);
}

/* Tells whether a record may reach OpenSSL now. Data that came before the end of the handshake is
 * held instead: OpenSSL would drop it, and the other side would send it again only after its timer.
 */
static bool passes(gc_dtls *d, const gc_dtls_record *record, bool proven) {
    bool connected = d->state == GC_DTLS_CONNECTED;
    if (record->epoch == 0) {
        if (record->type == GC_DTLS_TYPE_ALERT && record->body.len == 2) {
            d->alert = record->body.data[1];
        }
        return !connected && gc_dtls_guard_passes(&d->guard, record, proven);
    }
    if (!connected && record->type == GC_DTLS_TYPE_DATA) {
        gc_datagram_queue_put(&d->held, record->whole);
        return false;
    }
    return record->body.len >= d->body_min &&
           (connected || gc_dtls_guard_passes(&d->guard, record, proven));
}

/* Puts a record where OpenSSL reads it, after others of its datagram. OpenSSL forgets numbers that
 * are far behind the highest one, so a false record with a high one would shut out all true ones:
 * those that are not encrypted are numbered anew. */
static void put_record(gc_dtls *d, const gc_dtls_record *record) {
    gc_dtls_input *in = &d->context->input;
    uint8_t *at = in->bytes + in->len;
    gc_assert(record->whole.len <= sizeof in->bytes - in->len);
    memcpy(at, record->whole.data, record->whole.len);
    if (record->epoch == 0) {
        gc_dtls_record_number(at, d->records++);
    }
    in->len += record->whole.len;
    in->reader = &d->bio;
    d->readable = true;
}

/* Puts what passes of a datagram where OpenSSL reads it. proven: a signature in it is right. */
static void admit(gc_dtls *d, gc_span datagram, bool proven) {
    gc_dtls_record record;
    d->context->input.reader = NULL;
    d->context->input.len = 0;
    while (gc_dtls_record_next(&datagram, &record)) {
        if (passes(d, &record, proven)) {
            put_record(d, &record);
        }
    }
}

/* Called with each message that OpenSSL has taken or sent. */
static void hear(int sent, int version, int type, const void *bytes, size_t len, SSL *ssl,
                 void *proof) {
    (void)version, (void)ssl;
    if (type == SSL3_RT_HANDSHAKE) {
        gc_dtls_proof_hear(proof, sent != 0, gc_span_of(bytes, (uint32_t)len));
    }
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
    SSL_set_msg_callback(ssl, hear);
    SSL_set_msg_callback_arg(ssl, &d->flight.proof);
    return ssl;
}

/* A session of OpenSSL, which begins. The next one may follow after a resend timer, and each after
 * that takes half as long again, as resends do. Returns false when there is none. */
static bool open_session(gc_dtls *d) {
    uint64_t later = gc_max_u64(d->first_timer_ms, (uint64_t)d->fresh_timer_ms * 3 / 2);
    d->fresh_timer_ms = (uint32_t)gc_min_u64(later, GC_DTLS_TIMER_MS_MAX);
    d->fresh_ms = d->now_ms + d->fresh_timer_ms;
    d->sessions++;
    SSL_free(d->ssl);
    gc_dtls_bio_drop(&d->bio);
    gc_dtls_guard_begin(&d->guard, !d->client, d->ours);
    bool begun = gc_dtls_flight_begin(&d->flight, !d->client, d->ours, d->expected);
    d->failed = false;
    d->ssl = begun ? make_session(d) : NULL;
    if (d->ssl != NULL && d->client) {
        SSL_set_connect_state(d->ssl);
    } else if (d->ssl != NULL) {
        SSL_set_accept_state(d->ssl);
    }
    return d->ssl != NULL;
}

/* --- the handshake ---------------------------------------------------------------------------- */

/* The session is lost, which a stranger may have done, so the handshake goes on without one. No
 * alert of its is sent. */
static void fail(gc_dtls *d) {
    SSL_free(d->ssl);
    d->ssl = NULL;
    d->failed = true;
    d->resend_ms = GC_NEVER;
    gc_dtls_bio_drop(&d->bio);
    clear_errors();
}

static void handshake(gc_dtls *d) {
    clear_errors();
    int done = SSL_do_handshake(d->ssl);
    if (done == 1) {
        on_handshake_end(d);
    } else if (SSL_get_error(d->ssl, done) == SSL_ERROR_WANT_READ) {
        read_timer(d);
    } else {
        fail(d);
    }
    clear_errors();
}

/* Begins with a fresh session: the client's own ClientHello follows, a server gets the one that
 * waits. */
static void begin_afresh(gc_dtls *d) {
    if (!open_session(d)) {
        fail(d);
        return;
    }
    if (!d->client) {
        gc_dtls_record record;
        gc_span hello = gc_dtls_hello_take(&d->hello);
        d->context->input.len = 0;
        if (gc_dtls_record_next(&hello, &record)) {
            put_record(d, &record);
        }
        gc_dtls_guard_greeted(&d->guard);
    }
    handshake(d);
}

/* Whether the other side goes along with a fresh session in the place of none. A browser takes no
 * second ClientHello. */
static bool wants_session(const gc_dtls *d) {
    return d->state == GC_DTLS_HANDSHAKING && d->ssl == NULL && !d->waits &&
           d->sessions < GC_DTLS_SESSIONS_MAX &&
           (d->client ? d->ours : gc_dtls_hello_waits(&d->hello, false));
}

/* Whether a stranger's ClientHello was answered, as is certain now. */
static bool was_deceived(const gc_dtls *d) {
    return !d->client && d->ssl != NULL && d->sessions < GC_DTLS_SESSIONS_MAX &&
           gc_dtls_guard_wants_proof(&d->guard) && gc_dtls_hello_waits(&d->hello, true);
}

static void try_afresh(gc_dtls *d) {
    if ((wants_session(d) && d->now_ms >= d->fresh_ms) || was_deceived(d)) {
        begin_afresh(d);
    }
}

/* Nobody answers: a flight goes out again, or another ClientHello than its one has come. */
static void resend(gc_dtls *d) {
    if (!d->client && d->ours && gc_dtls_guard_wants_proof(&d->guard) &&
        gc_dtls_hello_waits(&d->hello, false) && d->sessions < GC_DTLS_SESSIONS_MAX &&
        d->now_ms >= d->fresh_ms) {
        begin_afresh(d);
        return;
    }
    clear_errors();
    gc_dtls_guard_asked_again(&d->guard);
    d->bio.resending = true;
    long sent = DTLSv1_handle_timeout(d->ssl);
    d->bio.resending = false;
    if (sent < 0 && d->state == GC_DTLS_HANDSHAKING) {
        fail(d);
        d->failed = false; /* nobody answered */
    } else {
        read_timer(d);
    }
    clear_errors();
}

static void go_on(gc_dtls *d) {
    if (d->state == GC_DTLS_HANDSHAKING && d->ssl != NULL && gc_dtls_bio_waits(&d->bio)) {
        handshake(d);
    }
}

static gc_span find_flight(gc_dtls *d, gc_span datagram) {
    uint8_t random[GC_DTLS_RANDOM_BYTES];
    if (!gc_dtls_guard_wants_proof(&d->guard)) {
        return GC_SPAN_NONE;
    }
    SSL_get_client_random(d->ssl, random, sizeof random);
    return gc_dtls_flight_find(&d->flight, d->now_ms, d->first_timer_ms, d->guard.seq, random,
                               datagram);
}

/* Takes a datagram of a handshake. sure: it came inside an authenticated check. */
static void take(gc_dtls *d, gc_span datagram, bool sure) {
    if (!d->client) {
        gc_dtls_hello_datagram(&d->hello, datagram, d->ours, sure);
        try_afresh(d);
    }
    if (d->ssl == NULL) {
        return;
    }
    gc_span flight = find_flight(d, datagram);
    bool whole = flight.data == datagram.data;
    if (flight.len > 0 && !whole) {
        admit(d, flight, true);
        go_on(d);
    }
    if (d->ssl != NULL) {
        admit(d, datagram, whole);
        go_on(d);
    }
}

/* Each datagram that was held when the handshake began is read once; data among them is held anew.
 */
static void replay(gc_dtls *d) {
    gc_span datagram;
    for (uint32_t n = d->held.count; n > 0 && d->state == GC_DTLS_HANDSHAKING; n--) {
        uint8_t copy[GC_DTLS_DATAGRAM_BYTES_MAX];
        gc_datagram_queue_take(&d->held, &datagram);
        memcpy(copy, datagram.data, datagram.len);
        take(d, gc_span_of(copy, datagram.len), false);
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
    if (client) {
        begin_afresh(d);
    } else {
        try_afresh(d);
    }
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
        try_afresh(d);
    } else {
        start(d, client);
    }
}

static void take_datagram(gc_dtls *d, uint64_t now_ms, gc_span datagram, bool sure) {
    step_clock(d, now_ms);
    if (datagram.len == 0 || datagram.len > GC_DTLS_DATAGRAM_BYTES_MAX) {
        return;
    }
    if (d->state == GC_DTLS_HANDSHAKING) {
        take(d, datagram, sure);
    } else if (d->state == GC_DTLS_CONNECTED) {
        admit(d, datagram, false);
    } else if (d->state == GC_DTLS_IDLE && sure) {
        gc_dtls_hello_datagram(&d->hello, datagram, true, true);
    } else if (d->state == GC_DTLS_IDLE && datagram.len <= GC_DTLS_HELD_DATAGRAM_BYTES_MAX) {
        gc_datagram_queue_put(&d->held, datagram);
    }
}

void gc_dtls_datagram(gc_dtls *d, uint64_t now_ms, gc_span datagram) {
    take_datagram(d, now_ms, datagram, false);
}

void gc_dtls_passenger(gc_dtls *d, uint64_t now_ms, gc_span datagram) {
    take_datagram(d, now_ms, datagram, true);
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
    gc_dtls_flight_end(&d->flight);
    gc_dtls_bio_drop(&d->bio);
    end_with(d, GC_REASON_NONE);
    d->tell_closed = false;
}

void gc_dtls_tick(gc_dtls *d, uint64_t now_ms) {
    step_clock(d, now_ms);
    if (d->now_ms >= d->handshake_until_ms) {
        end_with(d, d->flight.foreign || d->failed ? GC_REASON_PROTOCOL : GC_REASON_TIMEOUT);
    } else if (d->now_ms >= d->resend_ms) {
        resend(d);
    } else {
        try_afresh(d);
    }
}

uint64_t gc_dtls_deadline(const gc_dtls *d) {
    uint64_t fresh_ms = wants_session(d) ? gc_max_u64(d->fresh_ms, d->now_ms + 1) : GC_NEVER;
    return gc_min_u64(d->handshake_until_ms, gc_min_u64(d->resend_ms, fresh_ms));
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
        admit(d, held, false);
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
