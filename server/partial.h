/* The partial input of a socket: a request or frame that is not whole yet. It counts against the
 * memory limit, together with unsent answers and ciphertext not read; where that is reached, the
 * socket with most goes. An idle socket has none. */
#ifndef GC_SERVER_PARTIAL_H
#define GC_SERVER_PARTIAL_H

#include "server/socket.h"

/* Where the next bytes go: behind what is kept, else into the shared scratch. *size 0: no memory.
 */
void gc_partial_room(gc_socket *c, uint8_t **data, uint32_t *size);
/* Keeps len bytes, which lie in the scratch or in the kept buffer itself; none: frees it. False
 * when there is no room: the socket must be lost. */
bool gc_partial_keep(gc_socket *c, const uint8_t *bytes, uint32_t len);
void gc_partial_release(gc_socket *c);
/* Counts what the stream holds from now on (0: nothing) with it. False when there is no room. */
bool gc_partial_hold(gc_socket *c, uint32_t bytes);
/* Makes room for `more` bytes of a socket that then holds `size`, all counted in d->kept_bytes.
 * False when nobody holds more than that. */
bool gc_partial_make_room(gc_daemon *d, uint64_t size, uint64_t more);

#endif
