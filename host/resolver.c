#include "host/resolver.h"
#include "host/alloc.h"
#include "host/net.h"

#include <ares.h>
#include <netdb.h>
#include <string.h>

/* One socket of c-ares. */
typedef struct watch {
    uv_poll_t poll;
    gc_resolver *resolver;
    struct watch *next;
    ares_socket_t fd;
} watch;

struct gc_resolver {
    uv_loop_t *loop;
    uv_timer_t timer;
    ares_channel channel;
    gc_resolver_found found;
    void *context;
    watch *watches; /* of open sockets */
    bool ended;
};

/* --- c-ares's sockets and time ---------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

static void arm(gc_resolver *r) {
    struct timeval tv;
    if (!r->ended && ares_timeout(r->channel, NULL, &tv) != NULL) {
        uint64_t ms = (uint64_t)tv.tv_sec * 1000 + (uint64_t)tv.tv_usec / 1000 + 1;
        uv_timer_start(&r->timer, on_timer, ms, 0);
    }
}

static void on_timer(uv_timer_t *timer) {
    gc_resolver *r = timer->data;
    ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm(r);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
    watch *w = poll->data;
    gc_resolver *r = w->resolver;
    ares_socket_t fd = w->fd;
    bool in = status != 0 || (events & UV_READABLE) != 0;
    bool out = status != 0 || (events & UV_WRITABLE) != 0;
    ares_process_fd(r->channel, in ? fd : ARES_SOCKET_BAD, out ? fd : ARES_SOCKET_BAD);
    arm(r);
}

static void on_watch_closed(uv_handle_t *handle) {
    gc_free(handle->data);
}

static watch **place_of(gc_resolver *r, ares_socket_t fd) {
    watch **at = &r->watches;
    while (*at != NULL && (*at)->fd != fd) {
        at = &(*at)->next;
    }
    return at;
}

static watch *begin_watch(gc_resolver *r, ares_socket_t fd) {
    watch *w = gc_alloc(sizeof *w);
    if (w == NULL) {
        return NULL; /* the question runs into its time */
    }
    *w = (watch){.resolver = r, .next = r->watches, .fd = fd};
    if (uv_poll_init(r->loop, &w->poll, fd) != 0) {
        gc_free(w);
        return NULL;
    }
    w->poll.data = w;
    r->watches = w;
    return w;
}

/* c-ares opens, uses and closes sockets: it says which of them to look at. Their number is bounded
 * by the servers that the system names. */
static void on_socket(void *context, ares_socket_t fd, int readable, int writable) {
    gc_resolver *r = context;
    watch **at = place_of(r, fd);
    watch *w = *at;
    if (readable || writable) {
        w = w != NULL ? w : begin_watch(r, fd);
        if (w != NULL) {
            uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                          on_ready);
        }
    } else if (w != NULL) {
        *at = w->next;
        uv_close((uv_handle_t *)&w->poll, on_watch_closed);
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

static void report(gc_resolver *r, uint8_t family, const struct ares_addrinfo *answer) {
    gc_addr addresses[GC_RESOLVER_ADDRESSES_MAX];
    uint32_t count = 0;
    const struct ares_addrinfo_node *node = answer != NULL ? answer->nodes : NULL;
    for (; node != NULL && count < GC_RESOLVER_ADDRESSES_MAX; node = node->ai_next) {
        gc_addr *a = &addresses[count];
        if (gc_net_from_sockaddr(node->ai_addr, a) && a->family == family) {
            a->port = 0;
            count++;
        }
    }
    r->found(r->context, family, addresses, count);
}

/* A resolver that has ended gets these from ares_destroy(). */
static void on_answer(gc_resolver *r, uint8_t family, int status, struct ares_addrinfo *answer) {
    if (!r->ended) {
        report(r, family, status == ARES_SUCCESS ? answer : NULL);
    }
    ares_freeaddrinfo(answer);
}

static void on_answer_4(void *context, int status, int timeouts, struct ares_addrinfo *answer) {
    (void)timeouts;
    on_answer(context, 4, status, answer);
}

static void on_answer_6(void *context, int status, int timeouts, struct ares_addrinfo *answer) {
    (void)timeouts;
    on_answer(context, 6, status, answer);
}

/* --- life ------------------------------------------------------------------------------------- */

static bool open_channel(gc_resolver *r, const char *servers) {
    struct ares_options options = {.timeout = GC_RESOLVER_TRY_MS,
                                   .tries = GC_RESOLVER_TRIES,
                                   .sock_state_cb = on_socket,
                                   .sock_state_cb_data = r};
    int given = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
        return false;
    }
    if (ares_init_options(&r->channel, &options, given) != ARES_SUCCESS) {
        ares_library_cleanup();
        return false;
    }
    if (servers != NULL && ares_set_servers_ports_csv(r->channel, servers) != ARES_SUCCESS) {
        ares_destroy(r->channel);
        ares_library_cleanup();
        return false;
    }
    return true;
}

gc_resolver *gc_resolver_start(uv_loop_t *loop, const char *name, const char *servers,
                               gc_resolver_found found, void *context) {
    gc_resolver *r = gc_alloc(sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    *r = (gc_resolver){.loop = loop, .found = found, .context = context};
    if (!open_channel(r, servers)) {
        gc_free(r);
        return NULL;
    }
    uv_timer_init(loop, &r->timer);
    r->timer.data = r;
    struct ares_addrinfo_hints hints = {.ai_family = AF_INET6, .ai_socktype = SOCK_STREAM};
    ares_getaddrinfo(r->channel, name, NULL, &hints, on_answer_6, r);
    hints.ai_family = AF_INET;
    ares_getaddrinfo(r->channel, name, NULL, &hints, on_answer_4, r);
    arm(r);
    return r;
}

/* Here no function of c-ares is under way, as ares_destroy() demands. */
static void on_timer_closed(uv_handle_t *handle) {
    gc_resolver *r = handle->data;
    ares_destroy(r->channel); /* stops watching each socket */
    ares_library_cleanup();
    gc_free(r);
}

void gc_resolver_end(gc_resolver *r) {
    if (!r->ended) {
        r->ended = true;
        uv_close((uv_handle_t *)&r->timer, on_timer_closed);
    }
}
