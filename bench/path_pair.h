/* Path pair: two whole native peers (rtc/rtc.h: ICE, DTLS and SCTP) with a modelled path each way
 * between them, and perhaps a modelled TCP beside the first one's data, all in virtual time. The
 * time that the handles see is in whole ms, as on a real machine; the paths count in us.
 *
 *   handle 0 --there--> handle 1        signaling: without loss, after the delay of the path
 *        ^______back_______|
 */
#ifndef GC_BENCH_PATH_PAIR_H
#define GC_BENCH_PATH_PAIR_H

#include "bench/path.h"
#include "bench/tcp.h"
#include "rtc/rtc.h"

#define PATH_PAIR_CHATS_MAX 4096

typedef struct path_pair path_pair;

typedef struct path_peer {
    gc_rtc *rtc;
    void *memory;
    uint64_t wake_us;
    bool opened;
    uint64_t bytes; /* of bulk that came */
} path_peer;

struct path_pair {
    uint64_t now_us;
    path there, back;
    path_peer ends[2];
    uint32_t bulk_bytes; /* handle 0 sends messages of this length as fast as they are taken; 0 */
    uint64_t chat_every_us; /* and short ones on the other channel; 0: none */
    uint64_t chat_at_us;
    uint32_t chat_bytes, chats_sent, chats_came, chats_max;
    uint32_t chat_ms[PATH_PAIR_CHATS_MAX]; /* from sending to arrival, by number; 0: not there */
    bool disorder;                         /* chats came out of order */
    tcp *rival;
    uint64_t opened_us; /* when both ends could send */
};

/* Says whether the handles of later pairs look for longer datagrams than 1,200 bytes, as those of
 * peer/ do; they do at first. */
void path_pair_search(bool searches);
/* Begins at time 0 with paths alike both ways, which the caller may change then; handle 0 offers a
 * link at once. `loss_permille`: both ways. */
void path_pair_begin(path_pair *p, uint64_t seed, uint64_t rate_bytes_s, uint64_t rtt_ms,
                     uint64_t queue_ms, uint32_t loss_permille);
void path_pair_end(path_pair *p);
/* Runs until both are open, at most so many ms. Returns false when they are not. */
bool path_pair_connect(path_pair *p, uint64_t ms);
/* Runs for so many ms. */
void path_pair_run(path_pair *p, uint64_t ms);
/* Starts a rival beside handle 0's data. */
void path_pair_rival(path_pair *p, tcp *rival, bool cubic);
/* Returns the ms within which a share of the chats came, those counted that did not come at all;
 * 0xffffffff: so many did not. */
uint32_t path_pair_chat_ms(const path_pair *p, uint32_t permille);

#endif
