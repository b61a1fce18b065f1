#include "server/daemon.h"
#include "core/base/assert.h"
#include "core/base/number.h"
#include "host/alloc.h"
#include "host/crypto.h"
#include "host/entropy.h"
#include "host/log.h"
#include "server/sockets.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define CIPHER_BYTES (64u << 10)
/* Of --memory-limit for partial input; the rest is for gc_server's queues. */
#define KEPT_PART 4

/* --- time ----------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer) {
    gc_daemon *d = timer->data;
    gc_service *service = &d->service;
    uint64_t now_ms = gc_service_now_ms(service);
    service->loop_lag_ms = now_ms > d->timer_at_ms ? now_ms - d->timer_at_ms : 0;
    d->timer_at_ms = 0;
    gc_server_tick(service->core, now_ms);
    gc_sockets_reap(service);
    gc_sockets_drain(service);
}

/* An earlier deadline moves the timer; a later one lets it fire for nothing, which is cheaper than
 * to move it with each message. */
static void set_timer(gc_daemon *d) {
    gc_service *service = &d->service;
    uint64_t deadline = gc_min_u64(gc_server_deadline(service->core), gc_sockets_deadline(service));
    if (deadline == GC_NEVER || (d->timer_at_ms <= deadline && d->timer_at_ms != 0)) {
        return;
    }
    uint64_t now_ms = gc_service_now_ms(service);
    d->timer_at_ms = deadline;
    uv_timer_start(&d->timer, on_timer, deadline > now_ms ? deadline - now_ms : 0, 0);
}

static void end(gc_daemon *d);

static void on_before_waiting(uv_prepare_t *prepare) {
    gc_daemon *d = prepare->data;
    if (d->service.stopping && d->service.sockets == 0) {
        end(d);
    } else {
        set_timer(d);
    }
}

/* --- signals and the end -------------------------------------------------------------------- */

static void close_handle(void *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

/* Closes the remaining handles; without them the loop ends. */
static void end(gc_daemon *d) {
    if (d->stopped) {
        return;
    }
    d->stopped = true;
    gc_sockets_close(&d->service);
    gc_datagram_sockets_close(&d->service.datagrams);
    close_handle(&d->timer);
    close_handle(&d->stop_timer);
    close_handle(&d->before_waiting);
    for (size_t i = 0; i < sizeof d->signals / sizeof d->signals[0]; i++) {
        close_handle(&d->signals[i]);
    }
}

static void on_stop_timer(uv_timer_t *timer) {
    end(timer->data);
}

static void stop(gc_daemon *d) {
    if (d->service.stopping) {
        return;
    }
    d->service.stopping = true;
    gc_listener_close(&d->listener);
    gc_listener_close(&d->metrics);
    uv_timer_start(&d->stop_timer, on_stop_timer, GC_STOP_MS, 0);
    gc_server_shutdown(d->service.core, gc_service_now_ms(&d->service));
    gc_sockets_drain(&d->service);
}

static void reload_tls(gc_daemon *d) {
    char error[512];
    if (d->service.tls == NULL) {
        gc_log(GC_LOG_INFO, "SIGHUP has no effect: --tls-cert is not set");
        return;
    }
    SSL_CTX *fresh = gc_tls_context(d->service.options->tls_cert, d->service.options->tls_key,
                                    error, sizeof error);
    if (fresh == NULL) {
        gc_log(GC_LOG_ERROR, "%s; the old certificate stays in use", error);
        return;
    }
    SSL_CTX_free(d->service.tls); /* living sessions hold the old one */
    d->service.tls = fresh;
    gc_log(GC_LOG_INFO, "the certificate was read again");
}

static void on_signal(uv_signal_t *handle, int number) {
    gc_daemon *d = handle->data;
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
    const gc_options *o = d->service.options;
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
        .stun_per_second = (uint32_t)o->stun_per_second,
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
    gc_crypto crypto;
    if (memory == MAP_FAILED || gc_entropy(seed, sizeof seed) != 0 ||
        gc_host_crypto(&crypto) != 0) {
        return fail(error, error_bytes, "no memory for the server");
    }
    d->service.core =
        gc_server_init(memory, bytes, &config, &crypto, seed, gc_service_now_ms(&d->service));
    gc_assert(d->service.core != NULL);
    d->service.by_slot = gc_alloc(config.connections_max * sizeof *d->service.by_slot);
    d->service.scratch = gc_alloc(GC_SCRATCH_BYTES);
    if (d->service.by_slot == NULL || d->service.scratch == NULL) {
        return fail(error, error_bytes, "no memory for the server");
    }
    d->service.slots = config.connections_max;
    memset(d->service.by_slot, 0, config.connections_max * sizeof *d->service.by_slot);
    d->service.kept_bytes_max = o->memory_bytes_max / KEPT_PART;
    return 0;
}

static int open_tls(gc_daemon *d, char *error, size_t error_bytes) {
    const gc_options *o = d->service.options;
    if (o->tls_cert == NULL) {
        return 0;
    }
    d->service.tls = gc_tls_context(o->tls_cert, o->tls_key, error, error_bytes);
    if (d->service.tls == NULL) {
        return -1;
    }
    d->service.group.cipher = gc_alloc(CIPHER_BYTES);
    d->service.group.cipher_bytes = CIPHER_BYTES;
    return d->service.group.cipher != NULL ? 0 : fail(error, error_bytes, "no memory for TLS");
}

static int open_assets(gc_daemon *d, char *error, size_t error_bytes) {
    const gc_options *o = d->service.options;
    if (o->web_dir != NULL) {
        return gc_assets_load_folder(&d->service.assets, o->web_dir, o->path, error, error_bytes);
    }
    return gc_assets_load(&d->service.assets, gc_embedded, gc_embedded_count, o->path, error,
                          error_bytes);
}

/* Counters are for the operator: a busy port of theirs stops nobody's chat. */
static int open_listeners(gc_daemon *d, char *error, size_t error_bytes) {
    const gc_options *o = d->service.options;
    if (gc_listener_open(&d->listener, &d->service, o->host, (uint32_t)o->port, false, error,
                         error_bytes) != 0) {
        return -1;
    }
    if (!o->metrics) {
        return 0;
    }
    if (gc_listener_open(&d->metrics, &d->service, o->metrics_host, (uint32_t)o->metrics_port, true,
                         error, error_bytes) != 0) {
        gc_log(GC_LOG_WARNING, "%s; /metrics is off (--metrics-listen)", error);
    } else if (o->metrics_port == 0) {
        gc_log(GC_LOG_INFO, "/metrics is served on port %u", d->metrics.port);
    }
    return 0;
}

static void on_datagram(gc_udp *u, const gc_udp_datagram *datagram) {
    gc_service *service = u->group->context;
    gc_datagram_sockets_handle(&service->datagrams, service->core, u, datagram);
    gc_sockets_drain(service);
}

static int open_datagrams(gc_daemon *d, char *error, size_t error_bytes) {
    gc_service *service = &d->service;
    if (service->options->stun_port == 0 ||
        gc_datagram_sockets_open(&service->datagrams, &service->loop, service->options, on_datagram,
                                 service, error, error_bytes) == 0) {
        return 0;
    }
    if (d->service.options->stun_port_named) {
        return -1;
    }
    gc_log(GC_LOG_WARNING, "%s; STUN is off", error);
    return 0;
}

static int open_signals(gc_daemon *d) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (uv_signal_init(&d->service.loop, &d->signals[i]) != 0 ||
            uv_signal_start(&d->signals[i], on_signal, numbers[i]) != 0) {
            return -1;
        }
        d->signals[i].data = d;
    }
    return 0;
}

static int open_loop(gc_daemon *d) {
    uv_loop_t *loop = &d->service.loop;
    if (uv_loop_init(loop) != 0) {
        return -1;
    }
    loop->data = &d->service;
    uv_timer_init(loop, &d->timer);
    uv_timer_init(loop, &d->stop_timer);
    uv_prepare_init(loop, &d->before_waiting);
    d->timer.data = d->stop_timer.data = d->before_waiting.data = d;
    uv_prepare_start(&d->before_waiting, on_before_waiting);
    gc_sockets_open(&d->service);
    return 0;
}

int gc_daemon_open(gc_daemon *d, const gc_options *options, char *error, size_t error_bytes) {
    d->service.options = options;
    if (open_loop(d) != 0) {
        return fail(error, error_bytes, "cannot make an event loop");
    }
    if (open_core(d, error, error_bytes) != 0 || open_assets(d, error, error_bytes) != 0 ||
        open_tls(d, error, error_bytes) != 0 || open_listeners(d, error, error_bytes) != 0 ||
        open_datagrams(d, error, error_bytes) != 0) {
        return -1;
    }
    if (open_signals(d) != 0) {
        return fail(error, error_bytes, "cannot watch signals");
    }
    return 0;
}

void gc_daemon_run(gc_daemon *d) {
    uv_run(&d->service.loop, UV_RUN_DEFAULT);
    gc_assert(d->stopped && d->service.sockets == 0);
}

void gc_daemon_free(gc_daemon *d) {
    gc_service *service = &d->service;
    uv_loop_close(&service->loop);
    SSL_CTX_free(service->tls);
    gc_ws_accept_free(&service->accept);
    gc_free(service->group.cipher);
    gc_free(service->scratch);
    gc_free(service->by_slot);
    gc_datagram_sockets_free(&service->datagrams);
}
