#include "bench/tcp.h"

#include <math.h>
#include <string.h>

#define CUBIC_C    0.4
#define CUBIC_BETA 0.7
#define RTO_MIN_US 200000
/* RFC 9406 4.3: below this window slow start does not end by the delay. */
#define HYSTART_SLOW 16

void tcp_begin(tcp *t, bool cubic, uint64_t now_us) {
    memset(t, 0, sizeof *t);
    t->cubic = cubic;
    t->window = 10; /* RFC 6928 */
    t->threshold = TCP_FLIGHT_MAX / 2;
    t->rtt_min_us = t->round_min_us = UINT64_MAX;
    t->heard_us = now_us;
}

bool tcp_send(tcp *t, uint64_t now_us, uint64_t *number) {
    if (t->flight + 1 > t->window || t->next - t->oldest >= TCP_FLIGHT_MAX) {
        return false;
    }
    if (t->flight == 0) {
        t->heard_us = now_us;
    }
    *number = t->next++;
    t->sent_us[*number % TCP_FLIGHT_MAX] = now_us;
    t->flight++;
    return true;
}

static void reduce(tcp *t) {
    t->window_max = t->window;
    if (t->cubic && t->window < t->origin) {
        t->window_max = t->window * (1 + CUBIC_BETA) / 2; /* RFC 9438 4.7 */
    }
    t->origin = t->window;
    t->window = fmax(t->window * (t->cubic ? CUBIC_BETA : 0.5), 2);
    t->threshold = t->window;
    t->epoch_us = 0;
}

static void slow_start(tcp *t, uint64_t number) {
    t->window += 1;
    if (number < t->round_end) {
        return;
    }
    double threshold_us = fmin(fmax((double)t->rtt_min_us / 8, 4000), 16000);
    if (t->window >= HYSTART_SLOW && t->round_min_us != UINT64_MAX &&
        (double)t->round_min_us > (double)t->rtt_min_us + threshold_us) {
        t->threshold = t->window;
    }
    t->round_end = t->next;
    t->round_min_us = UINT64_MAX;
}

/* RFC 9438 4.2 to 4.5. */
static void cubic(tcp *t, uint64_t now_us) {
    if (t->epoch_us == 0) {
        t->epoch_us = now_us;
        t->window_max = fmax(t->window_max, t->window);
        t->k_s = cbrt((t->window_max - t->window) / CUBIC_C);
        t->reno = t->window;
    }
    double s = (double)(now_us - t->epoch_us + t->srtt_us) / 1e6 - t->k_s;
    double target = fmin(CUBIC_C * s * s * s + t->window_max, 1.5 * t->window);
    t->reno += 3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA) / t->window;
    if (target > t->window) {
        t->window += (target - t->window) / t->window;
    }
    t->window = fmax(t->window, t->reno);
}

static void grow(tcp *t, uint64_t now_us, uint64_t number) {
    if (t->window < t->threshold) {
        slow_start(t, number);
    } else if (t->cubic) {
        cubic(t, now_us);
    } else {
        t->window += 1 / t->window;
    }
    t->window = fmin(t->window, TCP_FLIGHT_MAX / 2);
}

static void measured(tcp *t, uint64_t rtt_us) {
    t->srtt_us = t->srtt_us == 0 ? rtt_us : t->srtt_us - t->srtt_us / 8 + rtt_us / 8;
    t->rtt_min_us = rtt_us < t->rtt_min_us ? rtt_us : t->rtt_min_us;
    t->round_min_us = rtt_us < t->round_min_us ? rtt_us : t->round_min_us;
}

void tcp_acked(tcp *t, uint64_t now_us, uint64_t number) {
    if (number < t->oldest) {
        return; /* counted as lost */
    }
    bool lost = number > t->oldest; /* the path keeps the order: what is older did not come */
    t->flight -= (uint32_t)(number - t->oldest) + 1;
    t->oldest = number + 1;
    t->acked++;
    t->heard_us = now_us;
    measured(t, now_us - t->sent_us[number % TCP_FLIGHT_MAX]);
    if (lost && number >= t->recover) {
        t->recover = t->next;
        reduce(t);
    } else if (number >= t->recover || t->window < t->threshold) {
        grow(t, now_us, number);
    }
}

static uint64_t rto_us(const tcp *t) {
    return t->srtt_us == 0 ? 1000000 : 2 * t->srtt_us + RTO_MIN_US;
}

uint64_t tcp_deadline_us(const tcp *t) {
    return t->flight == 0 ? UINT64_MAX : t->heard_us + rto_us(t);
}

void tcp_tick(tcp *t, uint64_t now_us) {
    if (tcp_deadline_us(t) <= now_us) {
        reduce(t);
        t->window = 1;
        t->flight = 0;
        t->oldest = t->recover = t->next;
    }
}
