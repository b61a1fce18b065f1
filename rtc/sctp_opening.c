#include "rtc/sctp_opening.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/timers.h"

void gc_sctp_opening_begin(gc_sctp_opening *o, gc_drbg *drbg, uint32_t window_bytes,
                           uint16_t streams) {
    uint32_t numbers[2];
    do { /* RFC 9260 5.3.1: a tag is never 0 */
        gc_drbg_bytes(drbg, numbers, sizeof(numbers));
    } while (numbers[0] == 0);
    o->phase = GC_SCTP_PHASE_CLOSED;
    o->own = (gc_sctp_init_chunk){
        .tag = numbers[0],
        .tsn = numbers[1],
        .window_bytes = window_bytes,
        .streams_out = streams,
        .streams_in = streams,
        .reconfig = true,
        .forward_tsn = true,
        .zero_checksum = true,
    };
    o->peer = (gc_sctp_init_chunk){0};
    o->declared = o->agreed = false;
    o->init_due = o->answer_due = o->echo_due = o->ack_due = o->stale_due = false;
    o->t1_at_ms = GC_NEVER;
    o->t1_ms = o->first_ms = GC_SCTP_T1_MS;
    o->echo_len = 0;
}

void gc_sctp_opening_round_trip(gc_sctp_opening *o, uint32_t rtt_ms) {
    uint32_t ms = rtt_ms < GC_SCTP_T1_MS / 2 ? 2 * rtt_ms : GC_SCTP_T1_MS;
    o->first_ms = ms > GC_SCTP_T1_MS_MIN ? ms : GC_SCTP_T1_MS_MIN;
}

static void arm(gc_sctp_opening *o, uint64_t now_ms) {
    o->t1_ms = o->first_ms;
    o->t1_at_ms = now_ms + o->t1_ms;
}

static void open(gc_sctp_opening *o) {
    o->phase = GC_SCTP_PHASE_OPEN;
    o->init_due = false;
    o->echo_due = false;
    o->t1_at_ms = GC_NEVER;
}

gc_span gc_sctp_opening_tell(gc_sctp_opening *o, uint8_t bytes[GC_SCTP_TOLD_INIT_BYTES_MAX]) {
    gc_writer w;
    gc_writer_init(&w, bytes, GC_SCTP_TOLD_INIT_BYTES_MAX);
    gc_sctp_init_write(&w, GC_SCTP_INIT, &o->own);
    gc_assert(!w.failed);
    o->declared = o->own.zero_checksum;
    return gc_span_of(bytes, (uint32_t)(bytes[2] << 8 | bytes[3]));
}

/* A chunk that would be answered with a report of unknown parameters does not make an agreement:
 * there is no answer that could carry the report. The padding of the chunk may be there or not. */
int gc_sctp_opening_agree(gc_sctp_opening *o, gc_span chunk) {
    uint8_t padded[GC_SCTP_TOLD_INIT_BYTES_MAX] = {0};
    gc_reader r;
    gc_sctp_chunk c;
    gc_sctp_init_chunk peer;
    if (o->phase != GC_SCTP_PHASE_CLOSED) {
        return GC_E_STATE;
    }
    if (chunk.len == 0 || chunk.len > sizeof padded) {
        return GC_E_SYNTAX;
    }
    memcpy(padded, chunk.data, chunk.len);
    gc_reader_init(&r, gc_span_of(padded, gc_sctp_padded(chunk.len)));
    if (!gc_sctp_chunk_next(&r, &c) || c.value.len + GC_SCTP_CHUNK_BYTES > chunk.len ||
        gc_reader_left(&r) != 0 || c.type != GC_SCTP_INIT || gc_sctp_init_read(&c, &peer) != 0) {
        return GC_E_SYNTAX;
    }
    peer.cookie = GC_SPAN_NONE;
    o->peer = peer;
    o->agreed = true;
    return 0;
}

uint32_t gc_sctp_opening_connect(gc_sctp_opening *o, uint64_t now_ms) {
    if (o->phase != GC_SCTP_PHASE_CLOSED) {
        return GC_SCTP_NEWS_NONE;
    }
    if (o->agreed) {
        open(o);
        return GC_SCTP_NEWS_BOTH;
    }
    o->phase = GC_SCTP_PHASE_WAIT;
    o->init_due = true;
    arm(o, now_ms);
    return GC_SCTP_NEWS_NONE;
}

/* --- chunks of the peer ----------------------------------------------------------------------- */

void gc_sctp_opening_init(gc_sctp_opening *o, const gc_sctp_chunk *c) {
    gc_sctp_init_chunk asks;
    int error = gc_sctp_init_read(c, &asks);
    if (error != GC_E_SYNTAX) {
        o->asks = asks; /* an unknown parameter that ends the reading does not end the handshake */
        o->answer_due = true;
    }
}

uint32_t gc_sctp_opening_init_ack(gc_sctp_opening *o, uint64_t now_ms, const gc_sctp_chunk *c) {
    gc_sctp_init_chunk peer;
    if (o->phase != GC_SCTP_PHASE_WAIT || gc_sctp_init_read(c, &peer) == GC_E_SYNTAX ||
        peer.cookie.len == 0 || peer.cookie.len > sizeof(o->echo)) {
        return GC_SCTP_NEWS_NONE;
    }
    memcpy(o->echo, peer.cookie.data, peer.cookie.len);
    o->echo_len = peer.cookie.len;
    o->peer = peer;
    o->peer.cookie = GC_SPAN_NONE;
    o->phase = GC_SCTP_PHASE_ECHOED;
    o->init_due = false;
    o->echo_due = true;
    arm(o, now_ms);
    return GC_SCTP_NEWS_PEER;
}

/* RFC 9260 5.2.4: while the association opens, the cookie says who the peer is (cases B and D);
 * afterwards one of the same peer is a duplicate, and one of another tag a restart (A). */
uint32_t gc_sctp_opening_cookie_echo(gc_sctp_opening *o, uint64_t now_ms, const uint8_t key[16],
                                     const gc_sctp_chunk *c) {
    gc_sctp_cookie cookie;
    int error = gc_sctp_cookie_read(key, c->value, now_ms, &cookie);
    if (error == GC_E_SYNTAX || cookie.own_tag != o->own.tag) {
        return GC_SCTP_NEWS_NONE;
    }
    bool same = o->phase >= GC_SCTP_PHASE_ECHOED && cookie.peer.tag == o->peer.tag;
    if (error != 0 && !same) { /* RFC 9260 5.2.4 step 3 */
        if (o->phase < GC_SCTP_PHASE_ECHOED) {
            o->peer.tag = cookie.peer.tag;
            o->stale_due = true;
        }
        return GC_SCTP_NEWS_NONE;
    }
    if (o->phase == GC_SCTP_PHASE_OPEN) {
        o->ack_due = o->ack_due || same;
        return same ? GC_SCTP_NEWS_NONE : GC_SCTP_NEWS_RESTART;
    }
    o->peer = cookie.peer;
    o->ack_due = true;
    open(o);
    return same ? GC_SCTP_NEWS_OPEN : GC_SCTP_NEWS_BOTH;
}

uint32_t gc_sctp_opening_cookie_ack(gc_sctp_opening *o) {
    if (o->phase != GC_SCTP_PHASE_ECHOED) {
        return GC_SCTP_NEWS_NONE;
    }
    open(o);
    return GC_SCTP_NEWS_OPEN;
}

void gc_sctp_opening_stale(gc_sctp_opening *o, uint64_t now_ms) {
    if (o->phase == GC_SCTP_PHASE_ECHOED) {
        o->phase = GC_SCTP_PHASE_WAIT;
        o->echo_due = false;
        o->init_due = true;
        arm(o, now_ms);
    }
}

/* --- what goes out ---------------------------------------------------------------------------- */

bool gc_sctp_opening_tick(gc_sctp_opening *o, uint64_t now_ms) {
    if (o->t1_at_ms > now_ms) {
        return false;
    }
    o->t1_ms = o->t1_ms * 2 < GC_SCTP_T1_MS_MAX ? o->t1_ms * 2 : GC_SCTP_T1_MS_MAX;
    o->t1_at_ms = now_ms + o->t1_ms;
    o->init_due = o->phase == GC_SCTP_PHASE_WAIT;
    o->echo_due = o->phase == GC_SCTP_PHASE_ECHOED;
    return o->echo_due;
}

bool gc_sctp_opening_alone(const gc_sctp_opening *o, uint32_t *tag) {
    *tag = o->answer_due ? o->asks.tag : 0;
    return o->answer_due || o->init_due;
}

static void write_answer(gc_sctp_opening *o, gc_writer *w, uint64_t now_ms, const uint8_t key[16]) {
    uint8_t bytes[GC_SCTP_COOKIE_BYTES];
    gc_sctp_cookie cookie = {o->own.tag, now_ms, o->asks};
    gc_sctp_cookie_write(key, &cookie, bytes);
    gc_sctp_init_chunk answer = o->own;
    answer.cookie = gc_span_of(bytes, sizeof(bytes));
    memcpy(answer.report, o->asks.report, o->asks.report_len);
    answer.report_len = o->asks.report_len;
    gc_sctp_init_write(w, GC_SCTP_INIT_ACK, &answer);
}

void gc_sctp_opening_write_alone(gc_sctp_opening *o, gc_writer *w, uint64_t now_ms,
                                 const uint8_t key[16]) {
    o->declared = o->own.zero_checksum;
    if (o->answer_due) {
        o->answer_due = false;
        write_answer(o, w, now_ms, key);
    } else {
        o->init_due = false;
        gc_sctp_init_write(w, GC_SCTP_INIT, &o->own);
    }
}

bool gc_sctp_opening_due(const gc_sctp_opening *o) {
    return o->echo_due || o->ack_due || o->stale_due;
}

void gc_sctp_opening_write(gc_sctp_opening *o, gc_writer *w) {
    static const uint8_t staleness[4] = {0}; /* how much too old is not said */
    if (o->echo_due) {
        gc_sctp_plain_write(w, GC_SCTP_COOKIE_ECHO, 0, gc_span_of(o->echo, o->echo_len));
    }
    if (o->ack_due) {
        gc_sctp_plain_write(w, GC_SCTP_COOKIE_ACK, 0, GC_SPAN_NONE);
    }
    if (o->stale_due) {
        gc_sctp_cause_write(w, GC_SCTP_ERROR, GC_SCTP_CAUSE_STALE_COOKIE,
                            gc_span_of(staleness, sizeof(staleness)));
    }
    o->echo_due = o->ack_due = o->stale_due = false;
}
