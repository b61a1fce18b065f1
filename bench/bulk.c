/* bulk: one native link over loopback, and what a gigabyte costs. Two processes, each with a handle
 * of rtc/rtc.h over host/udp.h as peer/ uses it, send messages of MESSAGE bytes through one
 * negotiated channel. UDP payloads stay at 1,200 bytes, or may become as long as UDP_BYTES.
 *
 *   bulk MEGABYTES MESSAGE CHANNEL OFFLOAD [IDLE_S [UDP_BYTES]]
 *
 * CHANNEL: 0 is ordered, 1 unordered. OFFLOAD: gc_udp_offloads, 3 as peer/ does, 0 for none.
 *
 * Prints one JSON object: CPU seconds of each end from the opening of the link to the last message,
 * and the wall time; with IDLE_S, the private memory of each end when the link opened, when all was
 * sent, and after so many idle seconds. */
#include "bench/cpu.h"
#include "core/base/error.h"
#include "host/entropy.h"
#include "host/net.h"
#include "host/pages.h"
#include "host/udp.h"
#include "rtc/rtc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINK       1
#define NOISE      (1u << 20) /* random bytes that the messages are cut out of */
#define SIGNAL_MAX 4096
#define QUIET_MS   20000 /* an end that hears nothing for so long gives up */

typedef struct end {
    uv_loop_t loop;
    uv_timer_t timer, idle;
    uv_poll_t signals;
    gc_udp_group group;
    gc_udp socket;
    gc_rtc *rtc;
    uint64_t armed_ms; /* for when the timer is set */
    int other;         /* descriptions and candidates to and from the other process */
    bool sends, done;
    uint32_t channel, message_bytes, offload, udp_bytes;
    uint64_t bytes, goal; /* sent or received so far, and in the end */
    double cpu_s, wall_s; /* when the link opened, then what it took */
    uint64_t idle_ms;     /* to go on after that */
    long kib[3];          /* private memory: at first, with all messages, at last */
    uint8_t noise[NOISE + GC_RTC_MESSAGE_BYTES_MAX];
} end;

/* What the receiver tells the sender when all has come. */
typedef struct verdict {
    char type;
    double cpu_s;
} verdict;

static void die(const char *what) {
    fprintf(stderr, "bulk: %s\n", what);
    exit(1);
}

static double wall_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* RssAnon of /proc/self/status; -1 where there is none. */
static long private_kib(void) {
    char line[256];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        sscanf(line, "RssAnon: %ld", &kib);
    }
    if (f != NULL) {
        fclose(f);
    }
    return kib;
}

static void tell_other(end *e, char type, gc_span text) {
    char signal[SIGNAL_MAX];
    if (text.len >= sizeof signal) {
        die("a description is too long");
    }
    signal[0] = type;
    memcpy(signal + 1, text.data, text.len);
    if (send(e->other, signal, text.len + 1, 0) < 0) {
        die("the other end is gone");
    }
}

static void on_idle(uv_timer_t *timer) {
    uv_stop(timer->loop);
}

static void finish(end *e) {
    e->done = true;
    e->cpu_s = bench_cpu_seconds() - e->cpu_s;
    e->wall_s = wall_now() - e->wall_s;
    e->kib[1] = private_kib();
    uv_poll_stop(&e->signals); /* the other end may be the first to end */
    uv_timer_init(&e->loop, &e->idle);
    uv_timer_start(&e->idle, on_idle, e->idle_ms, 0);
}

static void report_memory(const end *e) {
    printf("{\"end\":\"%s\",\"kib\":[%ld,%ld,%ld]}\n", e->sends ? "send" : "receive", e->kib[0],
           e->kib[1], private_kib());
    fflush(stdout);
}

/* Each message is another piece of the noise. */
static void fill(end *e) {
    while (e->bytes < e->goal) {
        const uint8_t *from = e->noise + e->bytes / e->message_bytes * 4099 % NOISE;
        gc_span message = gc_span_of(from, e->message_bytes);
        int r = gc_rtc_send(e->rtc, uv_now(&e->loop), LINK, e->channel, message);
        if (r == GC_E_FULL) {
            return;
        }
        if (r != 0) {
            die(gc_error_text(r));
        }
        e->bytes += e->message_bytes;
    }
}

static void take_message(end *e, gc_span message) {
    if (message.len != e->message_bytes) {
        die("a message has another length");
    }
    e->bytes += message.len;
    if (e->bytes >= e->goal) {
        finish(e);
        verdict v = {'V', e->cpu_s};
        if (send(e->other, &v, sizeof v, 0) < 0) {
            die("the other end is gone");
        }
    }
}

static void take_rtc(end *e, const gc_rtc_output *o) {
    switch (o->type) {
    case GC_RTC_DATAGRAM:
        gc_udp_send(&e->socket, &o->to, NULL, o->bytes);
        break;
    case GC_RTC_DESCRIPTION:
        tell_other(e, 'D', o->bytes);
        break;
    case GC_RTC_CANDIDATE:
        tell_other(e, 'C', o->bytes);
        break;
    case GC_RTC_OPENED:
        e->kib[0] = private_kib();
        e->cpu_s = bench_cpu_seconds();
        e->wall_s = wall_now();
        if (e->sends) {
            fill(e);
        }
        break;
    case GC_RTC_MESSAGE:
        take_message(e, o->bytes);
        break;
    case GC_RTC_BUFFERED:
        if (o->value <= GC_RTC_BUFFERED_MAX / 2) {
            fill(e);
        }
        break;
    case GC_RTC_UNUSED:
        gc_pages_give_back(o->bytes.data, o->bytes.len);
        break;
    case GC_RTC_CLOSED:
        die("the link ended");
        break;
    default:
        break;
    }
}

static void on_deadline(uv_timer_t *timer);

static void drive(end *e) {
    gc_rtc_output out;
    gc_udp_hold(&e->group);
    while (gc_rtc_poll(e->rtc, &out)) {
        take_rtc(e, &out);
    }
    gc_udp_release(&e->group);
    uint64_t now_ms = uv_now(&e->loop);
    uint64_t at_ms = gc_rtc_deadline(e->rtc);
    if (at_ms != e->armed_ms) {
        e->armed_ms = at_ms;
        uv_timer_start(&e->timer, on_deadline, at_ms > now_ms ? at_ms - now_ms : 0, 0);
    }
}

static void on_deadline(uv_timer_t *timer) {
    end *e = timer->data;
    e->armed_ms = GC_NEVER;
    gc_rtc_tick(e->rtc, uv_now(&e->loop));
    drive(e);
}

static void on_datagram(gc_udp *u, const gc_udp_datagram *d) {
    end *e = u->group->context;
    gc_rtc_datagram(e->rtc, uv_now(&e->loop), 0, &d->from, d->bytes);
    drive(e);
}

static void take_signal(end *e, const char *signal, uint32_t len) {
    gc_span text = gc_span_of(signal + 1, len - 1);
    uint64_t now_ms = uv_now(&e->loop);
    if (signal[0] == 'C') {
        gc_rtc_candidate(e->rtc, now_ms, LINK, text);
    } else if (signal[0] == 'D' && e->sends) {
        gc_rtc_remote(e->rtc, now_ms, LINK, GC_LINK_KIND_NATIVE, text);
    } else if (signal[0] == 'D') {
        gc_rtc_answer(e->rtc, now_ms, LINK, GC_LINK_KIND_NATIVE, text);
    } else {
        verdict v;
        memcpy(&v, signal, sizeof v);
        finish(e);
        printf("{\"bytes\":%llu,\"send_s\":%.3f,\"receive_s\":%.3f,\"wall_s\":%.3f}\n",
               (unsigned long long)e->bytes, e->cpu_s, v.cpu_s, e->wall_s);
        return;
    }
    drive(e);
}

static void on_signal(uv_poll_t *poll, int status, int events) {
    end *e = poll->data;
    char signal[SIGNAL_MAX];
    (void)events;
    ssize_t n = status == 0 ? recv(e->other, signal, sizeof signal, MSG_DONTWAIT) : 0;
    if (n <= 0) {
        die("the other end is gone");
    }
    take_signal(e, signal, (uint32_t)n);
}

static void open_rtc(end *e) {
    gc_rtc_options options = {.message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX,
                              .datagram_bytes_max = e->udp_bytes,
                              .loopback = true};
    uint8_t seed[32];
    size_t bytes = gc_rtc_size(&options);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || gc_entropy(seed, sizeof seed) != 0) {
        die("no memory or no entropy");
    }
    e->rtc = gc_rtc_init(memory, bytes, &options, seed, uv_now(&e->loop), (uint64_t)time(NULL));
    if (e->rtc == NULL) {
        die("no handle");
    }
}

static void open_network(end *e) {
    gc_addr own = {.family = 4, .ip = {127, 0, 0, 1}};
    int fd = gc_net_bind_udp_to(&own);
    if (fd < 0 || gc_udp_group_open(&e->group, &e->loop, on_datagram, e) != 0 ||
        gc_udp_open(&e->socket, &e->group, fd, 0) != 0) {
        die("no socket");
    }
    gc_udp_offload(&e->socket, e->offload);
    gc_udp_widen(&e->socket);
    gc_rtc_add_base(e->rtc, uv_now(&e->loop), 0, &own);
    uv_poll_init(&e->loop, &e->signals, e->other);
    e->signals.data = e;
    uv_poll_start(&e->signals, UV_READABLE, on_signal);
}

static void run(end *e) {
    uv_loop_init(&e->loop);
    uv_timer_init(&e->loop, &e->timer);
    e->armed_ms = GC_NEVER;
    e->timer.data = e;
    open_rtc(e);
    FILE *random = fopen("/dev/urandom", "r");
    if (random == NULL || fread(e->noise, sizeof e->noise, 1, random) != 1) {
        die("no random bytes");
    }
    fclose(random);
    open_network(e);
    if (e->sends) {
        gc_rtc_offer(e->rtc, uv_now(&e->loop), LINK, GC_LINK_KIND_NATIVE, GC_SPAN_NONE);
        drive(e);
    }
    alarm((unsigned)(QUIET_MS * 6 + e->idle_ms) / 1000);
    uv_run(&e->loop, UV_RUN_DEFAULT);
    if (e->idle_ms > 0) {
        report_memory(e);
    }
}

int main(int argc, char **argv) {
    static end e;
    int pair[2];
    uint64_t megabytes = 0;
    if (argc >= 5 && argc <= 7) {
        megabytes = strtoull(argv[1], NULL, 10);
        e.message_bytes = (uint32_t)strtoul(argv[2], NULL, 10);
        e.channel = (uint32_t)strtoul(argv[3], NULL, 10);
        e.offload = (uint32_t)strtoul(argv[4], NULL, 10);
        e.idle_ms = argc >= 6 ? strtoull(argv[5], NULL, 10) * 1000 : 0;
        e.udp_bytes = argc == 7 ? (uint32_t)strtoul(argv[6], NULL, 10) : 0;
    }
    if (megabytes == 0 || e.message_bytes == 0 || e.message_bytes > GC_RTC_MESSAGE_BYTES_MAX ||
        e.channel > 1 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0) {
        fprintf(stderr, "usage: see the head of bench/bulk.c\n");
        return 2;
    }
    e.goal = (megabytes * 1000000 + e.message_bytes - 1) / e.message_bytes * e.message_bytes;
    pid_t child = fork();
    e.sends = child != 0;
    e.other = pair[child != 0];
    close(pair[child == 0]);
    run(&e);
    if (child != 0) {
        waitpid(child, NULL, 0);
    }
    return 0;
}
