#include "rtc/sctp_closing.h"
#include "core/base/timers.h"

void gc_sctp_closing_begin(gc_sctp_closing *c) {
    *c = (gc_sctp_closing){.t2_at_ms = GC_NEVER};
}

void gc_sctp_closing_close(gc_sctp_closing *c) {
    if (c->phase == GC_SCTP_CLOSING_NONE) {
        c->phase = GC_SCTP_CLOSING_PENDING;
    }
}

static void send(gc_sctp_closing *c, uint32_t phase, uint8_t chunk, uint64_t now_ms) {
    c->phase = phase;
    c->due = chunk;
    c->t2_at_ms = phase == GC_SCTP_CLOSING_DONE ? GC_NEVER : now_ms + GC_SCTP_T2_MS;
}

static void on_shutdown(gc_sctp_closing *c, uint64_t now_ms) {
    if (c->phase == GC_SCTP_CLOSING_NONE || c->phase == GC_SCTP_CLOSING_PENDING) {
        c->phase = GC_SCTP_CLOSING_RECEIVED;
    } else if (c->phase == GC_SCTP_CLOSING_SENT || c->phase == GC_SCTP_CLOSING_ACK_SENT) {
        send(c, GC_SCTP_CLOSING_ACK_SENT, GC_SCTP_SHUTDOWN_ACK, now_ms);
    }
}

void gc_sctp_closing_chunk(gc_sctp_closing *c, uint8_t type, uint64_t now_ms) {
    bool awaited = c->phase == GC_SCTP_CLOSING_SENT || c->phase == GC_SCTP_CLOSING_ACK_SENT;
    if (type == GC_SCTP_SHUTDOWN) {
        on_shutdown(c, now_ms);
    } else if (type == GC_SCTP_SHUTDOWN_ACK && awaited) {
        send(c, GC_SCTP_CLOSING_DONE, GC_SCTP_SHUTDOWN_COMPLETE, now_ms);
    } else if (type == GC_SCTP_SHUTDOWN_COMPLETE && c->phase == GC_SCTP_CLOSING_ACK_SENT) {
        c->phase = GC_SCTP_CLOSING_DONE;
        c->due = 0;
        c->t2_at_ms = GC_NEVER;
    }
}

void gc_sctp_closing_step(gc_sctp_closing *c, bool idle, uint64_t now_ms) {
    if (c->phase == GC_SCTP_CLOSING_PENDING && idle) {
        send(c, GC_SCTP_CLOSING_SENT, GC_SCTP_SHUTDOWN, now_ms);
    } else if (c->phase == GC_SCTP_CLOSING_RECEIVED && idle) {
        send(c, GC_SCTP_CLOSING_ACK_SENT, GC_SCTP_SHUTDOWN_ACK, now_ms);
    } else if (c->t2_at_ms <= now_ms) {
        send(c, c->phase,
             c->phase == GC_SCTP_CLOSING_SENT ? GC_SCTP_SHUTDOWN : GC_SCTP_SHUTDOWN_ACK, now_ms);
    }
}

void gc_sctp_closing_write(gc_sctp_closing *c, uint32_t cumulative, gc_writer *w) {
    if (c->due == GC_SCTP_SHUTDOWN) {
        gc_sctp_shutdown_write(w, cumulative);
    } else if (c->due != 0) {
        gc_sctp_plain_write(w, c->due, 0, GC_SPAN_NONE);
    }
    c->due = 0;
}
