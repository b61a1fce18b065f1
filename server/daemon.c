#include "server/daemon.h"
#include "core/base/assert.h"
#include "host/alloc.h"
#include "host/entropy.h"
#include "host/log.h"
#include "host/net.h"
#include "server/socket.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_AT_ONCE 64 /* then the clients that are here get their turn */
#define CIPHER_BYTES    (64u << 10)
/* Of --memory-limit for partial input; the rest is for gc_server's queues. */
#define KEPT_PART 4

/* --- outputs and time ----------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer);

static uint64_t deadline_of(const gc_daemon *d) {
    uint64_t deadline = gc_server_deadline(d->core);
    if (d->dying.first != NULL && d->dying.first->ended_ms + GC_LINGER_MS < deadline) {
        deadline = d->dying.first->ended_ms + GC_LINGER_MS;
    }
    return deadline;
}

/* An earlier deadline moves the timer; a later one lets it fire for nothing, which is cheaper than
 * to move it with each message. */
static void set_timer(gc_daemon *d) {
    uint64_t deadline = deadline_of(d);
    if (deadline == GC_NEVER || (d->timer_at_ms <= deadline && d->timer_at_ms != 0)) {
        return;
    }
    uint64_t now_ms = gc_daemon_now_ms(d);
    d->timer_at_ms = deadline;
    uv_timer_start(&d->timer, on_timer, deadline > now_ms ? deadline - now_ms : 0, 0);
}

static void end(gc_daemon *d);

void gc_daemon_drain(gc_daemon *d) {
    gc_server_output out;
    while (gc_server_poll(d->core, &out)) {
        gc_socket_output(d, &out);
    }
    if (d->stopped) {
        return;
    }
    if (d->stopping && d->sockets == 0) {
        end(d);
        return;
    }
    set_timer(d);
}

static void on_timer(uv_timer_t *timer) {
    gc_daemon *d = timer->loop->data;
    uint64_t now_ms = gc_daemon_now_ms(d);
    d->loop_lag_ms = now_ms > d->timer_at_ms ? now_ms - d->timer_at_ms : 0;
    d->timer_at_ms = 0;
    gc_server_tick(d->core, now_ms);
    gc_socket_reap(d);
    gc_daemon_drain(d);
}

/* --- accepting ------------------------------------------------------------------------------ */

static void on_listener(uv_poll_t *poll, int status, int events);

static void on_accept_again(uv_timer_t *timer) {
    gc_daemon *d = timer->loop->data;
    uv_poll_start(&d->listener, UV_READABLE, on_listener);
}

/* Out of descriptors or kernel memory: the waiting connection stays in the backlog, and a loop that
 * asked for it again at once would spin. */
static void pause_accepting(gc_daemon *d) {
    if (d->refused_full++ == 0) {
        gc_log(GC_LOG_WARNING, "no file descriptor for another connection (ulimit -n)");
    }
    uv_poll_stop(&d->listener);
    uv_timer_start(&d->accept_again, on_accept_again, GC_ACCEPT_PAUSE_MS, 0);
}

static bool is_shortage(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void on_listener(uv_poll_t *poll, int status, int events) {
    gc_daemon *d = poll->loop->data;
    (void)events;
    if (status != 0) {
        pause_accepting(d);
        return;
    }
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage ss;
        socklen_t len = sizeof ss;
        gc_addr from;
        int fd = accept4(d->listen_fd, (struct sockaddr *)&ss, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0 && gc_net_from_sockaddr((struct sockaddr *)&ss, &from)) {
            gc_socket_accept(d, fd, &from);
        } else if (fd >= 0) {
            close(fd);
        } else if (is_shortage(errno)) {
            pause_accepting(d);
            break;
        } else if (errno == EAGAIN) {
            break;
        } /* else that connection failed before we took it (accept(2)): the next one */
    }
    gc_daemon_drain(d);
}

/* --- signals and the end -------------------------------------------------------------------- */

static void close_handle(void *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

/* Closes what is left; the loop then ends by itself. */
static void end(gc_daemon *d) {
    if (d->stopped) {
        return;
    }
    d->stopped = true;
    gc_socket_end_all(d);
    gc_stun_close(d);
    close_handle(&d->timer);
    close_handle(&d->accept_again);
    close_handle(&d->stop_timer);
    close_handle(&d->next_turn);
    gc_stream_group_close(&d->group);
    for (size_t i = 0; i < sizeof d->signals / sizeof d->signals[0]; i++) {
        close_handle(&d->signals[i]);
    }
}

static void on_stop_timer(uv_timer_t *timer) {
    end(timer->loop->data);
}

static void stop(gc_daemon *d) {
    if (d->stopping) {
        return;
    }
    d->stopping = true;
    uv_poll_stop(&d->listener);
    close_handle(&d->listener);
    close(d->listen_fd);
    uv_timer_stop(&d->accept_again);
    uv_timer_start(&d->stop_timer, on_stop_timer, GC_STOP_MS, 0);
    gc_server_shutdown(d->core, gc_daemon_now_ms(d));
    gc_daemon_drain(d);
}

static void reload_tls(gc_daemon *d) {
    char error[512];
    if (d->tls == NULL) {
        gc_log(GC_LOG_INFO, "nothing to read again: no --tls-cert");
        return;
    }
    SSL_CTX *fresh = gc_tls_context(d->options->tls_cert, d->options->tls_key, error, sizeof error);
    if (fresh == NULL) {
        gc_log(GC_LOG_ERROR, "%s; the old certificate stays in use", error);
        return;
    }
    SSL_CTX_free(d->tls); /* living sessions hold the old one */
    d->tls = fresh;
    gc_log(GC_LOG_INFO, "the certificate was read again");
}

static void on_signal(uv_signal_t *handle, int number) {
    gc_daemon *d = handle->loop->data;
    if (number == SIGHUP) {
        reload_tls(d);
    } else {
        stop(d);
    }
}

/* --- opening -------------------------------------------------------------------------------- */

static int fail(char *error, size_t error_bytes, const char *text) {
    snprintf(error, error_bytes, "%s", text);
    return -1;
}

static int open_core(gc_daemon *d, char *error, size_t error_bytes) {
    const gc_options *o = d->options;
    uint8_t seed[32];
    gc_server_config config = {
        .key = o->key,
        .allow_discovery = o->allow_discovery,
        .alive_timeout_ms = (uint32_t)o->alive_timeout_ms,
        .expire_timeout_ms = (uint32_t)o->expire_timeout_ms,
        .concurrent_max = (uint32_t)o->concurrent_max,
        .connections_max = (uint32_t)o->concurrent_max + GC_SPARE_CONNECTIONS,
        .per_address_max = (uint32_t)o->per_address_max,
        .rate_per_second = (uint32_t)o->rate_per_second,
        .connects_per_second =
            o->connects_per_second != 0 ? (uint32_t)o->connects_per_second : UINT32_MAX,
        .message_bytes_max = (uint32_t)o->message_bytes_max,
        .queue_bytes_max = (uint32_t)o->queue_bytes_max,
        .memory_bytes_max = o->memory_bytes_max - o->memory_bytes_max / KEPT_PART,
    };
    size_t bytes = gc_server_size(&config);
    if (bytes == 0) {
        return fail(error, error_bytes, "--memory-limit is too small for the other limits");
    }
    /* Address space only: pages become memory as the core touches them. */
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || gc_entropy(seed, sizeof seed) != 0) {
        return fail(error, error_bytes, "no memory for the server");
    }
    d->core = gc_server_init(memory, bytes, &config, seed, gc_daemon_now_ms(d));
    gc_assert(d->core != NULL);
    d->by_slot = gc_alloc(config.connections_max * sizeof *d->by_slot);
    d->scratch = gc_alloc(GC_SCRATCH_BYTES);
    if (d->by_slot == NULL || d->scratch == NULL) {
        return fail(error, error_bytes, "no memory for the server");
    }
    memset(d->by_slot, 0, config.connections_max * sizeof *d->by_slot);
    d->kept_bytes_max = o->memory_bytes_max / KEPT_PART;
    return 0;
}

static int open_tls(gc_daemon *d, char *error, size_t error_bytes) {
    const gc_options *o = d->options;
    if (o->tls_cert == NULL) {
        return 0;
    }
    d->tls = gc_tls_context(o->tls_cert, o->tls_key, error, error_bytes);
    if (d->tls == NULL) {
        return -1;
    }
    d->group.cipher = gc_alloc(CIPHER_BYTES);
    d->group.cipher_bytes = CIPHER_BYTES;
    return d->group.cipher != NULL ? 0 : fail(error, error_bytes, "no memory for TLS");
}

static int open_assets(gc_daemon *d, char *error, size_t error_bytes) {
    const gc_options *o = d->options;
    if (o->web_dir != NULL) {
        return gc_assets_load_folder(&d->assets, o->web_dir, o->path, error, error_bytes);
    }
    return gc_assets_load(&d->assets, gc_embedded, gc_embedded_count, o->path, error, error_bytes);
}

static int open_listener(gc_daemon *d, char *error, size_t error_bytes) {
    d->port = (uint32_t)d->options->port;
    d->listen_fd = gc_net_listen(d->options->host, &d->port, error, error_bytes);
    if (d->listen_fd < 0) {
        return -1;
    }
    if (uv_poll_init(&d->loop, &d->listener, d->listen_fd) != 0 ||
        uv_poll_start(&d->listener, UV_READABLE, on_listener) != 0) {
        return fail(error, error_bytes, "cannot watch the listening socket");
    }
    return 0;
}

static int open_stun(gc_daemon *d, char *error, size_t error_bytes) {
    if (d->options->stun_port == 0 || gc_stun_open(d, error, error_bytes) == 0) {
        return 0;
    }
    if (d->options->stun_port_named) {
        return -1;
    }
    gc_log(GC_LOG_WARNING, "%s; STUN is off", error);
    return 0;
}

static int open_signals(gc_daemon *d) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (uv_signal_init(&d->loop, &d->signals[i]) != 0 ||
            uv_signal_start(&d->signals[i], on_signal, numbers[i]) != 0) {
            return -1;
        }
    }
    return 0;
}

int gc_daemon_open(gc_daemon *d, const gc_options *options, char *error, size_t error_bytes) {
    d->options = options;
    if (uv_loop_init(&d->loop) != 0) {
        return fail(error, error_bytes, "cannot make an event loop");
    }
    d->loop.data = d;
    uv_timer_init(&d->loop, &d->timer);
    uv_timer_init(&d->loop, &d->accept_again);
    uv_timer_init(&d->loop, &d->stop_timer);
    uv_idle_init(&d->loop, &d->next_turn);
    gc_stream_group_open(&d->group, &d->loop, &gc_socket_events);
    if (open_core(d, error, error_bytes) != 0 || open_assets(d, error, error_bytes) != 0 ||
        open_tls(d, error, error_bytes) != 0 || open_listener(d, error, error_bytes) != 0 ||
        open_stun(d, error, error_bytes) != 0) {
        return -1;
    }
    if (open_signals(d) != 0) {
        return fail(error, error_bytes, "cannot watch signals");
    }
    return 0;
}

void gc_daemon_run(gc_daemon *d) {
    gc_daemon_drain(d);
    uv_run(&d->loop, UV_RUN_DEFAULT);
    gc_assert(d->stopped && d->sockets == 0);
}

void gc_daemon_free(gc_daemon *d) {
    uv_loop_close(&d->loop);
    SSL_CTX_free(d->tls);
    gc_free(d->group.cipher);
    gc_free(d->scratch);
    gc_free(d->by_slot);
}
