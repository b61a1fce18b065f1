#include "peer/stun_servers.h"
#include "core/base/error.h"
#include "host/net.h"
#include "rtc/candidate.h"

int gc_stun_list_add(gc_stun_list *list, gc_span url) {
    if (list->count == GC_STUN_SERVERS_MAX) {
        return GC_E_FULL;
    }
    gc_stun_url read;
    int r = gc_stun_url_read(url, &read);
    if (r == 0 && read.address.family != 0 && !gc_candidate_addressable(&read.address, true)) {
        r = GC_E_ARGUMENT;
    }
    if (r == 0) {
        list->urls[list->count++] = read;
    }
    return r;
}

void gc_stun_servers_open(gc_stun_servers *s, uv_loop_t *loop, const char *name_servers,
                          gc_stun_servers_found found, void *context) {
    *s = (gc_stun_servers){
        .loop = loop, .name_servers = name_servers, .found = found, .context = context};
}

static void stop(gc_stun_server *server) {
    if (server->resolver != NULL) {
        gc_resolver_end(server->resolver);
        server->resolver = NULL;
    }
}

/* The resolver may report from within its start, when server->resolver is not set yet: `ask` ends
 * it then. */
static void on_found(void *context, uint8_t family, const gc_addr *addresses, uint32_t count) {
    gc_stun_server *server = context;
    gc_stun_servers *s = server->owner;
    (void)family;
    if (++server->answers == 2) {
        stop(server);
    }
    if (count > 0) {
        gc_addr address = addresses[0];
        address.port = server->url.address.port;
        server->known = true;
        s->found(s->context, &address);
    }
}

/* Without memory there is no answer: the next link tries it again. */
static void look_up(gc_stun_servers *s, gc_stun_server *server) {
    server->answers = 0;
    server->resolver =
        gc_resolver_start(s->loop, server->url.name, s->name_servers, on_found, server);
    if (server->answers == 2) {
        stop(server);
    }
}

/* Reports the addresses of a name of this machine. Returns false for any other name. */
static bool is_here(gc_stun_servers *s, gc_stun_server *server) {
    gc_addr v6, v4;
    if (!gc_net_localhost(server->url.name, &v6, &v4)) {
        return false;
    }
    v6.port = v4.port = server->url.address.port;
    server->known = true;
    s->found(s->context, &v6);
    s->found(s->context, &v4);
    return true;
}

void gc_stun_servers_ask(gc_stun_servers *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        gc_stun_server *server = &s->servers[i];
        if (server->known || server->resolver != NULL) {
            continue;
        }
        if (server->url.address.family != 0) {
            server->known = true;
            s->found(s->context, &server->url.address);
        } else if (!is_here(s, server)) {
            look_up(s, server);
        }
    }
}

void gc_stun_servers_set(gc_stun_servers *s, const gc_stun_list *list) {
    gc_stun_servers_close(s);
    for (uint32_t i = 0; i < list->count; i++) {
        s->servers[s->count++] = (gc_stun_server){.owner = s, .url = list->urls[i]};
    }
    gc_stun_servers_ask(s);
}

void gc_stun_servers_close(gc_stun_servers *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        stop(&s->servers[i]);
    }
    s->count = 0;
}
