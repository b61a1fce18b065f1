#include "rtc/dtls_session.h"
#include "core/base/number.h"
#include "core/base/secret.h"
#include "core/base/timers.h"

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

void gc_dtls_session_init(gc_dtls_session *s, gc_dtls_context *context) {
    s->context = context;
    s->ssl = NULL;
    s->fingerprint = NULL;
    s->proof = NULL;
    s->records = 0;
    s->first_timer_ms = GC_DTLS_TIMER_MS_UNKNOWN;
    s->body_min = GC_DTLS_FINISHED_BODY_BYTES;
    s->verified = s->readable = false;
    gc_dtls_bio_init(&s->bio, &context->input);
}

/* --- what OpenSSL calls ----------------------------------------------------------------------- */

/* The first call asks for the first timeout of a flight (us == 0), each later one for the next. A
 * timer of OpenSSL that runs cannot be changed. */
static unsigned next_timeout(SSL *ssl, unsigned us) {
    const gc_dtls_session *s = SSL_get_app_data(ssl);
    uint64_t next = gc_max_u64((uint64_t)s->first_timer_ms * 1000, (uint64_t)us * 3 / 2);
    return (unsigned)gc_min_u64(next, GC_DTLS_TIMER_MS_MAX * 1000);
}

/* Called for each thing that OpenSSL does not like in the certificate of the other side, such as
 * that nobody else signed it, and at the end. */
static int verify(int ok, X509_STORE_CTX *store) {
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const X509 *x509 = X509_STORE_CTX_get0_cert(store);
    gc_dtls_session *s = SSL_get_app_data(ssl);
    uint8_t found[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    (void)ok;
    s->verified = x509 != NULL && X509_digest(x509, EVP_sha256(), found, &len) == 1 &&
                  len == GC_FINGERPRINT_BYTES && gc_bytes_equal_ct(found, s->fingerprint, len);
    /* RFC 8122 6.2: the other side learns "bad_certificate". */
    X509_STORE_CTX_set_error(store, s->verified ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
    return s->verified;
}

/* Called with each message that OpenSSL has taken or sent. */
static void hear(int sent, int version, int type, const void *bytes, size_t len, SSL *ssl,
                 void *proof) {
    (void)version, (void)ssl;
    if (type == SSL3_RT_HANDSHAKE) {
        gc_dtls_proof_hear(proof, sent != 0, gc_span_of(bytes, (uint32_t)len));
    }
}

/* --- its life --------------------------------------------------------------------------------- */

static SSL *make(gc_dtls_session *s) {
    SSL *ssl = SSL_new(s->context->ssl);
    BIO *bio = gc_dtls_bio_make(&s->bio, s->context->bio);
    if (ssl == NULL || bio == NULL) {
        SSL_free(ssl);
        BIO_free(bio);
        clear_errors();
        return NULL;
    }
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, s);
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify);
    DTLS_set_timer_cb(ssl, next_timeout);
    DTLS_set_link_mtu(ssl, GC_DTLS_MTU_BYTES);
    SSL_set_msg_callback(ssl, hear);
    SSL_set_msg_callback_arg(ssl, s->proof);
    return ssl;
}

bool gc_dtls_session_open(gc_dtls_session *s, bool client, const uint8_t *fingerprint,
                          gc_dtls_proof *proof) {
    gc_dtls_session_end(s);
    s->fingerprint = fingerprint;
    s->proof = proof;
    s->body_min = GC_DTLS_FINISHED_BODY_BYTES;
    s->verified = s->readable = s->bio.connected = false;
    s->ssl = make(s);
    if (s->ssl == NULL) {
        return false;
    }
    if (client) {
        SSL_set_connect_state(s->ssl);
    } else {
        SSL_set_accept_state(s->ssl);
    }
    return true;
}

void gc_dtls_session_end(gc_dtls_session *s) {
    SSL_free(s->ssl);
    s->ssl = NULL;
    gc_dtls_bio_drop(&s->bio);
}

void gc_dtls_session_round_trip(gc_dtls_session *s, uint32_t rtt_ms) {
    uint64_t ms = gc_max_u64(2 * (uint64_t)rtt_ms, GC_DTLS_TIMER_MS_MIN);
    s->first_timer_ms = (uint32_t)gc_min_u64(ms, GC_DTLS_TIMER_MS_MAX);
}

/* --- the handshake ---------------------------------------------------------------------------- */

void gc_dtls_session_datagram(gc_dtls_session *s) {
    s->context->input.reader = NULL;
    s->context->input.len = 0;
}

/* OpenSSL forgets numbers that are far behind the highest one, so a false record with a high one
 * would shut out all true ones: those that are not encrypted are numbered anew. */
void gc_dtls_session_put(gc_dtls_session *s, const gc_dtls_record *record) {
    gc_dtls_input *in = &s->context->input;
    uint8_t *at = in->bytes + in->len;
    gc_assert(record->whole.len <= sizeof in->bytes - in->len);
    memcpy(at, record->whole.data, record->whole.len);
    if (record->epoch == 0) {
        gc_dtls_record_number(at, s->records++);
    }
    in->len += record->whole.len;
    in->reader = &s->bio;
    s->readable = true;
}

static void on_done(gc_dtls_session *s) {
    s->bio.connected = true;
    s->body_min = GC_DTLS_TAG_BYTES;
    if (SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(s->ssl)) == NID_aes_128_gcm) {
        s->body_min += GC_DTLS_NONCE_BYTES;
    }
    s->readable = true;
}

enum gc_dtls_progress gc_dtls_session_shake(gc_dtls_session *s) {
    enum gc_dtls_progress progress = GC_DTLS_FAILED;
    clear_errors();
    int done = SSL_do_handshake(s->ssl);
    if (done == 1 && s->verified) {
        on_done(s);
        progress = GC_DTLS_DONE;
    } else if (done != 1 && SSL_get_error(s->ssl, done) == SSL_ERROR_WANT_READ) {
        progress = GC_DTLS_GOES_ON;
    }
    clear_errors();
    return progress;
}

uint64_t gc_dtls_session_timer_ms(const gc_dtls_session *s) {
    struct timeval left;
    if (s->ssl == NULL || DTLSv1_get_timeout(s->ssl, &left) != 1) {
        return GC_NEVER;
    }
    /* Rounded up and at least 1: a timer that is not quite due must not make the caller spin. */
    return gc_max_u64((uint64_t)left.tv_sec * 1000 + ((uint64_t)left.tv_usec + 999) / 1000, 1);
}

bool gc_dtls_session_resend(gc_dtls_session *s) {
    clear_errors();
    s->bio.resending = true;
    long sent = DTLSv1_handle_timeout(s->ssl);
    s->bio.resending = false;
    clear_errors();
    return sent >= 0;
}

void gc_dtls_session_random(const gc_dtls_session *s, uint8_t out[GC_DTLS_RANDOM_BYTES]) {
    SSL_get_client_random(s->ssl, out, GC_DTLS_RANDOM_BYTES);
}

/* --- after it --------------------------------------------------------------------------------- */

bool gc_dtls_session_write(gc_dtls_session *s, gc_span data) {
    bool written = SSL_write(s->ssl, data.data, (int)data.len) > 0;
    if (!written) {
        clear_errors();
    }
    return written;
}

enum gc_dtls_progress gc_dtls_session_read(gc_dtls_session *s, gc_span *out) {
    gc_dtls_context *x = s->context;
    int n = SSL_read(s->ssl, x->data, sizeof x->data);
    if (n > 0) {
        /* Most datagrams are one record: to ask for a second one costs as much as a search. */
        s->readable = gc_dtls_bio_waits(&s->bio) || SSL_has_pending(s->ssl) == 1;
        *out = gc_span_of(x->data, (uint32_t)n);
        return GC_DTLS_DONE;
    }
    /* Not SSL_get_error(): it looks at the queue, in which others leave errors too. */
    bool over = !SSL_want_read(s->ssl);
    clear_errors();
    s->readable = false;
    return over ? GC_DTLS_FAILED : GC_DTLS_GOES_ON;
}

void gc_dtls_session_leave(gc_dtls_session *s) {
    clear_errors();
    SSL_shutdown(s->ssl);
    clear_errors();
}

void gc_dtls_session_refuse(gc_dtls_session *s) {
    /* A fatal alert, with a number that no record of ours has reached. */
    static const uint8_t alert[] = {
        GC_DTLS_TYPE_ALERT, 0xfe, 0xfd, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 2, SSL_AD_BAD_CERTIFICATE};
    gc_datagram_queue_put(&s->bio.out, gc_span_of(alert, sizeof alert));
}
