#include "fuzz/client_oracle.h"
#include "core/base/assert.h"
#include "core/base/reason.h"
#include "core/proto/data_connection.h"
#include "test/unit/client_inside.h"

#include <string.h>

static void on_shown(gc_client *c, oracle *k, const gc_client_output *o, uint64_t last) {
    const uint8_t *session = client_peer_session(c, o->peer);
    uint32_t i = 0;
    if (client_peer_is_stock(c, o->peer)) {
        return; /* a stock peer's messages have no numbers of its own */
    }
    while (i < k->count && memcmp(k->people[i].session, session, GC_SESSION_BYTES) != 0) {
        i++;
    }
    if (i == k->count) {
        if (k->count == 256) {
            return;
        }
        memcpy(k->people[k->count++].session, session, GC_SESSION_BYTES);
        k->people[i].shown = 0;
    }
    /* Tombs are few: a script that buries more than 32 sessions may see one again. */
    gc_assert(o->number > k->people[i].shown ||
              client_sessions_buried(c) > client_sessions_buried_max());
    k->people[i].shown = last;
}

static void on_fate(oracle *k, const gc_client_output *o) {
    gc_assert(k->alive[o->peer] || k->late);
    if (o->type == GC_CLIENT_DELIVERED && k->told[o->peer] != 0 && o->number <= k->told[o->peer]) {
        /* What was said to be lost is taken back, once, and by who acknowledges. */
        gc_assert(o->value == 0 && o->number > k->corrected[o->peer]);
        k->corrected[o->peer] = o->number;
        return;
    }
    gc_assert(k->told[o->peer] == 0 || o->number == k->told[o->peer] + 1);
    k->told[o->peer] = o->number;
    if (o->type == GC_CLIENT_DELIVERED && o->value == 1 && !k->late) {
        gc_assert(o->number <= k->taken[o->peer]);
    }
}

static void on_data(gc_client *c, oracle *k, const gc_client_output *o) {
    uint32_t slot = client_link_slot(o->link), peer = client_link_peer(c, slot);
    gc_assert(o->text.len <= GC_DATA_FRAME_BYTES_MAX);
    k->got[peer] = client_peer_sent(c, peer);
    k->sent_on[slot] = 1 + o->link;
}

void oracle_buffered(gc_client *c, oracle *k, uint32_t link, uint32_t bytes) {
    uint32_t slot = client_link_slot(link), peer = client_link_peer(c, slot);
    if (client_link_is_stock(c, slot) && client_link_is_open(c, slot)) {
        k->taken[peer] = k->got[peer];
    }
    (void)gc_client_link_buffered(c, client_now(c), link, bytes);
}

/* What a host does behind a drain; true when that may have outputs. */
static bool report(gc_client *c, oracle *k) {
    bool any = false;
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        uint32_t link = k->sent_on[slot] - 1;
        if (k->sent_on[slot] == 0 || k->silent) {
            continue;
        }
        k->sent_on[slot] = 0;
        any = true;
        if (k->throws) {
            gc_assert(gc_client_link_closed(c, client_now(c), link, GC_REASON_GONE) == 0);
        } else if (client_link_number(c, slot) == link) {
            oracle_buffered(c, k, link, 0);
        }
    }
    return any;
}

static void on_peer(oracle *k, const gc_client_output *o) {
    gc_assert(o->text.len > 0 && o->text2.len <= GC_NICK_BYTES_MAX);
    k->alive[o->peer] = true;
    if (o->value == GC_PEER_CLOSED) {
        gc_assert(k->owed[o->peer] == 0 || k->told[o->peer] == k->owed[o->peer]);
        k->corrected[o->peer] = k->told[o->peer] = k->owed[o->peer] = k->got[o->peer] =
            k->taken[o->peer] = 0;
        k->alive[o->peer] = false;
    }
}

static void drain_once(gc_client *c, oracle *k) {
    gc_client_output o;
    uint32_t count = 0;
    while (gc_client_poll(c, &o)) {
        gc_assert(++count < 100000); /* it ends */
        switch (o.type) {
        case GC_CLIENT_PEER:
            on_peer(k, &o);
            break;
        case GC_CLIENT_MESSAGE:
            on_shown(c, k, &o, o.number);
            break;
        case GC_CLIENT_GAP:
            gc_assert(o.value > 0);
            on_shown(c, k, &o, o.number + o.value - 1);
            break;
        case GC_CLIENT_DELIVERED:
        case GC_CLIENT_UNDELIVERED:
            on_fate(k, &o);
            break;
        case GC_CLIENT_LINK_SEND:
            if (o.value >= GC_CHANNEL_DATA_BYTES) {
                on_data(c, k, &o);
            }
            break;
        case GC_CLIENT_STATE:
            if (o.value == GC_STATE_IDLE) {
                k->count = 0; /* a new life has new sessions to remember */
            }
            break;
        default:
            break;
        }
    }
    gc_client_check(c);
}

void oracle_drain(gc_client *c, oracle *k) {
    do {
        drain_once(c, k);
        k->late = false;
    } while (report(c, k));
}
