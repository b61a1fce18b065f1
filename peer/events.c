#include "peer/events.h"
#include "core/base/assert.h"

#include <string.h>

static gc_span id_of(const gc_events *e, uint32_t peer) {
    return peer < GC_PEERS_MAX ? gc_span_of(e->peers[peer].id, e->peers[peer].id_len)
                               : GC_SPAN_NONE;
}

static bool is_same(gc_span a, const uint8_t *bytes, uint32_t len) {
    return gc_span_equal(a, gc_span_of(bytes, len));
}

/* Remembers what an output says of a peer. Returns true when only the round trip is new. */
static bool learn(gc_events *e, const gc_client_output *o) {
    if (o->peer >= GC_PEERS_MAX || o->text.len > GC_ID_BYTES_MAX ||
        o->text2.len > GC_NICK_BYTES_MAX) {
        return false;
    }
    bool same = is_same(o->text, e->peers[o->peer].id, e->peers[o->peer].id_len) &&
                is_same(o->text2, e->peers[o->peer].nick, e->peers[o->peer].nick_len) &&
                o->value == e->peers[o->peer].state && o->value2 == e->peers[o->peer].flags &&
                o->reason == e->peers[o->peer].reason;
    e->peers[o->peer].id_len = o->text.len;
    e->peers[o->peer].nick_len = o->text2.len;
    e->peers[o->peer].state = o->value;
    e->peers[o->peer].flags = o->value2;
    e->peers[o->peer].reason = o->reason;
    memcpy(e->peers[o->peer].id, o->text.data, o->text.len);
    if (o->text2.len > 0) {
        memcpy(e->peers[o->peer].nick, o->text2.data, o->text2.len);
    }
    return same;
}

/* --- our own state ---------------------------------------------------------------------------- */

static gc_event trouble_event(uint32_t type, uint32_t reason, gc_span why) {
    return (gc_event){.type = type, .reason = reason, .text = why};
}

static uint32_t of_state(gc_events *e, const gc_client_output *o, gc_span own_id, gc_span why,
                         gc_event *out) {
    uint32_t count = 0;
    if (o->value == GC_STATE_FAILED) {
        out[count++] = trouble_event(GC_EVENT_FAILED, o->reason, why);
        return count;
    }
    if (o->value2 == GC_SIGNALING_STATE_ON && !e->ready) {
        e->ready = true;
        out[count++] = (gc_event){.type = GC_EVENT_READY, .id = own_id};
    }
    if ((o->value == GC_STATE_WAITING || o->value == GC_STATE_CONNECTED) && !e->joined) {
        e->joined = true;
        out[count++] = (gc_event){.type = GC_EVENT_JOINED};
    }
    if (o->reason != e->trouble && o->value != GC_STATE_IDLE) {
        e->trouble = o->reason;
        out[count++] = trouble_event(GC_EVENT_TROUBLE, o->reason, why);
    }
    return count;
}

/* --- others ----------------------------------------------------------------------------------- */

static gc_event of_peer(const gc_client_output *o) {
    return (gc_event){.type = GC_EVENT_PEER,
                      .state = o->value,
                      .path = o->value2 & GC_PEER_FLAGS_PATH,
                      .direct = (o->value2 & GC_PEER_FLAGS_DIRECT) != 0,
                      .verified = (o->value2 & GC_PEER_FLAGS_VERIFIED) != 0,
                      .stock = (o->value2 & GC_PEER_FLAGS_STOCK) != 0,
                      .reason = o->reason,
                      .rtt_ms = (uint32_t)o->number,
                      .id = o->text,
                      .nick = o->text2};
}

/* About messages from or to a peer. */
static gc_event of_message(const gc_events *e, const gc_client_output *o, uint32_t type) {
    return (gc_event){.type = type,
                      .reason = o->reason,
                      .number = o->number,
                      .count = o->value,
                      .id = id_of(e, o->peer),
                      .text = o->text};
}

uint32_t gc_events_of(gc_events *e, const gc_client_output *o, gc_span own_id, gc_span why,
                      gc_event out[GC_EVENTS_PER_OUTPUT_MAX]) {
    switch (o->type) {
    case GC_CLIENT_STATE:
        return of_state(e, o, own_id, why, out);
    case GC_CLIENT_PEER:
        out[0] = of_peer(o);
        out[0].same = learn(e, o);
        return 1;
    case GC_CLIENT_MESSAGE:
        out[0] = of_message(e, o, GC_EVENT_MESSAGE);
        return 1;
    case GC_CLIENT_GAP:
        out[0] = of_message(e, o, GC_EVENT_GAP);
        return 1;
    case GC_CLIENT_DELIVERED:
        out[0] = of_message(e, o, o->value == 1 ? GC_EVENT_SENT : GC_EVENT_DELIVERED);
        return 1;
    case GC_CLIENT_UNDELIVERED:
        out[0] = of_message(e, o, GC_EVENT_UNDELIVERED);
        return 1;
    case GC_CLIENT_SENDABLE:
        out[0] = (gc_event){.type = GC_EVENT_SENDABLE};
        return 1;
    default:
        return 0;
    }
}
