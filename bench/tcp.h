/* Tcp: a modelled TCP sender that always has data, as a rival on a path: CUBIC (RFC 9438, with its
 * Reno-friendly region and fast convergence) or NewReno (RFC 5681). Slow start ends by the delay,
 * too (HyStart++'s threshold, RFC 9406 4.2), as Linux and Windows do it. Every segment is
 * acknowledged, and the path keeps the order: what is older than an acknowledged one is lost. A
 * segment that is sent again is not told from a new one, which costs the path the same. */
#ifndef GC_BENCH_TCP_H
#define GC_BENCH_TCP_H

#include <stdbool.h>
#include <stdint.h>

#define TCP_SEGMENT_BYTES 1448 /* of the user; RFC 7323 timestamps */
#define TCP_WIRE_BYTES    1500
#define TCP_FLIGHT_MAX    65536 /* segments: a power of 2 */

typedef struct tcp {
    bool cubic;
    double window, threshold; /* segments */
    double window_max, origin, k_s, reno;
    uint64_t epoch_us;     /* 0: none */
    uint64_t next, oldest; /* numbers of segments: sent next, not acknowledged or lost */
    uint64_t recover;      /* losses before this number are of one window */
    uint64_t acked;        /* segments */
    uint32_t flight;
    uint64_t sent_us[TCP_FLIGHT_MAX];
    uint64_t rtt_min_us, srtt_us, round_min_us, round_end;
    uint64_t heard_us; /* when something was acknowledged last */
} tcp;

void tcp_begin(tcp *t, bool cubic, uint64_t now_us);
/* Returns true, and counts it as sent, when a segment may go out now; *number is its own. */
bool tcp_send(tcp *t, uint64_t now_us, uint64_t *number);
/* Takes the acknowledgement of a segment. */
void tcp_acked(tcp *t, uint64_t now_us, uint64_t number);
/* Returns when tcp_tick() is due. */
uint64_t tcp_deadline_us(const tcp *t);
void tcp_tick(tcp *t, uint64_t now_us);

#endif
