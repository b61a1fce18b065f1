/* Drives a client and a server by nothing but gc_client.h and gc_server.h, for the tools that count
 * what the core does on its way: tools/way.sh (calls) and tools/figures.sh (instructions).
 *   way frame       one chat frame comes in, is shown and acknowledged
 *   way offer       one OFFER of test/vectors is relayed from one connection to another
 *   way relays N    the same, N times
 *   way size        bytes of a gc_client
 * With a core that was compiled with -finstrument-functions, the first two print each call of it as
 * a line `CALLER CALLEE` (addresses; CALLER 0 is this file), in the order of the calls. */
#include "core/gc_client.h"
#include "core/gc_server.h"
#include "core/wire/frame.h"
#include "core/wire/websocket.h"
#include "host/crypto.h"
#include "test/unit/room.h"
#include "test/unit/vectors.h"

#include <stddef.h>
#include <sys/mman.h>

#define NEED      VECTORS_NEED
#define COFFEE    "29935b41b9a63fe8f9dd6864f4193aa7" /* tag of the open room "coffee" */
#define DEPTH_MAX 256

/* --- what the compiler calls at the start and the end of each function of the core ------------ */

static void *stack[DEPTH_MAX];
static unsigned depth;
static bool counting;

void __cyg_profile_func_enter(void *function, void *from);
void __cyg_profile_func_exit(void *function, void *from);

void __cyg_profile_func_enter(void *function, void *from) {
    (void)from;
    NEED(depth < DEPTH_MAX);
    if (counting) {
        printf("%lx %lx\n", depth > 0 ? (unsigned long)stack[depth - 1] : 0ul,
               (unsigned long)function);
    }
    stack[depth++] = function;
}

void __cyg_profile_func_exit(void *function, void *from) {
    (void)from;
    NEED(depth > 0 && stack[depth - 1] == function);
    depth--;
}

static gc_span span(const char *text) {
    return gc_span_of(text, (uint32_t)strlen(text));
}

static void *memory_of(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    NEED(bytes > 0 && memory != MAP_FAILED);
    return memory;
}

/* --- a client with one linked peer ------------------------------------------------------------ */

#define NOW 1000

/* Polls until nothing comes; returns the link that a description was asked for, or GC_NONE. */
static uint32_t client_drain(gc_client *c, unsigned *shown, unsigned *sent) {
    gc_client_output o;
    uint32_t link = GC_NONE;
    while (gc_client_poll(c, &o)) {
        link = o.type == GC_CLIENT_LINK_ANSWER ? o.link : link;
        *shown += o.type == GC_CLIENT_MESSAGE;
        *sent += o.type == GC_CLIENT_LINK_SEND;
    }
    return link;
}

static void client_hears(gc_client *c, const char *text) {
    NEED(gc_client_signaling_message(c, NOW, 0, span(text)) == 0);
}

static void client_frame(gc_client *c, uint32_t link, const gc_frame *f) {
    static uint8_t bytes[GC_FRAME_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_frame_write(f, &w);
    counting = f->type == GC_FRAME_MESSAGE;
    uint8_t channel = f->type == GC_FRAME_MESSAGE ? GC_CHANNEL_MESSAGE : GC_CHANNEL_CONTROL;
    NEED(gc_client_link_message(c, NOW, link, channel, gc_writer_done(&w)) == 0);
}

/* In the room, with an open link to 0bob, who has said nothing yet. */
static uint32_t client_meets(gc_client *c) {
    unsigned shown = 0, sent = 0;
    char offer[512];
    const gc_client_options options = {.server = GC_SPAN("https://chat.example/")};
    NEED(gc_client_join_room(c, NOW, &options, room_named("coffee")) == 0);
    client_drain(c, &shown, &sent);
    NEED(gc_client_signaling_opened(c, NOW, 0) == 0);
    client_hears(c, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"room\":{\"tag\":\"" COFFEE
                    "\",\"members\":[]}}}");
    client_drain(c, &shown, &sent);
    gc_span id = gc_client_id(c);
    snprintf(offer, sizeof offer,
             "{\"type\":\"OFFER\",\"src\":\"0bob\",\"dst\":\"%.*s\",\"payload\":{\"type\":"
             "\"ghostchat\",\"v\":1,\"dial\":\"AAECAwQFBgcICQoLDA0ODw\",\"room\":\"" COFFEE
             "\",\"sdp\":\"their sdp\"}}",
             (int)id.len, (const char *)id.data);
    client_hears(c, offer);
    uint32_t link = client_drain(c, &shown, &sent);
    NEED(link != GC_NONE);
    NEED(gc_client_link_description(c, NOW, link, GC_SPAN("our sdp")) == 0);
    client_drain(c, &shown, &sent);
    NEED(gc_client_link_opened(c, NOW, link) == 0);
    client_drain(c, &shown, &sent);
    gc_frame start = {
        .type = GC_FRAME_START, .version = 1, .capabilities = 1, .base = 1, .window = 65536};
    memset(start.session, 7, sizeof start.session);
    client_frame(c, link, &start);
    client_drain(c, &shown, &sent);
    NEED(shown == 0);
    return link;
}

static void frame(void) {
    static const uint8_t seed[32] = "the seed of a client on its way";
    gc_crypto crypto;
    NEED(gc_host_crypto(&crypto) == 0);
    gc_client *c =
        gc_client_init(memory_of(gc_client_size()), gc_client_size(), &crypto, seed, NOW);
    NEED(c != NULL);
    uint32_t link = client_meets(c);
    unsigned shown = 0, sent = 0;
    client_frame(c, link, &(gc_frame){.type = GC_FRAME_MESSAGE, .seq = 1, .text = GC_SPAN("hi")});
    client_drain(c, &shown, &sent);
    counting = false;
    NEED(shown == 1 && sent == 1);
}

/* --- a server with two connections ------------------------------------------------------------ */

static uint64_t server_drain(gc_server *s, uint64_t now) {
    gc_server_output o;
    uint64_t bytes = 0;
    while (gc_server_poll(s, &o)) {
        gc_span spans[3];
        NEED(o.type == GC_SERVER_WRITE);
        for (uint32_t n; (n = gc_server_unsent(s, o.conn, spans, 3)) > 0;) {
            uint32_t len = 0;
            for (uint32_t i = 0; i < n; i++) {
                len += spans[i].len;
            }
            gc_server_sent(s, now, o.conn, len);
            bytes += len;
        }
    }
    return bytes;
}

static gc_conn server_connect(gc_server *s, uint8_t host, const char *query) {
    const gc_addr from = {.family = 4, .ip = {10, 0, 0, host}, .port = 1};
    gc_signal_query q;
    gc_server_open_request r = {.response_head = GC_SPAN("HTTP/1.1 101\r\n\r\n"), .query = &q};
    gc_conn conn;
    uint32_t reason;
    NEED(gc_server_accept(s, NOW, &from, &conn, &reason) == 0);
    server_drain(s, NOW);
    r.query_error = gc_signal_query_parse(span(query), &q);
    NEED(gc_server_open(s, NOW, conn, &r) == 0);
    NEED(server_drain(s, NOW) > 0);
    return conn;
}

/* The first OFFER of the vectors: from bob to me. */
static gc_span offer_of_vectors(char text[VECTOR_BYTES_MAX]) {
    vectors v = vectors_load("test/vectors/signaling.json");
    int good = vectors_get(&v, 0, "good");
    for (int i = 0, t = good + 1; i < vectors_size(&v, good); i++, t = vectors_behind(&v, t)) {
        if (vectors_is(&v, vectors_get(&v, t, "type"), "OFFER")) {
            uint32_t len = vectors_string(&v, vectors_get(&v, t, "text"), text);
            vectors_free(&v);
            return gc_span_of(text, len);
        }
    }
    NEED(!"an OFFER in test/vectors/signaling.json");
    return (gc_span){0};
}

/* Relays far enough apart that no limit of the rate is met; pings are answered by nobody, so the
 * recipient is heard now and then. */
static void relay(uint32_t times, bool count) {
    static const uint8_t seed[32] = "the seed of a server on its way";
    const gc_server_config config = {.concurrent_max = 16};
    char text[VECTOR_BYTES_MAX];
    gc_span offer = offer_of_vectors(text);
    gc_crypto crypto;
    NEED(gc_host_crypto(&crypto) == 0);
    gc_server *s = gc_server_init(memory_of(gc_server_size(&config)), gc_server_size(&config),
                                  &config, &crypto, seed, NOW);
    NEED(s != NULL);
    gc_conn bob = server_connect(s, 1, "key=peerjs&id=bob&token=t");
    gc_conn me = server_connect(s, 2, "key=peerjs&id=me&token=t");
    uint64_t now = NOW, bytes = 0;
    for (uint32_t i = 0; i < times; i++) {
        now += 100;
        if (i % 100 == 99) {
            NEED(gc_server_frame(s, now, me, GC_WS_TEXT, GC_SPAN("{\"type\":\"HEARTBEAT\"}"), 0) ==
                 0);
            server_drain(s, now);
        }
        counting = count;
        NEED(gc_server_frame(s, now, bob, GC_WS_TEXT, offer, 0) == 0);
        bytes += server_drain(s, now);
        counting = false;
    }
    NEED(bytes >= (uint64_t)times * offer.len);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "frame") == 0) {
        frame();
    } else if (strcmp(what, "offer") == 0) {
        relay(1, true);
    } else if (strcmp(what, "relays") == 0 && argc > 2) {
        relay((uint32_t)strtoul(argv[2], NULL, 10), false);
    } else if (strcmp(what, "size") == 0) {
        printf("%zu\n", gc_client_size());
    } else {
        fputs("usage: way frame | offer | relays N | size\n", stderr);
        return 2;
    }
    return 0;
}
