/* The HTTP requests of a socket and their answers, one after the other. An answer that the stream
 * does not take at once is kept, and nothing is read until it is out. */
#ifndef GC_SERVER_REQUESTS_H
#define GC_SERVER_REQUESTS_H

#include "server/socket.h"

/* Serves whole requests at the start of the bytes. Returns how many bytes they took; the rest is an
 * incomplete request, or input for the state that the socket is in now. */
uint32_t gc_requests_read(gc_socket *c, uint8_t *bytes, uint32_t len);
/* Goes on with an answer. Once it is out the socket reads again; requests behind it may be kept. */
void gc_requests_go_on(gc_socket *c);
/* Answers with a word for the reason, and ends the socket. */
void gc_requests_refuse(gc_socket *c, const char *status, uint32_t reason);
/* Frees the answer that is not out. */
void gc_requests_release(gc_socket *c);
/* The bytes of memory that it takes. */
uint32_t gc_requests_unsent(const gc_socket *c);

#endif
