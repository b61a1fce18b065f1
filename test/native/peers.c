/* Several native peers in one process, two on each of two loops in threads of their own: there is
 * no state that they share, and no loop that they need. All meet in one room, everybody says
 * something, and everybody hears all others.
 *
 *   peers URL      URL of the server; prints one line, exit status 0 when all went well */
#include "host/tls.h"
#include "peer/peer.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOOPS      2
#define LOOP_PEERS 2
#define PEERS      (LOOPS * LOOP_PEERS)
#define LOOK_MS    10
#define PATIENCE_S 30
#define OTHERS     (PEERS - 1)

typedef struct user {
    gc_peer *peer;
    uint32_t number;
    bool said;
    uint8_t ids[OTHERS][GC_ID_BYTES_MAX]; /* of those who are connected */
    uint32_t open, heard, delivered;      /* each as many as there are others */
} user;

typedef struct place {
    uv_loop_t loop;
    uv_timer_t look; /* whether all are done */
    user users[LOOP_PEERS];
    const char *server;
    uint32_t number;
    bool failed;
} place;

static atomic_uint done_users;

static void note_open(user *u, gc_span id) {
    for (uint32_t i = 0; i < u->open; i++) {
        if (memcmp(u->ids[i], id.data, id.len) == 0) {
            return;
        }
    }
    if (u->open < OTHERS) {
        memcpy(u->ids[u->open++], id.data, id.len);
    }
}

static void on_event(void *context, const gc_event *e) {
    user *u = context;
    char text[40];
    uint64_t number;
    if (e->type == GC_EVENT_PEER && e->state == GC_PEER_OPEN) {
        note_open(u, e->id);
    }
    u->heard += e->type == GC_EVENT_MESSAGE;
    u->delivered += e->type == GC_EVENT_DELIVERED;
    if (!u->said && u->open >= OTHERS) {
        snprintf(text, sizeof text, "hello from %u", u->number);
        u->said = gc_peer_send(u->peer, gc_span_text(text), &number) == 0;
    }
    if (u->heard == OTHERS && u->delivered == OTHERS && e->type != GC_EVENT_PEER) {
        atomic_fetch_add(&done_users, 1);
        u->heard++; /* once */
    }
}

static void on_look(uv_timer_t *timer) {
    place *p = timer->data;
    if (atomic_load(&done_users) < PEERS) {
        return;
    }
    uv_close((uv_handle_t *)timer, NULL);
    for (uint32_t i = 0; i < LOOP_PEERS; i++) {
        gc_peer_close(p->users[i].peer, NULL);
    }
}

static bool begin(place *p, uint32_t i) {
    user *u = &p->users[i];
    gc_peer_options options = {.loop = &p->loop,
                               .event = on_event,
                               .context = u,
                               .addresses = GC_ROUTES_LOOPBACK,
                               .loopback = true};
    gc_client_options join = {.server = gc_span_text(p->server)};
    u->number = p->number * LOOP_PEERS + i;
    u->peer = gc_peer_open(&options);
    return u->peer != NULL && gc_peer_join_room(u->peer, &join, GC_SPAN("several")) == 0;
}

static void run(void *argument) {
    place *p = argument;
    uv_loop_init(&p->loop);
    uv_timer_init(&p->loop, &p->look);
    p->look.data = p;
    uv_timer_start(&p->look, on_look, LOOK_MS, LOOK_MS);
    for (uint32_t i = 0; i < LOOP_PEERS; i++) {
        p->failed = p->failed || !begin(p, i);
    }
    uv_run(&p->loop, UV_RUN_DEFAULT);
    p->failed = p->failed || uv_loop_close(&p->loop) != 0;
}

int main(int argc, char **argv) {
    static place places[LOOPS];
    uv_thread_t threads[LOOPS];
    bool failed = argc != 2;
    signal(SIGPIPE, SIG_IGN);
    gc_tls_start();
    alarm(PATIENCE_S); /* its signal ends the program */
    for (uint32_t i = 0; i < LOOPS && !failed; i++) {
        places[i] = (place){.server = argv[1], .number = i};
        uv_thread_create(&threads[i], run, &places[i]);
    }
    for (uint32_t i = 0; i < LOOPS && argc == 2; i++) {
        uv_thread_join(&threads[i]);
        failed = failed || places[i].failed;
    }
    printf("%u peers in one process: %s\n", PEERS, failed ? "failed" : "all heard all");
    return failed;
}
