/* The inside of gc_server: its parts in one place. Only core/gc_server.c (inputs, outputs,
 * deadlines, settling), core/gc_server_setup.c (the memory of a server), core/gc_server_queries.c
 * (the queries of a host's HTTP side), core/gc_server_check.c (the invariants) and tests see all of
 * it.
 *
 *   gc_server > admission > relay > rooms > liveness > delivery > clients
 *   gc_server > datagrams
 *
 * Each part knows those to its right, and none knows one to its left. */
#ifndef GC_SERVER_INSIDE_H
#define GC_SERVER_INSIDE_H

#include "core/base/drbg.h"
#include "core/server/admission.h"
#include "core/server/datagrams.h"

#define GC_HEAD_101_MAX 4096 /* response_head of gc_server_open() */

struct gc_server {
    gc_crypto crypto;
    gc_clients clients;
    gc_server_rooms rooms;
    gc_relay relay;
    gc_admission admission;
    gc_datagrams *datagrams;
    gc_drbg drbg;
};

#endif
