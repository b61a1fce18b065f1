#include "peer/stun_servers.h"
#include "core/base/error.h"
#include "core/wire/http.h"
#include "core/wire/json.h"
#include "host/authority.h"
#include "host/net.h"

void gc_stun_servers_open(gc_stun_servers *s, uv_loop_t *loop, const char *name_servers,
                          gc_stun_servers_found found, void *context) {
    *s = (gc_stun_servers){
        .loop = loop, .name_servers = name_servers, .found = found, .context = context};
}

static void report(gc_stun_server *server, gc_addr address) {
    address.port = server->port;
    server->owner->found(server->owner->context, &address);
}

static void on_found(void *context, uint8_t family, const gc_addr *addresses, uint32_t count) {
    (void)family;
    if (count > 0) {
        report(context, addresses[0]);
    }
}

int gc_stun_servers_add(gc_stun_servers *s, gc_span url) {
    static const char scheme[] = "stun:";
    gc_authority to;
    gc_addr address;
    if (!gc_http_starts(url, scheme) ||
        gc_authority_parse(gc_span_from(url, sizeof scheme - 1), GC_STUN_SERVERS_PORT, &to) != 0) {
        return GC_E_SYNTAX;
    }
    if (s->count == GC_STUN_SERVERS_MAX) {
        return GC_E_FULL;
    }
    gc_stun_server *server = &s->servers[s->count];
    *server = (gc_stun_server){.owner = s, .port = to.port};
    if (gc_net_parse(gc_span_text(to.host), &address)) {
        s->count++;
        report(server, address);
        return 0;
    }
    server->resolver = gc_resolver_start(s->loop, to.host, s->name_servers, on_found, server);
    s->count += server->resolver != NULL;
    return server->resolver != NULL ? 0 : GC_E_MEMORY;
}

static void add_token(gc_stun_servers *s, const gc_json *j, int32_t token) {
    uint8_t url[GC_URL_BYTES_MAX];
    uint32_t len;
    if (gc_json_string(j, token, url, sizeof url, &len) == 0) {
        gc_stun_servers_add(s, gc_span_of(url, len));
    }
}

/* Takes each member of an array, or the value itself where it is not an array. */
static void each(gc_stun_servers *s, const gc_json *j, int32_t token,
                 void (*take)(gc_stun_servers *s, const gc_json *j, int32_t token)) {
    if (token < 0) {
        return;
    }
    if (j->tokens[token].type != GC_JSON_ARRAY) {
        take(s, j, token);
        return;
    }
    for (uint32_t at = (uint32_t)token + 1; at < j->tokens[token].next; at = j->tokens[at].next) {
        take(s, j, (int32_t)at);
    }
}

static void add_server(gc_stun_servers *s, const gc_json *j, int32_t token) {
    each(s, j, gc_json_get(j, token, "urls"), add_token);
}

void gc_stun_servers_add_json(gc_stun_servers *s, gc_span json) {
    gc_json j;
    if (gc_json_parse(&j, json) == 0) {
        each(s, &j, 0, add_server);
    }
}

void gc_stun_servers_end(gc_stun_servers *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->servers[i].resolver != NULL) {
            gc_resolver_end(s->servers[i].resolver);
        }
    }
    s->count = 0;
}
