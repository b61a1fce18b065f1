/* The HTTP requests of a socket and their answers, one after the other. An answer that the stream
 * does not take at once is kept, and nothing is read until it is out. Nothing here ends a socket or
 * changes what is read: each function returns what its caller must do with the socket. */
#ifndef GC_SERVER_REQUESTS_H
#define GC_SERVER_REQUESTS_H

#include "server/http_socket.h"

typedef enum gc_outcome {
    GC_OUTCOME_READ_ON,   /* bytes may come, for the state in which the socket is now */
    GC_OUTCOME_ANSWERING, /* stop reading; when the stream is writable: gc_requests_go_on() */
    GC_OUTCOME_LINGER,    /* the last answer is written: end the socket in order, for c->reason */
    GC_OUTCOME_LOSE,      /* the stream failed or memory is short: end it at once, for c->reason */
    GC_OUTCOME_YIELD, /* the socket had its share of this turn of the loop: stop reading, and read
                         again, kept bytes first, after all others had theirs */
} gc_outcome;

/* Serves whole requests at the start of len bytes. Writes to *used how many bytes they took; the
 * rest is an incomplete request, or requests of later turns, or input for the state in which the
 * socket is now. */
gc_outcome gc_requests_read(gc_http_socket *c, uint8_t *bytes, uint32_t len, uint32_t *used);
/* Goes on with the answer of a socket in state answering. */
gc_outcome gc_requests_go_on(gc_http_socket *c);
/* Answers with a status and a reason's word, after which the connection ends. Never READ_ON. */
gc_outcome gc_requests_refuse(gc_http_socket *c, const char *status, uint32_t reason);

#endif
