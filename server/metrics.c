#include "server/metrics.h"

static void head(gc_writer *w, const char *name, const char *type, const char *help) {
    gc_writer_text(w, "# HELP ghostchat_");
    gc_writer_text(w, name);
    gc_writer_text(w, " ");
    gc_writer_text(w, help);
    gc_writer_text(w, "\n# TYPE ghostchat_");
    gc_writer_text(w, name);
    gc_writer_text(w, " ");
    gc_writer_text(w, type);
    gc_writer_text(w, "\n");
}

static void sample(gc_writer *w, const char *name, const char *label, const char *value,
                   uint64_t n) {
    gc_writer_text(w, "ghostchat_");
    gc_writer_text(w, name);
    if (label != NULL) {
        gc_writer_text(w, "{");
        gc_writer_text(w, label);
        gc_writer_text(w, "=\"");
        gc_writer_text(w, value);
        gc_writer_text(w, "\"}");
    }
    gc_writer_text(w, " ");
    gc_writer_decimal(w, n);
    gc_writer_text(w, "\n");
}

static void gauge(gc_writer *w, const char *name, const char *help, uint64_t n) {
    head(w, name, "gauge", help);
    sample(w, name, NULL, NULL, n);
}

static void counter(gc_writer *w, const char *name, const char *help, uint64_t n) {
    head(w, name, "counter", help);
    sample(w, name, NULL, NULL, n);
}

/* Writes only reasons that have happened, so that the text stays short; a reason that is written
 * once stays. */
static void by_reason(gc_writer *w, const char *name, const char *help,
                      const uint64_t counts[GC_REASON_COUNT]) {
    head(w, name, "counter", help);
    for (uint32_t i = 0; i < GC_REASON_COUNT; i++) {
        if (counts[i] > 0) {
            sample(w, name, "reason", gc_reason_word(i), counts[i]);
        }
    }
}

static void relayed(gc_writer *w, const gc_server_stats *s) {
    head(w, "relayed_total", "counter", "Signaling messages relayed.");
    for (int i = 0; i < GC_SIGNAL_COUNT; i++) {
        if (s->relayed_total[i] > 0) {
            sample(w, "relayed_total", "type", gc_signal_word((gc_signal)i), s->relayed_total[i]);
        }
    }
}

static void of_core(gc_writer *w, const gc_server_stats *s) {
    counter(w, "connects_total", "TCP connections accepted.", s->connects_total);
    gauge(w, "peers", "Ids in use.", s->peers);
    gauge(w, "rooms", "Rooms with members.", s->rooms);
    gauge(w, "room_members", "Members of all rooms.", s->room_members);
    relayed(w, s);
    counter(w, "relay_bytes_total", "Bytes of relayed messages.", s->relay_bytes_total);
    gauge(w, "queued_bytes", "Bytes not sent yet.", s->queued_bytes);
    gauge(w, "queued_messages", "Messages that wait for an absent id.", s->held_messages);
    gauge(w, "held_bytes", "Bytes of messages that wait for an absent id.", s->held_bytes);
    counter(w, "expired_total", "Messages whose id did not come in time.", s->expired_total);
    counter(w, "id_taken_total", "Ids refused because somebody holds them.", s->id_taken_total);
    counter(w, "takeovers_total", "Ids taken over with their token.", s->takeovers_total);
    counter(w, "absent_total", "Reports that an id is absent.", s->absent_total);
    counter(w, "throttled_total", "Times a socket was read more slowly.", s->throttled_total);
    counter(w, "penalties_total", "Times an address was refused for a while.", s->penalties_total);
    counter(w, "penalized_total", "Connections refused because of a penalty.", s->penalized_total);
    by_reason(w, "rejected_total", "Connections refused.", s->rejected_total);
    by_reason(w, "cut_total", "Connections ended by the server.", s->cut_total);
    by_reason(w, "bad_total", "Inputs ignored or answered with an error.", s->bad_total);
}

static void of_service(gc_writer *w, gc_service *service, const gc_server_stats *s) {
    counter(w, "http_requests_total", "HTTP requests answered.", service->http_requests);
    counter(w, "accept_paused_total", "Pauses for lack of descriptors.", service->accept_pauses);
    if (gc_datagram_sockets_are_open(&service->datagrams)) {
        counter(w, "stun_requests_total", "STUN requests answered.", s->stun_answered_total);
        counter(w, "stun_dropped_total", "STUN requests over the rate.",
                s->stun_limited_total + service->datagrams.group.unsent);
        counter(w, "stun_ignored_total", "Datagrams that were not a STUN request.",
                s->stun_ignored_total);
    }
    if (service->tls != NULL) {
        head(w, "tls_handshakes_total", "counter", "TLS handshakes.");
        sample(w, "tls_handshakes_total", "result", "ok", service->group.handshakes_ok);
        sample(w, "tls_handshakes_total", "result", "failed", service->group.handshakes_failed);
    }
    head(w, "loop_lag_seconds", "gauge", "Lateness of the last timer.");
    gc_writer_text(w, "ghostchat_loop_lag_seconds ");
    gc_writer_decimal(w, service->loop_lag_ms / 1000);
    gc_writer_text(w, ".");
    for (uint64_t rest = service->loop_lag_ms % 1000, digit = 100; digit > 0; digit /= 10) {
        gc_writer_decimal(w, rest / digit % 10);
    }
    gc_writer_text(w, "\n");
    gauge(w, "sockets", "TCP sockets open, the closing ones too.", service->sockets);
}

void gc_metrics_write(gc_service *service, gc_writer *w) {
    gc_server_stats s;
    gc_server_get_stats(service->core, &s);
    head(w, "build_info", "gauge", "Always 1.");
    sample(w, "build_info", "version", GC_VERSION, 1);
    head(w, "connections", "gauge", "TCP connections.");
    sample(w, "connections", "tls", service->tls != NULL ? "1" : "0", s.connections);
    gauge(w, "memory_bytes", "Memory of queues, partial input and unsent answers.",
          s.memory_used_bytes + service->kept_bytes);
    of_core(w, &s);
    of_service(w, service, &s);
}
