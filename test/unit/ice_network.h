/* Two ICE agents on a modelled network: delay, loss, jitter, NATs that map by destination or not,
 * signaling with a delay of its own. Time is virtual; the same seed gives the same run. */
#ifndef GC_TEST_UNIT_ICE_NETWORK_H
#define GC_TEST_UNIT_ICE_NETWORK_H

#include "rtc/ice.h"

/* The STUN server of the network; who does not answer has its address in `dead`. */
#define NETWORK_SERVER ((gc_addr){.family = 4, .ip = {203, 0, 113, 100}, .port = 3478})

#define NETWORK_DATAGRAMS_MAX 4096
#define NETWORK_MAPPINGS_MAX  64
#define NETWORK_SENT_MAX      65536

/* The device between an agent and the network. */
typedef enum network_nat {
    NETWORK_OPEN,
    NETWORK_NAT,           /* one mapping for all destinations, takes from those it sent to */
    NETWORK_NAT_SYMMETRIC, /* one mapping for each destination */
    NETWORK_SILENT,        /* nothing comes out */
} network_nat;

typedef struct network_datagram {
    uint64_t at_ms;
    gc_addr from, to;
    uint32_t len;
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
} network_datagram;

typedef struct network_mapping {
    gc_addr inner, to;
    uint16_t port;
    uint32_t side;
} network_mapping;

typedef struct network_side {
    gc_ice ice;
    gc_drbg drbg;
    gc_ice_gate gate;
    gc_addr bases[GC_ICE_BASES_MAX];
    network_nat nat;
    gc_addr selected;
    uint64_t first_selected_ms, failed_ms;
    uint32_t selections, heards, candidates, path, reason;
} network_side;

typedef struct network {
    network_side sides[2];
    network_datagram queue[NETWORK_DATAGRAMS_MAX];
    network_mapping mappings[NETWORK_MAPPINGS_MAX];
    uint32_t queued, mapped;
    uint64_t now_ms;
    gc_drbg chance;
    /* Set before or between runs. */
    uint32_t delay_ms, jitter_ms, loss_percent;
    bool dark;      /* nothing arrives */
    gc_addr dead;   /* nothing from or to this address arrives */
    bool signaling; /* candidates are passed on at once; else the test does it */
    /* Where each datagram went, and when. */
    gc_addr sent_to[NETWORK_SENT_MAX];
    uint64_t sent_ms[NETWORK_SENT_MAX];
    uint32_t sent;
} network;

/* Starts both agents: side 0 controls if controlling[0], and so on; side i has the base 10.0.i.1,
 * or 192.168.1.2 behind a NAT whose outside is 203.0.113.i+1. */
void network_init(network *n, uint8_t seed, const bool controlling[2], const network_nat nat[2]);
/* The same where side 0 controls. */
void network_start(network *n, uint8_t seed, network_nat a, network_nat b);
/* Takes the credentials of the other side to this one. */
void network_describe(network *n, uint32_t side);
void network_describe_both(network *n);
/* Starts two that reach each other, and runs until a pair is in use. */
void network_connect(network *n, uint8_t seed);
/* Runs until that time. After each input the agent is drained, and its deadline is in the future.
 */
void network_run(network *n, uint64_t until_ms);
/* Feeds a datagram to an agent, and drains it. Returns what the agent returned. */
int network_feed(network *n, uint32_t side, uint32_t base, const gc_addr *from, gc_span bytes);
/* Feeds side 0 with a check as if side 1 had made it, under any address. Returns what the agent
 * returned. */
int network_check_from(network *n, const gc_addr *from, uint32_t base, const gc_ice_check *check);
/* Returns the error code of the newest datagram under way, which is a refusal. */
uint32_t network_last_error(const network *n);
/* Drains what an input given by the test left. */
void network_drain(network *n, uint32_t side);

/* Returns how many datagrams went to this address in that time, until_ms not included. */
uint32_t network_checks_to(const network *n, const gc_addr *to, uint64_t from_ms,
                           uint64_t until_ms);

#endif
