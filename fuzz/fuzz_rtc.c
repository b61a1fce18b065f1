/* gc_rtc: two handles with one link, joined by a path on which the input decides what happens to
 * each datagram and each text: it arrives, gets lost, comes twice, comes late or with another byte.
 * Between them come messages, ends, foreign datagrams and time. No contract of a handle is broken:
 * whatever a remote does ends one link at most. OpenSSL draws its own randomness, so only what does
 * not depend on it is the same in two runs of one input. */
#include "core/base/mem.h"
#include "rtc/rtc.h"

#include <stdlib.h>
#include <sys/time.h>

#define DATAGRAMS_MAX 64
#define TEXTS_MAX     64
#define STEPS_MAX     512

typedef struct packet {
    uint32_t to;
    uint32_t len;
    uint8_t bytes[GC_RTC_DATAGRAM_BYTES_MAX];
} packet;

typedef struct text {
    uint32_t to;
    uint32_t type;
    uint32_t len;
    uint8_t bytes[GC_SDP_BYTES_MAX];
} text;

static uint64_t now_ms;
static gc_rtc *sides[2];
static void *memory[2];
static bool open[2];
static const gc_addr addresses[2] = {
    {.ip = {192, 0, 2, 1}, .port = 1000, .family = 4},
    {.ip = {192, 0, 2, 2}, .port = 2000, .family = 4},
};
static packet packets[DATAGRAMS_MAX];
static uint32_t packet_count;
static text texts[TEXTS_MAX];
static uint32_t text_count;

int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
    (void)zone;
    tv->tv_sec = (time_t)(1800000000 + now_ms / 1000);
    tv->tv_usec = (suseconds_t)(now_ms % 1000 * 1000);
    return 0;
}

static void begin(void) {
    static const gc_rtc_options options = {.links_max = 2};
    size_t size = gc_rtc_size(&options);
    now_ms = 1000;
    packet_count = text_count = 0;
    for (uint8_t i = 0; i < 2; i++) {
        if (memory[i] == NULL) {
            memory[i] = aligned_alloc(16, (size + 15) / 16 * 16);
        }
        uint8_t seed[32] = {i};
        sides[i] = gc_rtc_init(memory[i], size, &options, seed, now_ms, 1800000000);
        gc_assert(sides[i] != NULL);
        gc_rtc_add_base(sides[i], now_ms, 0, &addresses[i]);
        open[i] = false;
    }
}

static void keep_packet(uint32_t to, gc_span bytes) {
    if (packet_count < DATAGRAMS_MAX) {
        packet *p = &packets[packet_count++];
        *p = (packet){.to = to, .len = bytes.len};
        memcpy(p->bytes, bytes.data, bytes.len);
    }
}

static void keep_text(uint32_t to, const gc_rtc_output *out) {
    if (text_count < TEXTS_MAX) {
        text *t = &texts[text_count++];
        *t = (text){.to = to, .type = out->type, .len = out->bytes.len};
        memcpy(t->bytes, out->bytes.data, out->bytes.len);
    }
}

static void drain(uint32_t i) {
    gc_rtc_output out;
    uint32_t count = 0;
    while (gc_rtc_poll(sides[i], &out)) {
        gc_assert(++count < 100000); /* whatever came, it ends */
        switch (out.type) {
        case GC_RTC_DATAGRAM:
            gc_assert(out.bytes.len > 0 && out.bytes.len <= GC_RTC_DATAGRAM_BYTES_MAX);
            keep_packet(!i, out.bytes);
            break;
        case GC_RTC_DESCRIPTION:
        case GC_RTC_CANDIDATE:
            keep_text(!i, &out);
            break;
        case GC_RTC_OPENED:
            gc_assert(!open[i]);
            open[i] = true;
            break;
        case GC_RTC_CLOSED:
            open[i] = false;
            break;
        case GC_RTC_MESSAGE:
            gc_assert(open[i] && out.bytes.len <= GC_FRAME_BYTES_MAX + 0u);
            break;
        default:
            break;
        }
    }
}

static void spoil(uint8_t *bytes, uint32_t len, uint8_t where, uint8_t how) {
    if (how != 0 && len > 0) {
        bytes[where * (len - 1) / 255] ^= how;
    }
}

static void deliver_packet(uint8_t which, bool keep, uint8_t where, uint8_t how) {
    if (packet_count == 0) {
        return;
    }
    uint32_t n = which % packet_count;
    packet p = packets[n];
    if (!keep) {
        packets[n] = packets[--packet_count];
    }
    spoil(p.bytes, p.len, where, how);
    gc_rtc_datagram(sides[p.to], now_ms, 0, &addresses[!p.to], gc_span_of(p.bytes, p.len));
    drain(p.to);
}

static void deliver_text(uint8_t kind, uint8_t where, uint8_t how) {
    if (text_count == 0) {
        return;
    }
    text t = texts[0];
    text_count--;
    memmove(texts, texts + 1, text_count * sizeof t);
    spoil(t.bytes, t.len, where, how);
    gc_span bytes = gc_span_of(t.bytes, t.len);
    if (t.type == GC_RTC_CANDIDATE) {
        gc_rtc_candidate(sides[t.to], now_ms, 1, bytes);
    } else if (t.to == 1) {
        open[1] = false;
        gc_rtc_answer(sides[1], now_ms, 1, kind % 3, bytes);
    } else {
        gc_rtc_remote(sides[0], now_ms, 1, kind % 3, bytes);
    }
    drain(t.to);
}

static void pass_time(uint32_t ms) {
    now_ms += ms;
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_tick(sides[i], now_ms);
        drain(i);
        gc_assert(gc_rtc_deadline(sides[i]) > now_ms);
    }
}

/* Time until something is due, and all datagrams in their order. */
static void run_well(void) {
    for (uint32_t n = 0; n < 50; n++) {
        for (uint32_t m = 0; packet_count > 0 && m < 200; m++) {
            packet p = packets[0];
            packet_count--;
            memmove(packets, packets + 1, packet_count * sizeof p);
            gc_rtc_datagram(sides[p.to], now_ms, 0, &addresses[!p.to], gc_span_of(p.bytes, p.len));
            drain(p.to);
        }
        pass_time(1 + n);
    }
}

static void send(uint32_t i, uint8_t channel, uint8_t len) {
    static const uint8_t zeros[256 * 64];
    static const uint32_t channels[] = {0, 1, GC_CHANNEL_DATA_BYTES, GC_CHANNEL_DATA_TEXT};
    gc_rtc_send(sides[i], now_ms, 1, channels[channel % 4], gc_span_of(zeros, (uint32_t)len * 64));
    drain(i);
}

static void close_link(uint32_t i) {
    gc_rtc_close(sides[i], now_ms, 1);
    open[i] = false;
    drain(i);
}

static void offer(uint8_t kind) {
    open[0] = false;
    gc_rtc_offer(sides[0], now_ms, 1, kind % 3, GC_SPAN("label"));
    drain(0);
}

static void step(uint8_t op, const uint8_t v[3]) {
    switch (op % 10) {
    case 0:
        offer(v[0]);
        break;
    case 1:
        deliver_text(v[0], v[1], v[2] < 128 ? 0 : v[2]);
        break;
    case 2:
        deliver_packet(v[0], false, 0, 0);
        break;
    case 3:
        deliver_packet(v[0], true, v[1], v[2]);
        break;
    case 4:
        if (packet_count > 0) {
            packet_count--;
        }
        break;
    case 5:
        pass_time(v[0] < 200 ? v[0] : v[0] * 50u);
        break;
    case 6:
        run_well();
        break;
    case 7:
        send(v[0] % 2, v[1], v[2]);
        break;
    case 8:
        if (v[0] < 40) {
            close_link(v[0] % 2);
        }
        break;
    default:
        gc_rtc_datagram(sides[v[0] % 2], now_ms, 0, &addresses[!(v[0] % 2)], gc_span_of(v, 3));
        drain(v[0] % 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    begin();
    for (size_t at = 0; at + 4 <= size && at < 4 * STEPS_MAX; at += 4) {
        step(data[at], data + at + 1);
    }
    gc_rtc_end(sides[0]);
    gc_rtc_end(sides[1]);
    return 0;
}
