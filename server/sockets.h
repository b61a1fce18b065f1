/* All sockets of a service: events of their streams go to requests.c and gc_server, outputs of
 * gc_server go to their streams. A caller that gives gc_server an input calls gc_sockets_drain()
 * after it; the streams' events do so themselves. */
#ifndef GC_SERVER_SOCKETS_H
#define GC_SERVER_SOCKETS_H

#include "server/service.h"

#define GC_LINGER_MS        2000 /* from our last byte to closing; see http_socket.h */
#define GC_LINGER_COUNT_MAX 256  /* then the oldest is closed at once */
#define GC_CRUMB_BYTES      512  /* a read of less that completes nothing costs like a message */

/* Opens what all sockets share, once the service's loop exists and before the first is accepted. */
void gc_sockets_open(gc_service *service);
/* Takes over an accepted descriptor that does not block, from its client's address. It is closed
 * when gc_server refuses the client or memory is short. metrics: the descriptor came on the port of
 * --metrics-listen, which serves /metrics without TLS and nothing else. */
void gc_sockets_accept(gc_service *service, int fd, const gc_addr *from, bool metrics);
/* Carries out what gc_server wants done. */
void gc_sockets_drain(gc_service *service);
/* Returns when the next socket has lingered long enough, in the loop's time; GC_NEVER when none
 * lingers. Call gc_sockets_reap() then. */
uint64_t gc_sockets_deadline(const gc_service *service);
/* Ends those that lingered long enough. */
void gc_sockets_reap(gc_service *service);
/* Ends all of them at once. Their memory goes as the loop runs on; service->sockets counts those
 * that are left. Nothing may be accepted any more. */
void gc_sockets_close(gc_service *service);

#endif
