/* Our SCTP association against libusrsctp, in one process and without a socket of the system: both
 * connect, and messages, resets and the end go both ways over a path that loses what a seed says.
 * Prints TAP. Needs libusrsctp-dev (make interop-usrsctp). */
#include "rtc/sctp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <usrsctp.h>

#define BLOCKS      8192
#define QUEUE_MAX   4096
#define STREAMS     8
#define STEP_MS     10
#define MESSAGE_MAX 262144

typedef struct packet {
    uint32_t len;
    uint8_t bytes[2048];
} packet;

typedef struct queue {
    packet packets[QUEUE_MAX];
    uint32_t first, count;
} queue;

static queue to_us,
    to_them; /* usrsctp has one output function for the whole process, as it has one state */
static uint64_t chance_state;
static uint32_t loss_per_mille;
static uint64_t now_ms;

static struct {
    gc_sctp s;
    gc_sctp_pool pool;
    gc_drbg drbg;
    bool up;
    uint32_t down, resets_in, resets_out;
    uint32_t came[STREAMS], sent[STREAMS];
} us;

static struct {
    struct socket *socket;
    bool up, down, closing;
    uint32_t resets_in, resets_out;
    uint32_t came[STREAMS], sent[STREAMS];
    uint32_t len[STREAMS];
    uint8_t read[MESSAGE_MAX];
    uint8_t message[STREAMS][MESSAGE_MAX]; /* of each stream, as far as it came: `len` bytes */
    uint8_t pending[MESSAGE_MAX];          /* the message that is going, from `at` on */
    uint32_t pending_len, at;
    uint16_t pending_stream;
    bool pending_unordered;
} them;

/* The clock of libusrsctp: beside its timers it compares times of day. */
int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
    (void)zone;
    tv->tv_sec = (time_t)(now_ms / 1000);
    tv->tv_usec = (suseconds_t)(now_ms % 1000 * 1000);
    return 0;
}

static int failures, tests;

static void say(bool good, const char *what) {
    printf("%s %d - %s\n", good ? "ok" : "not ok", ++tests, what);
    failures += good ? 0 : 1;
}

static uint32_t chance(uint32_t bound) {
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (uint32_t)((chance_state >> 11) % bound);
}

static void put(queue *q, const void *bytes, size_t len) {
    if (q->count == QUEUE_MAX || len > sizeof q->packets[0].bytes ||
        chance(1000) < loss_per_mille) {
        return;
    }
    packet *p = &q->packets[(q->first + q->count++) % QUEUE_MAX];
    p->len = (uint32_t)len;
    memcpy(p->bytes, bytes, len);
}

/* --- messages: a number for each stream, then a pattern --------------------------------------- */

static uint32_t whole; /* that came, at either side */

static uint32_t length_of(uint32_t number) {
    return number % 50 == 49 ? MESSAGE_MAX : number % 7 == 6 ? 5000 : 4 + number % 1300;
}

static void fill(uint8_t *out, uint32_t number, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(i < 4 ? number >> 8 * i : number * 31 + i * 7 + (i >> 8));
    }
}

/* The two last streams, of which one is unordered, send each message once; the one before them for
 * 50 ms. Their messages may be missing. */
static bool limits;

static bool is_limited(uint16_t stream) {
    return limits && stream >= STREAMS - 3;
}

static void take(uint32_t *came, const uint8_t *bytes, uint32_t len, uint16_t stream,
                 bool unordered) {
    static uint8_t expected[MESSAGE_MAX];
    uint32_t number = 0;
    for (uint32_t i = 0; i < 4 && i < len; i++) {
        number |= (uint32_t)bytes[i] << 8 * i;
    }
    bool in_turn = unordered || number == came[stream] ||
                   (stream < STREAMS && is_limited(stream) && number > came[stream]);
    if (stream >= STREAMS || len != length_of(number) || !in_turn) {
        fprintf(stderr, "stream %u len %u number %u came %u\n", stream, len, number, came[stream]);
        say(false, "a message came in its turn");
        exit(1);
    }
    fill(expected, number, len);
    if (memcmp(expected, bytes, len) != 0) {
        say(false, "a message came as it was sent");
        exit(1);
    }
    came[stream] = is_limited(stream) && !unordered ? number + 1 : came[stream] + 1;
    whole++;
}

/* The installed header leaves it out; the library has it. Source: its netinet/sctp.h. */
#define INTERLEAVING_SUPPORTED 0x1206

static bool interleaves;

/* --- we --------------------------------------------------------------------------------------- */

static void drain_us(void) {
    gc_sctp_output out;
    while (gc_sctp_poll(&us.s, &out)) {
        switch (out.kind) {
        case GC_SCTP_PACKET:
            put(&to_them, out.bytes.data, out.bytes.len);
            break;
        case GC_SCTP_UP:
            us.up = true;
            break;
        case GC_SCTP_MESSAGE:
            take(us.came, out.message.bytes.data, out.message.bytes.len, out.message.stream,
                 out.message.unordered);
            break;
        case GC_SCTP_RESET_IN:
            us.resets_in++;
            break;
        case GC_SCTP_RESET_OUT:
            us.resets_out++;
            break;
        case GC_SCTP_DOWN:
            us.down = out.reason;
            break;
        default:
            break;
        }
    }
}

static bool we_send(uint16_t stream, bool unordered) {
    static uint8_t bytes[MESSAGE_MAX];
    uint32_t len = length_of(us.sent[stream]);
    fill(bytes, us.sent[stream], len);
    gc_sctp_message m = {
        .bytes = gc_span_of(bytes, len), .ppid = 53, .stream = stream, .unordered = unordered};
    if (is_limited(stream)) {
        m.lifetime_ms = stream == STREAMS - 3 ? 50 : 0;
        m.tries_max = stream == STREAMS - 3 ? 0 : 1;
    }
    bool sent = gc_sctp_send(&us.s, now_ms, &m) == 0;
    us.sent[stream] += sent ? 1 : 0;
    return sent;
}

/* --- they ------------------------------------------------------------------------------------- */

static int output(void *address, void *bytes, size_t len, uint8_t tos, uint8_t set_df) {
    (void)address, (void)tos, (void)set_df;
    put(&to_us, bytes, len);
    return 0;
}

static void on_notification(const union sctp_notification *n) {
    if (n->sn_header.sn_type == SCTP_ASSOC_CHANGE) {
        them.up = them.up || n->sn_assoc_change.sac_state == SCTP_COMM_UP;
        them.down = them.down || n->sn_assoc_change.sac_state == SCTP_COMM_LOST ||
                    n->sn_assoc_change.sac_state == SCTP_SHUTDOWN_COMP;
    } else if (n->sn_header.sn_type == SCTP_STREAM_RESET_EVENT) {
        uint16_t flags = n->sn_strreset_event.strreset_flags;
        them.resets_in += (flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0 ? 1 : 0;
        them.resets_out += (flags & SCTP_STREAM_RESET_OUTGOING_SSN) != 0 ? 1 : 0;
    } else if (n->sn_header.sn_type == SCTP_PARTIAL_DELIVERY_EVENT) {
        them.len[n->sn_pdapi_event.pdapi_stream % STREAMS] = 0; /* the rest does not come */
    }
}

static void drain_them(void) {
    for (;;) {
        struct sctp_rcvinfo info;
        socklen_t from_len = 0, info_len = sizeof info;
        unsigned type = 0;
        int flags = 0;
        ssize_t n = usrsctp_recvv(them.socket, them.read, sizeof them.read, NULL, &from_len, &info,
                                  &info_len, &type, &flags);
        if (n <= 0) {
            break;
        }
        if ((flags & MSG_NOTIFICATION) != 0) {
            on_notification((const union sctp_notification *)(const void *)them.read);
            continue;
        }
        uint32_t *len = &them.len[info.rcv_sid % STREAMS];
        uint8_t *message = them.message[info.rcv_sid % STREAMS];
        if ((size_t)n > sizeof them.read - *len) {
            say(false, "a message has an end");
            exit(1);
        }
        memcpy(message + *len, them.read, (size_t)n);
        *len += (uint32_t)n;
        if ((flags & MSG_EOR) != 0) {
            take(them.came, message, *len, info.rcv_sid, (info.rcv_flags & SCTP_UNORDERED) != 0);
            *len = 0;
        }
    }
}

/* Sends on with what is pending. Returns true when nothing is any more. */
static bool they_go_on(void) {
    while (them.at < them.pending_len) {
        struct sctp_sndinfo info = {.snd_sid = them.pending_stream,
                                    .snd_flags =
                                        SCTP_EOR | (them.pending_unordered ? SCTP_UNORDERED : 0),
                                    .snd_ppid = 53u << 24};
        ssize_t n = usrsctp_sendv(them.socket, them.pending + them.at, them.pending_len - them.at,
                                  NULL, 0, &info, sizeof info, SCTP_SENDV_SNDINFO, 0);
        if (n <= 0) {
            return false;
        }
        them.at += (uint32_t)n;
    }
    return true;
}

static bool they_send(uint16_t stream, bool unordered) {
    if (!they_go_on()) {
        return false;
    }
    them.pending_len = length_of(them.sent[stream]);
    them.at = 0;
    them.pending_stream = stream;
    them.pending_unordered = unordered;
    fill(them.pending, them.sent[stream]++, them.pending_len);
    they_go_on();
    return true;
}

static void need(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static void option(int name, const void *value, size_t len) {
    need(usrsctp_setsockopt(them.socket, IPPROTO_SCTP, name, value, (socklen_t)len), "setsockopt");
}

static void they_begin(void) {
    memset(&them, 0, sizeof them);
    them.socket = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (them.socket == NULL) {
        perror("usrsctp_socket");
        exit(1);
    }
    usrsctp_set_non_blocking(them.socket, 1);
    struct linger linger = {1, 0};
    need(usrsctp_setsockopt(them.socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), "linger");
    int size = 1 << 20, on = 1;
    usrsctp_setsockopt(them.socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    usrsctp_setsockopt(them.socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    option(SCTP_NODELAY, &on, sizeof on);
    option(SCTP_RECVRCVINFO, &on, sizeof on);
    option(SCTP_EXPLICIT_EOR, &on, sizeof on);
    if (interleaves) {
        int streams = 2; /* RFC 6458 8.1.20: messages of several streams at a time */
        struct sctp_assoc_value idata = {SCTP_FUTURE_ASSOC, 1};
        option(SCTP_FRAGMENT_INTERLEAVE, &streams, sizeof streams);
        option(INTERLEAVING_SUPPORTED, &idata, sizeof idata);
    }
    struct sctp_assoc_value reset = {SCTP_ALL_ASSOC, 7};
    option(SCTP_ENABLE_STREAM_RESET, &reset, sizeof reset);
    static const uint16_t events[] = {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT,
                                      SCTP_PARTIAL_DELIVERY_EVENT};
    for (uint32_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct sctp_event event = {.se_assoc_id = SCTP_ALL_ASSOC, .se_type = events[i], .se_on = 1};
        option(SCTP_EVENT, &event, sizeof event);
    }
    struct sctp_initmsg init = {.sinit_num_ostreams = 1024, .sinit_max_instreams = 1024};
    option(SCTP_INITMSG, &init, sizeof init);
    struct sockaddr_conn address = {
        .sconn_family = AF_CONN, .sconn_port = 5000 >> 8 | (5000 & 255) << 8, .sconn_addr = &them};
    need(usrsctp_bind(them.socket, (struct sockaddr *)&address, sizeof address), "bind");
    struct sctp_paddrparams path = {.spp_flags = SPP_PMTUD_DISABLE,
                                    .spp_pathmtu = GC_SCTP_PACKET_BYTES - 12};
    memcpy(&path.spp_address, &address, sizeof address);
    option(SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
}

static void they_connect(void) {
    struct sockaddr_conn address = {
        .sconn_family = AF_CONN, .sconn_port = 5000 >> 8 | (5000 & 255) << 8, .sconn_addr = &them};
    if (usrsctp_connect(them.socket, (struct sockaddr *)&address, sizeof address) < 0 &&
        errno != EINPROGRESS) {
        perror("usrsctp_connect");
        exit(1);
    }
}

/* --- both ------------------------------------------------------------------------------------- */

/* STEP_MS go by; a packet needs one step for its way. */
static void step(void) {
    static packet p;
    now_ms += STEP_MS;
    for (uint32_t n = to_us.count; n > 0; n--) {
        p = to_us.packets[to_us.first];
        to_us.first = (to_us.first + 1) % QUEUE_MAX;
        to_us.count--;
        gc_sctp_packet(&us.s, now_ms, gc_span_of(p.bytes, p.len));
        drain_us();
    }
    for (uint32_t n = to_them.count; n > 0; n--) {
        p = to_them.packets[to_them.first];
        to_them.first = (to_them.first + 1) % QUEUE_MAX;
        to_them.count--;
        usrsctp_conninput(&them, p.bytes, p.len, 0);
        drain_them();
    }
    gc_sctp_tick(&us.s, now_ms);
    drain_us();
    usrsctp_handle_timers(STEP_MS);
    drain_them();
}

static bool all_came(void) {
    return memcmp(us.came, them.sent, sizeof us.came) == 0 &&
           memcmp(them.came, us.sent, sizeof us.sent) == 0;
}

enum who { WE = 1, THEY = 2, BOTH = 3 };

static void begin(uint64_t seed, uint32_t loss, enum who connects) {
    static _Alignas(16) uint8_t memory[32u << 20];
    gc_sctp_config config = {GC_SCTP_PACKET_BYTES, 1u << 20, 1u << 20, 0, interleaves};
    uint8_t key[32] = {(uint8_t)seed};
    gc_arena a;
    memset(&us, 0, sizeof us);
    memset(&to_us, 0, sizeof to_us);
    memset(&to_them, 0, sizeof to_them);
    chance_state = seed * 0x9e3779b97f4a7c15u + 1;
    loss_per_mille = loss;
    gc_arena_init(&a, memory, sizeof memory);
    gc_drbg_init(&us.drbg, key);
    gc_sctp_pool_init(&us.pool, &a, &us.drbg, BLOCKS);
    gc_sctp_place(&us.s, &us.pool, &a);
    gc_sctp_begin(&us.s, &config, now_ms);
    they_begin();
    if ((connects & WE) != 0) {
        gc_sctp_connect(&us.s, now_ms);
        drain_us();
    }
    if ((connects & THEY) != 0) {
        they_connect();
    } else {
        usrsctp_listen(them.socket, 1);
    }
}

static void end(void) {
    usrsctp_close(them.socket);
    gc_sctp_end(&us.s);
    for (uint32_t i = 0; i < 20; i++) {
        usrsctp_handle_timers(STEP_MS);
    }
}

static bool run_until_up(void) {
    for (uint32_t i = 0; i < 1000 && !(us.up && them.up); i++) {
        step();
    }
    return us.up && them.up;
}

static bool talk(uint32_t messages, uint32_t steps) {
    for (uint32_t sent_us = 0, sent_them = 0; steps > 0; steps--) {
        for (; sent_us < messages && we_send(sent_us % STREAMS, sent_us % STREAMS == 7);
             sent_us++) {
        }
        for (; sent_them < messages && they_send(sent_them % STREAMS, sent_them % STREAMS == 7);
             sent_them++) {
        }
        they_go_on();
        step();
        if (sent_us == messages && sent_them == messages && they_go_on() && all_came()) {
            return true;
        }
    }
    return false;
}

static void messages_arrive(void) {
    for (uint32_t loss = 0; loss <= 100; loss += 20) {
        char what[80];
        begin(loss + 1, loss, BOTH);
        snprintf(what, sizeof what, "both connect at %u per mille lost each way", loss);
        say(run_until_up(), what);
        snprintf(what, sizeof what, "2,000 messages each way at %u per mille", loss);
        say(talk(2000, 60000), what);
        say(us.down == 0 && !them.down, "and both are still up");
        end();
    }
}

/* RFC 8260: their chunks and ours are I-DATA. */
static void messages_are_interleaved(void) {
    interleaves = true;
    for (uint32_t loss = 0; loss <= 60; loss += 20) {
        char what[80];
        begin(loss + 80, loss, BOTH);
        run_until_up();
        snprintf(what, sizeof what, "I-DATA is agreed on at %u per mille", loss);
        say(us.s.in.interleaves && us.s.out.interleaves, what);
        snprintf(what, sizeof what, "2,000 messages each way by I-DATA at %u per mille", loss);
        say(talk(2000, 60000), what);
        say(us.down == 0 && !them.down, "and both are still up");
        end();
    }
    interleaves = false;
}

static bool reliable_came(void) {
    bool good = true;
    for (uint32_t stream = 0; stream < STREAMS && !is_limited((uint16_t)stream); stream++) {
        good = good && us.came[stream] == them.sent[stream] && them.came[stream] == us.sent[stream];
    }
    return good;
}

/* RFC 3758, RFC 7496: ours are given up, and what is reliable comes whole. */
static void messages_are_given_up(void) {
    limits = true;
    for (uint32_t i = 0; i < 6; i++) {
        char what[80];
        interleaves = i >= 3;
        whole = 0;
        begin(i + 90, 20 + 20 * (i % 3), BOTH);
        run_until_up();
        talk(2000, 100);
        for (uint32_t n = 0; n < 60000 && !(reliable_came() && gc_sctp_out_is_empty(&us.s.out));
             n++) {
            they_go_on();
            step();
        }
        snprintf(what, sizeof what, "%u of %u messages come by %s, all reliable ones", whole,
                 (us.sent[0] + them.sent[0]) * STREAMS, interleaves ? "I-DATA" : "DATA");
        say(reliable_came() && us.down == 0 && !them.down, what);
        say(gc_sctp_out_is_empty(&us.s.out), "and nobody waits for those that were given up");
        end();
    }
    limits = interleaves = false;
}

static void streams_are_reset(void) {
    begin(50, 0, BOTH);
    run_until_up();
    talk(40, 1000);
    gc_sctp_reset(&us.s, now_ms, 3);
    drain_us();
    for (uint32_t i = 0; i < 200 && us.resets_out == 0; i++) {
        step();
    }
    say(us.resets_out == 1 && them.resets_in == 1, "our direction of a stream is reset");
    struct {
        struct sctp_reset_streams r;
        uint16_t stream;
    } ask = {.r = {.srs_flags = SCTP_STREAM_RESET_OUTGOING, .srs_number_streams = 1}, .stream = 3};
    option(SCTP_RESET_STREAMS, &ask, sizeof ask);
    for (uint32_t i = 0; i < 200 && us.resets_in == 0; i++) {
        step();
    }
    for (uint32_t i = 0; i < 20; i++) {
        step();
    }
    say(us.resets_in == 1 && them.resets_out == 1, "their direction of a stream is reset");
    say(talk(40, 1000), "and messages go on");
    end();
}

static void either_side_ends_it(void) {
    begin(60, 0, BOTH);
    run_until_up();
    talk(20, 1000);
    gc_sctp_close(&us.s, now_ms);
    drain_us();
    for (uint32_t i = 0; i < 200 && us.down == 0; i++) {
        step();
    }
    say(us.down == GC_SCTP_CLOSED && them.down, "we shut it down");
    end();
    begin(61, 0, BOTH);
    run_until_up();
    talk(20, 1000);
    usrsctp_shutdown(them.socket, SHUT_WR);
    for (uint32_t i = 0; i < 200 && us.down == 0; i++) {
        step();
    }
    say(us.down == GC_SCTP_CLOSED, "they shut it down");
    end();
    begin(62, 0, BOTH);
    run_until_up();
    gc_sctp_abort(&us.s, now_ms);
    drain_us();
    for (uint32_t i = 0; i < 20; i++) {
        step();
    }
    say(them.down, "we abort it");
    end();
    begin(63, 0, BOTH);
    run_until_up();
    usrsctp_close(them.socket); /* no linger: an ABORT */
    for (uint32_t i = 0; i < 20 && us.down == 0; i++) {
        now_ms += STEP_MS;
        while (to_us.count > 0) {
            packet *p = &to_us.packets[to_us.first];
            to_us.first = (to_us.first + 1) % QUEUE_MAX;
            to_us.count--;
            gc_sctp_packet(&us.s, now_ms, gc_span_of(p->bytes, p->len));
            drain_us();
        }
        usrsctp_handle_timers(STEP_MS);
    }
    say(us.down == GC_SCTP_ABORTED, "they abort it");
    gc_sctp_end(&us.s);
}

static void only_they_connect(void) {
    begin(70, 0, THEY);
    say(run_until_up(), "they connect, we answer");
    say(talk(100, 2000), "and messages go");
    end();
}

int main(void) {
    now_ms = 1000;
    usrsctp_init_nothreads(0, output, NULL);
    usrsctp_sysctl_set_sctp_blackhole(2);
    usrsctp_sysctl_set_sctp_ecn_enable(0);
    usrsctp_sysctl_set_sctp_asconf_enable(0);
    usrsctp_sysctl_set_sctp_auth_enable(0);
    usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
    usrsctp_sysctl_set_sctp_rto_min_default(200);
    usrsctp_sysctl_set_sctp_rto_initial_default(500);
    usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);
    usrsctp_register_address(&them);
    only_they_connect();
    messages_arrive();
    messages_are_interleaved();
    messages_are_given_up();
    streams_are_reset();
    either_side_ends_it();
    printf("1..%d\n", tests);
    return failures > 0 ? 1 : 0;
}
