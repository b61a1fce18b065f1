/* Admission: who gets an id. A new connection gets OPEN, or the reason why not. An id of our form
 * is only for a client that shows the key that the id is made of, whether anybody holds it or not.
 * A connection takes over an id that it shows the token of, and waits for one whose holder may have
 * gone.
 *
 *   reading --_open--> refused | open | waits for the holder --_resume--> open | refused
 *
 * Source: PeerServer 1.0.2, in its order; ghostchat-protocol(7), IDS AND TOKENS. */
#ifndef GC_CORE_SERVER_ADMISSION_H
#define GC_CORE_SERVER_ADMISSION_H

#include "core/base/crypto.h"
#include "core/server/clients.h"
#include "core/server/relay.h"
#include "core/server/rooms.h"

typedef struct gc_admission {
    gc_clients *clients;
    gc_server_rooms *rooms;
    gc_relay *relay;
    const gc_crypto *crypto;
} gc_admission;

/* Handles the WebSocket request of connection n, which is reading; r is borrowed for the call. */
void gc__admission_open(gc_admission *a, uint32_t n, const gc_server_open_request *r);
/* Admits n, which waited, to the id that has become free; or n goes on as if it had just asked,
 * when somebody else registered the id in the same input. */
void gc__admission_resume(gc_admission *a, uint32_t n);
/* Notes that n, which may hold an id, lives: a connection that waits for the id is refused. */
void gc__admission_alive(gc_admission *a, uint32_t n);
/* Takes the count of packets that have come from n, as gc_server_measured() says: a kernel that
 * acknowledges keeps n its id, one that did not for the whole wait ends n. */
void gc__admission_measured(gc_admission *a, uint32_t n, uint32_t packets);

#endif
