/* gc_client, stateful: the input is a script of what server, transport, peers, user and clock do.
 * Any bytes are a script; most of it is well formed, so that it gets behind the parsers.
 * gc_client_check() runs after every step, and the oracle of client_oracle.h beside it; time always
 * goes on.
 */
#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/reason.h"
#include "core/proto/data_connection.h"
#include "core/wire/binarypack.h"
#include "core/wire/frame.h"
#include "fuzz/client_oracle.h"
#include "test/unit/client_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COFFEE "29935b41b9a63fe8f9dd6864f4193aa7"
#define PROOF  "KZNbQbmmP-j53Whk9Bk6pw" /* what `hash` below gives for it */

typedef struct input {
    const uint8_t *data;
    size_t len;
} input;

static uint8_t byte(input *in) {
    if (in->len == 0) {
        return 0;
    }
    in->len--;
    return *in->data++;
}

static gc_span rest(input *in, uint32_t max) {
    uint32_t len = byte(in);
    len = len < in->len ? len : (uint32_t)in->len;
    len = len < max ? len : max;
    gc_span s = gc_span_of(in->data, len);
    in->data += len;
    in->len -= len;
    return s;
}

/* Not BLAKE2b; the room "coffee" has its real tag, so that corpora are readable. */
static int hash(void *context, uint8_t *out, uint32_t out_len, const uint8_t *in, uint32_t in_len,
                const uint8_t *key, uint32_t key_len) {
    static const uint8_t coffee[16] = {0x29, 0x93, 0x5b, 0x41, 0xb9, 0xa6, 0x3f, 0xe8,
                                       0xf9, 0xdd, 0x68, 0x64, 0xf4, 0x19, 0x3a, 0xa7};
    (void)context;
    memset(out, key_len > 0 ? key[0] : 0x5a, out_len);
    if (out_len == 16 && key_len > 0 && key[0] == 0x5a) {
        memcpy(out, coffee, 16);
    } else if (out_len == 16 && key_len == 0 && in_len >= 64) {
        memcpy(out, in + in_len - 64, 16); /* one's own id: it begins with the key */
    }
    return 0;
}

static int sign_keypair(void *context, uint8_t public_key[32], const uint8_t seed[32]) {
    (void)context;
    memcpy(public_key, seed, 32);
    return 0;
}

/* --- the script ------------------------------------------------------------------------------- */

static const char *const ids[] = {"0ann", "~bob", "0cat", "~dan", "~eve", "0flo", "~gus", "~hal"};

static const char *id_of(input *in) {
    return ids[byte(in) % 8];
}

static gc_span text_of(const char *s) {
    return gc_span_of(s, (uint32_t)strlen(s));
}

static uint32_t link_of(gc_client *c, input *in) {
    uint32_t slot = byte(in) % GC_LINKS_MAX;
    return client_link_number(c, slot);
}

static void dial_text(gc_client *c, input *in, char out[23]) {
    uint8_t dial[GC_DIAL_BYTES] = {0};
    uint8_t which = byte(in);
    gc_writer w;
    if (which < GC_LINKS_MAX) {
        memcpy(dial, client_link_dial(c, which), sizeof dial);
    } else {
        dial[0] = which;
    }
    gc_writer_init(&w, (uint8_t *)out, 22);
    gc_base64url_write(&w, gc_span_of(dial, sizeof dial));
    out[22] = 0;
}

static void signal_step(gc_client *c, input *in, uint64_t now) {
    static char text[4096];
    char dial[23];
    const char *id = id_of(in);
    switch (byte(in) % 11) {
    case 0:
        snprintf(text, sizeof text,
                 "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":[],\"room\":{\"tag\":\"" COFFEE
                 "\",\"members\":[\"%s\",\"%s\"]}}}",
                 id, id_of(in));
        break;
    case 1:
        snprintf(text, sizeof text,
                 "{\"type\":\"GC-JOINED\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"%s\"}}",
                 id);
        break;
    case 2:
        snprintf(text, sizeof text,
                 "{\"type\":\"GC-LEFT\",\"payload\":{\"room\":\"" COFFEE "\",\"id\":\"%s\"}}", id);
        break;
    case 3:
    case 4:
        dial_text(c, in, dial);
        snprintf(text, sizeof text,
                 "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                 "\"dial\":\"%s\",\"room\":\"" COFFEE "\",\"sdp\":\"s\"}}",
                 id, dial);
        break;
    case 5:
        dial_text(c, in, dial);
        if (byte(in) % 4 == 0) {
            snprintf(text, sizeof text,
                     "{\"type\":\"ANSWER\",\"src\":\"%s\",\"payload\":{\"type\":\"data\",\"sdp\":{"
                     "\"sdp\":\"s\"},\"connectionId\":\"%s\"}}",
                     id, dial);
            break;
        }
        snprintf(text, sizeof text,
                 "{\"type\":\"ANSWER\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                 "\"dial\":\"%s\",\"sdp\":\"s\"}}",
                 id, dial);
        break;
    case 6:
        dial_text(c, in, dial);
        snprintf(
            text, sizeof text,
            "{\"type\":\"CANDIDATE\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
            "\"dial\":\"%s\",\"candidate\":\"c\",\"mid\":\"0\",\"index\":0}}",
            id, dial);
        break;
    case 7:
        snprintf(text, sizeof text, "{\"type\":\"GC-%s\",\"payload\":{\"id\":\"%s\"}}",
                 byte(in) % 2 == 0 ? "ABSENT" : "PRESENT", id);
        break;
    case 8:
        snprintf(text, sizeof text, "{\"type\":\"ERROR\",\"payload\":{\"code\":\"%s\"}}",
                 gc_reason_word(byte(in) % 32));
        break;
    case 9:
        snprintf(text, sizeof text, "{\"type\":\"GC-ALIVE\"}");
        break;
    default: {
        gc_span raw = rest(in, 255);
        (void)gc_client_signaling_message(c, now, GC_SIGNALING_SOCKET_OWN, raw);
        return;
    }
    }
    gc_span whole = gc_span_of(text, (uint32_t)strlen(text));
    (void)gc_client_signaling_message(c, now, GC_SIGNALING_SOCKET_OWN, whole);
}

/* A room on a server that knows none: what it and other members say at both sockets. */
static void slot_step(gc_client *c, input *in, uint64_t now) {
    static const char *const named[] = {"0ann", "zbob", "0cat", "zdan", "zeve", "0flo"};
    static uint8_t text[8192];
    uint8_t what = byte(in) % 8;
    uint32_t socket = what < 4 ? GC_SIGNALING_SOCKET_OWN : GC_SIGNALING_SOCKET_SLOT;
    gc_slot_message m = {.kind = (uint8_t)(1 + byte(in) % 4)};
    gc_span from = text_of(id_of(in));
    gc_span to = socket == GC_SIGNALING_SOCKET_OWN ? gc_client_id(c) : client_current_slot_id(c);
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    switch (what % 4) {
    case 0:
        gc_writer_text(&w, "{\"type\":\"OPEN\"}");
        break;
    case 1:
        gc_writer_text(&w, byte(in) % 2 == 0 ? "{\"type\":\"ID-TAKEN\"}" : "{\"type\":\"ERROR\"}");
        break;
    default:
        memcpy(m.nonce, client_slot_nonce(c), GC_NONCE_BYTES);
        m.nonce[0] ^= byte(in) % 4 == 0;
        for (uint32_t i = byte(in) % 8; i > 0; i--) {
            (void)gc_slot_add(&m, text_of(named[byte(in) % 6]));
        }
        (void)client_prove_slot_message(c, from, to, &m);
        gc_writer_text(&w, "{\"src\":");
        gc_json_write_string(&w, m.kind == GC_SLOT_ECHO ? to : from);
        uint32_t at = w.at;
        gc_slot_write(&w, to, &m);
        text[at] = ',';
    }
    (void)gc_client_signaling_message(c, now, socket, gc_writer_done(&w));
}

/* What a stock PeerJS peer says: texts, chunks, the close message, anything. */
/* The seeds of the corpus are older than the numbers of the in-band channel, which they call 2 and
 * 3. */
static uint8_t in_band_channel(uint8_t seed) {
    return seed == 2 ? GC_CHANNEL_DATA_BYTES : seed == 3 ? GC_CHANNEL_DATA_TEXT : seed;
}

static void data_step(gc_client *c, input *in, uint64_t now, uint32_t link) {
    static uint8_t bytes[0x10100], text[0x8000];
    gc_writer w;
    uint8_t what = byte(in), n = byte(in);
    gc_writer_init(&w, bytes, sizeof bytes);
    switch (what % 4) {
    case 0:
        memset(text, 'c', sizeof text);
        gc_binarypack_write_string(&w, gc_span_of(text, (uint32_t)n << (what / 32)));
        break;
    case 1:
        gc_writer_text(&w, "\x84\xba__peerData");
        gc_writer_u8(&w, 1 + n % 8);
        gc_writer_text(&w, "\xb1n");
        gc_writer_u8(&w, n / 8 % 4);
        gc_writer_text(&w, "\xb4"
                           "data\xa2\xb1x\xb5total");
        gc_writer_u8(&w, 1 + n / 32 % 4);
        break;
    case 2:
        gc_writer_text(&w, n % 8 == 0 ? "{\"__peerData\":{\"type\":\"close\"}}" : "\"json\"");
        break;
    default:
        gc_writer_span(&w, rest(in, 255));
    }
    (void)gc_client_link_message(c, now, link,
                                 n % 16 == 0 ? in_band_channel(byte(in)) : GC_CHANNEL_DATA_BYTES,
                                 gc_writer_done(&w));
}

/* A number that a peer says: mostly small ones, now and then one near either end of a range, or of
 * what it may know of ours. */
static uint64_t number_of(gc_client *c, input *in, uint32_t peer) {
    uint8_t what = byte(in);
    const uint64_t ends[] = {0,
                             GC_SEQ_MAX,
                             UINT32_MAX,
                             UINT64_MAX,
                             GC_WINDOW_MESSAGES,
                             1ULL << 63,
                             client_peer_shown(c, peer),
                             client_next_sent(c)};
    return ends[what % 8] + what / 8 % 8 - 4 * (what / 64 % 2);
}

/* The numbers of a written frame become any others, also such as no frame may have. */
static void say_any_number(gc_client *c, input *in, uint32_t peer, uint8_t type, uint8_t *bytes) {
    static const uint32_t start_at[] = {38, 46}; /* base, ack */
    uint64_t number = number_of(c, in, peer);
    uint32_t at = type == GC_FRAME_START ? start_at[byte(in) % 2] : 1;
    uint32_t len = type == GC_FRAME_PING || type == GC_FRAME_PONG ? 4 : 8;
    for (uint32_t i = 0; i < len && type != GC_FRAME_PROFILE && type != GC_FRAME_BYE; i++) {
        bytes[at + i] = (uint8_t)(number >> 8 * (len - 1 - i));
    }
    if (type == GC_FRAME_START && byte(in) % 4 == 0) {
        memset(bytes + 54, number % 2 == 0 ? 0 : 0xff, 4); /* the window */
    }
}

static void frame_step(gc_client *c, input *in, uint64_t now) {
    static uint8_t bytes[GC_FRAME_BYTES_MAX], text[GC_TEXT_BYTES_MAX];
    static const uint8_t types[] = {GC_FRAME_START,   GC_FRAME_ACK,     GC_FRAME_BASE,
                                    GC_FRAME_PROFILE, GC_FRAME_BYE,     GC_FRAME_PING,
                                    GC_FRAME_PONG,    GC_FRAME_MESSAGE, GC_FRAME_MESSAGE};
    uint32_t link = link_of(c, in), slot = client_link_slot(link), peer = client_link_peer(c, slot);
    if (client_link_is_stock(c, slot)) {
        data_step(c, in, now, link);
        return;
    }
    gc_frame f = {.type = types[byte(in) % 9], .version = 1, .window = GC_WINDOW_BYTES};
    gc_writer w;
    uint8_t n = byte(in);
    f.base = 1 + n % 16;
    f.ack = n / 16;
    f.seq = 1 + n % 64;
    f.reason = n % 32;
    f.token = n;
    f.text = gc_span_of(text, n < 200 ? 1u + n : GC_TEXT_BYTES_MAX);
    memset(text, 'a', sizeof text);
    memset(f.session, 1 + (int)(peer % 8) + 8 * (byte(in) % 8 == 0), GC_SESSION_BYTES);
    memcpy(f.peer_session, client_session(c), GC_SESSION_BYTES);
    if (byte(in) % 16 == 0) { /* raw bytes now and then */
        gc_span raw = rest(in, 255);
        (void)gc_client_link_message(c, now, link, byte(in) % 3, raw);
        return;
    }
    if (f.type == GC_FRAME_PING || f.type == GC_FRAME_ACK) {
        f.ack = client_next_sent(c) - 1 - (n % 4 < client_next_sent(c) ? n % 4 : 0);
    }
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_frame_write(&f, &w);
    if (n >= 208) {
        say_any_number(c, in, peer, f.type, bytes);
    }
    (void)gc_client_link_message(c, now, link, f.type == GC_FRAME_MESSAGE, gc_writer_done(&w));
}

static void user_step(gc_client *c, oracle *k, input *in, uint64_t now) {
    static uint8_t text[GC_TEXT_BYTES_MAX];
    gc_client_options o = {.server = GC_SPAN("https://h/"), .nick = GC_SPAN("me")};
    gc_writer w;
    uint64_t seq = 0;
    memset(text, 'b', sizeof text);
    switch (byte(in) % 8) {
    case 0:
        (void)gc_client_join_room(c, now, &o, room_named("coffee"));
        break;
    case 1:
        (void)gc_client_join_link(c, now, &o, GC_SPAN("https://h/join/bob"));
        break;
    case 2:
        (void)gc_client_leave(c, now);
        break;
    case 3:
        (void)gc_client_set_nick(c, now, rest(in, 64));
        break;
    case 4:
        gc_writer_init(&w, text, 600);
        (void)gc_client_invite(c, GC_SPAN("https://h/"), byte(in) % 5, &w);
        break;
    case 5:
        (void)gc_client_join_link(c, now, &o, rest(in, 255));
        break;
    default: {
        uint8_t n = byte(in);
        memset(text, n % 2 == 0 ? 'b' : '\x01', sizeof text); /* JSON has six bytes for that */
        if (gc_client_send(c, now, gc_span_of(text, n < 250 ? n : GC_TEXT_BYTES_MAX), &seq) != 0) {
            break;
        }
        for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
            k->owed[i] = client_peer_is_live(c, i) ? seq : k->owed[i];
        }
    }
    }
}

static void link_step(gc_client *c, oracle *k, input *in, uint64_t now) {
    uint32_t link = link_of(c, in);
    switch (byte(in) % 8) {
    case 0:
    case 1:
        (void)gc_client_link_description(c, now, link, GC_SPAN("sdp"));
        break;
    case 2:
        (void)gc_client_link_candidate(c, now, link, GC_SPAN("c"), GC_SPAN("0"), 0);
        break;
    case 3:
    case 4:
        (void)gc_client_link_opened(c, now, link);
        break;
    case 5:
        (void)gc_client_link_closed(c, now, link, byte(in) % 32);
        break;
    case 6:
        oracle_buffered(c, k, link, (uint32_t)byte(in) << 10);
        break;
    default:
        (void)gc_client_link_path(c, now, link, byte(in), byte(in));
    }
}

/* The whole way to an open link with a peer, in one step: else scripts seldom get there. */
static void meet_step(gc_client *c, input *in, uint64_t now) {
    static char text[512];
    const char *id = id_of(in);
    char dial[23];
    uint8_t which = in->len > 0 ? in->data[0] : 0;
    dial_text(c, in, dial);
    if (which >= 128) {
        snprintf(text, sizeof text,
                 "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"data\",\"sdp\":{"
                 "\"sdp\":\"s\"},\"connectionId\":\"%s\",\"serialization\":\"%s\"%s}}",
                 id, dial, gc_serialization_word(which % 3), which >= 250 ? ",\"gc\":1" : "");
    } else {
        snprintf(text, sizeof text,
                 "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                 "\"dial\":\"%s\",\"room\":\"" COFFEE "\",\"proof\":\"" PROOF "\",\"sdp\":\"s\"}}",
                 id, dial);
    }
    (void)gc_client_signaling_message(c, now, GC_SIGNALING_SOCKET_OWN,
                                      gc_span_of(text, (uint32_t)strlen(text)));
    for (uint32_t slot = 0; slot < GC_LINKS_MAX; slot++) {
        if (client_link_is_answering(c, slot)) {
            uint32_t link = client_link_number(c, slot);
            (void)gc_client_link_description(c, now, link, GC_SPAN("sdp"));
            (void)gc_client_link_opened(c, now, link);
        }
    }
}

static uint64_t time_step(gc_client *c, input *in, uint64_t now) {
    uint8_t n = byte(in);
    uint64_t at = gc_client_deadline(c);
    if (n < 128 && at != GC_NEVER) {
        now = at > now ? at : now; /* as a host does */
    } else if (n < 250) {
        now += (uint64_t)n * n;
    } else {
        now -= now > 5000 ? 5000 : 0;
    }
    gc_client_tick(c, now);
    return now;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void *memory;
    static const uint8_t seed[32] = {7};
    static oracle k;
    const gc_crypto crypto = {.hash = hash, .sign_keypair = sign_keypair};
    input in = {data, size};
    uint64_t now = 1000;
    if (memory == NULL && posix_memalign(&memory, 16, gc_client_size()) != 0) {
        abort();
    }
    memset(&k, 0, sizeof k);
    gc_client *c = gc_client_init(memory, gc_client_size(), &crypto, seed, now);
    const gc_client_options o = {.server = GC_SPAN("https://h/"), .nick = GC_SPAN("me")};
    (void)gc_client_join_room(c, now, &o, room_named("coffee"));
    (void)gc_client_signaling_opened(c, now, GC_SIGNALING_SOCKET_OWN);
    for (uint32_t steps = 0; in.len > 0 && steps < 2000; steps++) {
        uint8_t what = byte(&in);
        switch (what % 16) {
        case 0:
        case 1:
        case 2:
            signal_step(c, &in, now);
            break;
        case 3:
        case 4:
        case 5:
        case 6:
            frame_step(c, &in, now);
            break;
        case 7:
        case 8:
        case 9:
            user_step(c, &k, &in, now);
            break;
        case 10:
            link_step(c, &k, &in, now);
            break;
        case 11:
            meet_step(c, &in, now);
            break;
        case 12:
            (void)gc_client_signaling_opened(
                c, now, what & 64 ? GC_SIGNALING_SOCKET_SLOT : GC_SIGNALING_SOCKET_OWN);
            break;
        case 13:
            (void)gc_client_signaling_closed(
                c, now, what & 64 ? GC_SIGNALING_SOCKET_SLOT : GC_SIGNALING_SOCKET_OWN);
            break;
        case 14:
            slot_step(c, &in, now);
            break;
        default:
            now = time_step(c, &in, now);
        }
        k.throws = what >= 208 && what < 224;
        k.silent = what >= 224;
        if (what < 240) { /* some hosts drain late */
            oracle_drain(c, &k);
        } else {
            k.late = true;
        }
        gc_client_check(c);
    }
    k.throws = k.silent = false;
    oracle_drain(c, &k);
    gc_client_tick(c, now);
    gc_assert(gc_client_deadline(c) > client_now(c));
    oracle_drain(c, &k);
    gc_assert(gc_client_leave(c, now) == 0);
    client_skip_clearing(c); /* to wipe it all would take longer than most scripts */
    oracle_drain(c, &k);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        gc_assert(!k.alive[i] && k.owed[i] == 0);
    }
    return 0;
}
