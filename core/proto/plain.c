#include "core/proto/plain.h"
#include "core/base/assert.h"
#include "core/base/reason.h"

bool gc_plain_is_free(const gc_plain *pl) {
    return pl->connection.store == NULL;
}

void gc_plain_begin(gc_plain *pl, gc_data_store *store, uint32_t serialization,
                    gc_conversation *v) {
    gc_assert(gc_plain_is_free(pl));
    gc_data_connection_begin(&pl->connection, store, serialization);
    gc_conversation_start_plain(v);
    pl->received = v->inbox.shown; /* a count of our own, whatever the peer has said before */
}

/* Notes that `count` messages never come. */
static void refuse(gc_plain *pl, gc_conversation *v, uint32_t reason, uint32_t count) {
    pl->received += count;
    gc_conversation_lose(v, pl->received + 1, reason);
}

void gc_plain_end(gc_plain *pl, gc_conversation *v, gc_outbox *o) {
    uint32_t half = gc_data_connection_waiting(&pl->connection);
    if (half > 0) {
        refuse(pl, v, GC_REASON_GONE, half);
    }
    gc_conversation_give_up(v, o, v->next_send, GC_REASON_GONE);
    gc_data_connection_end(&pl->connection);
    pl->received = 0;
}

/* --- in --------------------------------------------------------------------------------------- */

/* How much of a text makes one message: at most GC_TEXT_BYTES_MAX, cut before a character. */
static uint32_t piece_of(gc_span text) {
    if (text.len <= GC_TEXT_BYTES_MAX) {
        return text.len;
    }
    uint32_t len = GC_TEXT_BYTES_MAX;
    while ((text.data[len] & 0xc0) == 0x80) {
        len--;
    }
    return len;
}

/* A long text is shown in pieces: nothing of it is lost. */
static void take(gc_plain *pl, gc_conversation *v, gc_span text) {
    while (text.len > 0) {
        uint32_t len = piece_of(text);
        if (gc_conversation_put(v, pl->received + 1, gc_span_of(text.data, len)) != 0) {
            refuse(pl, v, GC_REASON_TOO_BIG, 1); /* the host has not drained what came before */
            return;
        }
        pl->received++;
        text = gc_span_of(text.data + len, text.len - len);
    }
}

bool gc_plain_read(gc_plain *pl, gc_conversation *v, bool text, gc_span frame,
                   gc_data_scratch scratch) {
    gc_data_value value = gc_data_connection_read(&pl->connection, text, frame, scratch);
    if (value.event == GC_DATA_TEXT) {
        take(pl, v, value.text);
    } else if (value.event == GC_DATA_REFUSED) {
        refuse(pl, v, value.reason, value.count);
    }
    return value.event != GC_DATA_CLOSE;
}

/* --- out -------------------------------------------------------------------------------------- */

void gc_plain_taken(gc_conversation *v, gc_outbox *o, uint64_t now_ms) {
    if (v->flight_count > 0) {
        /* There is no acknowledgement to wait for: its fate is "sent". */
        int error = gc_conversation_ack(v, o, v->next_send - 1, now_ms);
        gc_assert(error == 0);
    }
}

/* Gives up a message that no frame can hold, once the fates of those before it are known. */
static enum gc_plain_written give_up_next(gc_conversation *v, gc_outbox *o) {
    uint64_t seq = v->next_send;
    if (gc_conversation_floor(v) < seq) {
        return GC_PLAIN_WAIT;
    }
    gc_conversation_give_up(v, o, seq + 1, GC_REASON_TOO_BIG);
    return GC_PLAIN_TOO_BIG;
}

enum gc_plain_written gc_plain_write(gc_plain *pl, gc_conversation *v, gc_outbox *o,
                                     uint8_t *scratch, gc_writer *w) {
    gc_assert(gc_conversation_sendable(v, o));
    gc_span text = gc_span_of(scratch, gc_outbox_copy(o, v->next_send, scratch));
    bool as_text = gc_data_connection_write(&pl->connection, text, w);
    if (w->failed) {
        return give_up_next(v, o);
    }
    (void)gc_conversation_sent(v, o);
    return as_text ? GC_PLAIN_TEXT : GC_PLAIN_BYTES;
}

void gc_plain_check(const gc_plain *pl) {
    gc_assert(!gc_plain_is_free(pl));
    gc_data_connection_check(&pl->connection);
}
