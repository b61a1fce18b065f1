/* The partial input of a socket: a request or frame that is not whole yet. It counts against the
 * memory limit, together with unsent answers and ciphertext not read; where that is reached, the
 * socket that holds most is lost. An idle socket holds none. */
#ifndef GC_SERVER_PARTIAL_H
#define GC_SERVER_PARTIAL_H

#include "server/http_socket.h"

/* Says where the next bytes of the socket shall go: after what is kept, else into the service's
 * scratch. *size is 0 when memory is short. */
void gc_partial_room(gc_http_socket *c, uint8_t **data, uint32_t *size);
/* Keeps len bytes, which lie in the scratch or in the kept buffer itself; with len 0 it frees the
 * buffer. Returns false when there is no room: the socket must be lost. */
bool gc_partial_keep(gc_http_socket *c, const uint8_t *bytes, uint32_t len);
/* Frees what is kept, if anything is. */
void gc_partial_release(gc_http_socket *c);
/* Counts what the stream holds from now on, in bytes (0: nothing any more). Returns false when
 * there is no room; nothing is counted then. */
bool gc_partial_hold(gc_http_socket *c, uint32_t bytes);
/* Makes room for `more` bytes of a socket that then holds `size`, all counted in kept_bytes: ends
 * the socket that holds most, again and again, as long as that socket holds more than `size`.
 * Returns false when no socket does and there is no room. */
bool gc_partial_make_room(gc_service *service, uint64_t size, uint64_t more);

#endif
