#include "rtc/dtls_guard.h"

#define EPOCH_OF_KEYS 1 /* RFC 6347 4.1: one more with each ChangeCipherSpec; there is one */

void gc_dtls_guard_begin(gc_dtls_guard *g, bool of_client, bool ours) {
    *g = (gc_dtls_guard){.of_client = of_client, .ours = ours};
}

void gc_dtls_guard_greeted(gc_dtls_guard *g) {
    g->last = GC_DTLS_CLIENT_HELLO;
    g->seq = 1;
}

void gc_dtls_guard_asked_again(gc_dtls_guard *g) {
    g->cookies = g->cookie;
    g->cookie = false;
}

bool gc_dtls_guard_wants_proof(const gc_dtls_guard *g) {
    return g->last == (g->of_client ? GC_DTLS_CLIENT_HELLO : 0) ||
           g->last == GC_DTLS_HELLO_VERIFY_REQUEST;
}

static bool is_whole(const gc_dtls_message *m) {
    return m->at == 0 && m->part.len == m->len;
}

static bool follows_of_client(uint8_t type, uint8_t last) {
    switch (type) {
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
static bool is_trusted(const gc_dtls_guard *g, const gc_dtls_message *m, bool proven) {
    switch (m->type) {
    case GC_DTLS_HELLO_VERIFY_REQUEST:
        return g->cookies;
    case GC_DTLS_CERTIFICATE_REQUEST:
    case GC_DTLS_SERVER_HELLO_DONE:
        return proven || !g->ours;
    default:
        return proven;
    }
}

/* The parts of a message come one after the other. */
static bool take_next(gc_dtls_guard *g, const gc_dtls_message *m, bool proven) {
    bool follows =
        g->of_client ? follows_of_client(m->type, g->last) : follows_of_server(m->type, g->last);
    bool empty = m->part.len == 0 && m->len > 0;
    if (!follows || empty || m->seq != g->seq) {
        return false;
    }
    if (m->type == GC_DTLS_HELLO_VERIFY_REQUEST) {
        if (g->ours || !is_whole(m) || !is_cookie(m)) {
            return false;
        }
        g->cookie = true;
    }
    if (!is_trusted(g, m, proven) || m->at != g->part || (g->part > 0 && m->len != g->len)) {
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
static bool take_messages(gc_dtls_guard *g, gc_span body, bool proven) {
    gc_dtls_guard after = *g;
    bool taken = false;
    while (body.len > 0) {
        gc_dtls_message m;
        if (!gc_dtls_message_next(&body, &m)) {
            return false;
        }
        if (m.seq >= g->seq) {
            if (!take_next(&after, &m, proven)) {
                g->cookie = after.cookie;
                return false;
            }
            taken = true;
        }
    }
    *g = after;
    return taken;
}

/* One more than the first changes nothing. */
static bool take_change(gc_dtls_guard *g, gc_span body) {
    uint8_t last = g->of_client ? GC_DTLS_CERTIFICATE_VERIFY : GC_DTLS_SERVER_HELLO_DONE;
    bool passes = body.len == 1 && body.data[0] == 1 && g->last == last;
    g->changed = g->changed || passes;
    return passes;
}

bool gc_dtls_guard_passes(gc_dtls_guard *g, const gc_dtls_record *record, bool proven) {
    if (record->epoch > 0) {
        return g->changed && record->epoch == EPOCH_OF_KEYS;
    }
    if (record->type == GC_DTLS_TYPE_CHANGE_CIPHER) {
        return take_change(g, record->body);
    }
    return record->type == GC_DTLS_TYPE_HANDSHAKE && take_messages(g, record->body, proven);
}
