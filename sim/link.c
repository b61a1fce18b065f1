/* Links: what a pair of RTCPeerConnections with two negotiated data channels is to two pages.
 * Descriptions and candidates carry tokens, so that a transport notices what was not meant for it.
 * Channel 0 keeps the order of messages, channel 1 does not; both lose none while the link lives.
 */
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

#define CONNECT_TRY_MS   500
#define CONNECT_TRIES    50 /* 25 s, then ICE is failed */
#define LINGER_TRIES     5
#define REPORT_BYTES     1024 /* less than this in the queue is not worth a report */
#define TOKEN_INDEX_BITS 16

static uint32_t index_of(const sim_world *w, const sim_end *end) {
    return (uint32_t)(end - w->ends);
}

static sim_end *end_of(sim_world *w, const sim_event *e) {
    gc_assert(e->a < w->end_count);
    sim_end *end = &w->ends[e->a];
    return end->used && end->gen == e->b ? end : NULL;
}

sim_end *sim_link_peer(sim_world *w, const sim_end *end) {
    uint32_t i = (uint32_t)(end->peer_token & ((1u << TOKEN_INDEX_BITS) - 1));
    if (end->peer_token == 0 || i >= w->end_count) {
        return NULL;
    }
    sim_end *peer = &w->ends[i];
    return peer->used && peer->token == end->peer_token && peer->peer_token == end->token ? peer
                                                                                          : NULL;
}

static sim_end *find(sim_world *w, uint32_t node, uint32_t link) {
    const sim_node *n = &w->nodes[node];
    for (uint32_t i = 0; i < n->end_count; i++) {
        if (w->ends[n->ends[i]].link == link) {
            return &w->ends[n->ends[i]];
        }
    }
    return NULL;
}

static void plan(sim_world *w, const sim_end *end, uint32_t type, uint64_t delay_ms,
                 uint64_t number, gc_span bytes) {
    bool transport = type == SIM_EVENT_LINK_CONNECT || type == SIM_EVENT_LINK_DEPART;
    sim_event e = {.type = type,
                   .node = transport ? SIM_NO_NODE : end->node,
                   .a = index_of(w, end),
                   .b = end->gen,
                   .number = number};
    if (bytes.len > 0) {
        e.data = sim_pool_copy(&w->pool, bytes);
        e.len = bytes.len;
    }
    sim_world_plan(w, delay_ms, e);
}

/* --- descriptions and candidates -------------------------------------------------------------- */

/* The number behind `word` in a text; 0 when it is not there. */
static uint64_t number_after(gc_span text, gc_span word) {
    for (uint32_t i = 0; i + word.len <= text.len; i++) {
        if (memcmp(text.data + i, word.data, word.len) == 0) {
            uint64_t v = 0;
            for (i += word.len; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
                v = v * 10 + (text.data[i] - '0');
            }
            return v;
        }
    }
    return 0;
}

static void write_number(gc_writer *w, const char *word, uint64_t v) {
    gc_writer_text(w, word);
    gc_writer_decimal(w, v);
    gc_writer_text(w, "\r\n");
}

static void try_connect(sim_world *w, sim_end *end);

static void describe(sim_world *w, sim_end *end) {
    uint8_t sdp[1024];
    gc_writer text;
    gc_writer_init(&text, sdp, sizeof sdp);
    gc_writer_text(&text, "v=0\r\ns=-\r\na=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP "
                          "webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n");
    write_number(&text, end->offerer ? "a=offer:" : "a=answer:", end->token);
    if (!end->offerer) {
        write_number(&text, "a=for:", end->peer_token);
    }
    uint32_t lines = sim_rng_below(&w->net, 12);
    for (uint32_t i = 0; i < lines; i++) {
        gc_writer_text(&text, "a=fingerprint:sha-256 00:11:22:33:44:55:66:77\r\n");
    }
    end->described = true;
    gc_client_link_description(w->nodes[end->node].client, sim_node_now(w, end->node), end->link,
                               gc_writer_done(&text));
    uint32_t count = sim_rng_between(&w->net, 1, 4);
    for (uint32_t i = 0; i <= count; i++) {
        /* The last one is empty: Firefox says so that there are no more. */
        plan(w, end, SIM_EVENT_LINK_CANDIDATE, i * sim_rng_below(&w->net, 60), i < count,
             GC_SPAN_NONE);
    }
    const sim_end *peer = sim_link_peer(w, end);
    if (peer != NULL && peer->forged) {
        try_connect(w, end);
    }
    sim_node_drain(w, end->node);
}

static void candidate(sim_world *w, const sim_end *end, bool last) {
    uint8_t text[160];
    gc_writer c;
    gc_writer_init(&c, text, sizeof text);
    if (!last) {
        gc_writer_text(&c, "candidate:1 1 udp 2122260223 ");
        gc_writer_decimal(&c, end->node);
        gc_writer_text(&c, ".local 5000 typ host of:");
        gc_writer_decimal(&c, end->token);
    }
    gc_client_link_candidate(w->nodes[end->node].client, sim_node_now(w, end->node), end->link,
                             gc_writer_done(&c), GC_SPAN("0"), 0);
    sim_node_drain(w, end->node);
}

static sim_end *make(sim_world *w, uint32_t node, uint32_t link, bool offerer) {
    uint32_t i = 0;
    while (i < w->end_count && w->ends[i].used) {
        i++;
    }
    sim_node *n = &w->nodes[node];
    gc_assert(i < w->end_count && n->end_count < sizeof n->ends / sizeof n->ends[0]);
    sim_end *end = &w->ends[i];
    *end = (sim_end){.used = true,
                     .offerer = offerer,
                     .gen = end->gen,
                     .node = node,
                     .link = link,
                     .token = ++w->tokens << TOKEN_INDEX_BITS | i};
    n->ends[n->end_count++] = i;
    return end;
}

static void forget(sim_world *w, sim_end *end) {
    sim_node *n = &w->nodes[end->node];
    uint32_t index = index_of(w, end), kept = 0;
    for (uint32_t i = 0; i < n->end_count; i++) {
        if (n->ends[i] != index) {
            n->ends[kept++] = n->ends[i];
        }
    }
    n->end_count = kept;
}

static void release(sim_world *w, sim_end *end) {
    forget(w, end);
    *end = (sim_end){.gen = end->gen + 1};
}

/* --- ends without a core ---------------------------------------------------------------------- */

#define FORGED_MAX  12
#define FORGED_LINK 0xfffe0000u /* a number that no core gives to its host */

sim_end *sim_link_forge(sim_world *w, uint32_t node, gc_writer *sdp) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->nodes[node].end_count; i++) {
        count += w->ends[w->nodes[node].ends[i]].forged;
    }
    if (count == FORGED_MAX) {
        return NULL;
    }
    sim_end *end = make(w, node, FORGED_LINK, true);
    end->forged = end->described = end->remote = true;
    end->candidates = 1;
    gc_writer_text(sdp, "a=offer:");
    gc_writer_decimal(sdp, end->token);
    plan(w, end, SIM_EVENT_LINK_CLOSED, 20000, GC_REASON_GONE, GC_SPAN_NONE);
    return end;
}

/* The other end answers a forged one: the two know each other without more words. */
static void join_forged(sim_world *w, sim_end *end) {
    uint32_t i = (uint32_t)(end->peer_token & ((1u << TOKEN_INDEX_BITS) - 1));
    if (i < w->end_count && w->ends[i].forged && w->ends[i].token == end->peer_token &&
        w->ends[i].peer_token == 0) {
        w->ends[i].peer_token = end->token;
        end->candidates = 1;
    }
}

/* --- connecting ------------------------------------------------------------------------------- */

static bool reachable(const sim_world *w, const sim_end *end, const sim_end *peer) {
    return !end->cut && !peer->cut && !peer->lingering && sim_path_ok(w, end->node, peer->node) &&
           sim_path_ok(w, peer->node, end->node) && !sim_node_frozen(w, peer->node) &&
           !sim_node_frozen(w, end->node);
}

static bool ready(const sim_end *end) {
    return end->described && end->remote && end->candidates > 0 && !end->connecting;
}

static void try_connect(sim_world *w, sim_end *end) {
    sim_end *peer = sim_link_peer(w, end);
    if (peer == NULL || !ready(end) || !ready(peer)) {
        return;
    }
    end->connecting = peer->connecting = true;
    /* ICE checks, DTLS (two round trips) and SCTP (two). */
    plan(w, end, SIM_EVENT_LINK_CONNECT, 10 + 8 * sim_world_latency(w), 0, GC_SPAN_NONE);
}

static void close_later(sim_world *w, sim_end *end, uint64_t delay_ms, uint32_t reason) {
    plan(w, end, SIM_EVENT_LINK_CLOSED, delay_ms, reason, GC_SPAN_NONE);
}

static void connect(sim_world *w, sim_end *end, sim_event *e) {
    sim_end *peer = sim_link_peer(w, end);
    if (peer == NULL || end->lingering) {
        return; /* the other one gave up: its core, or ours, has a deadline */
    }
    if (!reachable(w, end, peer)) {
        if (++end->tries < CONNECT_TRIES) {
            sim_world_again(w, CONNECT_TRY_MS, e);
        } else {
            close_later(w, end, 0, GC_REASON_ICE_FAILED);
            close_later(w, peer, sim_rng_below(&w->net, 3000), GC_REASON_ICE_FAILED);
        }
        return;
    }
    end->open = peer->open = true;
    plan(w, end, SIM_EVENT_LINK_OPENED, 0, 0, GC_SPAN_NONE);
    plan(w, peer, SIM_EVENT_LINK_OPENED, sim_world_latency(w), 0, GC_SPAN_NONE);
}

static void opened(sim_world *w, sim_end *end) {
    end->told = true;
    plan(w, end, SIM_EVENT_LINK_PATH, 100, 0, GC_SPAN_NONE);
    gc_client_link_opened(w->nodes[end->node].client, sim_node_now(w, end->node), end->link);
    sim_node_drain(w, end->node);
}

/* --- messages --------------------------------------------------------------------------------- */

void sim_link_say(sim_world *w, sim_end *end, uint32_t channel, gc_span bytes) {
    uint64_t at = end->depart_ms > w->now_ms ? end->depart_ms : w->now_ms;
    end->depart_ms = at + bytes.len / w->scenario.rate_bytes_ms;
    end->buffered += bytes.len;
    plan(w, end, SIM_EVENT_LINK_DEPART, end->depart_ms - w->now_ms,
         end->next[channel]++ << 1 | channel, bytes);
}

static void send(sim_world *w, sim_end *end, uint32_t channel, gc_span bytes) {
    const sim_end *peer = sim_link_peer(w, end);
    if (end->data && (channel == GC_CHANNEL_DATA_BYTES || channel == GC_CHANNEL_DATA_TEXT) &&
        (peer == NULL || peer->forged)) {
        channel = 0; /* nobody reads it, but the pipe takes its time */
    }
    if (!end->open || channel > 1) {
        sim_fail(w, SIM_INVARIANT_DESCRIPTION, end->node, end->link, channel, bytes.len);
        return;
    }
    sim_link_say(w, end, channel, bytes);
    end->report_due = end->buffered >= REPORT_BYTES;
}

/* The other end learns that this one has closed: by a close alert behind the last message, or, if
 * that is lost, when consent expires. */
static void notify(sim_world *w, sim_end *end) {
    sim_end *peer = sim_link_peer(w, end);
    if (peer != NULL && !peer->lingering) {
        if (reachable(w, end, peer) && sim_rng_chance(&w->net, 900)) {
            uint64_t at = w->now_ms + sim_world_latency(w);
            at = at > end->arrive_ms ? at : end->arrive_ms;
            close_later(w, peer, at - w->now_ms, GC_REASON_GONE);
        } else {
            plan(w, peer, SIM_EVENT_LINK_DETECT, sim_rng_between(&w->net, 5000, SIM_LINK_SILENT_MS),
                 0, GC_SPAN_NONE);
        }
    }
    release(w, end);
}

static void depart(sim_world *w, sim_end *end, sim_event *e) {
    sim_end *peer = sim_link_peer(w, end);
    if (peer == NULL) {
        if (end->lingering) {
            release(w, end);
        }
        return;
    }
    if (!sim_path_ok(w, end->node, peer->node) || end->cut) {
        if (end->lingering && ++end->tries > LINGER_TRIES) {
            notify(w, end);
        } else {
            sim_world_again(w, sim_rng_between(&w->net, 200, 1000), e);
        }
        return;
    }
    uint64_t delay = sim_world_latency(w);
    if ((e->number & 1) == 1) {
        delay += sim_rng_below(&w->net, w->scenario.jitter_ms + 1);
    }
    if (sim_rng_chance(&w->net, w->scenario.loss_permille)) {
        delay += sim_rng_between(&w->net, 200, 1200); /* RFC 9260 16: RTO.Min of SCTP stacks */
    }
    if (w->now_ms + delay > end->arrive_ms) {
        end->arrive_ms = w->now_ms + delay;
    }
    plan(w, peer, SIM_EVENT_LINK_DATA, delay, e->number, gc_span_of(e->data, e->len));
    end->buffered -= e->len;
    if (end->lingering) {
        if (end->buffered == 0) {
            notify(w, end);
        }
        return;
    }
    if (end->reported > 0 && (end->buffered == 0 || end->reported > GC_LINK_BUFFERED_MAX / 2)) {
        end->report_due = true;
        if (!sim_node_frozen(w, end->node)) {
            sim_node_drain(w, end->node);
        }
    }
}

static void data(sim_world *w, sim_end *end, sim_event *e) {
    uint32_t channel = (uint32_t)(e->number & 1);
    sim_end *peer = sim_link_peer(w, end);
    if (end->cut || end->lingering) {
        return;
    }
    if (peer != NULL && !sim_path_ok(w, peer->node, end->node)) {
        sim_world_again(w, sim_rng_between(&w->net, 200, 1000), e);
        return;
    }
    if (!end->told || (channel == 0 && e->number >> 1 != end->want[0])) {
        sim_world_again(w, 2, e);
        return;
    }
    end->want[channel]++;
    uint32_t of = !end->data     ? channel
                  : channel == 0 ? GC_CHANNEL_DATA_BYTES
                                 : GC_CHANNEL_DATA_TEXT;
    gc_client_link_message(w->nodes[end->node].client, sim_node_now(w, end->node), end->link,
                           (uint8_t)of, gc_span_of(e->data, e->len));
    sim_node_drain(w, end->node);
}

bool sim_link_report(sim_world *w, uint32_t node) {
    const sim_node *n = &w->nodes[node];
    for (uint32_t i = 0; i < n->end_count; i++) {
        sim_end *end = &w->ends[n->ends[i]];
        if (end->report_due) {
            end->report_due = false;
            end->reported = end->buffered;
            gc_client_link_buffered(n->client, sim_node_now(w, node), end->link, end->buffered);
            return true;
        }
    }
    return false;
}

/* --- the core's outputs ----------------------------------------------------------------------- */

static void close_local(sim_world *w, sim_end *end) {
    forget(w, end);
    end->told = end->report_due = false;
    if (end->open && end->buffered > 0 && sim_rng_chance(&w->net, 700)) {
        end->lingering = true; /* close() lets what is queued leave, mostly */
        return;
    }
    notify(w, end);
}

static void answer(sim_world *w, uint32_t node, const gc_client_output *o) {
    sim_end *end = make(w, node, o->link, false);
    end->peer_token = number_after(o->text, GC_SPAN("a=offer:"));
    end->remote = true;
    end->data = o->value == GC_LINK_KIND_DATA;
    join_forged(w, end);
    if (end->peer_token == 0 && w->scenario.hostile) {
        close_later(w, end, sim_rng_below(&w->net, 200), GC_REASON_ICE_FAILED);
    } else if (end->peer_token == 0) {
        sim_fail(w, SIM_INVARIANT_DESCRIPTION, node, o->link, 0, 0);
    }
    plan(w, end, SIM_EVENT_LINK_DESCRIBED, sim_rng_between(&w->net, 1, 40), 0, GC_SPAN_NONE);
}

static void remote(sim_world *w, sim_end *end, const gc_client_output *o) {
    uint64_t token = number_after(o->text, GC_SPAN("a=for:"));
    if (!end->offerer || end->remote || token != end->token) {
        sim_fail(w, SIM_INVARIANT_DESCRIPTION, end->node, o->link, 1, token);
        return;
    }
    end->peer_token = number_after(o->text, GC_SPAN("a=answer:"));
    end->remote = true;
    try_connect(w, end);
}

static void remote_candidate(sim_world *w, sim_end *end, const gc_client_output *o) {
    uint64_t token = number_after(o->text, GC_SPAN("of:"));
    if (!end->remote || token != end->peer_token) {
        sim_fail(w, SIM_INVARIANT_DESCRIPTION, end->node, o->link, 2, token);
        return;
    }
    end->candidates++;
    try_connect(w, end);
}

void sim_link_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    if (o->type == GC_CLIENT_LINK_OFFER) {
        sim_end *made = make(w, node, o->link, true);
        plan(w, made, SIM_EVENT_LINK_DESCRIBED, sim_rng_between(&w->net, 1, 40), 0, GC_SPAN_NONE);
        return;
    }
    if (o->type == GC_CLIENT_LINK_ANSWER) {
        answer(w, node, o);
        return;
    }
    sim_end *end = find(w, node, o->link);
    if (end == NULL) {
        return; /* the transport ended before the core could know */
    }
    switch (o->type) {
    case GC_CLIENT_LINK_REMOTE:
        remote(w, end, o);
        break;
    case GC_CLIENT_LINK_CANDIDATE:
        remote_candidate(w, end, o);
        break;
    case GC_CLIENT_LINK_SEND:
        send(w, end, o->value, o->text);
        break;
    default:
        close_local(w, end);
        break;
    }
}

/* --- faults and events ------------------------------------------------------------------------ */

static void closed(sim_world *w, sim_end *end, uint32_t reason) {
    uint32_t node = end->node, link = end->link;
    notify(w, end);
    gc_client_link_closed(w->nodes[node].client, sim_node_now(w, node), link, reason);
    sim_node_drain(w, node);
}

void sim_link_cut(sim_world *w, uint32_t index, uint32_t told_ms, uint32_t peer_told_ms) {
    sim_end *end = &w->ends[index], *peer = sim_link_peer(w, end);
    sim_world_note(w, end->node, SIM_MARK_LINK_CUT, told_ms, peer_told_ms, end->link, GC_SPAN_NONE);
    end->cut = true;
    plan(w, end, SIM_EVENT_LINK_DETECT, told_ms, 0, GC_SPAN_NONE);
    if (peer != NULL && !peer->lingering) {
        peer->cut = true;
        plan(w, peer, SIM_EVENT_LINK_DETECT, peer_told_ms, 0, GC_SPAN_NONE);
    }
}

void sim_link_suspect(sim_world *w, uint32_t node) {
    for (uint32_t i = 0; i < w->end_count; i++) {
        sim_end *end = &w->ends[i], *peer = end->used ? sim_link_peer(w, end) : NULL;
        if (peer != NULL && !end->lingering && !reachable(w, end, peer) &&
            (node == SIM_NONE || end->node == node || peer->node == node)) {
            plan(w, end, SIM_EVENT_LINK_DETECT, sim_rng_between(&w->net, 5000, SIM_LINK_SILENT_MS),
                 0, GC_SPAN_NONE);
        }
    }
}

uint32_t sim_link_tell(sim_world *w) {
    uint32_t last_ms = 0;
    for (uint32_t i = 0; i < w->end_count; i++) {
        sim_end *end = &w->ends[i];
        if (end->used && !end->lingering && (end->cut || (end->open && !sim_link_peer(w, end)))) {
            uint32_t delay_ms = sim_rng_below(&w->fault, 2000);
            plan(w, end, SIM_EVENT_LINK_DETECT, delay_ms, 0, GC_SPAN_NONE);
            bool both_live = sim_link_peer(w, end) != NULL;
            last_ms = both_live && delay_ms > last_ms ? delay_ms : last_ms;
        }
    }
    return last_ms;
}

void sim_link_abandon(sim_world *w, uint32_t node, bool silent) {
    sim_node *n = &w->nodes[node];
    while (n->end_count > 0) {
        sim_end *end = &w->ends[n->ends[n->end_count - 1]];
        end->cut = end->cut || silent; /* then nothing tells the other end */
        notify(w, end);
    }
}

void sim_link_event(sim_world *w, sim_event *e) {
    sim_end *end = end_of(w, e);
    if (end == NULL || (end->lingering && e->type != SIM_EVENT_LINK_DEPART)) {
        return;
    }
    sim_end *peer = sim_link_peer(w, end);
    switch (e->type) {
    case SIM_EVENT_LINK_DESCRIBED:
        describe(w, end);
        break;
    case SIM_EVENT_LINK_CANDIDATE:
        candidate(w, end, e->number == 0);
        break;
    case SIM_EVENT_LINK_CONNECT:
        connect(w, end, e);
        break;
    case SIM_EVENT_LINK_OPENED:
        opened(w, end);
        break;
    case SIM_EVENT_LINK_PATH:
        gc_client_link_path(w->nodes[end->node].client, sim_node_now(w, end->node), end->link,
                            GC_PATH_HOST, 2 * w->scenario.latency_ms);
        sim_node_drain(w, end->node);
        break;
    case SIM_EVENT_LINK_DEPART:
        depart(w, end, e);
        break;
    case SIM_EVENT_LINK_DATA:
        data(w, end, e);
        break;
    case SIM_EVENT_LINK_DETECT:
        if (peer == NULL || peer->lingering || !reachable(w, end, peer)) {
            closed(w, end, GC_REASON_GONE);
        }
        break;
    default:
        closed(w, end, (uint32_t)e->number);
        break;
    }
}
