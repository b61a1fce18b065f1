/* round_trips: how long the first message between two whole native peers (rtc/rtc.h: ICE, DTLS and
 * SCTP) is on its way, counted in round trips of the path and in virtual time: the same figures on
 * every machine. Signaling takes no time, and nothing is lost. Beside it the same without what
 * saves round trips: each is taken out of the descriptions on their way.
 *
 *   round_trips */
#include "bench/path.h"
#include "core/wire/frame.h"
#include "rtc/rtc.h"
#include "sim/openssl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK     1
#define RTT_MS   100
#define START_US 1000000
#define UNTIL_US (START_US + 5000000)

typedef struct end {
    gc_rtc *rtc;
    void *memory;
    path out; /* its datagrams on their way */
    uint64_t wake_us;
    uint64_t came_us; /* when the first message came; 0: not yet */
} end;

static const gc_rtc_options options = {.links_max = 1};
static end ends[2];
static uint64_t now_us;
static sim_rng randomness;
static bool without_snap, without_sped;

static void die(const char *what) {
    fprintf(stderr, "round_trips: %s\n", what);
    exit(1);
}

static uint64_t now_ms(void) {
    sim_openssl_time(now_us / 1000);
    return now_us / 1000;
}

/* RFC 5737: an address for documentation. */
static gc_addr address_of(uint32_t i) {
    return (gc_addr){.family = 4, .ip = {192, 0, 2, (uint8_t)(i + 1)}, .port = 40000};
}

/* The same text with another name in the place of what saves round trips. */
static void take_out(gc_span text, uint8_t *copy, const char *word) {
    uint32_t len = (uint32_t)strlen(word);
    for (uint32_t i = 0; i + len <= text.len; i++) {
        if (memcmp(copy + i, word, len) == 0) {
            copy[i + len - 1] = 'x';
        }
    }
}

static void drain(uint32_t i);

static void signal_to(uint32_t to, const gc_rtc_output *o) {
    uint8_t copy[GC_SDP_BYTES_MAX];
    gc_span text = gc_span_of(copy, o->bytes.len);
    memcpy(copy, o->bytes.data, o->bytes.len);
    if (without_snap) {
        take_out(text, copy, "sctp-init");
    }
    if (without_sped) {
        take_out(text, copy, "ghostchat1");
    }
    gc_rtc *rtc = ends[to].rtc;
    if (o->type == GC_RTC_CANDIDATE) {
        gc_rtc_candidate(rtc, now_ms(), LINK, text);
    } else if (to == 0) {
        gc_rtc_remote(rtc, now_ms(), LINK, GC_LINK_KIND_NATIVE, text);
    } else if (gc_rtc_answer(rtc, now_ms(), LINK, GC_LINK_KIND_NATIVE, text) != 0) {
        die("no answer");
    }
    drain(to);
}

static void take_output(uint32_t i, const gc_rtc_output *o) {
    path_packet packet = {.len = o->bytes.len, .bytes = (uint8_t *)(uintptr_t)o->bytes.data};
    switch (o->type) {
    case GC_RTC_DATAGRAM:
        path_send(&ends[i].out, now_us, &packet, o->bytes.len);
        break;
    case GC_RTC_DESCRIPTION:
    case GC_RTC_CANDIDATE:
        signal_to(1 - i, o);
        break;
    case GC_RTC_OPENED:
        if (gc_rtc_send(ends[i].rtc, now_ms(), LINK, GC_CHANNEL_CONTROL, GC_SPAN("hello")) != 0) {
            die("not sent");
        }
        break;
    case GC_RTC_MESSAGE:
        ends[i].came_us = now_us;
        break;
    case GC_RTC_CLOSED:
        die("the link ended");
        break;
    default:
        break;
    }
}

static void drain(uint32_t i) {
    gc_rtc_output o;
    now_ms();
    while (gc_rtc_poll(ends[i].rtc, &o)) {
        take_output(i, &o);
    }
    uint64_t at_ms = gc_rtc_deadline(ends[i].rtc);
    ends[i].wake_us = at_ms == GC_NEVER ? PATH_NEVER : at_ms * 1000;
}

static void arrive(uint32_t to) {
    path_packet packet = path_take(&ends[1 - to].out);
    gc_addr from = address_of(1 - to);
    gc_rtc_datagram(ends[to].rtc, now_ms(), 0, &from, gc_span_of(packet.bytes, packet.len));
    free(packet.bytes);
    drain(to);
}

/* What is first: a datagram to one of both, or a timer. */
static void step(void) {
    uint64_t at_us[4] = {path_next_us(&ends[1].out), path_next_us(&ends[0].out), ends[0].wake_us,
                         ends[1].wake_us};
    uint32_t first = 0;
    for (uint32_t i = 1; i < 4; i++) {
        first = at_us[i] < at_us[first] ? i : first;
    }
    now_us = at_us[first] > now_us ? at_us[first] : now_us;
    if (now_us > UNTIL_US) {
        die("no message");
    }
    if (first < 2) {
        arrive(first);
    } else {
        gc_rtc_tick(ends[first - 2].rtc, now_ms());
        drain(first - 2);
    }
}

static void open_end(uint32_t i) {
    uint8_t secret[32] = {(uint8_t)(i + 1)};
    size_t bytes = gc_rtc_size(&options);
    gc_addr address = address_of(i);
    end *e = &ends[i];
    *e = (end){.wake_us = PATH_NEVER, .memory = calloc(1, bytes)};
    e->rtc = e->memory == NULL
                 ? NULL
                 : gc_rtc_init(e->memory, bytes, &options, secret, now_ms(), SIM_UNIX_S);
    if (e->rtc == NULL) {
        die("no memory");
    }
    path_begin(&e->out, i + 1);
    e->out.delay_us = RTT_MS * 1000 / 2;
    e->out.rate_bytes_s = 1000000000000;
    e->out.queue_us = 1000000;
    gc_rtc_add_base(e->rtc, now_ms(), 0, &address);
}

/* One link: prints when the first message of each side came, and ends. */
static void measure(const char *name) {
    now_us = START_US;
    sim_rng_init(&randomness, 1, 1);
    sim_openssl_begin(&randomness);
    open_end(0);
    open_end(1);
    if (gc_rtc_offer(ends[0].rtc, now_ms(), LINK, GC_LINK_KIND_NATIVE, GC_SPAN_NONE) != 0) {
        die("no offer");
    }
    drain(0);
    while (ends[0].came_us == 0 || ends[1].came_us == 0) {
        step();
    }
    printf("  %s: to the answerer %.2f, to the offerer %.2f\n", name,
           (double)(ends[1].came_us - START_US) / 1000 / RTT_MS,
           (double)(ends[0].came_us - START_US) / 1000 / RTT_MS);
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_end(ends[i].rtc);
        path_end(&ends[i].out);
        free(ends[i].memory);
    }
    sim_openssl_end();
}

int main(void) {
    printf("round trips of %d ms until the first message (goal of the first <= 2.6):\n", RTT_MS);
    measure("two native peers");
    without_sped = true;
    measure("DTLS not in checks");
    without_snap = true;
    measure("and SCTP with its handshake");
    return 0;
}
