/* Two handles on a modelled network whose addresses change: each side has own sockets by their
 * numbers, and perhaps a NAT that gets another address. Delay, no loss. Time is virtual. */
#ifndef GC_TEST_UNIT_RTC_NETWORK_H
#define GC_TEST_UNIT_RTC_NETWORK_H

#include "rtc/rtc.h"

#define RTC_NETWORK_LINK      7
#define RTC_NETWORK_SENT_MAX  65536
#define RTC_NETWORK_TEXTS_MAX 256

typedef struct rtc_network_text {
    uint64_t at_ms;
    uint32_t to, type, link, len;
    uint8_t bytes[GC_SDP_BYTES_MAX];
} rtc_network_text;

typedef struct rtc_network_datagram {
    uint64_t at_ms;
    gc_addr from, to;
    uint32_t len;
    uint8_t bytes[GC_RTC_DATAGRAM_BYTES_MAX];
} rtc_network_datagram;

typedef struct rtc_network_side {
    gc_rtc *rtc;
    void *memory;
    gc_addr bases[GC_RTC_BASES_MAX];
    gc_addr outside; /* of its NAT, which lets everybody in; family 0: there is none */
    uint32_t opened, closed, reason, descriptions, candidates, paths, path;
    uint32_t messages;
    uint64_t message_ms; /* when the last one came */
} rtc_network_side;

typedef struct rtc_network {
    rtc_network_side sides[2];
    uint64_t now_ms;
    uint32_t delay_ms;
    bool mute;          /* signaling passes on nothing */
    bool renews;        /* descriptions are those of a restart: offers of `restarter`, or answers */
    uint32_t restarter; /* 2: offers of both */
    rtc_network_datagram *datagrams;
    rtc_network_text *texts;
    uint32_t datagram_count, text_count;
    /* Where each datagram of STUN went, by whom, and when. */
    gc_addr stun_to[RTC_NETWORK_SENT_MAX];
    uint64_t stun_ms[RTC_NETWORK_SENT_MAX];
    uint32_t stun_count;
} rtc_network;

/* Makes a network of two handles with these options; side i has base 0 with the address
 * 192.0.2.(i + 1). End it with rtc_network_free(). */
rtc_network *rtc_network_make(uint8_t seed, const gc_rtc_options *options);
void rtc_network_free(rtc_network *n);
/* Links both, by an offer of side 0, and waits until the link is open. */
void rtc_network_open(rtc_network *n);
/* Drains the outputs of a side after an input that the test gave it. */
void rtc_network_drain(rtc_network *n, uint32_t side);
/* Runs for so long. */
void rtc_network_run(rtc_network *n, uint64_t for_ms);
/* Sends a message from this side. */
void rtc_network_say(rtc_network *n, uint32_t side);
/* The base of this side gets another address, under the same number or another one. */
void rtc_network_drop(rtc_network *n, uint32_t side, uint32_t base);
void rtc_network_add(rtc_network *n, uint32_t side, uint32_t base, uint8_t host);

#endif
