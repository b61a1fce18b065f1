#include "rtc/dtls_guard.h"

#include "core/base/reader.h"

#define RANDOM_BYTES 32

void gc_dtls_guard_begin(gc_dtls_guard *g, bool of_client, bool ours, const uint8_t *fingerprint) {
    *g = (gc_dtls_guard){.fingerprint = fingerprint, .of_client = of_client, .ours = ours};
}

static bool is_whole(const gc_dtls_message *m) {
    return m->at == 0 && m->part.len == m->len;
}

static bool is_clear_handshake(const gc_dtls_record *record) {
    return record->epoch == 0 && record->type == GC_DTLS_TYPE_HANDSHAKE;
}

static gc_span take_u24_bytes(gc_reader *r) {
    uint32_t high = gc_reader_u8(r);
    return gc_reader_bytes(r, high << 16 | gc_reader_u16(r));
}

/* RFC 5246 7.4.2: the first certificate is the sender's own. */
static bool is_expected(const gc_dtls_guard *g, const gc_dtls_message *m) {
    gc_reader r;
    gc_reader_init(&r, m->part);
    gc_span list = take_u24_bytes(&r);
    if (r.failed || gc_reader_left(&r) > 0) {
        return false;
    }
    gc_reader_init(&r, list);
    gc_span own = take_u24_bytes(&r);
    return !r.failed && gc_certificate_is(own, g->fingerprint);
}

static void look_for_certificate(gc_dtls_guard *g, gc_span body) {
    gc_dtls_message m;
    while (gc_dtls_message_next(&body, &m)) {
        if (m.type == GC_DTLS_CERTIFICATE && is_whole(&m)) {
            bool expected = is_expected(g, &m);
            g->certain = g->certain || expected;
            g->foreign = g->foreign || !expected;
        }
    }
}

void gc_dtls_guard_datagram(gc_dtls_guard *g, gc_span datagram) {
    gc_dtls_record record;
    g->certain = g->foreign = false;
    while (gc_dtls_record_next(&datagram, &record)) {
        if (is_clear_handshake(&record)) {
            look_for_certificate(g, record.body);
        }
    }
}

static bool follows_of_client(uint8_t type, uint8_t last) {
    switch (type) {
    case GC_DTLS_CLIENT_HELLO:
        return last == 0;
    case GC_DTLS_CERTIFICATE:
        return last == GC_DTLS_CLIENT_HELLO;
    case GC_DTLS_CLIENT_KEY_EXCHANGE:
        return last == GC_DTLS_CERTIFICATE;
    case GC_DTLS_CERTIFICATE_VERIFY:
        return last == GC_DTLS_CLIENT_KEY_EXCHANGE;
    default:
        return false;
    }
}

static bool follows_of_server(uint8_t type, uint8_t last) {
    switch (type) {
    case GC_DTLS_HELLO_VERIFY_REQUEST:
        return last == 0;
    case GC_DTLS_SERVER_HELLO:
        return last == 0 || last == GC_DTLS_HELLO_VERIFY_REQUEST;
    case GC_DTLS_CERTIFICATE:
        return last == GC_DTLS_SERVER_HELLO;
    case GC_DTLS_SERVER_KEY_EXCHANGE:
        return last == GC_DTLS_CERTIFICATE;
    case GC_DTLS_CERTIFICATE_REQUEST:
        return last == GC_DTLS_SERVER_KEY_EXCHANGE;
    case GC_DTLS_SERVER_HELLO_DONE:
        return last == GC_DTLS_SERVER_KEY_EXCHANGE || last == GC_DTLS_CERTIFICATE_REQUEST;
    default:
        return false;
    }
}

/* RFC 6347 4.2.1: a version, and a cookie with its length. */
static bool is_cookie(const gc_dtls_message *m) {
    return m->len > 3 && m->part.data[2] == m->len - 3;
}

/* Nobody of this program asks for a cookie or cuts a message: a part of a false one would lie in
 * the way of the true one. Short messages are whole from everybody. */
static bool is_trusted(const gc_dtls_guard *g, const gc_dtls_message *m) {
    bool certain = g->certain || (!g->ours && !g->foreign);
    switch (m->type) {
    case GC_DTLS_HELLO_VERIFY_REQUEST:
        return !g->ours && is_whole(m) && is_cookie(m);
    case GC_DTLS_SERVER_HELLO:
        return is_whole(m) && certain;
    case GC_DTLS_CERTIFICATE:
        return certain;
    default:
        return !g->ours || is_whole(m);
    }
}

/* The parts of a ClientHello may come in any order: browsers send two, which may overtake one
 * another. Those of other messages come one after the other. */
static bool take_next(gc_dtls_guard *g, const gc_dtls_message *m) {
    bool follows =
        g->of_client ? follows_of_client(m->type, g->last) : follows_of_server(m->type, g->last);
    bool empty = m->part.len == 0 && m->len > 0;
    if (!follows || empty || m->seq != g->seq || !is_trusted(g, m)) {
        return false;
    }
    if (m->type == GC_DTLS_CLIENT_HELLO) {
        return true;
    }
    if (m->at != g->part || (g->part > 0 && m->len != g->len)) {
        return false;
    }
    g->len = m->len;
    g->part += m->part.len;
    if (g->part == m->len) {
        g->part = 0;
        g->seq++;
        g->last = m->type;
    }
    return true;
}

/* Messages that came before are skipped, and a record that has only such ones does not pass. */
static bool take_messages(gc_dtls_guard *g, gc_span body) {
    gc_dtls_guard after = *g;
    bool taken = false;
    while (body.len > 0) {
        gc_dtls_message m;
        if (!gc_dtls_message_next(&body, &m)) {
            return false;
        }
        if (m.seq >= g->seq) {
            if (!take_next(&after, &m)) {
                return false;
            }
            taken = true;
        }
    }
    *g = after;
    return taken;
}

bool gc_dtls_guard_passes(gc_dtls_guard *g, const gc_dtls_record *record) {
    if (record->type == GC_DTLS_TYPE_CHANGE_CIPHER) {
        return record->body.len == 1 && record->body.data[0] == 1 &&
               g->last == (g->of_client ? GC_DTLS_CERTIFICATE_VERIFY : GC_DTLS_SERVER_HELLO_DONE);
    }
    return is_clear_handshake(record) && take_messages(g, record->body);
}

void gc_dtls_guard_answered(gc_dtls_guard *g) {
    if (g->of_client && g->last == 0) {
        g->last = GC_DTLS_CLIENT_HELLO;
        g->seq = 1;
    }
}

gc_span gc_dtls_guard_hello(const gc_dtls_record *record) {
    gc_span body = record->body;
    gc_dtls_message m;
    if (!is_clear_handshake(record) || !gc_dtls_message_next(&body, &m) || body.len > 0 ||
        m.type != GC_DTLS_CLIENT_HELLO || m.seq != 0 || !is_whole(&m) || m.len < 2 + RANDOM_BYTES) {
        return GC_SPAN_NONE;
    }
    return gc_span_of(m.part.data + 2, RANDOM_BYTES); /* behind the version */
}
