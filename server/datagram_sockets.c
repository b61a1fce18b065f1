#include "server/datagram_sockets.h"
#include "core/base/assert.h"
#include "host/net.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

_Static_assert(GC_DATAGRAM_BYTES_MAX <= GC_UDP_BYTES_MAX, "what gc_server says can be sent");

bool gc_datagram_sockets_are_open(const gc_datagram_sockets *s) {
    return s->open[0] || s->open[1];
}

static int fail(char *error, size_t error_bytes, const char *text) {
    snprintf(error, error_bytes, "%s", text);
    return -1;
}

/* Opens a socket on each descriptor, or closes the descriptors for which it did not. */
static bool watch(gc_datagram_sockets *s, const int fds[GC_DATAGRAM_SOCKETS]) {
    bool all = true;
    for (uint32_t i = 0; i < GC_DATAGRAM_SOCKETS; i++) {
        if (fds[i] < 0) {
            continue;
        }
        s->open[i] = all && gc_udp_open(&s->sockets[i], &s->group, fds[i], i) == 0;
        if (!s->open[i]) {
            close(fds[i]);
            all = false;
        }
    }
    return all;
}

int gc_datagram_sockets_open(gc_datagram_sockets *s, uv_loop_t *loop, const gc_options *options,
                             gc_udp_received received, void *context, char *error,
                             size_t error_bytes) {
    int fds[GC_DATAGRAM_SOCKETS];
    if (gc_udp_group_open(&s->group, loop, received, context) != 0) {
        return fail(error, error_bytes, "no memory for STUN");
    }
    if (gc_net_bind_udp(options->host, (uint32_t)options->stun_port, fds, error, error_bytes) !=
        0) {
        return -1;
    }
    if (!watch(s, fds)) {
        gc_datagram_sockets_close(s);
        return fail(error, error_bytes, "cannot watch the STUN socket");
    }
    return 0;
}

void gc_datagram_sockets_handle(gc_datagram_sockets *s, gc_server *core, const gc_udp *u,
                                const gc_udp_datagram *datagram) {
    s->from[u->number] = datagram->from;
    s->at[u->number] = datagram->at;
    gc_server_datagram(core, uv_now(s->group.loop), u->number, &datagram->from, datagram->bytes);
}

void gc_datagram_sockets_send(gc_datagram_sockets *s, const gc_server_output *out) {
    uint32_t i = out->socket;
    gc_assert(out->type == GC_SERVER_DATAGRAM && i < GC_DATAGRAM_SOCKETS);
    if (s->open[i]) {
        bool answers = memcmp(out->to, &s->from[i], sizeof s->from[i]) == 0;
        gc_udp_send(&s->sockets[i], out->to, answers ? &s->at[i] : NULL, out->bytes);
    }
}

void gc_datagram_sockets_close(gc_datagram_sockets *s) {
    for (uint32_t i = 0; i < GC_DATAGRAM_SOCKETS; i++) {
        if (s->open[i]) {
            s->open[i] = false;
            gc_udp_close(&s->sockets[i]);
        }
    }
}

void gc_datagram_sockets_free(gc_datagram_sockets *s) {
    gc_udp_group_free(&s->group);
}
