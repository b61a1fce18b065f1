/* Several clients in one process: a relay, links whose channel 1 loses its order, links and sockets
 * that break, clocks that go on. Small worlds, many of them; sim/ has the large ones.
 * Checked: I1 delivered means shown, I2 none twice, I3 order with marked gaps, I7 every message has
 * a fate, and that after the last fault all are linked and all is said. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/client_inside.h"
#include "test/unit/unit.h"

#define PEOPLE_MAX   4
#define IN_FLIGHT    4096
#define MESSAGES_MAX 512
#define COFFEE       "29935b41b9a63fe8f9dd6864f4193aa7"

enum fate { OPEN_FATE, DELIVERED, UNDELIVERED };

typedef struct packet {
    uint32_t to;
    uint32_t link; /* the receiver's number; GC_NONE: a signaling message */
    uint8_t channel;
    uint32_t len;
    uint8_t *bytes;
} packet;

typedef struct person {
    gc_client *c;
    bool asked, online; /* its socket */
    uint64_t sent;
    /* by the other one */
    uint64_t shown[PEOPLE_MAX];
    bool seen[PEOPLE_MAX][MESSAGES_MAX]; /* messages of the other one that were shown */
    enum fate fate[PEOPLE_MAX][MESSAGES_MAX];
    bool owes[PEOPLE_MAX][MESSAGES_MAX]; /* was a known receiver when it was sent */
} person;

typedef struct world {
    uint64_t now;
    uint32_t count, random;
    person p[PEOPLE_MAX];
    packet flight[IN_FLIGHT];
    uint32_t flying;
} world;

static uint32_t pick(world *w, uint32_t below) {
    w->random = w->random * 1664525u + 1013904223u;
    return (w->random >> 8) % below;
}

static uint32_t who(const world *w, gc_span id) {
    for (uint32_t i = 0; i < w->count; i++) {
        if (gc_span_equal(gc_client_id(w->p[i].c), id)) {
            return i;
        }
    }
    return GC_NONE;
}

static void fly(world *w, uint32_t to, uint32_t link, uint8_t channel, gc_span bytes) {
    assert_true(w->flying < IN_FLIGHT);
    w->flight[w->flying++] =
        (packet){to, link, channel, bytes.len, exact_copy(bytes.data, bytes.len)};
}

/* --- the server ------------------------------------------------------------------------------- */

static void tell(world *w, uint32_t to, const char *type, uint32_t about) {
    char text[256];
    gc_span id = gc_client_id(w->p[about].c);
    snprintf(text, sizeof text,
             "{\"type\":\"%s\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"%.*s\"}}", type,
             (int)id.len, id.data);
    fly(w, to, GC_NONE, 0, text_span(text));
}

static void go_online(world *w, uint32_t i) {
    char text[512];
    size_t len = (size_t)snprintf(text, sizeof text,
                                  "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{\"tag\":"
                                  "\"" COFFEE "\",\"members\":[");
    bool first = true;
    for (uint32_t other = 0; other < w->count; other++) {
        if (other != i && w->p[other].online) {
            gc_span id = gc_client_id(w->p[other].c);
            len += (size_t)snprintf(text + len, sizeof text - len, "%s\"%.*s\"", first ? "" : ",",
                                    (int)id.len, id.data);
            first = false;
            tell(w, other, "GC-JOINED", i);
        }
    }
    (void)snprintf(text + len, sizeof text - len, "]}}}");
    w->p[i].online = true;
    fly(w, i, GC_NONE, 0, text_span(text));
}

static void go_offline(world *w, uint32_t i) {
    if (!w->p[i].online) {
        return;
    }
    w->p[i].online = false;
    for (uint32_t other = 0; other < w->count; other++) {
        if (other != i && w->p[other].online) {
            tell(w, other, "GC-LEFT", i);
        }
    }
    for (uint32_t n = 0; n < w->flying; n++) { /* what the socket had in it is gone */
        if (w->flight[n].to == i && w->flight[n].link == GC_NONE) {
            w->flight[n].to = GC_NONE;
        }
    }
}

static void relay(world *w, uint32_t from, gc_span text) {
    gc_json j;
    uint8_t dst[GC_ID_BYTES_MAX];
    uint32_t len = 0;
    assert_int_equal(gc_json_parse(&j, text), 0);
    int32_t to = gc_json_get(&j, 0, "dst");
    if (to < 0) {
        fly(w, from, GC_NONE, 0, GC_SPAN("{\"type\":\"GC-ALIVE\"}"));
        return;
    }
    assert_int_equal(gc_json_string(&j, to, dst, sizeof dst, &len), 0);
    uint32_t receiver = who(w, gc_span_of(dst, len));
    if (receiver == GC_NONE || !w->p[receiver].online || !w->p[from].online) {
        return;
    }
    static char out[16384];
    gc_span id = gc_client_id(w->p[from].c);
    int n = snprintf(out, sizeof out, "{\"src\":\"%.*s\",%.*s", (int)id.len, id.data,
                     (int)text.len - 1, text.data + 1);
    fly(w, receiver, GC_NONE, 0, gc_span_of(out, (uint32_t)n));
}

/* --- the links -------------------------------------------------------------------------------- */

/* The other end: the same dial at somebody else. */
static bool other_end(world *w, uint32_t i, uint32_t slot, uint32_t *peer, uint32_t *its_slot) {
    const uint8_t *dial = client_link_dial(w->p[i].c, slot);
    for (*peer = 0; *peer < w->count; (*peer)++) {
        for (*its_slot = 0; *its_slot < GC_LINKS_MAX && *peer != i; (*its_slot)++) {
            const gc_client *o = w->p[*peer].c;
            bool there =
                client_link_is_connecting(o, *its_slot) || client_link_is_open(o, *its_slot);
            if (there && memcmp(client_link_dial(o, *its_slot), dial, GC_DIAL_BYTES) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void drain(world *w, uint32_t i);

static void open_links(world *w) {
    for (uint32_t i = 0; i < w->count; i++) {
        for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
            uint32_t peer = 0, its = 0;
            gc_client *c = w->p[i].c;
            if (client_link_is_connecting(c, slot) && other_end(w, i, slot, &peer, &its) &&
                pick(w, 3) > 0) {
                assert_int_equal(gc_client_link_opened(c, w->now, client_link_number(c, slot)), 0);
                drain(w, i);
            }
        }
    }
}

static void break_link(world *w, uint32_t i, uint32_t slot) {
    uint32_t peer = 0, its = 0;
    gc_client *c = w->p[i].c;
    if (!client_link_is_open(c, slot)) {
        return;
    }
    bool two = other_end(w, i, slot, &peer, &its) && pick(w, 2) == 0;
    uint32_t its_number = two ? client_link_number(w->p[peer].c, its) : 0;
    assert_int_equal(gc_client_link_closed(c, w->now, client_link_number(c, slot), GC_REASON_GONE),
                     0);
    drain(w, i);
    if (two) {
        assert_int_equal(gc_client_link_closed(w->p[peer].c, w->now, its_number, GC_REASON_GONE),
                         0);
        drain(w, peer);
    }
}

/* --- what people see -------------------------------------------------------------------------- */

static uint32_t person_of(world *w, uint32_t i, uint32_t peer) {
    uint32_t other = who(w, client_peer_id(w->p[i].c, peer));
    assert_int_not_equal(other, GC_NONE);
    return other;
}

/* The next in order: what is left out between was never meant for this one. */
static void expect_next(const world *w, uint32_t i, uint32_t other, uint64_t seq) {
    assert_true(seq > w->p[i].shown[other]); /* I2, I3 */
    for (uint64_t left_out = w->p[i].shown[other] + 1; left_out < seq; left_out++) {
        assert_false(w->p[other].owes[i][left_out]);
    }
}

static void on_user(world *w, uint32_t i, const gc_client_output *o) {
    person *me = &w->p[i];
    uint32_t other = person_of(w, i, o->peer);
    char text[64];
    switch (o->type) {
    case GC_CLIENT_MESSAGE:
        expect_next(w, i, other, o->number);
        me->shown[other] = o->number;
        me->seen[other][o->number] = true;
        snprintf(text, sizeof text, "%u says %u", other, (unsigned)o->number); /* I4 */
        assert_span(o->text, text_span(text));
        break;
    case GC_CLIENT_GAP:
        expect_next(w, i, other, o->number);
        me->shown[other] = o->number + o->value - 1;
        break;
    case GC_CLIENT_DELIVERED:
        /* Also after it was given up: then that was wrong, and is taken back. */
        assert_int_not_equal(me->fate[other][o->number], DELIVERED);
        assert_true(w->p[other].seen[i][o->number]); /* I1 */
        me->fate[other][o->number] = DELIVERED;
        break;
    default:
        assert_int_equal(me->fate[other][o->number], OPEN_FATE);
        me->fate[other][o->number] = UNDELIVERED;
    }
}

static void act(world *w, uint32_t i, const gc_client_output *o) {
    uint32_t slot = o->link & 0xff, peer = 0, its = 0;
    switch (o->type) {
    case GC_CLIENT_SIGNALING_CONNECT:
        w->p[i].asked = true;
        break;
    case GC_CLIENT_SIGNALING_SEND:
        relay(w, i, o->text);
        break;
    case GC_CLIENT_SIGNALING_CLOSE:
        go_offline(w, i);
        break;
    case GC_CLIENT_LINK_SEND:
        if (other_end(w, i, slot, &peer, &its)) {
            fly(w, peer, client_link_number(w->p[peer].c, its), (uint8_t)o->value, o->text);
        }
        break;
    case GC_CLIENT_MESSAGE:
    case GC_CLIENT_GAP:
    case GC_CLIENT_DELIVERED:
    case GC_CLIENT_UNDELIVERED:
        on_user(w, i, o);
        break;
    default:
        break;
    }
}

static void drain(world *w, uint32_t i) {
    gc_client_output o;
    uint32_t described[GC_LINKS_MAX], count = 0;
    while (gc_client_poll(w->p[i].c, &o)) {
        act(w, i, &o);
        if (o.type == GC_CLIENT_LINK_OFFER || o.type == GC_CLIENT_LINK_ANSWER) {
            described[count++] = o.link;
        }
    }
    gc_client_check(w->p[i].c);
    for (uint32_t n = 0; n < count; n++) {
        (void)gc_client_link_description(w->p[i].c, w->now, described[n], GC_SPAN("sdp"));
        drain(w, i);
    }
}

/* --- steps ------------------------------------------------------------------------------------ */

static bool deliverable(const world *w, uint32_t n) {
    const packet *k = &w->flight[n];
    if (k->to == GC_NONE || k->link == GC_NONE) {
        return true;
    }
    /* A message waits until its link has opened here too. */
    return !client_link_is_connecting(w->p[k->to].c, client_link_slot(k->link));
}

/* Ordered are signaling and channel 0: nothing of the same way may be before it. */
static bool first_of_its_way(const world *w, uint32_t n) {
    const packet *k = &w->flight[n];
    for (uint32_t before = 0; before < n; before++) {
        const packet *b = &w->flight[before];
        if (k->channel == 0 && b->to == k->to && b->link == k->link && b->channel == 0) {
            return false;
        }
    }
    return true;
}

static bool deliver(world *w) {
    if (w->flying == 0) {
        return false;
    }
    uint32_t start = pick(w, w->flying);
    for (uint32_t tried = 0; tried < w->flying; tried++) {
        uint32_t n = (start + tried) % w->flying;
        if (!deliverable(w, n) || !first_of_its_way(w, n)) {
            continue;
        }
        packet k = w->flight[n];
        w->flying--;
        memmove(&w->flight[n], &w->flight[n + 1], (w->flying - n) * sizeof k);
        if (k.to != GC_NONE) {
            gc_client *c = w->p[k.to].c;
            gc_span bytes = gc_span_of(k.bytes, k.len);
            int error = k.link == GC_NONE
                            ? gc_client_signaling_message(c, w->now, GC_SIGNALING_SOCKET_OWN, bytes)
                            : gc_client_link_message(c, w->now, k.link, k.channel, bytes);
            assert_int_equal(error, 0);
            drain(w, k.to);
        }
        free(k.bytes);
        return true;
    }
    return false;
}

static void speak(world *w, uint32_t i) {
    person *me = &w->p[i];
    char text[64];
    uint64_t seq = 0;
    if (me->sent + 1 >= MESSAGES_MAX) {
        return;
    }
    snprintf(text, sizeof text, "%u says %u", i, (unsigned)me->sent + 1);
    int error = gc_client_send(me->c, w->now, text_span(text), &seq);
    if (error == 0) {
        assert_int_equal(seq, ++me->sent);
        for (uint32_t peer = 0; peer < GC_PEERS_MAX; peer++) {
            if (client_peer_is_live(me->c, peer)) {
                me->owes[person_of(w, i, peer)][seq] = true;
            }
        }
    }
    drain(w, i);
}

static void pass(world *w, uint64_t ms) {
    w->now += ms;
    for (uint32_t i = 0; i < w->count; i++) {
        person *me = &w->p[i];
        if (gc_client_deadline(me->c) <= w->now) {
            gc_client_tick(me->c, w->now);
            drain(w, i);
        }
        if (me->asked && pick(w, 4) > 0) {
            me->asked = false;
            assert_int_equal(gc_client_signaling_opened(me->c, w->now, GC_SIGNALING_SOCKET_OWN), 0);
            go_online(w, i);
            drain(w, i);
        }
    }
    open_links(w);
}

static void cut_socket(world *w, uint32_t i) {
    go_offline(w, i);
    w->p[i].asked = false;
    assert_int_equal(gc_client_signaling_closed(w->p[i].c, w->now, GC_SIGNALING_SOCKET_OWN), 0);
    drain(w, i);
}

static void step(world *w, bool faults) {
    uint32_t what = pick(w, 100), i = pick(w, w->count);
    if (what < 60) {
        (void)deliver(w);
    } else if (what < 80) {
        pass(w, 1 + pick(w, 400));
    } else if (what < 96) {
        speak(w, i);
    } else if (what < 98 && faults) {
        break_link(w, i, pick(w, 4));
    } else if (faults && pick(w, 4) == 0) {
        cut_socket(w, i);
    }
}

/* --- worlds ----------------------------------------------------------------------------------- */

static world *begin(uint32_t count, uint32_t seed) {
    world *w = calloc(1, sizeof *w);
    gc_crypto crypto;
    const gc_client_options o = {.server = GC_SPAN("https://h/"), .nick = GC_SPAN("n")};
    assert_non_null(w);
    assert_int_equal(gc_host_crypto(&crypto), 0);
    w->now = 1000;
    w->count = count;
    w->random = seed * 2654435761u;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t entropy[32] = {(uint8_t)i, (uint8_t)seed, (uint8_t)(seed >> 8)};
        void *memory = NULL;
        assert_int_equal(posix_memalign(&memory, 16, gc_client_size()), 0);
        w->p[i].c = gc_client_init(memory, gc_client_size(), &crypto, entropy, w->now);
        assert_int_equal(gc_client_join_room(w->p[i].c, w->now, &o, room_named("coffee")), 0);
        drain(w, i);
    }
    return w;
}

static void end(world *w) {
    while (w->flying > 0) {
        free(w->flight[--w->flying].bytes);
    }
    for (uint32_t i = 0; i < w->count; i++) {
        free(w->p[i].c);
    }
    free(w);
}

static bool all_linked(const world *w) {
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t open = 0;
        for (uint32_t peer = 0; peer < GC_PEERS_MAX; peer++) {
            open += client_peer_is_open(w->p[i].c, peer);
        }
        if (open != w->count - 1) {
            return false;
        }
    }
    return true;
}

/* No more faults: within a minute all are linked and every message has a fate. */
static void heal(world *w) {
    for (uint64_t until = w->now + 70000; w->now < until;) {
        for (int n = 0; n < 200 && deliver(w); n++) {
        }
        pass(w, 50);
    }
    assert_true(all_linked(w));
    for (uint32_t i = 0; i < w->count; i++) {
        for (uint32_t other = 0; other < w->count; other++) {
            for (uint64_t seq = 1; seq <= w->p[i].sent; seq++) {
                bool told = w->p[i].fate[other][seq] != OPEN_FATE;
                assert_int_equal(told, w->p[i].owes[other][seq]); /* I7 */
                /* What was shown is not said to be lost in the end. */
                assert_false(w->p[i].fate[other][seq] == UNDELIVERED && w->p[other].seen[i][seq]);
            }
        }
    }
}

static uint32_t delivered(const world *w) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        for (uint32_t other = 0; other < w->count; other++) {
            for (uint64_t seq = 1; seq <= w->p[i].sent; seq++) {
                count += w->p[i].fate[other][seq] == DELIVERED;
            }
        }
    }
    return count;
}

static void without_faults_all_is_delivered(void **state) {
    (void)state;
    for (uint32_t count = 2; count <= PEOPLE_MAX; count++) {
        world *w = begin(count, count);
        while (!all_linked(w)) {
            for (int n = 0; n < 50 && deliver(w); n++) {
            }
            pass(w, 20);
        }
        assert_true(w->now < 1000 + 5000); /* glare and all */
        for (int n = 0; n < 1000; n++) {
            step(w, false);
        }
        heal(w);
        uint64_t sent = 0;
        for (uint32_t i = 0; i < count; i++) {
            sent += w->p[i].sent;
        }
        assert_true(sent > 50);
        assert_int_equal(delivered(w), sent * (count - 1));
        end(w);
    }
}

static void with_faults_nothing_is_lost_in_silence(void **state) {
    uint32_t total = 0;
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        world *w = begin(2 + seed % 3, seed);
        for (int n = 0; n < 1500; n++) {
            step(w, true);
        }
        heal(w);
        total += delivered(w);
        end(w);
    }
    assert_true(total > 5000);
}

static void who_leaves_is_gone_for_all(void **state) {
    world *w = begin(3, 77);
    (void)state;
    for (int n = 0; n < 500; n++) {
        step(w, false);
    }
    assert_int_equal(gc_client_leave(w->p[2].c, w->now), 0);
    gc_client_output o;
    while (gc_client_poll(w->p[2].c, &o)) {
        if (o.type != GC_CLIENT_DELIVERED && o.type != GC_CLIENT_UNDELIVERED) {
            act(w, 2, &o);
        }
    }
    for (uint32_t i = 0; i < 2; i++) {
        for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
            /* BYE may be lost with the page: the transport's end and GC-LEFT must do. */
            gc_client *c = w->p[i].c;
            uint32_t peer = 0, its = 0;
            if (client_link_is_open(c, slot) && !other_end(w, i, slot, &peer, &its)) {
                uint32_t link = client_link_number(c, slot);
                assert_int_equal(gc_client_link_closed(c, w->now, link, GC_REASON_GONE), 0);
                gc_client_check(c);
            }
        }
    }
    end(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_faults_all_is_delivered),
        cmocka_unit_test(with_faults_nothing_is_lost_in_silence),
        cmocka_unit_test(who_leaves_is_gone_for_all),
    };
    return RUN(tests);
}
