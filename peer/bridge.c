#include "peer/bridge.h"

void gc_bridge_open(gc_bridge *b, gc_client *client, gc_rtc *rtc) {
    *b = (gc_bridge){.client = client, .rtc = rtc};
}

/* --- what the core wants ---------------------------------------------------------------------- */

static void note_broken(gc_bridge *b, uint32_t link, uint32_t reason) {
    if (b->broken_count < GC_LINKS_MAX) {
        b->broken[b->broken_count].link = link;
        b->broken[b->broken_count++].reason = reason;
    }
}

static void make_link(gc_bridge *b, uint64_t now_ms, const gc_client_output *o) {
    int r = o->type == GC_CLIENT_LINK_OFFER
                ? gc_rtc_offer(b->rtc, now_ms, o->link, o->value, o->text)
                : gc_rtc_answer(b->rtc, now_ms, o->link, o->value, o->text);
    if (r != 0) {
        note_broken(b, o->link, GC_REASON_ICE_FAILED);
    }
}

/* A frame that is lost would be missed for ever: the link ends instead. */
static void send_frame(gc_bridge *b, uint64_t now_ms, const gc_client_output *o) {
    if (gc_rtc_send(b->rtc, now_ms, o->link, o->value, o->text) != 0) {
        gc_rtc_close(b->rtc, now_ms, o->link);
        note_broken(b, o->link, GC_REASON_GONE);
    }
}

bool gc_bridge_act(gc_bridge *b, uint64_t now_ms, const gc_client_output *o) {
    switch (o->type) {
    case GC_CLIENT_LINK_OFFER:
    case GC_CLIENT_LINK_ANSWER:
        make_link(b, now_ms, o);
        return true;
    case GC_CLIENT_LINK_REMOTE:
        gc_rtc_remote(b->rtc, now_ms, o->link, o->value, o->text);
        return true;
    case GC_CLIENT_LINK_CANDIDATE:
        gc_rtc_candidate(b->rtc, now_ms, o->link, o->text);
        return true;
    case GC_CLIENT_LINK_SEND:
        send_frame(b, now_ms, o);
        return true;
    case GC_CLIENT_LINK_CLOSE:
        gc_rtc_close(b->rtc, now_ms, o->link);
        return true;
    default:
        return false;
    }
}

/* --- what the transport has ------------------------------------------------------------------- */

bool gc_bridge_tell_broken(gc_bridge *b, uint64_t now_ms) {
    if (b->broken_count == 0) {
        return false;
    }
    b->broken_count--;
    gc_client_link_closed(b->client, now_ms, b->broken[b->broken_count].link,
                          b->broken[b->broken_count].reason);
    return true;
}

bool gc_bridge_report(gc_bridge *b, uint64_t now_ms, const gc_rtc_output *o) {
    gc_client *client = b->client;
    switch (o->type) {
    case GC_RTC_DESCRIPTION:
        gc_client_link_description(client, now_ms, o->link, o->bytes);
        return true;
    case GC_RTC_CANDIDATE:
        gc_client_link_candidate(client, now_ms, o->link, o->bytes, o->mid, 0);
        return true;
    case GC_RTC_OPENED:
        gc_client_link_opened(client, now_ms, o->link);
        return true;
    case GC_RTC_MESSAGE:
        gc_client_link_message(client, now_ms, o->link, (uint8_t)o->value, o->bytes);
        return true;
    case GC_RTC_BUFFERED:
        gc_client_link_buffered(client, now_ms, o->link, o->value);
        return true;
    case GC_RTC_PATH:
        gc_client_link_path(client, now_ms, o->link, o->value, o->rtt_ms);
        return true;
    case GC_RTC_CLOSED:
        gc_client_link_closed(client, now_ms, o->link, o->value);
        return true;
    default:
        return false;
    }
}
