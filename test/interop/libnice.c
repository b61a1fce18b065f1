/* Our ICE agent against libnice, in one process over real sockets: each role on each side,
 * conflicts of roles, candidates that only one side knows, loss. The candidates go as text, so each
 * side reads what the other writes. Prints TAP. Needs libnice-dev, and the network of test/netns
 * (make interop-libnice). */
#include "core/base/error.h"
#include "rtc/ice.h"

#include <arpa/inet.h>
#include <nice/agent.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BASES    2
#define LIMIT_MS 15000

typedef struct world {
    const char *name;
    bool we_control, they_control; /* both or none: a conflict */
    bool we_know, they_know;       /* the candidates of the other side */
    uint32_t loss_percent;
} world;

static const world WORLDS[] = {
    {"we control", true, false, true, true, 0},
    {"they control", false, true, true, true, 0},
    {"both control", true, true, true, true, 0},
    {"nobody controls", false, false, true, true, 0},
    {"we control and know no candidate", true, false, false, true, 0},
    {"they control and we know no candidate", false, true, false, true, 0},
    {"they control and know no candidate", false, true, true, false, 0},
    {"we control, 20 % loss each way", true, false, true, true, 20},
    {"they control, 20 % loss each way", false, true, true, true, 20},
};
#define WORLDS_COUNT (sizeof WORLDS / sizeof WORLDS[0])

static const char *const ADDRESSES[BASES] = {"10.77.0.2", "fd77::2"};
static gc_drbg drbg;
static gc_ice_gate gate;
static gc_ice ice;
static int sockets[BASES];
static const world *in;
static struct {
    gc_addr addr;
    uint32_t base, selections, received, failed;
} ours;
static NiceAgent *theirs;
static guint stream;
static uint32_t they_received;

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- sockets ---------------------------------------------------------------------------------- */

static socklen_t to_system(const gc_addr *a, struct sockaddr_storage *out) {
    memset(out, 0, sizeof *out);
    if (a->family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)out;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(a->port);
        memcpy(&v4->sin_addr, a->ip, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(a->port);
    memcpy(&v6->sin6_addr, a->ip, 16);
    return sizeof *v6;
}

static gc_addr of_system(const struct sockaddr_storage *s) {
    gc_addr a = {0};
    if (s->ss_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)s;
        a.family = 4;
        a.port = ntohs(v4->sin_port);
        memcpy(a.ip, &v4->sin_addr, 4);
    } else {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)s;
        a.family = 6;
        a.port = ntohs(v6->sin6_port);
        memcpy(a.ip, &v6->sin6_addr, 16);
    }
    return a;
}

static bool open_base(uint32_t base) {
    gc_addr a = {.family = base == 0 ? 4 : 6};
    inet_pton(base == 0 ? AF_INET : AF_INET6, ADDRESSES[base], a.ip);
    struct sockaddr_storage s;
    socklen_t len = to_system(&a, &s);
    sockets[base] = socket(s.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(sockets[base], (struct sockaddr *)&s, len) != 0) {
        return false;
    }
    getsockname(sockets[base], (struct sockaddr *)&s, &len);
    a = of_system(&s);
    return gc_ice_add_base(&ice, now_ms(), base, &a) == 0;
}

static void send_bytes(uint32_t base, const gc_addr *to, const void *bytes, uint32_t len) {
    struct sockaddr_storage s;
    socklen_t s_len = to_system(to, &s);
    if (gc_drbg_below(&drbg, 100) >= in->loss_percent) {
        sendto(sockets[base], bytes, len, 0, (struct sockaddr *)&s, s_len);
    }
}

/* --- the two agents --------------------------------------------------------------------------- */

static void on_candidate(const gc_candidate *c) {
    char line[GC_CANDIDATE_LINE_BYTES_MAX + 3] = "a=";
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)line + 2, GC_CANDIDATE_LINE_BYTES_MAX);
    gc_candidate_write(c, &w);
    NiceCandidate *candidate = nice_agent_parse_remote_candidate_sdp(theirs, stream, line);
    if (candidate == NULL) {
        printf("# libnice does not read: %s\n", line);
        return;
    }
    if (in->they_know) {
        GSList *list = g_slist_append(NULL, candidate);
        nice_agent_set_remote_candidates(theirs, stream, 1, list);
        g_slist_free(list);
    }
    nice_candidate_free(candidate);
}

static void drain(void) {
    gc_ice_output out;
    while (gc_ice_poll(&ice, &out)) {
        switch (out.type) {
        case GC_ICE_SEND:
            send_bytes(out.base, &out.addr, out.bytes.data, out.bytes.len);
            break;
        case GC_ICE_CANDIDATE:
            on_candidate(&out.candidate);
            break;
        case GC_ICE_SELECTED:
            ours.addr = out.addr;
            ours.base = out.base;
            ours.selections++;
            break;
        case GC_ICE_FAILED:
            ours.failed = out.reason;
            break;
        case GC_ICE_HEARD:
            break;
        }
    }
}

static void receive(uint32_t base) {
    uint8_t bytes[2048];
    struct sockaddr_storage s;
    socklen_t len = sizeof s;
    ssize_t got;
    while ((got = recvfrom(sockets[base], bytes, sizeof bytes, 0, (struct sockaddr *)&s, &len)) >
           0) {
        gc_addr from = of_system(&s);
        if (gc_drbg_below(&drbg, 100) < in->loss_percent) {
            continue;
        }
        if (bytes[0] < 4) {
            gc_ice_datagram(&ice, now_ms(), base, &from, gc_span_of(bytes, (uint32_t)got));
            drain();
        } else if (gc_ice_accepts(&ice, base, &from)) {
            ours.received++;
        }
    }
}

static void their_data(NiceAgent *a, guint s, guint component, guint len, gchar *bytes,
                       gpointer user) {
    (void)a, (void)s, (void)component, (void)len, (void)user;
    they_received += bytes[0] == 64;
}

static void start_ours(void) {
    const gc_ice_config config = {.drbg = &drbg,
                                  .gate = &gate,
                                  .controlling = in->we_control,
                                  .expires_ms = now_ms() + LIMIT_MS};
    memset(&ours, 0, sizeof ours);
    gc_ice_init(&ice, now_ms(), &config);
}

static void start_theirs(void) {
    they_received = 0;
    theirs = nice_agent_new(NULL, NICE_COMPATIBILITY_RFC5245);
    g_object_set(theirs, "controlling-mode", in->they_control, "ice-tcp", FALSE, "upnp", FALSE,
                 NULL);
    stream = nice_agent_add_stream(theirs, 1);
    nice_agent_attach_recv(theirs, stream, 1, g_main_context_default(), their_data, NULL);
    nice_agent_gather_candidates(theirs, stream);
}

/* Takes the descriptions to both sides. Without STUN servers libnice has all its candidates. */
static bool signal_all(void) {
    const gc_ice_credentials *local = gc_ice_local(&ice);
    char ufrag[64] = {0}, pwd[64] = {0};
    gchar *their_ufrag, *their_pwd;
    memcpy(ufrag, local->ufrag, local->ufrag_len);
    memcpy(pwd, local->pwd, local->pwd_len);
    nice_agent_set_remote_credentials(theirs, stream, ufrag, pwd);
    nice_agent_get_local_credentials(theirs, stream, &their_ufrag, &their_pwd);
    bool ok =
        gc_ice_remote(&ice, now_ms(), gc_span_text(their_ufrag), gc_span_text(their_pwd)) == 0;
    g_free(their_ufrag);
    g_free(their_pwd);
    GSList *all = nice_agent_get_local_candidates(theirs, stream, 1);
    for (GSList *i = all; i != NULL; i = i->next) {
        gchar *line = nice_agent_generate_local_candidate_sdp(theirs, i->data);
        gc_candidate c;
        int result = gc_candidate_parse(gc_span_text(line), &c);
        if (result != 0 && result != GC_E_REFUSED) { /* loopback and link-local ones are */
            printf("# not read: %s\n", line);
            ok = false;
        } else if (result == 0 && in->we_know) {
            gc_ice_add_candidate(&ice, now_ms(), &c);
        }
        g_free(line);
    }
    g_slist_free_full(all, (GDestroyNotify)nice_candidate_free);
    drain();
    return ok;
}

static bool is_done(void) {
    const gc_ice_pair *p = ours.selections > 0 ? &ice.table.pairs[ice.choice.pair] : NULL;
    return p != NULL && p->nominated &&
           nice_agent_get_component_state(theirs, stream, 1) == NICE_COMPONENT_STATE_READY;
}

static void run_until(uint64_t until_ms, bool data) {
    while (now_ms() < until_ms && ours.failed == 0 && (data || !is_done())) {
        struct pollfd polled[BASES] = {{sockets[0], POLLIN, 0}, {sockets[1], POLLIN, 0}};
        poll(polled, BASES, 2);
        receive(0);
        receive(1);
        gc_ice_tick(&ice, now_ms());
        drain();
        while (g_main_context_iteration(NULL, FALSE)) {
        }
        if (data && ours.selections > 0) { /* a byte that is no STUN, both ways */
            send_bytes(ours.base, &ours.addr, "@", 1);
            nice_agent_send(theirs, stream, 1, 1, "@");
        }
    }
}

static bool play(void) {
    start_theirs();
    start_ours();
    bool ok = open_base(0) && open_base(1) && signal_all();
    uint64_t begin_ms = now_ms();
    run_until(begin_ms + LIMIT_MS, false);
    uint64_t took_ms = now_ms() - begin_ms;
    bool connected = is_done();
    run_until(now_ms() + 100, true);
    gboolean they_end_controlling;
    g_object_get(theirs, "controlling-mode", &they_end_controlling, NULL);
    printf("# %llu ms, path %u, we %s, data %u here, %u there\n", (unsigned long long)took_ms,
           connected ? gc_ice_pairs_path(&ice.table, ice.choice.pair) : 0,
           ice.table.controlling ? "control" : "are controlled", ours.received, they_received);
    g_object_unref(theirs);
    close(sockets[0]);
    close(sockets[1]);
    return ok && connected && ours.received > 5 && they_received > 5;
}

int main(void) {
    uint8_t seed[32];
    uint32_t failed = 0;
    if (getrandom(seed, sizeof seed, 0) != sizeof seed) {
        return 1;
    }
    gc_drbg_init(&drbg, seed);
    gc_ice_gate_init(&gate, &drbg);
    printf("1..%zu\n", WORLDS_COUNT);
    for (uint32_t i = 0; i < WORLDS_COUNT; i++) {
        in = &WORLDS[i];
        bool ok = play();
        failed += !ok;
        printf("%sok %u - libnice: %s\n", ok ? "" : "not ", i + 1, in->name);
        fflush(stdout);
    }
    return failed > 0;
}
