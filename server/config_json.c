#include "server/config_json.h"

/* host[:port] without its port. */
static gc_span host_alone(gc_span host) {
    bool bracket = host.len > 0 && host.data[0] == '[';
    uint32_t end = gc_span_find(host, 0, bracket ? ']' : ':');
    return gc_span_of(host.data, end + (bracket && end < host.len));
}

void gc_config_ice_servers(const gc_service *service, gc_span host, gc_writer *w) {
    const char *external = service->options->external_address;
    host = external != NULL ? gc_span_text(external) : host_alone(host);
    gc_writer_text(w, "[");
    /* The characters of a valid host need no JSON escape. */
    if (gc_datagram_sockets_are_open(&service->datagrams) &&
        gc_option_text_is_host((const char *)host.data, host.len)) {
        gc_writer_text(w, "{\"urls\":\"stun:");
        gc_writer_span(w, host);
        gc_writer_text(w, ":");
        gc_writer_decimal(w, service->options->stun_port);
        gc_writer_text(w, "\"}");
    }
    gc_writer_text(w, "]");
}

static void number(gc_writer *w, const char *name, uint64_t value, const char *behind) {
    gc_writer_text(w, "\"");
    gc_writer_text(w, name);
    gc_writer_text(w, "\":");
    gc_writer_decimal(w, value);
    gc_writer_text(w, behind);
}

static void string(gc_writer *w, const char *name, const char *value, const char *behind) {
    gc_writer_text(w, "\"");
    gc_writer_text(w, name);
    gc_writer_text(w, "\":");
    gc_json_write_string(w, gc_span_text(value));
    gc_writer_text(w, behind);
}

void gc_config_json(const gc_service *service, gc_span host, gc_writer *w) {
    const gc_options *o = service->options;
    gc_writer_text(w, "{");
    string(w, "name", "GhostChat", ",");
    string(w, "version", GC_VERSION, ",");
    gc_writer_text(w, "\"testBuild\":");
    gc_writer_text(w, USE_LOCALSTORAGE_FOR_TESTING ? "true," : "false,");
    string(w, "path", o->path, ",");
    string(w, "key", o->key, ",");
    if (o->peer_server != NULL) {
        gc_writer_text(w, "\"peerServer\":{");
        string(w, "url", o->peer_server, ",");
        string(w, "key", o->key, "},");
    }
    gc_writer_text(w, "\"iceServers\":");
    gc_config_ice_servers(service, host, w);
    gc_writer_text(w, ",\"limits\":{");
    number(w, "messageBytes", o->message_bytes_max, ",");
    number(w, "queueBytes", o->queue_bytes_max, ",");
    number(w, "ratePerSecond", o->rate_per_second, ",");
    number(w, "connectionsPerAddress", o->per_address_max, ",");
    number(w, "aliveTimeoutMs", o->alive_timeout_ms, ",");
    number(w, "expireTimeoutMs", o->expire_timeout_ms, ",");
    number(w, "roomMembers", GC_ROOM_MEMBERS_MAX, ",");
    number(w, "roomNameBytes", GC_ROOM_NAME_BYTES_MAX, ",");
    number(w, "textBytes", GC_TEXT_BYTES_MAX, ",");
    number(w, "nickBytes", GC_NICK_BYTES_MAX, "}}");
}
