#include "test/unit/client_script.h"

const uint8_t peer_session[GC_SESSION_BYTES] = "session-of-peer";

__attribute__((format(printf, 2, 3))) static void say(script *s, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int n = vsnprintf(s->lines + s->len, sizeof s->lines - s->len, format, list);
    va_end(list);
    assert_true(n >= 0 && s->len + (size_t)n + 2 < sizeof s->lines);
    s->len += (size_t)n;
    s->lines[s->len++] = '\n';
    s->lines[s->len] = 0;
}

/* At most 40 characters of a text, and how long it is when it is longer. */
static const char *brief(gc_span t, char out[80]) {
    if (t.len <= 40) {
        memcpy(out, t.data, t.len);
        out[t.len] = 0;
    } else {
        snprintf(out, 80, "%.8s...%u", (const char *)t.data, t.len);
    }
    return out;
}

static void say_signal(script *s, gc_span text) {
    snprintf(s->signal, sizeof s->signal, "%.*s", (int)text.len, (const char *)text.data);
    gc_json j;
    uint8_t dst[GC_ID_BYTES_MAX + 1] = {0};
    uint32_t len = 0;
    assert_int_equal(gc_json_parse(&j, text), 0);
    gc_span type = gc_json_raw(&j, gc_json_get(&j, 0, "type"));
    int32_t to = gc_json_get(&j, 0, "dst");
    if (to >= 0) {
        assert_int_equal(gc_json_string(&j, to, dst, GC_ID_BYTES_MAX, &len), 0);
    }
    const char *name = (const char *)dst;
    static const char *slots[GC_SLOTS_MAX] = {"slot0", "slot1", "slot2", "slot3"};
    for (uint32_t i = 0; i < GC_SLOTS_MAX && !client_slots_are_off(s->c); i++) {
        name = gc_span_equal(gc_span_of(dst, len), client_slot_id(s->c, i)) ? slots[i] : name;
    }
    if (len > 0 && gc_span_equal(gc_span_of(dst, len), gc_client_id(s->c))) {
        name = "self";
    }
    int32_t payload = gc_json_get(&j, 0, "payload");
    gc_span kind = gc_span_of(NULL, 0);
    if (payload >= 0 && gc_json_get(&j, payload, "slot") >= 0) {
        kind = gc_json_raw(&j, gc_json_get(&j, payload, "slot"));
    }
    say(s, "signal %.*s%s%s%s%.*s", (int)type.len - 2, type.data + 1, len > 0 ? " " : "", name,
        kind.len > 0 ? " " : "", (int)kind.len, kind.data);
}

static void say_frame(script *s, uint32_t slot, uint32_t channel, gc_span bytes) {
    gc_frame f;
    char text[80];
    if (channel >= GC_CHANNEL_DATA_BYTES) {
        assert_true(client_link_is_stock(s->c, slot));
        s->sent_on[slot] = 1 + client_link_number(s->c, slot);
        say(s, "data %u %s %s", slot, channel == GC_CHANNEL_DATA_TEXT ? "text" : "bytes",
            brief(bytes, text));
        return;
    }
    assert_false(client_link_is_stock(s->c, slot));
    assert_int_equal(gc_frame_parse(bytes, (uint8_t)channel, &f), 0);
    switch (f.type) {
    case GC_FRAME_START:
        say(s, "start %u base %llu ack %llu %s nick %s", slot, (unsigned long long)f.base,
            (unsigned long long)f.ack,
            memcmp(f.peer_session, peer_session, GC_SESSION_BYTES) == 0 ? "known" : "new",
            brief(f.nick, text));
        break;
    case GC_FRAME_ACK:
        if (!s->no_acks) {
            say(s, "ack %u #%llu", slot, (unsigned long long)f.ack);
        }
        break;
    case GC_FRAME_BASE:
        say(s, "base %u #%llu", slot, (unsigned long long)f.base);
        break;
    case GC_FRAME_PROFILE:
        say(s, "profile %u %s", slot, brief(f.nick, text));
        break;
    case GC_FRAME_BYE:
        say(s, "bye %u %s", slot, gc_reason_word(f.reason));
        break;
    case GC_FRAME_PING:
        say(s, "ping %u", slot);
        break;
    case GC_FRAME_PONG:
        say(s, "pong %u %u", slot, f.token);
        break;
    default:
        say(s, "send %u #%llu %s", slot, (unsigned long long)f.seq, brief(f.text, text));
    }
}

static void say_user(script *s, const gc_client_output *o) {
    static const char *states[] = {"idle", "joining", "waiting", "connected", "failed"};
    static const char *signaling[] = {"off", "connecting", "on", "lost"};
    static const char *peers[] = {"connecting", "open", "lost", "away", "closed"};
    static const char *paths[] = {"", " host", " srflx", " prflx", " relay"};
    char text[80], nick[80];
    unsigned long long number = (unsigned long long)o->number;
    switch (o->type) {
    case GC_CLIENT_STATE:
        say(s, "state %s %s %s", states[o->value], signaling[o->value2], gc_reason_word(o->reason));
        break;
    case GC_CLIENT_PEER:
        say(s, "peer %u %s %s '%s'%s%s %s", o->peer, brief(o->text, text), peers[o->value],
            brief(o->text2, nick),
            (o->value2 & GC_PEER_FLAGS_STOCK) != 0    ? " stock"
            : (o->value2 & GC_PEER_FLAGS_DIRECT) != 0 ? " guest"
                                                      : "",
            paths[o->value2 & GC_PEER_FLAGS_PATH], gc_reason_word(o->reason));
        assert_int_equal(o->value2 & GC_PEER_FLAGS_VERIFIED, 0); /* nobody is yet */
        break;
    case GC_CLIENT_MESSAGE:
        say(s, "message %u #%llu %s", o->peer, number, brief(o->text, text));
        break;
    case GC_CLIENT_GAP:
        say(s, "gap %u #%llu x%u%s%s", o->peer, number, o->value, o->reason != 0 ? " " : "",
            o->reason != 0 ? gc_reason_word(o->reason) : "");
        break;
    case GC_CLIENT_DELIVERED:
        say(s, "%s %u #%llu", o->value != 0 ? "sent" : "delivered", o->peer, number);
        break;
    case GC_CLIENT_UNDELIVERED:
        say(s, "undelivered %u #%llu %s", o->peer, number, gc_reason_word(o->reason));
        break;
    default:
        assert_int_equal(o->type, GC_CLIENT_SENDABLE);
        say(s, "sendable");
    }
}

static void say_output(script *s, const gc_client_output *o) {
    uint32_t slot = o->link & 0xff;
    char text[80];
    switch (o->type) {
    case GC_CLIENT_SIGNALING_CONNECT:
        assert_true(o->text.len < sizeof s->ws);
        memcpy(s->ws, o->text.data, o->text.len);
        s->ws[o->text.len] = 0;
        say(s, o->value == GC_SIGNALING_SOCKET_SLOT ? "connect slot" : "connect");
        break;
    case GC_CLIENT_SIGNALING_SEND:
        say_signal(s, o->text);
        break;
    case GC_CLIENT_SIGNALING_CLOSE:
        say(s, o->value == GC_SIGNALING_SOCKET_SLOT ? "disconnect slot" : "disconnect");
        break;
    case GC_CLIENT_ICE_SERVERS:
        say(s, "ice %s", brief(o->text, text));
        break;
    case GC_CLIENT_LINK_OFFER:
        say(s, "offer %u%s", slot, o->value == GC_LINK_KIND_EITHER ? " either" : "");
        assert_int_equal(o->text.len > 0, o->value == GC_LINK_KIND_EITHER);
        break;
    case GC_CLIENT_LINK_ANSWER:
        say(s, "answer %u%s %s", slot, o->value == GC_LINK_KIND_DATA ? " data" : "",
            brief(o->text, text));
        break;
    case GC_CLIENT_LINK_REMOTE:
        say(s, "remote %u%s %s", slot, o->value == GC_LINK_KIND_DATA ? " data" : "",
            brief(o->text, text));
        break;
    case GC_CLIENT_LINK_CANDIDATE:
        say(s, "candidate %u %s", slot, brief(o->text, text));
        break;
    case GC_CLIENT_LINK_CLOSE:
        say(s, "close %u", slot);
        break;
    case GC_CLIENT_LINK_SEND:
        say_frame(s, slot, o->value, o->text);
        break;
    default:
        say_user(s, o);
    }
}

/* --- driving --------------------------------------------------------------------------------- */

static bool report_buffered(script *s) {
    bool any = false;
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        if (s->sent_on[slot] != 0 && !s->throws) {
            uint32_t link = s->sent_on[slot] - 1;
            assert_int_equal(gc_client_link_buffered(s->c, s->now, link, 0), 0);
            any = true;
        }
        s->sent_on[slot] = 0;
    }
    return any;
}

void drain(script *s) {
    gc_client_output o;
    s->len = 0;
    s->lines[0] = 0;
    do {
        while (gc_client_poll(s->c, &o)) {
            say_output(s, &o);
        }
        assert_int_equal(o.type, GC_CLIENT_NOTHING);
    } while (report_buffered(s));
    gc_client_check(s->c);
}

void expect(script *s, const char *lines) {
    if (strcmp(s->lines, lines) != 0) {
        fail_msg("at %llu ms expected:\n%sgot:\n%s", (unsigned long long)s->now, lines, s->lines);
    }
}

void put(script *s, int result) {
    assert_int_equal(result, 0);
    drain(s);
}

script *script_new(void) {
    static const uint8_t seed[32] = "the seed of a client in a script";
    script *s = calloc(1, sizeof *s);
    void *memory = NULL;
    gc_crypto crypto;
    assert_non_null(s);
    assert_int_equal(gc_host_crypto(&crypto), 0);
    assert_int_equal(posix_memalign(&memory, 16, gc_client_size()), 0);
    memset(memory, 0xa5, gc_client_size()); /* nothing may depend on what was there */
    s->now = 1000;
    s->c = gc_client_init(memory, gc_client_size(), &crypto, seed, s->now);
    assert_non_null(s->c);
    return s;
}

void script_free(script *s) {
    free(s->c);
    free(s);
}

const gc_client_options script_options = {.server = {(const uint8_t *)SERVER, 25},
                                          .nick = {(const uint8_t *)"Ann", 3}};

gc_span expand(script *s, const char *text, char *out, size_t size) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, (uint32_t)size);
    while (*text != 0) {
        if (strncmp(text, "%DIAL", 5) == 0) {
            uint32_t slot = (uint32_t)(text[5] - '0');
            gc_base64url_write(&w, gc_span_of(client_link_dial(s->c, slot), GC_DIAL_BYTES));
            text += 7;
        } else if (strncmp(text, "%ID%", 4) == 0) {
            gc_writer_span(&w, gc_client_id(s->c));
            text += 4;
        } else {
            gc_writer_u8(&w, (uint8_t)*text++);
        }
    }
    assert_false(w.failed);
    return gc_writer_done(&w);
}

void server_says(script *s, const char *text) {
    char expanded[GC_MESSAGE_BYTES_MAX];
    put(s, gc_client_signaling_message(s->c, s->now, GC_SIGNALING_SOCKET_OWN,
                                       expand(s, text, expanded, sizeof expanded)));
}

uint32_t link_of(script *s, uint32_t slot) {
    return client_link_number(s->c, slot);
}

void described(script *s, uint32_t slot) {
    put(s, gc_client_link_description(s->c, s->now, link_of(s, slot), GC_SPAN("our sdp")));
}

void found(script *s, uint32_t slot, const char *candidate) {
    put(s, gc_client_link_candidate(s->c, s->now, link_of(s, slot), text_span(candidate),
                                    GC_SPAN("0"), 0));
}

void opened(script *s, uint32_t slot) {
    put(s, gc_client_link_opened(s->c, s->now, link_of(s, slot)));
}

void transport_ended(script *s, uint32_t slot, uint32_t reason) {
    put(s, gc_client_link_closed(s->c, s->now, link_of(s, slot), reason));
}

int give_frame(script *s, uint32_t slot, const gc_frame *f) {
    static uint8_t bytes[GC_FRAME_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_frame_write(f, &w);
    assert_false(w.failed);
    uint8_t channel = f->type == GC_FRAME_MESSAGE ? GC_CHANNEL_MESSAGE : GC_CHANNEL_CONTROL;
    return gc_client_link_message(s->c, s->now, link_of(s, slot), channel, gc_writer_done(&w));
}

void frame(script *s, uint32_t slot, const gc_frame *f) {
    put(s, give_frame(s, slot, f));
}

gc_frame start_of_peer(script *s, uint64_t base, uint64_t ack) {
    gc_frame f = {.type = GC_FRAME_START, .version = 1, .capabilities = 1, .base = base};
    f.ack = ack;
    f.window = GC_WINDOW_BYTES;
    f.has_nick = true;
    f.nick = GC_SPAN("Bob");
    memcpy(f.session, peer_session, GC_SESSION_BYTES);
    memcpy(f.peer_session, client_session(s->c), GC_SESSION_BYTES);
    return f;
}

void peer_starts(script *s, uint32_t slot, uint64_t base, uint64_t ack) {
    gc_frame f = start_of_peer(s, base, ack);
    frame(s, slot, &f);
}

void peer_sends(script *s, uint32_t slot, uint64_t seq, const char *text) {
    gc_frame f = {.type = GC_FRAME_MESSAGE, .seq = seq, .text = text_span(text)};
    frame(s, slot, &f);
}

void peer_acks(script *s, uint32_t slot, uint64_t ack) {
    gc_frame f = {.type = GC_FRAME_ACK, .ack = ack};
    frame(s, slot, &f);
}

void user_sends(script *s, const char *text, uint64_t seq) {
    uint64_t got = 0;
    assert_int_equal(gc_client_send(s->c, s->now, text_span(text), &got), 0);
    assert_int_equal(got, seq);
    drain(s);
}

void pass(script *s, uint64_t ms) {
    static char all[SCRIPT_LINES_MAX];
    size_t len = 0;
    uint64_t end = s->now + ms;
    all[0] = 0;
    while (gc_client_deadline(s->c) <= end) {
        s->now = gc_client_deadline(s->c) > s->now ? gc_client_deadline(s->c) : s->now;
        gc_client_tick(s->c, s->now);
        assert_true(gc_client_deadline(s->c) > s->now);
        drain(s);
        assert_true(len + s->len < sizeof all);
        memcpy(all + len, s->lines, s->len + 1);
        len += s->len;
    }
    s->now = end;
    memcpy(s->lines, all, len + 1);
    s->len = len;
}

/* --- ways to get somewhere ------------------------------------------------------------------- */

void enter_coffee(script *s, const char *members) {
    char text[2048];
    put(s, gc_client_join_room(s->c, s->now, &script_options, room_named("coffee")));
    expect(s, "connect\nstate joining connecting none\n");
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    snprintf(text, sizeof text,
             "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":[{\"urls\":\"stun:h\"}],"
             "\"room\":{\"tag\":\"" COFFEE "\",\"members\":%s}}}",
             members);
    server_says(s, text);
}

void enter_again(script *s, const char *members) {
    char text[2048];
    while (!client_signaling_is_connecting(s->c)) {
        pass(s, gc_client_deadline(s->c) - s->now);
    }
    put(s, gc_client_signaling_opened(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    snprintf(text, sizeof text,
             "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{\"tag\":\"" COFFEE
             "\",\"members\":%s}}}",
             members);
    server_says(s, text);
}

void offer_from(script *s, const char *id, const char *dial) {
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"OFFER\",\"src\":\"%s\",\"dst\":\"%%ID%%\",\"payload\":{\"type\":"
             "\"ghostchat\",\"v\":1,\"dial\":\"%s\",\"room\":\"" COFFEE
             "\",\"sdp\":\"their sdp\"}}",
             id, dial);
    server_says(s, text);
}

void answer_from(script *s, const char *id, uint32_t slot) {
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"ANSWER\",\"src\":\"%s\",\"dst\":\"%%ID%%\",\"payload\":{\"type\":"
             "\"ghostchat\",\"v\":1,\"dial\":\"%%DIAL%u%%\",\"sdp\":\"their sdp\"}}",
             id, slot);
    server_says(s, text);
}

void joined(script *s, const char *id) {
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"GC-JOINED\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"%s\"}}", id);
    server_says(s, text);
}

void left(script *s, const char *id) {
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"GC-LEFT\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"%s\"}}", id);
    server_says(s, text);
}

void meet(script *s, const char *id) {
    char members[160];
    snprintf(members, sizeof members, "[\"%s\"]", id);
    enter_coffee(s, members);
    described(s, 0);
    answer_from(s, id, 0);
    opened(s, 0);
    peer_starts(s, 0, 1, 0);
}

script *script_met(const char *id) {
    script *s = script_new();
    meet(s, id);
    return s;
}
