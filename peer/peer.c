#include "peer/peer.h"
#include "core/base/assert.h"
#include "core/base/drbg.h"
#include "core/base/error.h"
#include "core/base/number.h"
#include "core/base/secret.h"
#include "host/alloc.h"
#include "host/clock.h"
#include "host/crypto.h"
#include "host/entropy.h"
#include "host/normalize.h"
#include "peer/links.h"
#include "peer/network.h"
#include "peer/signaling_sockets.h"

#include <string.h>
#include <sys/mman.h>

#define SEED_BYTES 32
#define CLOSER_MS  2 /* how often the end looks whether the sockets are gone */

struct gc_peer {
    gc_peer_options options;
    gc_client *client;
    gc_rtc *rtc;
    void *memory; /* of both, memory_bytes of mmap() */
    size_t memory_bytes;
    gc_drbg drbg;
    gc_signaling_sockets signaling;
    gc_network network;
    gc_links links;
    gc_events events;
    bool driving; /* outputs are being drained */
    bool joined;
    bool leaves;       /* as soon as the core's outputs are drained */
    uv_timer_t timer;  /* the next deadline */
    uint64_t armed_ms; /* for when the timer is set; GC_NEVER: it is not */
    /* the end */
    bool closing;
    bool let_go;         /* nothing but the loop uses it any more */
    uint64_t goodbye_ms; /* when it is over at the latest */
    void (*closed)(void *context);
};

static uint64_t now_of(const gc_peer *p) {
    return uv_now(p->options.loop);
}

/* --- what the core wants ---------------------------------------------------------------------- */

static void tell(gc_peer *p, const gc_client_output *o) {
    gc_event events[GC_EVENTS_PER_OUTPUT_MAX];
    uint32_t count = gc_events_of(&p->events, o, gc_client_id(p->client),
                                  gc_span_text(p->signaling.why), events);
    for (uint32_t i = 0; i < count && !p->closing; i++) {
        p->options.event(p->options.context, &events[i]);
    }
}

static void act(gc_peer *p, const gc_client_output *o) {
    if (o->type == GC_CLIENT_ICE_SERVERS) {
        gc_network_servers(&p->network, o->text);
    } else if (!gc_signaling_sockets_act(&p->signaling, o) && !gc_links_act(&p->links, o)) {
        tell(p, o);
    }
}

/* --- the drive -------------------------------------------------------------------------------- */

static void arm(gc_peer *p);

/* Drains both until neither wants anything: the core's outputs first, for what the transport
 * reports must not come while some are left. An event that calls back finds `driving` set, and what
 * it caused is drained here. */
static void drive(gc_peer *p) {
    gc_client_output out;
    if (p->driving || p->let_go) {
        return;
    }
    p->driving = true;
    gc_network_hold(&p->network);
    for (;;) {
        while (gc_client_poll(p->client, &out)) {
            act(p, &out);
        }
        if (p->leaves) {
            p->leaves = false;
            gc_client_leave(p->client, now_of(p));
        } else if (!gc_links_report(&p->links)) {
            break;
        }
    }
    gc_network_release(&p->network);
    p->driving = false;
    arm(p);
}

static void on_came(void *context) {
    drive(context);
}

static void let_go(gc_peer *p);

static void on_deadline(uv_timer_t *timer) {
    gc_peer *p = timer->data;
    uint64_t now_ms = now_of(p);
    p->armed_ms = GC_NEVER;
    if (p->closing && now_ms >= p->goodbye_ms) {
        let_go(p);
        return;
    }
    if (now_ms >= gc_rtc_deadline(p->rtc)) {
        gc_rtc_tick(p->rtc, now_ms);
    }
    if (now_ms >= gc_client_deadline(p->client)) {
        gc_client_tick(p->client, now_ms);
    }
    drive(p);
}

static void arm(gc_peer *p) {
    uint64_t at = gc_min_u64(gc_client_deadline(p->client), gc_rtc_deadline(p->rtc));
    if (p->closing) {
        /* Nothing is left that would go out. */
        at = at == GC_NEVER ? 0 : gc_min_u64(at, p->goodbye_ms);
        p->goodbye_ms = at == 0 ? 0 : p->goodbye_ms;
    }
    if (at == p->armed_ms) {
        return; /* as after most datagrams */
    }
    p->armed_ms = at;
    if (at == GC_NEVER) {
        uv_timer_stop(&p->timer);
        return;
    }
    uint64_t now_ms = now_of(p);
    uv_timer_start(&p->timer, on_deadline, at > now_ms ? at - now_ms : 0, 0);
}

/* --- the user --------------------------------------------------------------------------------- */

/* Ends an input of the user. */
static int done(gc_peer *p, int r) {
    if (r == 0) {
        drive(p);
    }
    return r;
}

static int begun(gc_peer *p, int r) {
    if (r == 0) {
        memset(&p->events, 0, sizeof p->events);
        p->joined = true;
        gc_signaling_sockets_forget(&p->signaling);
    }
    return done(p, r);
}

/* Direct connections are switched off, and no relay could take their place: to meet anybody would
 * end in nothing but a server that knows of us. */
static bool is_shut(const gc_peer *p) {
    return p->options.relay_only;
}

int gc_peer_join_room(gc_peer *p, const gc_client_options *o, gc_span name) {
    gc_room_name room;
    int r = is_shut(p) ? GC_E_REFUSED : gc_host_room_name(&room, name);
    return r != 0 ? r : begun(p, gc_client_join_room(p->client, now_of(p), o, &room));
}

int gc_peer_join_link(gc_peer *p, const gc_client_options *o, gc_span link) {
    gc_invite invite;
    int r = is_shut(p) ? GC_E_REFUSED : gc_invite_parse(link, &invite);
    if (r != 0) {
        return r;
    }
    bool open_room = invite.kind == GC_INVITE_ROOM_NAME;
    gc_bytes_wipe(invite.secret, sizeof invite.secret);
    if (open_room) {
        return gc_peer_join_room(p, o, gc_span_of(invite.name, invite.name_len));
    }
    return begun(p, gc_client_join_link(p->client, now_of(p), o, link));
}

int gc_peer_new_room(gc_peer *p, const gc_client_options *o) {
    return is_shut(p) ? GC_E_REFUSED : begun(p, gc_client_new_room(p->client, now_of(p), o));
}

int gc_peer_send(gc_peer *p, gc_span text, uint64_t *number) {
    return done(p, gc_client_send(p->client, now_of(p), text, number));
}

int gc_peer_send_to(gc_peer *p, gc_span id, gc_span text, uint64_t *number) {
    return done(p, gc_client_send_to(p->client, now_of(p), id, text, number));
}

int gc_peer_invite(gc_peer *p, gc_span base, uint32_t kind, gc_writer *w) {
    return done(p, gc_client_invite(p->client, base, kind, w));
}

gc_span gc_peer_id(const gc_peer *p) {
    return gc_client_id(p->client);
}

int gc_peer_leave(gc_peer *p) {
    if (!p->joined) {
        return GC_E_STATE;
    }
    p->joined = false;
    p->leaves = true;
    return done(p, 0);
}

/* --- life ------------------------------------------------------------------------------------- */

static void free_all(gc_peer *p) {
    gc_network_free(&p->network);
    if (p->memory != NULL) {
        munmap(p->memory, p->memory_bytes);
    }
    gc_bytes_wipe(&p->drbg, sizeof p->drbg);
    gc_free(p);
}

static void on_timer_closed(uv_handle_t *handle) {
    gc_peer *p = handle->data;
    void (*closed)(void *) = p->closed;
    void *context = p->options.context;
    free_all(p);
    if (closed != NULL) {
        closed(context);
    }
}

/* Handles of the sockets that the loop still has go in a turn of their own. */
static void on_closer(uv_timer_t *timer) {
    gc_peer *p = timer->data;
    if (gc_signaling_sockets_free(&p->signaling)) {
        uv_close((uv_handle_t *)timer, on_timer_closed);
    }
}

static void let_go(gc_peer *p) {
    p->let_go = true;
    gc_signaling_sockets_close(&p->signaling);
    gc_network_close(&p->network);
    gc_rtc_end(p->rtc);
    uv_timer_start(&p->timer, on_closer, 0, CLOSER_MS);
}

void gc_peer_close(gc_peer *p, void (*closed)(void *context)) {
    gc_assert(!p->closing);
    p->closing = true;
    p->closed = closed;
    p->goodbye_ms = now_of(p) + GC_PEER_GOODBYE_MS;
    p->leaves = true;
    drive(p);
}

static size_t aligned(size_t bytes) {
    return (bytes + 63) / 64 * 64;
}

static bool open_network(gc_peer *p) {
    const gc_peer_options *o = &p->options;
    gc_network_options network = {.loop = o->loop,
                                  .rtc = p->rtc,
                                  .addresses = o->addresses,
                                  .loopback = o->loopback,
                                  .relay_only = o->relay_only,
                                  .name_servers = o->name_servers,
                                  .stun = o->stun,
                                  .came = on_came,
                                  .context = p};
    return gc_network_open(&p->network, &network) == 0;
}

/* Reserves memory that costs nothing before it is used. */
static bool make_inside(gc_peer *p, const uint8_t *seeds) {
    gc_rtc_options rtc = {.datagram_bytes_max = GC_RTC_DATAGRAM_BYTES_MAX,
                          .loopback = p->options.loopback,
                          .relay_only = p->options.relay_only};
    size_t client_bytes = aligned(gc_client_size());
    size_t rtc_bytes = gc_rtc_size(&rtc);
    uint64_t now_ms = now_of(p);
    gc_crypto crypto;
    p->memory_bytes = client_bytes + rtc_bytes;
    void *memory = mmap(NULL, p->memory_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    p->memory = memory;
    if (gc_host_crypto(&crypto) != 0) {
        return false;
    }
    gc_drbg_init(&p->drbg, seeds);
    p->client = gc_client_init(memory, client_bytes, &crypto, seeds + SEED_BYTES, now_ms);
    p->rtc = gc_rtc_init((uint8_t *)memory + client_bytes, rtc_bytes, &rtc, seeds + 2 * SEED_BYTES,
                         now_ms, gc_clock_unix_s());
    return p->client != NULL && p->rtc != NULL && open_network(p);
}

/* Begins the parts that need nothing which can fail. */
static void open_parts(gc_peer *p) {
    gc_signaling_sockets_options signaling = {.loop = p->options.loop,
                                              .client = p->client,
                                              .drbg = &p->drbg,
                                              .name_servers = p->options.name_servers,
                                              .came = on_came,
                                              .context = p};
    gc_signaling_sockets_open(&p->signaling, &signaling);
    gc_links_open(&p->links, p->client, p->rtc, &p->network);
}

gc_peer *gc_peer_open(const gc_peer_options *options) {
    uint8_t seeds[3 * SEED_BYTES];
    gc_peer *p = gc_alloc(sizeof *p);
    if (p == NULL || gc_entropy(seeds, sizeof seeds) != 0) {
        gc_free(p);
        return NULL;
    }
    memset(p, 0, sizeof *p);
    p->options = *options;
    bool good = make_inside(p, seeds);
    gc_bytes_wipe(seeds, sizeof seeds);
    if (!good) {
        if (p->rtc != NULL) {
            gc_rtc_end(p->rtc);
        }
        free_all(p);
        return NULL;
    }
    open_parts(p);
    uv_timer_init(options->loop, &p->timer);
    p->armed_ms = GC_NEVER;
    p->timer.data = p;
    return p;
}
