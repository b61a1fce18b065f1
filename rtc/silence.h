/* Silence of a link: data went out and nothing authentic came back. Perhaps the address of this
 * side has changed in a way that this side does not see (a NAT that began anew): the peer learns of
 * it by the next check, so a check is due now and not with the next question for consent, seconds
 * later.
 *
 *   quiet --data go out--> waiting --too long--> DUE --asked--> waiting
 *     ^______something authentic came______|
 */
#ifndef GC_RTC_SILENCE_H
#define GC_RTC_SILENCE_H

#include <stdint.h>

/* Beyond a round trip. An acknowledgement may wait for 200 ms (RFC 9260 6.2), as Chromium's does.
 */
#define GC_SILENCE_MS 250
/* Between two checks for one link: no sooner than those of ICE itself are sent again. */
#define GC_SILENCE_AGAIN_MS 500

typedef struct gc_silence {
    uint64_t since_ms; /* data that went out then found no answer; GC_NEVER */
    uint64_t again_ms; /* not DUE before */
} gc_silence;

/* Starts quiet. */
void gc_silence_init(gc_silence *s);
/* Takes that data went out. */
void gc_silence_sent(gc_silence *s, uint64_t now_ms);
/* Takes that something authentic came. */
void gc_silence_ended(gc_silence *s);
/* Returns when it is DUE to ask, on a way of this round trip in ms, 0: not known; GC_NEVER. */
uint64_t gc_silence_due_ms(const gc_silence *s, uint32_t rtt_ms);
/* Takes that the way is asked now. */
void gc_silence_asked(gc_silence *s, uint64_t now_ms);

#endif
