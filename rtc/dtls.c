#include "rtc/dtls.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"

void gc_dtls_init(gc_dtls *d, gc_dtls_context *context) {
    d->now_ms = 0;
    d->handshake_until_ms = d->resend_ms = GC_NEVER;
    d->fresh_ms = 0;
    d->fresh_timer_ms = 0;
    d->state = GC_DTLS_IDLE;
    d->reason = GC_REASON_NONE;
    d->alert = 0;
    d->client = d->expects = d->ours = d->failed = d->waits = false;
    d->sessions = 0;
    gc_dtls_flight_init(&d->flight, d->flight_memory);
    gc_dtls_hello_init(&d->hello, d->hello_memory);
    d->tell_connected = d->tell_closed = false;
    gc_dtls_session_init(&d->session, context);
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

static bool has_session(const gc_dtls *d) {
    return d->session.ssl != NULL;
}

static void read_timer(gc_dtls *d) {
    uint64_t ms = d->waits ? GC_NEVER : gc_dtls_session_timer_ms(&d->session);
    d->resend_ms = ms == GC_NEVER ? GC_NEVER : d->now_ms + ms;
}

static void end_with(gc_dtls *d, enum gc_reason reason) {
    d->state = GC_DTLS_CLOSED;
    d->reason = (uint8_t)reason;
    d->tell_connected = false;
    d->tell_closed = true;
    d->handshake_until_ms = d->resend_ms = GC_NEVER;
}

static void on_handshake_end(gc_dtls *d) {
    d->state = GC_DTLS_CONNECTED;
    d->tell_connected = true;
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
    return record->body.len >= d->session.body_min &&
           (connected || gc_dtls_guard_passes(&d->guard, record, proven));
}

/* Puts what passes of a datagram where OpenSSL reads it. proven: a signature in it is right. */
static void admit(gc_dtls *d, gc_span datagram, bool proven) {
    gc_dtls_record record;
    gc_dtls_session_datagram(&d->session);
    while (gc_dtls_record_next(&datagram, &record)) {
        if (passes(d, &record, proven)) {
            gc_dtls_session_put(&d->session, &record);
        }
    }
}

/* A session of OpenSSL, which begins. The next one may follow after a resend timer, and each after
 * that takes half as long again, as resends do. Returns false when there is none. */
static bool open_session(gc_dtls *d) {
    uint64_t later = gc_max_u64(d->session.first_timer_ms, (uint64_t)d->fresh_timer_ms * 3 / 2);
    d->fresh_timer_ms = (uint32_t)gc_min_u64(later, GC_DTLS_TIMER_MS_MAX);
    d->fresh_ms = d->now_ms + d->fresh_timer_ms;
    d->sessions++;
    d->failed = false;
    gc_dtls_guard_begin(&d->guard, !d->client, d->ours);
    return gc_dtls_flight_begin(&d->flight, !d->client, d->ours, d->expected) &&
           gc_dtls_session_open(&d->session, d->client, d->expected, &d->flight.proof);
}

/* --- the handshake ---------------------------------------------------------------------------- */

/* The session is lost, which a stranger may have done, so the handshake goes on without one. No
 * alert of its is sent. */
static void fail(gc_dtls *d) {
    gc_dtls_session_end(&d->session);
    d->failed = true;
    d->resend_ms = GC_NEVER;
}

static void handshake(gc_dtls *d) {
    switch (gc_dtls_session_shake(&d->session)) {
    case GC_DTLS_DONE:
        on_handshake_end(d);
        break;
    case GC_DTLS_GOES_ON:
        read_timer(d);
        break;
    default:
        fail(d);
    }
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
        gc_dtls_session_datagram(&d->session);
        if (gc_dtls_record_next(&hello, &record)) {
            gc_dtls_session_put(&d->session, &record);
        }
        gc_dtls_guard_greeted(&d->guard);
    }
    handshake(d);
}

/* Whether the other side goes along with a fresh session in the place of none. A browser takes no
 * second ClientHello. */
static bool wants_session(const gc_dtls *d) {
    return d->state == GC_DTLS_HANDSHAKING && !has_session(d) && !d->waits &&
           d->sessions < GC_DTLS_SESSIONS_MAX &&
           (d->client ? d->ours : gc_dtls_hello_waits(&d->hello, false));
}

/* Whether a stranger's ClientHello may have been answered: nothing has been proved yet, and another
 * one waits. sure: that one is the true one for certain. */
static bool may_be_deceived(const gc_dtls *d, bool sure) {
    return !d->client && has_session(d) && d->sessions < GC_DTLS_SESSIONS_MAX &&
           gc_dtls_guard_wants_proof(&d->guard) && gc_dtls_hello_waits(&d->hello, sure);
}

static void try_afresh(gc_dtls *d) {
    if ((wants_session(d) && d->now_ms >= d->fresh_ms) || may_be_deceived(d, true)) {
        begin_afresh(d);
    }
}

/* Nobody answers: a flight goes out again, or another ClientHello than its one has come. */
static void resend(gc_dtls *d) {
    if (d->ours && may_be_deceived(d, false) && d->now_ms >= d->fresh_ms) {
        begin_afresh(d);
        return;
    }
    gc_dtls_guard_asked_again(&d->guard);
    if (!gc_dtls_session_resend(&d->session) && d->state == GC_DTLS_HANDSHAKING) {
        fail(d);
        d->failed = false; /* nobody answered */
    } else {
        read_timer(d);
    }
}

static void go_on(gc_dtls *d) {
    if (d->state == GC_DTLS_HANDSHAKING && has_session(d) && gc_dtls_bio_waits(&d->session.bio)) {
        handshake(d);
    }
}

static gc_span find_flight(gc_dtls *d, gc_span datagram) {
    uint8_t random[GC_DTLS_RANDOM_BYTES];
    if (!gc_dtls_guard_wants_proof(&d->guard)) {
        return GC_SPAN_NONE;
    }
    gc_dtls_session_random(&d->session, random);
    return gc_dtls_flight_find(&d->flight, d->now_ms, d->session.first_timer_ms, d->guard.seq,
                               random, datagram);
}

/* Takes a datagram of a handshake. sure: it came inside an authenticated check. */
static void take(gc_dtls *d, gc_span datagram, bool sure) {
    if (!d->client) {
        gc_dtls_hello_datagram(&d->hello, datagram, d->ours, sure);
        try_afresh(d);
    }
    if (!has_session(d)) {
        return;
    }
    gc_span flight = find_flight(d, datagram);
    bool whole = flight.data == datagram.data;
    if (flight.len > 0 && !whole) {
        admit(d, flight, true);
        go_on(d);
    }
    if (has_session(d)) {
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
        gc_dtls_session_round_trip(&d->session, rtt_ms);
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
    if (!gc_datagram_queue_fits(&d->session.bio.out, data.len + GC_DTLS_OVERHEAD_BYTES)) {
        return GC_E_FULL;
    }
    if (!gc_dtls_session_write(&d->session, data)) {
        end_with(d, GC_REASON_GONE);
    }
    return 0;
}

void gc_dtls_close(gc_dtls *d) {
    if (d->state == GC_DTLS_CONNECTED) {
        gc_dtls_session_leave(&d->session);
    }
    end_with(d, GC_REASON_NONE);
    d->tell_closed = false;
}

void gc_dtls_end(gc_dtls *d) {
    gc_dtls_session_end(&d->session);
    gc_dtls_flight_end(&d->flight);
    end_with(d, GC_REASON_NONE);
    d->tell_closed = false;
}

/* Whoever showed another certificate learns why, now that nothing is lost by it. */
static void give_up(gc_dtls *d) {
    if (d->flight.foreign) {
        gc_dtls_session_refuse(&d->session);
    }
    end_with(d, d->flight.foreign || d->failed ? GC_REASON_PROTOCOL : GC_REASON_TIMEOUT);
}

void gc_dtls_tick(gc_dtls *d, uint64_t now_ms) {
    step_clock(d, now_ms);
    if (d->now_ms >= d->handshake_until_ms) {
        give_up(d);
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

/* --- outputs ---------------------------------------------------------------------------------- */

/* The content of the next record; false: there is none in what came. */
static bool read_data(gc_dtls *d, gc_span *out) {
    enum gc_dtls_progress progress = gc_dtls_session_read(&d->session, out);
    if (progress == GC_DTLS_FAILED) {
        end_with(d, GC_REASON_GONE);
    }
    return progress == GC_DTLS_DONE;
}

/* Data that overtook the handshake is read after what came now. */
static bool next_data(gc_dtls *d, gc_span *out) {
    while (d->state == GC_DTLS_CONNECTED) {
        if (d->session.readable && read_data(d, out)) {
            return true;
        }
        gc_span held;
        if (d->state != GC_DTLS_CONNECTED || !gc_datagram_queue_take(&d->held, &held)) {
            return false;
        }
        admit(d, held, false);
    }
    return false;
}

static bool next_datagram(gc_dtls *d, gc_dtls_output *out) {
    bool some = gc_dtls_bio_take(&d->session.bio, &out->bytes, &out->again);
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
