#include "sim/oracle.h"
#include "sim/world.h"
#include "core/base/assert.h"
#include "core/base/mem.h"

const char *sim_invariant_word(sim_invariant i) {
    static const char *const words[] = {
#define X(name, word, text) word,
        SIM_INVARIANTS(X)
#undef X
    };
    return words[i];
}

const char *sim_invariant_text(sim_invariant i) {
    static const char *const texts[] = {
#define X(name, word, text) text,
        SIM_INVARIANTS(X)
#undef X
    };
    return texts[i];
}

void sim_fail(sim_world *w, sim_invariant broken, uint32_t node, uint32_t a, uint32_t b,
              uint64_t number) {
    if (w->oracle.broken != SIM_INVARIANT_NONE) {
        return;
    }
    w->oracle.broken = broken;
    w->oracle.broken_node = node;
    w->oracle.broken_ms = w->now_ms;
    const char *word = sim_invariant_word(broken);
    uint32_t len = 0;
    while (word[len] != 0) {
        len++;
    }
    sim_world_note(w, node, SIM_MARK_FAIL, a, b, number, gc_span_of(word, len));
}

void sim_oracle_init(sim_world *w) {
    sim_oracle *o = &w->oracle;
    uint32_t persons = w->scenario.persons;
    *o = (sim_oracle){.life_max = persons * 8 + 32, .message_max = persons * 24 + 8192};
    o->lives = gc_arena_take(&w->arena, o->life_max, sizeof(sim_life));
    o->messages = gc_arena_take(&w->arena, o->message_max, sizeof(sim_message));
    gc_assert(o->lives != NULL && o->messages != NULL);
}

/* --- lives ------------------------------------------------------------------------------------ */

static uint32_t life_of_id(const sim_oracle *o, gc_span id) {
    for (uint32_t i = o->life_count; i > 0; i--) {
        if (gc_span_equal(gc_span_of(o->lives[i - 1].id, o->lives[i - 1].id_len), id)) {
            return i - 1;
        }
    }
    return SIM_NONE;
}

void sim_oracle_joined(sim_world *w, uint32_t node) {
    sim_oracle *o = &w->oracle;
    gc_span id = gc_client_id(w->nodes[node].client);
    gc_assert(o->life_count < o->life_max && id.len > 0 && id.len <= GC_ID_BYTES_MAX);
    sim_life *l = &o->lives[o->life_count];
    l->node = node;
    l->alive = true;
    l->left = false;
    l->ended_ms = 0;
    l->expect_count = 0;
    l->id_len = id.len;
    memcpy(l->id, id.data, id.len);
    w->nodes[node].life = o->life_count++;
}

void sim_oracle_ended(sim_world *w, uint32_t node, bool left) {
    sim_node *n = &w->nodes[node];
    if (n->life == SIM_NONE) {
        return;
    }
    sim_life *l = &w->oracle.lives[n->life];
    l->alive = false;
    l->left = left;
    l->ended_ms = w->now_ms;
    n->life = SIM_NONE;
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        n->peers[i].known = false;
    }
}

static sim_expect *expect_of(sim_world *w, uint32_t life, uint32_t sender) {
    sim_life *l = &w->oracle.lives[life];
    for (uint32_t i = 0; i < l->expect_count; i++) {
        if (l->expects[i].life == sender) {
            return &l->expects[i];
        }
    }
    gc_assert(l->expect_count < SIM_EXPECTS_MAX);
    sim_expect *x = &l->expects[l->expect_count++];
    *x = (sim_expect){.life = sender};
    return x;
}

/* Which stay of which process: the number of a life would tell who joined first. */
static uint64_t name_of(const sim_oracle *o, uint32_t life) {
    uint32_t node = o->lives[life].node, stay = 0;
    for (uint32_t i = 0; i < life; i++) {
        stay += o->lives[i].node == node;
    }
    return (uint64_t)node << 32 | stay;
}

uint64_t sim_oracle_outcome(const sim_oracle *o) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < o->life_count; i++) {
        const sim_life *l = &o->lives[i];
        for (uint32_t k = 0; k < l->expect_count; k++) {
            const sim_expect *x = &l->expects[k];
            if (x->told != 0) {
                sum += sim_mix(sim_mix(sim_mix(name_of(o, i)) ^ name_of(o, x->life)) ^ x->told);
            }
        }
    }
    return sum;
}

/* --- messages --------------------------------------------------------------------------------- */

static uint64_t text_hash(gc_span text) {
    uint64_t h = text.len;
    for (uint32_t i = 0; i < text.len; i++) {
        h = (h ^ text.data[i]) * 0x100000001b3u;
    }
    return sim_mix(h);
}

uint32_t sim_oracle_next(const sim_world *w) {
    return w->oracle.message_count;
}

void sim_oracle_sent(sim_world *w, uint32_t node, gc_span text, uint64_t seq) {
    sim_oracle *o = &w->oracle;
    const sim_node *n = &w->nodes[node];
    gc_assert(o->message_count < o->message_max);
    sim_message *m = &o->messages[o->message_count++];
    m->life = n->life;
    m->len = text.len;
    m->seq = seq;
    m->hash = text_hash(text);
    m->sent_ms = n->seen_ms;
    m->sent_world_ms = w->now_ms;
    m->late = false;
    m->count = 0;
    for (uint32_t i = 0; i < SIM_PEERS_MAX; i++) {
        if (n->peers[i].known) {
            gc_assert(m->count < GC_PEERS_MAX);
            m->to[m->count++] = (sim_recipient){.life = n->peers[i].life, .peer = i};
        }
    }
    m->pending = m->count;
}

static sim_recipient *recipient_of(sim_message *m, uint32_t life) {
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->to[i].life == life) {
            return &m->to[i];
        }
    }
    return NULL;
}

/* Messages of one sender to one recipient below seq that may still come must not be passed over. */
static bool passes_over(const sim_oracle *o, uint32_t sender, uint32_t life, uint64_t from,
                        uint64_t to) {
    for (uint32_t i = o->first_pending; i < o->message_count; i++) {
        sim_message *m = &o->messages[i];
        if (m->life == sender && m->seq >= from && m->seq < to) {
            const sim_recipient *r = recipient_of(m, life);
            if (r != NULL && r->state == SIM_PENDING && !r->shown && !r->gap) {
                return true;
            }
        }
    }
    return false;
}

/* The text begins with "m<number> ". */
static sim_message *message_of(sim_oracle *o, gc_span text) {
    uint64_t number = 0;
    uint32_t i = 1;
    for (; i < text.len && text.data[i] >= '0' && text.data[i] <= '9' && i < 12; i++) {
        number = number * 10 + (text.data[i] - '0');
    }
    if (i < 2 || text.data[0] != 'm' || number >= o->message_count) {
        return NULL;
    }
    sim_message *m = &o->messages[number];
    return m->len == text.len && m->hash == text_hash(text) ? m : NULL;
}

static void on_message(sim_world *w, uint32_t node, const gc_client_output *out) {
    sim_oracle *o = &w->oracle;
    sim_node *n = &w->nodes[node];
    uint32_t sender = n->peers[out->peer].life;
    if (sender != SIM_NONE && sim_is_hostile(w, o->lives[sender].node)) {
        return; /* it may say what it likes, as itself */
    }
    sim_message *m = message_of(o, out->text);
    if (m == NULL || m->seq != out->number) {
        sim_fail(w, SIM_INVARIANT_TEXT, node, out->peer, 0, out->number);
        return;
    }
    if (m->life != sender) {
        sim_fail(w, SIM_INVARIANT_SENDER, node, sender, m->life, out->number);
        return;
    }
    sim_recipient *r = recipient_of(m, n->life);
    if (r == NULL) {
        sim_fail(w, SIM_INVARIANT_STRANGER, node, sender, 0, m->seq);
        return;
    }
    if (r->shown) {
        sim_fail(w, SIM_INVARIANT_I2, node, sender, 0, m->seq);
        return;
    }
    sim_expect *x = expect_of(w, n->life, sender);
    if ((x->next != 0 && m->seq != x->next) || m->seq <= x->last || r->gap ||
        passes_over(o, sender, n->life, 0, m->seq)) {
        sim_fail(w, SIM_INVARIANT_I3, node, sender, 0, m->seq);
    }
    x->last = m->seq;
    x->next = m->seq + 1;
    x->told = sim_mix(x->told ^ m->hash);
    r->shown = true;
    o->shown++;
}

static void on_gap(sim_world *w, uint32_t node, const gc_client_output *out) {
    sim_oracle *o = &w->oracle;
    uint32_t life = w->nodes[node].life, sender = w->nodes[node].peers[out->peer].life;
    if (sender == SIM_NONE) {
        sim_fail(w, SIM_INVARIANT_SENDER, node, out->peer, 0, out->number);
        return;
    }
    if (sim_is_hostile(w, o->lives[sender].node)) {
        return;
    }
    sim_expect *x = expect_of(w, life, sender);
    uint64_t end = out->number + out->value;
    /* Who has left sends nothing any more: what was on its way then never comes. */
    bool too_early = o->lives[sender].alive && passes_over(o, sender, life, out->number, end);
    if ((x->next != 0 && out->number != x->next) || out->value == 0 || too_early) {
        sim_fail(w, SIM_INVARIANT_I3, node, sender, out->value, out->number);
    }
    for (uint32_t i = 0; i < o->message_count; i++) {
        sim_message *m = &o->messages[i];
        if (m->life != sender || m->seq < out->number || m->seq >= end) {
            continue;
        }
        x->told = sim_mix(x->told ^ ~m->hash); /* one by one: how gaps are cut does not count */
        sim_recipient *r = recipient_of(m, life);
        if (r != NULL) {
            r->gap = true;
        }
    }
    x->next = end;
    o->gaps++;
}

/* What the hostile member says to have shown, or does not, is its own business. */
static bool is_liar(const sim_world *w, uint32_t life) {
    return life != SIM_NONE && sim_is_hostile(w, w->oracle.lives[life].node);
}

static void on_end(sim_world *w, uint32_t node, const gc_client_output *out) {
    sim_oracle *o = &w->oracle;
    sim_node *n = &w->nodes[node];
    bool delivered = out->type == GC_CLIENT_DELIVERED;
    for (uint32_t i = o->message_count; i > 0; i--) {
        sim_message *m = &o->messages[i - 1];
        if (m->life != n->life || m->seq != out->number) {
            continue;
        }
        sim_recipient *r = NULL;
        for (uint32_t k = 0; k < m->count; k++) {
            /* By index: a peer may be a promise of a link whose id nobody has held yet. */
            r = m->to[k].peer == out->peer && m->to[k].life == n->peers[out->peer].life ? &m->to[k]
                                                                                        : r;
        }
        bool late = r != NULL && delivered && r->state == SIM_UNDELIVERED; /* it is taken back */
        if (r == NULL || (r->state != SIM_PENDING && !late)) {
            sim_fail(w, SIM_INVARIANT_ENDS, node, out->peer, delivered, out->number);
        } else if (delivered && !r->shown && !is_liar(w, r->life)) {
            sim_fail(w, SIM_INVARIANT_I1, node, r->life, 0, out->number);
        } else {
            r->state = delivered ? SIM_DELIVERED : SIM_UNDELIVERED;
            m->pending -= !late;
            o->delivered += delivered;
            o->undelivered += !delivered;
            o->undelivered -= late;
            bool wrong =
                w->scenario.lossless || (m->sent_world_ms >= w->meshed_ms && !w->unnoticed &&
                                         r->life != SIM_NONE && o->lives[r->life].alive);
            if (!delivered && wrong && !is_liar(w, r->life)) {
                sim_fail(w, SIM_INVARIANT_LOST, node, r->life, out->reason, out->number);
            }
        }
        return;
    }
    sim_fail(w, SIM_INVARIANT_ENDS, node, out->peer, delivered, out->number);
}

/* Two lives forgot each other: the fates of what they said are final. */
static void end_between(sim_oracle *o, uint32_t a, uint32_t b) {
    for (uint32_t i = 0; i < o->message_count; i++) {
        sim_message *m = &o->messages[i];
        sim_recipient *r = m->life == a   ? recipient_of(m, b)
                           : m->life == b ? recipient_of(m, a)
                                          : NULL;
        if (r != NULL) {
            r->over = true;
        }
    }
}

static void on_peer(sim_world *w, uint32_t node, const gc_client_output *out) {
    sim_node *n = &w->nodes[node];
    sim_peer *p = &n->peers[out->peer];
    uint32_t life = life_of_id(&w->oracle, out->text);
    bool was_open = p->known && p->life == life && p->state == GC_PEER_OPEN;
    if (w->steady && was_open && out->value != GC_PEER_OPEN) {
        sim_fail(w, SIM_INVARIANT_STEADY, node, out->peer, out->value, out->reason);
    }
    if (w->server.stock != NULL && life == SIM_NONE) {
        /* Members are named by members, a target by its own link: all of them have been here. */
        sim_fail(w, SIM_INVARIANT_STRANGER, node, out->peer, out->value, 0);
    }
    p->known = out->value != GC_PEER_CLOSED;
    if (!p->known && life != SIM_NONE) {
        end_between(&w->oracle, n->life, life);
    }
    if (out->value == GC_PEER_OPEN && !was_open) {
        p->open_ms = w->now_ms;
    }
    p->state = out->value;
    if (p->life != life || !p->known) {
        p->life = life;
        if (life != SIM_NONE) {
            expect_of(w, n->life, life)->next = 0; /* a new entry: its conversation starts anew */
        }
    }
}

void sim_oracle_output(sim_world *w, uint32_t node, const gc_client_output *o) {
    if (w->nodes[node].life == SIM_NONE || sim_is_hostile(w, node)) {
        return; /* what a client says while it leaves is nobody's business */
    }
    gc_assert(o->peer < SIM_PEERS_MAX);
    switch (o->type) {
    case GC_CLIENT_PEER:
        on_peer(w, node, o);
        break;
    case GC_CLIENT_MESSAGE:
        on_message(w, node, o);
        break;
    case GC_CLIENT_GAP:
        on_gap(w, node, o);
        break;
    default:
        on_end(w, node, o);
        break;
    }
}

void sim_oracle_drained(sim_world *w, uint32_t node) {
    const sim_node *n = &w->nodes[node];
    bool open = false;
    for (uint32_t i = 0; i < SIM_PEERS_MAX && !open; i++) {
        open = n->peers[i].known && n->peers[i].state == GC_PEER_OPEN;
    }
    if (n->life != SIM_NONE && !sim_is_hostile(w, node) && n->state != GC_STATE_IDLE &&
        open != (n->state == GC_STATE_CONNECTED)) {
        sim_fail(w, SIM_INVARIANT_STATE, node, n->state, open, 0);
    }
}
