#include "peer/links.h"

#include "host/pages.h"

static uint64_t now_of(const gc_links *l) {
    return uv_now(l->network->options.loop);
}

void gc_links_open(gc_links *l, gc_client *client, gc_rtc *rtc, gc_network *network) {
    *l = (gc_links){.client = client, .rtc = rtc, .network = network};
}

/* --- what the core wants ------------------------------------------------------------------------
 */

static void note_broken(gc_links *l, uint32_t link, uint32_t reason) {
    if (l->broken_count < GC_LINKS_MAX) {
        l->broken[l->broken_count].link = link;
        l->broken[l->broken_count++].reason = reason;
    }
}

static void make_link(gc_links *l, const gc_client_output *o) {
    gc_network_prepare(l->network);
    int r = o->type == GC_CLIENT_LINK_OFFER
                ? gc_rtc_offer(l->rtc, now_of(l), o->link, o->value, o->text)
                : gc_rtc_answer(l->rtc, now_of(l), o->link, o->value, o->text);
    if (r != 0) {
        note_broken(l, o->link, GC_REASON_ICE_FAILED);
    }
}

/* A frame that is lost would be missed for ever: the link ends instead. */
static void send_frame(gc_links *l, const gc_client_output *o) {
    if (gc_rtc_send(l->rtc, now_of(l), o->link, o->value, o->text) != 0) {
        gc_rtc_close(l->rtc, now_of(l), o->link);
        note_broken(l, o->link, GC_REASON_GONE);
    }
}

bool gc_links_act(gc_links *l, const gc_client_output *o) {
    switch (o->type) {
    case GC_CLIENT_LINK_OFFER:
    case GC_CLIENT_LINK_ANSWER:
        make_link(l, o);
        return true;
    case GC_CLIENT_LINK_REMOTE:
        gc_rtc_remote(l->rtc, now_of(l), o->link, o->value, o->text);
        return true;
    case GC_CLIENT_LINK_CANDIDATE:
        gc_rtc_candidate(l->rtc, now_of(l), o->link, o->text);
        return true;
    case GC_CLIENT_LINK_SEND:
        send_frame(l, o);
        return true;
    case GC_CLIENT_LINK_CLOSE:
        gc_rtc_close(l->rtc, now_of(l), o->link);
        return true;
    default:
        return false;
    }
}

/* --- what the transport has ---------------------------------------------------------------------
 */

static void report(gc_links *l, const gc_rtc_output *o) {
    gc_client *client = l->client;
    uint64_t now_ms = now_of(l);
    switch (o->type) {
    case GC_RTC_DATAGRAM:
    case GC_RTC_MULTICAST:
        gc_network_send(l->network, o);
        break;
    case GC_RTC_DESCRIPTION:
        gc_client_link_description(client, now_ms, o->link, o->bytes);
        break;
    case GC_RTC_CANDIDATE:
        gc_client_link_candidate(client, now_ms, o->link, o->bytes, o->mid, 0);
        break;
    case GC_RTC_OPENED:
        gc_client_link_opened(client, now_ms, o->link);
        break;
    case GC_RTC_MESSAGE:
        gc_client_link_message(client, now_ms, o->link, (uint8_t)o->value, o->bytes);
        break;
    case GC_RTC_BUFFERED:
        gc_client_link_buffered(client, now_ms, o->link, o->value);
        break;
    case GC_RTC_PATH:
        gc_client_link_path(client, now_ms, o->link, o->value, o->rtt_ms);
        break;
    case GC_RTC_CLOSED:
        gc_client_link_closed(client, now_ms, o->link, o->value);
        break;
    case GC_RTC_UNUSED:
        gc_pages_give_back(o->bytes.data, o->bytes.len);
        break;
    default:
        break;
    }
}

bool gc_links_report(gc_links *l) {
    gc_rtc_output moved;
    if (l->broken_count > 0) {
        l->broken_count--;
        gc_client_link_closed(l->client, now_of(l), l->broken[l->broken_count].link,
                              l->broken[l->broken_count].reason);
        return true;
    }
    if (!gc_rtc_poll(l->rtc, &moved)) {
        return false;
    }
    report(l, &moved);
    return true;
}
