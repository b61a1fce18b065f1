/* A name server for tests: answers questions for A and AAAA on loopback, on the loop of the test.
 */
#ifndef GC_TEST_NAME_SERVER_H
#define GC_TEST_NAME_SERVER_H

#include "host/udp.h"

typedef struct name_server {
    gc_udp_group group;
    gc_udp udp;
    char address[32]; /* "127.0.0.1:port" */
    uint32_t questions;
    /* What it answers; 0: none of that family. */
    uint32_t v4_count, v6_count;
    gc_addr v4[16], v6[16];
    bool v4_silent, v6_silent; /* says nothing instead */
    bool garbage;              /* answers with bytes that are no message */
} name_server;

/* Opens a zeroed one; its answers may be set before and after. */
void name_server_open(name_server *n, uv_loop_t *loop);
/* Closes it; the loop must run once more before name_server_free(). */
void name_server_close(name_server *n);
void name_server_free(name_server *n);

#endif
