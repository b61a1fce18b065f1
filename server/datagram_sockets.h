/* The UDP sockets of the service, one for each family of addresses: datagrams go into gc_server,
 * and what it says goes out. Which services there are (STUN) is gc_server's business. */
#ifndef GC_SERVER_DATAGRAM_SOCKETS_H
#define GC_SERVER_DATAGRAM_SOCKETS_H

#include "core/gc_server.h"
#include "host/udp.h"
#include "server/options.h"

#define GC_DATAGRAM_SOCKETS 2 /* IPv4, IPv6: their places are gc_server's numbers for them */

typedef struct gc_datagram_sockets {
    gc_udp_group group;
    gc_udp sockets[GC_DATAGRAM_SOCKETS];
    bool open[GC_DATAGRAM_SOCKETS];
    gc_addr from[GC_DATAGRAM_SOCKETS];    /* who sent the last datagram of each, */
    gc_udp_local at[GC_DATAGRAM_SOCKETS]; /* and to which address of ours */
} gc_datagram_sockets;

/* Opens the sockets on the host and the STUN port of options, which is not 0. s is zero before.
 * received: gets each datagram, with s->group.context = context; it calls
 * gc_datagram_sockets_handle() and drains. Returns 0, or -1 and a sentence of at most error_bytes
 * in error, when the port is busy, memory is short, or the loop does not watch a socket: then none
 * is open, of neither family. */
int gc_datagram_sockets_open(gc_datagram_sockets *s, uv_loop_t *loop, const gc_options *options,
                             gc_udp_received received, void *context, char *error,
                             size_t error_bytes);
/* Gives a datagram of one of the sockets to core. The caller drains core then. */
void gc_datagram_sockets_handle(gc_datagram_sockets *s, gc_server *core, const gc_udp *u,
                                const gc_udp_datagram *datagram);
/* Sends what an output GC_SERVER_DATAGRAM says. An answer leaves from the address at which its
 * question came in; for all else the kernel chooses one. */
void gc_datagram_sockets_send(gc_datagram_sockets *s, const gc_server_output *out);
/* Closes the open ones; their handles are the loop's until it has seen to them. */
void gc_datagram_sockets_close(gc_datagram_sockets *s);
/* Frees their buffers, once the loop has ended. */
void gc_datagram_sockets_free(gc_datagram_sockets *s);
/* Tells whether at least one socket is open. */
bool gc_datagram_sockets_are_open(const gc_datagram_sockets *s);

#endif
