#include "host/connector.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/net.h"
#include "host/resolver.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define HOST_BYTES 254 /* RFC 1035 2.3.4, and a zero */

/* The addresses of one family, in the order in which they are tried. */
typedef struct list {
    gc_addr addresses[GC_RESOLVER_ADDRESSES_MAX];
    uint32_t count;
    uint32_t at;   /* the next to try */
    bool answered; /* no more will come */
} list;

enum { V6, V4 }; /* RFC 8305 4: IPv6 is tried first */

typedef struct try {
    uv_poll_t poll;
    int fd; /* -1: not under way */
}
try;

struct gc_connector {
    uv_loop_t *loop;
    uv_timer_t timer; /* the next step */
    gc_resolver *resolver;
    gc_connector_done done;
    void *context;
    char host[HOST_BYTES];
    uint16_t port;
    list lists[2];
    uint32_t turn; /* whose address is tried next */
    bool trying;   /* the first address was chosen */
    bool ended;
    int error;      /* of the last try that failed */
    uint32_t tries; /* so many were made */
    uint32_t open;  /* handles that the loop has */
    try table[GC_CONNECTOR_TRIES_MAX];
};

static void on_timer(uv_timer_t *timer);

/* --- ending ----------------------------------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle) {
    gc_connector *c = handle->data;
    if (--c->open == 0) {
        gc_free(c);
    }
}

/* Stops looking at a try's socket, which stays open. */
static int let_go(try *t) {
    int fd = t->fd;
    t->fd = -1;
    uv_close((uv_handle_t *)&t->poll, on_handle_closed);
    return fd;
}

void gc_connector_end(gc_connector *c) {
    if (c->ended) {
        return;
    }
    c->ended = true;
    if (c->resolver != NULL) {
        gc_resolver_end(c->resolver);
    }
    for (uint32_t i = 0; i < c->tries; i++) {
        if (c->table[i].fd >= 0) {
            close(let_go(&c->table[i]));
        }
    }
    uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

static void finish(gc_connector *c, int fd, int error) {
    gc_connector_done done = c->done;
    void *context = c->context;
    gc_connector_end(c);
    done(context, fd, error);
}

/* --- trying ----------------------------------------------------------------------------------- */

static const gc_addr *next_address(gc_connector *c) {
    for (int i = 0; i < 2; i++, c->turn = !c->turn) {
        list *l = &c->lists[c->turn];
        if (l->at < l->count) {
            c->turn = !c->turn;
            return &l->addresses[l->at++];
        }
    }
    return NULL;
}

static bool under_way(const gc_connector *c) {
    for (uint32_t i = 0; i < c->tries; i++) {
        if (c->table[i].fd >= 0) {
            return true;
        }
    }
    return false;
}

static void on_connected(uv_poll_t *poll, int status, int events) {
    gc_connector *c = poll->data;
    try *t = (try *)(void *)poll;
    int error = 0;
    socklen_t len = sizeof error;
    (void)events, (void)status;
    if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0) {
        error = errno;
    }
    int fd = let_go(t);
    if (error == 0) {
        finish(c, fd, 0);
        return;
    }
    close(fd);
    c->error = -error;
    uv_timer_start(&c->timer, on_timer, 0, 0); /* RFC 8305 5: no reason to wait any longer */
}

/* Returns a socket that connects, or a negative error. */
static int begin_connect(const gc_addr *to) {
    struct sockaddr_storage name;
    socklen_t len = gc_net_to_sockaddr(to, &name);
    int on = 1;
    int fd = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -errno;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* whole messages are written */
    if (connect(fd, (const struct sockaddr *)&name, len) != 0 && errno != EINPROGRESS) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

/* Returns 0 when the try is under way, else a negative error. */
static int begin_try(gc_connector *c, const gc_addr *to) {
    gc_assert(c->tries < GC_CONNECTOR_TRIES_MAX);
    int fd = begin_connect(to);
    if (fd < 0) {
        return fd;
    }
    try *t = &c->table[c->tries];
    int r = uv_poll_init(c->loop, &t->poll, fd);
    if (r != 0) {
        close(fd);
        return r;
    }
    t->fd = fd;
    t->poll.data = c;
    c->tries++;
    c->open++;
    return uv_poll_start(&t->poll, UV_WRITABLE, on_connected);
}

/* Tries the next address, and those after it while they fail at once. */
static void try_next(gc_connector *c) {
    const gc_addr *to;
    while ((to = next_address(c)) != NULL) {
        int r = begin_try(c, to);
        if (r == 0) {
            uv_timer_start(&c->timer, on_timer, GC_CONNECTOR_STAGGER_MS, 0);
            return;
        }
        c->error = r;
    }
    if (!under_way(c) && c->lists[V4].answered && c->lists[V6].answered) {
        finish(c, -1, c->error);
    }
}

/* --- names ------------------------------------------------------------------------------------ */

/* RFC 8305 3: an answer of IPv6 is used at once; one of IPv4 waits a little for the other. */
static void on_found(void *context, uint8_t family, const gc_addr *addresses, uint32_t count) {
    gc_connector *c = context;
    list *l = &c->lists[family == 6 ? V6 : V4];
    if (c->ended) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        l->addresses[i] = addresses[i];
        l->addresses[i].port = c->port;
    }
    l->count = count;
    l->answered = true;
    if (c->trying && uv_is_active((const uv_handle_t *)&c->timer)) {
        return; /* it comes to these addresses in turn */
    }
    bool waits = !c->trying && !c->lists[V6].answered && count > 0;
    uv_timer_start(&c->timer, on_timer, waits ? GC_CONNECTOR_NAME_MS : 0, 0);
}

static void on_timer(uv_timer_t *timer) {
    gc_connector *c = timer->data;
    bool all = c->lists[V6].answered && c->lists[V4].answered;
    if (all || c->lists[V6].count + c->lists[V4].count > 0) {
        c->trying = true;
        try_next(c);
    }
}

static void set_only(gc_connector *c, const gc_addr *a) {
    list *l = &c->lists[a->family == 6 ? V6 : V4];
    l->addresses[l->count] = *a;
    l->addresses[l->count++].port = c->port;
}

/* Returns false when the name has to be asked for. */
static bool is_known(gc_connector *c) {
    gc_addr a, other;
    if (gc_net_localhost(c->host, &a, &other)) {
        set_only(c, &a);
        set_only(c, &other);
    } else if (gc_net_parse(gc_span_text(c->host), &a)) {
        set_only(c, &a);
    } else if (c->host[0] != 0) {
        return false;
    }
    c->lists[V6].answered = c->lists[V4].answered = true;
    return true;
}

gc_connector *gc_connector_start(uv_loop_t *loop, const gc_connector_options *options,
                                 gc_connector_done done, void *context) {
    gc_connector *c = gc_alloc(sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    *c = (gc_connector){.loop = loop,
                        .done = done,
                        .context = context,
                        .port = options->port,
                        .error = UV_EAI_NONAME,
                        .open = 1};
    if (strlen(options->host) < sizeof c->host) {
        memcpy(c->host, options->host, strlen(options->host) + 1);
    }
    uv_timer_init(loop, &c->timer);
    c->timer.data = c;
    if (is_known(c)) {
        uv_timer_start(&c->timer, on_timer, 0, 0);
        return c;
    }
    c->resolver = gc_resolver_start(loop, c->host, options->name_servers, on_found, c);
    if (c->resolver == NULL) {
        c->lists[V6].answered = c->lists[V4].answered = true;
        uv_timer_start(&c->timer, on_timer, 0, 0);
    }
    return c;
}
