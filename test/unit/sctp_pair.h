/* Two SCTP associations over a modelled path: delay, jitter (which reorders), loss, duplication and
 * a rate, all by seed. Messages are numbered for each stream and filled with a pattern, so that the
 * receiver can tell whether any is missing, torn, doubled or out of order. */
#ifndef GC_TEST_SCTP_PAIR_H
#define GC_TEST_SCTP_PAIR_H

#include "test/unit/noun.h"

#include "rtc/sctp.h"

#define PAIR_PACKETS_MAX  16384
#define PAIR_STREAMS      16
#define PAIR_MESSAGES_MAX 16384

typedef struct sctp_side {
    gc_sctp s;
    gc_sctp_pool pool;
    gc_drbg drbg;
    void *memory;
    uint32_t sent[PAIR_STREAMS];     /* messages that were queued here */
    uint32_t expected[PAIR_STREAMS]; /* ordered: number of the next that comes here */
    uint8_t *seen;                   /* unordered: of each stream, PAIR_MESSAGES_MAX */
    uint32_t came;                   /* messages */
    uint32_t came_on[PAIR_STREAMS];
    uint64_t came_bytes;
    uint32_t ups, resets_in, resets_out, writables, packets;
    uint32_t down; /* reason */
    uint16_t cause;
    uint64_t up_ms;
    uint64_t last_ms; /* when the last message came */
} sctp_side;

typedef struct pair_packet {
    uint64_t at_ms;
    uint64_t order;
    uint32_t to;
    uint32_t len;
    uint8_t *bytes;
} pair_packet;

typedef struct sctp_pair {
    sctp_side side[2];
    uint64_t now_ms;
    uint64_t chance;
    uint64_t order;
    /* The path, both ways alike. */
    uint32_t delay_ms, jitter_ms;
    uint32_t loss_per_mille, duplicate_per_mille;
    uint32_t rate_bytes_per_ms; /* 0: any */
    uint32_t queue_ms;          /* what waits longer for the rate is dropped */
    uint64_t free_ms[2];        /* when the sender's line is free */
    uint64_t free_bytes[2];
    uint32_t path_bytes; /* longer packets are lost; 0: none is too long */
    bool dark;           /* everything is lost */
    pair_packet *packets;
    uint32_t packet_count;
    /* Limits of messages by stream (gc_sctp_message): those of a stream with one may be missing. */
    uint32_t lifetime_ms[PAIR_STREAMS], tries_max[PAIR_STREAMS];
} sctp_pair;

#define PAIR_CONFIG ((gc_sctp_config){GC_SCTP_PACKET_BYTES, 1u << 20, 1u << 20, 0, false})

/* Begins with both sides closed, on a path of 10 ms without faults. */
void pair_begin(sctp_pair *p, uint64_t seed, const gc_sctp_config *config);
void pair_end(sctp_pair *p);
/* Takes the outputs of both sides; packets go on their way. */
void pair_drain(sctp_pair *p);
/* Lets this time go by, with everything that is due in it. */
void pair_run(sctp_pair *p, uint64_t ms);
/* Both connect, and all is run until both are up. */
void pair_connect(sctp_pair *p);
/* Queues a numbered message of `len` (at least 4) bytes; returns gc_sctp_send()'s result. */
int pair_send(sctp_pair *p, uint32_t from, uint16_t stream, bool unordered, uint32_t len);
/* Returns how many messages of the other side have not come to this one. */
uint32_t pair_missing(const sctp_pair *p, uint32_t to);
/* Runs until nothing is missing at either side, at most ms. Returns true when nothing is. */
bool pair_finish(sctp_pair *p, uint64_t ms);

/* A packet written by hand for side `to`: with the tag of its association unless `tag` is given. */
typedef struct pair_forged {
    gc_writer w;
    uint8_t bytes[GC_SCTP_PACKET_BYTES_MAX];
} pair_forged;
void pair_forge(const sctp_pair *p, uint32_t to, uint32_t tag, pair_forged *f);
/* Closes the packet and gives it to side `to` at once; its outputs are drained. */
void pair_give(sctp_pair *p, uint32_t to, pair_forged *f);
/* Returns the tag of side `of`. */
uint32_t pair_tag(const sctp_pair *p, uint32_t of);

#endif
