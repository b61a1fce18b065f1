#include "bench/path_pair.h"
#include "core/base/error.h"
#include "core/wire/frame.h"
#include "sim/openssl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINK         1
#define FLOW_OURS    0
#define FLOW_TCP     1
#define FLOW_SIGNAL  2  /* + a gc_rtc_output_type */
#define IP_UDP_BYTES 28 /* RFC 791, RFC 768 */
#define START_US     1000000

static gc_rtc_options options = {.links_max = 1,
                                 .message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX,
                                 .datagram_bytes_max = GC_RTC_DATAGRAM_BYTES_MAX};
static sim_rng randomness;

static void die(const char *what) {
    fprintf(stderr, "paths: %s\n", what);
    exit(1);
}

/* The clock, for the handles and for OpenSSL; call before each input and each poll. */
static uint64_t now_ms(const path_pair *p) {
    sim_openssl_time(p->now_us / 1000);
    return p->now_us / 1000;
}

/* RFC 5737: an address for documentation. */
static gc_addr address_of(uint32_t i) {
    return (gc_addr){.family = 4, .ip = {192, 0, 2, (uint8_t)(i + 1)}, .port = 40000};
}

static path *path_from(path_pair *p, uint32_t i) {
    return i == 0 ? &p->there : &p->back;
}

/* --- what handle 0 sends ---------------------------------------------------------------------- */

static void send_bulk(path_pair *p) {
    static uint8_t bytes[GC_RTC_MESSAGE_BYTES_MAX];
    gc_span message = gc_span_of(bytes, p->bulk_bytes);
    int r = 0;
    while (p->bulk_bytes > 0 && r == 0) {
        r = gc_rtc_send(p->ends[0].rtc, now_ms(p), LINK, GC_CHANNEL_CONTROL, message);
    }
    if (r != 0 && r != GC_E_FULL) {
        die(gc_error_text(r));
    }
}

static void send_chat(path_pair *p) {
    uint8_t bytes[256] = {0};
    uint64_t at_us = p->now_us;
    p->chat_at_us += p->chat_every_us;
    memcpy(bytes, &p->chats_sent, sizeof p->chats_sent);
    memcpy(bytes + 8, &at_us, sizeof at_us);
    gc_span message = gc_span_of(bytes, p->chat_bytes);
    uint32_t channel = p->bulk_bytes > 0 ? GC_CHANNEL_MESSAGE : GC_CHANNEL_CONTROL;
    int r = gc_rtc_send(p->ends[0].rtc, now_ms(p), LINK, channel, message);
    if (r == 0) {
        p->chats_sent++;
    } else if (r != GC_E_FULL) {
        die(gc_error_text(r));
    }
}

static void take_chat(path_pair *p, gc_span message) {
    uint32_t number;
    uint64_t at_us;
    memcpy(&number, message.data, sizeof number);
    memcpy(&at_us, message.data + 8, sizeof at_us);
    p->disorder = p->disorder || number != p->chats_came;
    p->chats_came++;
    if (number < PATH_PAIR_CHATS_MAX) {
        p->chat_ms[number] = (uint32_t)((p->now_us - at_us) / 1000) + 1;
    }
}

/* --- handles ---------------------------------------------------------------------------------- */

static void take_output(path_pair *p, uint32_t i, const gc_rtc_output *o) {
    path_peer *e = &p->ends[i];
    path *way = path_from(p, i);
    path_packet packet = {.flow = FLOW_SIGNAL + o->type,
                          .len = o->bytes.len,
                          .bytes = (uint8_t *)(uintptr_t)o->bytes.data};
    switch (o->type) {
    case GC_RTC_DATAGRAM:
        packet.flow = FLOW_OURS;
        path_send(way, p->now_us, &packet, o->bytes.len + IP_UDP_BYTES);
        break;
    case GC_RTC_DESCRIPTION:
    case GC_RTC_CANDIDATE:
        path_pass(way, &packet, p->now_us);
        break;
    case GC_RTC_OPENED:
        e->opened = true;
        break;
    case GC_RTC_MESSAGE:
        if (o->bytes.len == p->chat_bytes) {
            take_chat(p, o->bytes);
        } else {
            e->bytes += o->bytes.len;
        }
        break;
    case GC_RTC_BUFFERED:
        if (i == 0 && o->value <= GC_RTC_BUFFERED_MAX / 2) {
            send_bulk(p);
        }
        break;
    case GC_RTC_CLOSED:
        die("the link ended");
        break;
    default:
        break;
    }
}

static void drain(path_pair *p, uint32_t i) {
    path_peer *e = &p->ends[i];
    gc_rtc_output o;
    now_ms(p);
    while (gc_rtc_poll(e->rtc, &o)) {
        take_output(p, i, &o);
    }
    uint64_t at_ms = gc_rtc_deadline(e->rtc);
    e->wake_us = at_ms == GC_NEVER ? PATH_NEVER : at_ms * 1000;
}

static void take_signal(path_pair *p, uint32_t to, const path_packet *packet) {
    gc_rtc *rtc = p->ends[to].rtc;
    gc_span text = gc_span_of(packet->bytes, packet->len);
    if (packet->flow == FLOW_SIGNAL + GC_RTC_CANDIDATE) {
        gc_rtc_candidate(rtc, now_ms(p), LINK, text);
    } else if (to == 0) {
        gc_rtc_remote(rtc, now_ms(p), LINK, GC_LINK_KIND_NATIVE, text);
    } else if (gc_rtc_answer(rtc, now_ms(p), LINK, GC_LINK_KIND_NATIVE, text) != 0) {
        die("no answer");
    }
}

/* --- the rival -------------------------------------------------------------------------------- */

static void send_tcp(path_pair *p) {
    path_packet packet = {.flow = FLOW_TCP};
    while (p->rival != NULL && tcp_send(p->rival, p->now_us, &packet.number)) {
        path_send(&p->there, p->now_us, &packet, TCP_WIRE_BYTES);
    }
}

void path_pair_rival(path_pair *p, tcp *rival, bool cubic) {
    tcp_begin(rival, cubic, p->now_us);
    p->rival = rival;
    send_tcp(p);
}

/* --- time ------------------------------------------------------------------------------------- */

static void arrive(path_pair *p, uint32_t to) {
    path_packet packet = path_take(path_from(p, 1 - to));
    gc_addr from = address_of(1 - to);
    if (packet.flow == FLOW_TCP && to == 1) {
        path_send(&p->back, p->now_us, &packet, 52); /* RFC 793 with timestamps */
        return;
    }
    if (packet.flow == FLOW_TCP) {
        tcp_acked(p->rival, p->now_us, packet.number);
        send_tcp(p);
        return;
    }
    if (packet.flow == FLOW_OURS) {
        gc_rtc_datagram(p->ends[to].rtc, now_ms(p), 0, &from, gc_span_of(packet.bytes, packet.len));
    } else {
        take_signal(p, to, &packet);
    }
    free(packet.bytes);
    drain(p, to);
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void wake(path_pair *p) {
    for (uint32_t i = 0; i < 2; i++) {
        if (p->ends[i].wake_us <= p->now_us) {
            gc_rtc_tick(p->ends[i].rtc, now_ms(p));
            drain(p, i);
        }
    }
    if (p->rival != NULL && tcp_deadline_us(p->rival) <= p->now_us) {
        tcp_tick(p->rival, p->now_us);
        send_tcp(p);
    }
    if (p->chat_every_us > 0 && p->chats_sent < p->chats_max && p->chat_at_us <= p->now_us) {
        send_chat(p);
        drain(p, 0);
    }
}

static void step(path_pair *p, uint64_t until_us) {
    uint64_t there_us = path_next_us(&p->there), back_us = path_next_us(&p->back);
    uint64_t timer_us = least(p->ends[0].wake_us, p->ends[1].wake_us);
    if (p->rival != NULL) {
        timer_us = least(timer_us, tcp_deadline_us(p->rival));
    }
    if (p->chat_every_us > 0 && p->chats_sent < p->chats_max) {
        timer_us = least(timer_us, p->chat_at_us);
    }
    uint64_t at_us = least(least(there_us, back_us), least(timer_us, until_us));
    p->now_us = at_us > p->now_us ? at_us : p->now_us;
    if (at_us == until_us) {
        return;
    }
    if (at_us == there_us) {
        arrive(p, 1);
    } else if (at_us == back_us) {
        arrive(p, 0);
    } else {
        wake(p);
    }
}

void path_pair_run(path_pair *p, uint64_t ms) {
    uint64_t until_us = p->now_us + ms * 1000;
    if (p->chat_every_us > 0 && p->chat_at_us == 0) {
        p->chat_at_us = p->now_us;
    }
    send_bulk(p);
    drain(p, 0);
    while (p->now_us < until_us) {
        step(p, until_us);
    }
}

bool path_pair_connect(path_pair *p, uint64_t ms) {
    uint64_t until_us = p->now_us + ms * 1000;
    while (p->now_us < until_us && !(p->ends[0].opened && p->ends[1].opened)) {
        step(p, until_us);
    }
    p->opened_us = p->now_us;
    return p->ends[0].opened && p->ends[1].opened;
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void open_end(path_pair *p, uint32_t i, uint64_t seed) {
    uint8_t secret[32] = {(uint8_t)seed, (uint8_t)(seed >> 8), (uint8_t)(i + 1)};
    path_peer *e = &p->ends[i];
    size_t bytes = gc_rtc_size(&options);
    gc_addr own = address_of(i);
    e->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (e->memory == MAP_FAILED) {
        die("no memory");
    }
    e->rtc = gc_rtc_init(e->memory, bytes, &options, secret, now_ms(p), SIM_UNIX_S);
    if (e->rtc == NULL) {
        die("no handle");
    }
    gc_rtc_add_base(e->rtc, now_ms(p), 0, &own);
    e->wake_us = PATH_NEVER;
}

void path_pair_search(bool searches) {
    options.datagram_bytes_max = searches ? GC_RTC_DATAGRAM_BYTES_MAX : 0;
}

void path_pair_begin(path_pair *p, uint64_t seed, uint64_t rate_bytes_s, uint64_t rtt_ms,
                     uint64_t queue_ms, uint32_t loss_permille) {
    memset(p, 0, sizeof *p);
    sim_rng_init(&randomness, seed, 1);
    sim_openssl_begin(&randomness);
    p->now_us = START_US;
    path_begin(&p->there, 2 * seed);
    path_begin(&p->back, 2 * seed + 1);
    for (uint32_t i = 0; i < 2; i++) {
        path *way = path_from(p, i);
        way->rate_bytes_s = rate_bytes_s;
        way->delay_us = rtt_ms * 500;
        way->queue_us = queue_ms * 1000;
        way->loss_permille = loss_permille;
        open_end(p, i, seed);
    }
    if (gc_rtc_offer(p->ends[0].rtc, now_ms(p), LINK, GC_LINK_KIND_NATIVE, GC_SPAN_NONE) != 0) {
        die("no offer");
    }
    drain(p, 0);
}

void path_pair_end(path_pair *p) {
    for (uint32_t i = 0; i < 2; i++) {
        gc_rtc_end(p->ends[i].rtc);
        munmap(p->ends[i].memory, gc_rtc_size(&options));
        path_end(path_from(p, i));
    }
    sim_openssl_end();
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

uint32_t path_pair_chat_ms(const path_pair *p, uint32_t permille) {
    static uint32_t sorted[PATH_PAIR_CHATS_MAX];
    uint32_t count = p->chats_sent < PATH_PAIR_CHATS_MAX ? p->chats_sent : PATH_PAIR_CHATS_MAX;
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = p->chat_ms[i] == 0 ? UINT32_MAX : p->chat_ms[i];
    }
    qsort(sorted, count, sizeof *sorted, compare);
    return count == 0 ? 0 : sorted[(uint64_t)(count - 1) * permille / 1000];
}
