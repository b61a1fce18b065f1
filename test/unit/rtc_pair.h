/* Two handles of native links, their signaling and a modelled path of datagrams between them, all
 * by seed: what each side was told is counted. Tests change the path, the delay of signaling, and
 * the texts on their way. */
#ifndef GC_TEST_RTC_PAIR_H
#define GC_TEST_RTC_PAIR_H

#include "test/unit/datagram_path.h"
#include "test/unit/unit.h"

#include "core/base/error.h"
#include "core/wire/frame.h"
#include "rtc/rtc.h"

/* The number of the link in most tests. */
#define LINK 7
/* Texts of signaling under way at a time, and numbers that messages may have. */
#define PAIR_SIGNALS_MAX 256
#define PAIR_NUMBERS     2048

/* What one side was told of its links, all together but for the numbers. */
typedef struct rtc_side {
    gc_rtc *rtc;
    void *memory;
    gc_addr address;
    uint32_t opened, closed, reason;
    uint32_t closed_link;
    uint32_t descriptions, candidates, paths, buffered_reports, buffered;
    uint32_t path_type, path_rtt_ms;
    uint32_t handshakes, alerts; /* datagrams of DTLS that it sent, by their first record */
    uint32_t carried;            /* checks that it sent with one */

    uint64_t opened_ms;
    uint32_t unused;   /* bytes of memory that may be given back */
    uint32_t messages; /* on all channels */
    uint32_t bytes;    /* of the last message */
    uint32_t channel;
    uint32_t in_order; /* the next number that the control channel must have */
    uint8_t seen[PAIR_NUMBERS];
} rtc_side;

typedef struct rtc_signal {
    uint64_t at_ms;
    uint32_t to;
    uint32_t type; /* of the output that it was */
    uint32_t link;
    uint32_t len;
    uint8_t text[GC_SDP_BYTES_MAX];
} rtc_signal;

typedef struct rtc_pair {
    path path;
    uint64_t now_ms;
    uint32_t signal_ms; /* delay of signaling */
    uint32_t kinds[2];  /* of the link at the offerer once it is answered, at the answerer */
    bool trickle_lost;  /* candidates get lost on the way */
    void (*spoil)(gc_span *text, uint32_t type, uint8_t *copy); /* changes a text on its way */
    uint32_t questions;                                         /* of multicast DNS */
    bool mute;                                                  /* nobody answers them */
    bool one_way;                                               /* nothing of side 1 arrives */
    uint32_t datagram_bytes_max;                                /* none may be longer */
    uint32_t signal_count;
    rtc_signal *signals;
    rtc_side sides[2];
} rtc_pair;

/* Begins with both sides closed, on a path of 10 ms without faults. End with rtc_pair_free(). */
rtc_pair *rtc_pair_make(uint64_t seed);
rtc_pair *rtc_pair_make_with(uint64_t seed, const gc_rtc_options *options);
void rtc_pair_free(rtc_pair *w);
/* Begins with link LINK open. */
rtc_pair *rtc_pair_open(uint64_t seed);
/* Takes the outputs of one side; datagrams and texts go on their way. */
void rtc_pair_drain(rtc_pair *w, uint32_t i);
/* Side 0 offers a link. */
void rtc_pair_offer(rtc_pair *w, uint32_t link, uint32_t kind);
/* Gives a datagram to a side, as if it came from the other one. */
void rtc_pair_give(rtc_pair *w, uint32_t i, gc_span bytes);
/* Lets this time go by, with everything that is due in it. */
void rtc_pair_run(rtc_pair *w, uint64_t for_ms);
/* Sends a message of `len` bytes (at most GC_RTC_MESSAGE_BYTES_MAX) that begins with its number. */
void rtc_pair_send(rtc_pair *w, uint32_t i, uint32_t link, uint32_t channel, uint32_t number,
                   uint32_t len);
/* Both sides had this many links opened and none closed. */
void rtc_pair_assert_open(const rtc_pair *w, uint32_t links);
/* No datagram is under way, and no side waits for anything. */
void rtc_pair_assert_nothing_left(const rtc_pair *w);
/* Replaces the first `from` of a text by `to`, which is as long. */
void rtc_pair_replace(const gc_span *text, uint8_t *copy, const char *from, const char *to);

#endif
