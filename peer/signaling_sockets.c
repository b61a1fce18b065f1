#include "peer/signaling_sockets.h"

#include <stdio.h>

typedef struct gc_signaling_socket_place place;

static uint64_t now_of(const place *p) {
    return uv_now(p->all->options.loop);
}

static void came(place *p) {
    p->all->options.came(p->all->options.context);
}

static void on_opened(void *context) {
    place *p = context;
    p->all->why[0] = 0;
    gc_client_signaling_opened(p->all->options.client, now_of(p), p->number);
    came(p);
}

static void on_message(void *context, gc_span text) {
    place *p = context;
    gc_client_signaling_message(p->all->options.client, now_of(p), p->number, text);
    came(p);
}

static void on_closed(void *context, const char *why) {
    place *p = context;
    p->socket = NULL;
    snprintf(p->all->why, sizeof p->all->why, "%s", why);
    gc_client_signaling_closed(p->all->options.client, now_of(p), p->number);
    came(p);
}

static const gc_ws_client_events socket_events = {on_opened, on_message, on_closed};

static void close_place(place *p) {
    if (p->socket != NULL) {
        gc_ws_client_close(p->socket);
        p->socket = NULL;
    }
}

void gc_signaling_sockets_open(gc_signaling_sockets *s,
                               const gc_signaling_sockets_options *options) {
    s->options = *options;
    gc_ws_group_open(&s->group, options->loop, options->drbg);
    s->group.name_servers = options->name_servers;
    for (uint32_t i = 0; i < GC_SIGNALING_SOCKETS; i++) {
        s->places[i] = (place){.all = s, .number = i};
    }
}

bool gc_signaling_sockets_act(gc_signaling_sockets *s, const gc_client_output *o) {
    place *p = &s->places[o->value < GC_SIGNALING_SOCKETS ? o->value : 0];
    switch (o->type) {
    case GC_CLIENT_SIGNALING_CONNECT:
        close_place(p);
        p->socket = gc_ws_client_open(&s->group, o->text, &socket_events, p);
        return true;
    case GC_CLIENT_SIGNALING_SEND:
        if (p->socket != NULL) {
            gc_ws_client_send(p->socket, o->text);
        }
        return true;
    case GC_CLIENT_SIGNALING_CLOSE:
        close_place(p);
        return true;
    default:
        return false;
    }
}

void gc_signaling_sockets_forget(gc_signaling_sockets *s) {
    s->why[0] = 0;
}

void gc_signaling_sockets_close(gc_signaling_sockets *s) {
    for (uint32_t i = 0; i < GC_SIGNALING_SOCKETS; i++) {
        close_place(&s->places[i]);
    }
}

bool gc_signaling_sockets_free(gc_signaling_sockets *s) {
    if (s->group.clients > 0) {
        return false;
    }
    if (!s->group_closed) {
        s->group_closed = true;
        gc_ws_group_close(&s->group);
        return false;
    }
    return true;
}
