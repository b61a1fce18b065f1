#include "rtc/dtls_bio.h"
#include "rtc/dtls_record.h"

#include <openssl/bio.h>

#include "core/base/mem.h" /* after OpenSSL: its headers declare the same functions */

static int bio_read(BIO *bio, char *out, int size) {
    gc_dtls_bio *b = BIO_get_data(bio);
    gc_dtls_input *in = b->input;
    BIO_clear_retry_flags(bio);
    if (in->reader != b) {
        BIO_set_retry_read(bio);
        return -1;
    }
    uint32_t len = in->len < (uint32_t)size ? in->len : (uint32_t)size;
    memcpy(out, in->bytes, len);
    in->reader = NULL;
    return (int)len;
}

static bool is_of_handshake(int type) {
    return type == GC_DTLS_TYPE_CHANGE_CIPHER || type == GC_DTLS_TYPE_HANDSHAKE;
}

static bool is_one_record(gc_span bytes) {
    gc_dtls_record record;
    return gc_dtls_record_next(&bytes, &record) && bytes.len == 0;
}

/* OpenSSL writes a flight as one datagram, but sends each record of it again on its own: five
 * datagrams, all of which must arrive. They are put together as at first. A new flight, which comes
 * as several records, stays alone: an old message at the head of a datagram would cost the rest of
 * it. A datagram that does not fit is lost, as any may be. */
static int bio_write(BIO *bio, const char *data, int len) {
    gc_dtls_bio *b = BIO_get_data(bio);
    gc_span bytes = gc_span_of(data, (uint32_t)len);
    BIO_clear_retry_flags(bio);
    bool flight = len > 0 && is_of_handshake(bytes.data[0]);
    b->resent = b->resent || b->resending || (b->connected && flight);
    bool joins =
        flight && is_one_record(bytes) && is_of_handshake(gc_datagram_queue_newest(&b->out));
    if (!joins || !gc_datagram_queue_join(&b->out, bytes, GC_DTLS_MTU_BYTES)) {
        gc_datagram_queue_put(&b->out, bytes);
    }
    return len;
}

/* Everything else that OpenSSL asks a datagram BIO is answered with "no". */
static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *gc_dtls_bio_method(void) {
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "gc-datagram");
    if (m != NULL && BIO_meth_set_read(m, bio_read) && BIO_meth_set_write(m, bio_write) &&
        BIO_meth_set_ctrl(m, bio_ctrl)) {
        return m;
    }
    BIO_meth_free(m);
    return NULL;
}

void gc_dtls_bio_init(gc_dtls_bio *b, gc_dtls_input *input) {
    b->input = input;
    b->connected = b->resending = b->resent = false;
    gc_datagram_queue_init(&b->out, b->out_memory, sizeof b->out_memory);
}

BIO *gc_dtls_bio_make(gc_dtls_bio *b, const BIO_METHOD *method) {
    BIO *bio = BIO_new(method);
    if (bio != NULL) {
        BIO_set_data(bio, b);
        BIO_set_init(bio, 1);
    }
    return bio;
}

bool gc_dtls_bio_waits(const gc_dtls_bio *b) {
    return b->input->reader == b;
}

bool gc_dtls_bio_take(gc_dtls_bio *b, gc_span *out, bool *again) {
    if (!gc_datagram_queue_take(&b->out, out)) {
        b->resent = false;
        return false;
    }
    *again = b->resent && is_of_handshake(out->data[0]);
    return true;
}

void gc_dtls_bio_drop(gc_dtls_bio *b) {
    gc_datagram_queue_init(&b->out, b->out_memory, sizeof b->out_memory);
    b->resent = false;
    if (gc_dtls_bio_waits(b)) {
        b->input->reader = NULL;
    }
}
