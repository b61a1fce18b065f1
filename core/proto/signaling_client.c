#include "core/proto/signaling_client.h"
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "core/proto/slot_text.h"

_Static_assert(GC_SIGNALING_URL_BYTES_MAX <= GC_OUTPUT_URL_BYTES,
               "the output queue has room for it");

static bool take_prefix(gc_span *s, gc_span prefix) {
    if (!gc_span_starts(*s, prefix)) {
        return false;
    }
    *s = gc_span_from(*s, prefix.len);
    return true;
}

/* Checks the part of a URL after the scheme: host[:port][/path], visible ASCII, no user, query or
 * fragment. */
static bool is_place(gc_span s) {
    bool host = s.len > 0 && s.data[0] != '/';
    for (uint32_t i = 0; i < s.len && host; i++) {
        uint8_t c = s.data[i];
        host = c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '@' && c != '\\' && c != '"';
    }
    return host;
}

int gc_signaling_client_init(gc_signaling_client *s, gc_span server, gc_span key) {
    gc_span rest = server;
    gc_writer w;
    if (server.len >= GC_URL_BYTES_MAX || key.len > GC_KEY_BYTES_MAX) {
        return GC_E_ARGUMENT;
    }
    bool secure = take_prefix(&rest, GC_SPAN("https://"));
    if ((!secure && !take_prefix(&rest, GC_SPAN("http://"))) || !is_place(rest)) {
        return GC_E_ARGUMENT;
    }
    memset(s, 0, sizeof *s);
    gc_writer_init(&w, s->server, sizeof s->server);
    gc_writer_text(&w, secure ? "wss://" : "ws://");
    gc_writer_span(&w, rest);
    if (rest.data[rest.len - 1] != '/') {
        gc_writer_text(&w, "/");
    }
    gc_assert(!w.failed);
    s->server_len = w.at;
    key = key.len > 0 ? key : GC_SPAN("peerjs");
    memcpy(s->key, key.data, key.len);
    s->key_len = key.len;
    return 0;
}

void gc_signaling_client_move(gc_signaling_client *s, const gc_signaling_client *from) {
    memcpy(s, from, sizeof *s);
}

int gc_signaling_client_draw(gc_signaling_client *s, const gc_crypto *crypto, gc_drbg *d) {
    return gc_own_id_draw(&s->own, crypto, d);
}

void gc_signaling_client_copy_server(gc_signaling_client *s, const gc_signaling_client *own,
                                     uint32_t socket) {
    memset(s, 0, sizeof *s);
    memcpy(s->server, own->server, own->server_len);
    s->server_len = own->server_len;
    memcpy(s->key, own->key, own->key_len);
    s->key_len = own->key_len;
    s->socket = (uint8_t)socket;
}

void gc_signaling_client_rename(gc_signaling_client *s, gc_drbg *d,
                                const uint8_t slot[GC_SLOT_ID_CHARS]) {
    gc_own_id_take(&s->own, d, slot);
    s->ever_on = false;
}

static void write_own(const gc_own_id *own, gc_writer *w) {
    gc_writer_text(w, "&id=");
    gc_writer_span(w, gc_own_id_span(own));
    gc_writer_text(w, "&token=");
    gc_writer_bytes(w, own->token, sizeof own->token);
    if (own->keyed) {
        gc_writer_text(w, "&gcid=");
        gc_base64url_write(w, gc_span_of(own->public_key, sizeof own->public_key));
    }
}

static void connect(gc_signaling_client *s, gc_output_queue *q, uint64_t now_ms) {
    gc_writer w = gc_output_queue_begin(q);
    gc_writer_bytes(&w, s->server, s->server_len);
    gc_writer_text(&w, "peerjs?key=");
    gc_percent_write(&w, gc_span_of(s->key, s->key_len));
    write_own(&s->own, &w);
    gc_writer_text(&w, "&gc=1");
    if (s->has_tag) {
        gc_writer_text(&w, "&room=");
        gc_hex_write(&w, gc_span_of(s->tag, sizeof s->tag));
    }
    gc_assert(w.at <= GC_SIGNALING_URL_BYTES_MAX);
    bool queued = gc_output_queue_end(q, GC_CLIENT_SIGNALING_CONNECT, GC_NONE, s->socket, &w);
    gc_assert(queued);
    s->step = GC_SIGNALING_STEP_CONNECTING;
    s->at_ms = now_ms + GC_SIGNALING_OPEN_MS;
}

void gc_signaling_client_start(gc_signaling_client *s, gc_output_queue *q, const uint8_t *tag,
                               uint64_t now_ms) {
    gc_assert(s->step == GC_SIGNALING_STEP_OFF && s->server_len > 0 && s->own.len > 0);
    s->has_tag = tag != NULL;
    if (tag != NULL) {
        memcpy(s->tag, tag, GC_TAG_BYTES);
    }
    s->delay_ms = GC_RECONNECT_MS_MIN;
    s->reason = GC_REASON_NONE;
    connect(s, q, now_ms);
}

static void queue_close(const gc_signaling_client *s, gc_output_queue *q) {
    gc_output_queue_put(q, GC_CLIENT_SIGNALING_CLOSE, GC_NONE, s->socket, GC_SPAN_NONE,
                        GC_SPAN_NONE);
}

static void queue_signal(const gc_signaling_client *s, gc_output_queue *q, gc_signal type) {
    gc_writer w = gc_output_queue_begin(q);
    gc_signal_write_plain(&w, type);
    bool queued = gc_output_queue_end(q, GC_CLIENT_SIGNALING_SEND, GC_NONE, s->socket, &w);
    gc_assert(queued);
}

void gc_signaling_client_stop(gc_signaling_client *s, gc_output_queue *q, bool bye,
                              uint32_t reason) {
    /* PeerServer frees the id at the close as well, by its name: after a LEAVE, somebody else's. */
    if (s->step == GC_SIGNALING_STEP_ON && bye && s->gc) {
        queue_signal(s, q, GC_SIGNAL_LEAVE);
    }
    if (s->step >= GC_SIGNALING_STEP_CONNECTING) {
        queue_close(s, q);
    }
    s->step = GC_SIGNALING_STEP_OFF;
    s->reason = reason;
}

static void queue_echo(const gc_signaling_client *s, gc_output_queue *q) {
    gc_slot_message echo = {.kind = GC_SLOT_ECHO};
    gc_writer w = gc_output_queue_begin(q);
    gc_slot_write(&w, gc_own_id_span(&s->own), &echo);
    bool queued = gc_output_queue_end(q, GC_CLIENT_SIGNALING_SEND, GC_NONE, s->socket, &w);
    gc_assert(queued);
}

void gc_signaling_client_opened(gc_signaling_client *s, gc_output_queue *q, uint64_t now_ms) {
    if (s->step != GC_SIGNALING_STEP_CONNECTING) {
        return;
    }
    s->step = GC_SIGNALING_STEP_OPENING;
    s->at_ms = now_ms + GC_SIGNALING_OPEN_MS;
    if (s->ever_on && !s->gc) {
        /* After a take-over the server's timer of silence still runs from the old socket, and may
         * be about to end. */
        queue_signal(s, q, GC_SIGNAL_HEARTBEAT);
        queue_echo(s, q);
    }
}

static void wait(gc_signaling_client *s, gc_drbg *d, uint64_t now_ms) {
    uint32_t half = s->delay_ms / 2;
    if (s->step == GC_SIGNALING_STEP_CONNECTING || s->reason == GC_REASON_NONE) {
        s->reason = GC_REASON_SERVER_UNREACHABLE; /* else what the server itself has said */
    }
    s->at_ms = now_ms + half + gc_drbg_below(d, s->delay_ms - half + 1);
    s->delay_ms = s->delay_ms * 2 < GC_RECONNECT_MS_MAX ? s->delay_ms * 2 : GC_RECONNECT_MS_MAX;
    s->step = GC_SIGNALING_STEP_WAITING;
}

void gc_signaling_client_closed(gc_signaling_client *s, gc_drbg *d, uint64_t now_ms) {
    if (s->step >= GC_SIGNALING_STEP_CONNECTING) {
        wait(s, d, now_ms);
    }
}

static uint64_t silent_after(const gc_signaling_client *s) {
    return s->gc ? GC_SIGNALING_SILENT_MS : GC_SIGNALING_SILENT_STOCK_MS;
}

void gc_signaling_client_heard(gc_signaling_client *s, uint64_t now_ms) {
    s->silent_ms = now_ms + silent_after(s);
}

static uint64_t beat_after(const gc_signaling_client *s) {
    return s->gc ? GC_SIGNALING_BEAT_MS : GC_SIGNALING_BEAT_STOCK_MS;
}

static void be_on(gc_signaling_client *s, bool gc, uint64_t now_ms) {
    s->step = GC_SIGNALING_STEP_ON;
    s->ever_on = true;
    s->gc = gc;
    s->reason = GC_REASON_NONE;
    s->taken = 0;
    s->delay_ms = GC_RECONNECT_MS_MIN;
    s->beat_ms = now_ms + beat_after(s);
    gc_signaling_client_heard(s, now_ms);
}

bool gc_signaling_client_open(gc_signaling_client *s, bool gc, uint64_t now_ms) {
    if (s->step != GC_SIGNALING_STEP_OPENING) {
        return false;
    }
    be_on(s, gc, now_ms);
    return true;
}

bool gc_signaling_client_echo(gc_signaling_client *s, uint64_t now_ms) {
    s->echoes = true;
    return gc_signaling_client_relayed(s, now_ms);
}

bool gc_signaling_client_relayed(gc_signaling_client *s, uint64_t now_ms) {
    if (s->step != GC_SIGNALING_STEP_OPENING || !s->ever_on || s->gc) {
        return false;
    }
    be_on(s, false, now_ms);
    return true;
}

void gc_signaling_client_error(gc_signaling_client *s, uint32_t reason) {
    s->reason = reason;
    if (reason == GC_REASON_ID_TAKEN) {
        s->taken++;
    }
}

void gc_signaling_client_unreadable(gc_signaling_client *s, int error) {
    bool greets = s->step == GC_SIGNALING_STEP_OPENING && (s->gc || !s->ever_on);
    if (greets) {
        s->reason = error == GC_E_TOO_BIG ? GC_REASON_TOO_BIG : GC_REASON_PROTOCOL;
    }
}

/* Our own server answers each HEARTBEAT; another one sends our echo back, unless we know better. */
static bool hears(const gc_signaling_client *s) {
    return s->gc || s->echoes || !s->mute;
}

static bool is_silent(const gc_signaling_client *s, uint64_t now_ms) {
    return hears(s) && now_ms >= s->silent_ms;
}

void gc_signaling_client_tick(gc_signaling_client *s, gc_output_queue *q, gc_drbg *d,
                              uint64_t now_ms) {
    switch (s->step) {
    case GC_SIGNALING_STEP_WAITING:
        if (now_ms >= s->at_ms) {
            connect(s, q, now_ms);
        }
        break;
    case GC_SIGNALING_STEP_CONNECTING:
    case GC_SIGNALING_STEP_OPENING:
        if (now_ms >= s->at_ms) {
            queue_close(s, q);
            wait(s, d, now_ms);
        }
        break;
    case GC_SIGNALING_STEP_ON:
        /* After a sleep both are due: beat, and hear the answer out before calling it silence. */
        if (now_ms >= s->beat_ms) {
            if (is_silent(s, now_ms)) {
                s->silent_ms = now_ms + silent_after(s) - beat_after(s);
            }
            queue_signal(s, q, GC_SIGNAL_HEARTBEAT);
            if (!s->gc) {
                queue_echo(s, q);
            }
            s->beat_ms = now_ms + beat_after(s);
        } else if (is_silent(s, now_ms)) {
            /* Or it was cut before the first echo: one new connection shows which. */
            s->mute = !s->gc && !s->echoes;
            queue_close(s, q);
            wait(s, d, now_ms);
        }
        break;
    default:
        break;
    }
}

uint64_t gc_signaling_client_deadline(const gc_signaling_client *s) {
    if (s->step == GC_SIGNALING_STEP_OFF) {
        return GC_NEVER;
    }
    if (s->step != GC_SIGNALING_STEP_ON) {
        return s->at_ms;
    }
    return hears(s) && s->silent_ms < s->beat_ms ? s->silent_ms : s->beat_ms;
}

enum gc_signaling_state gc_signaling_client_state(const gc_signaling_client *s) {
    switch (s->step) {
    case GC_SIGNALING_STEP_OFF:
        return GC_SIGNALING_STATE_OFF;
    case GC_SIGNALING_STEP_ON:
        return GC_SIGNALING_STATE_ON;
    default:
        return s->ever_on ? GC_SIGNALING_STATE_LOST : GC_SIGNALING_STATE_CONNECTING;
    }
}
