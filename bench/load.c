/* load: a client that loads a PeerServer-compatible server over loopback and reads the server's CPU
 * time and memory from /proc. One thread, epoll, the cheapest client we can write, so that the
 * server is what is measured. What it prints is one JSON object; bench/compare.mjs makes ratios.
 *
 *   load relay   PORT PID CONNECTIONS SECONDS BYTES   closed loop, window 1, pairs: CPU a message
 *   load echo    PORT PID CONNECTIONS SECONDS BYTES   the same against bench/echo.c: the floor
 *   load connect PORT PID CONNECTIONS                 CPU a connect (by halves), RSS a connection
 *   load absent  PORT PID MEBIBYTES                   flood in 64 KiB frames to an absent id
 *   load slow    PORT PID MEBIBYTES                   the same to a reader that never reads */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/wire/websocket.h"

#define READ_BYTES          (256 * 1024)
#define ADDRESS_CONNECTIONS 250 /* from one source address: below the server's limit of 256 */
#define HANDSHAKES_AT_ONCE  64
#define FLOOD_FRAME_BYTES   65000
#define SECOND_NS           1000000000ull

typedef struct connection {
    int fd;
    bool open;      /* the server's OPEN has come */
    bool head_done; /* the 101 head has come */
    uint32_t index;
    uint32_t have; /* bytes in part */
    uint8_t *part; /* an incomplete frame, only while there is one */
    uint32_t message_len;
    uint8_t *message; /* this connection's OFFER, masked and framed */
} connection;

typedef struct load {
    int epoll;
    uint16_t port;
    int pid;
    uint32_t count;
    connection *connections;
    uint32_t opened;
    uint64_t messages;
    bool echo;
    uint8_t *scratch;
} load;

static void die(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t clock_ns(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

/* utime + stime of the server in microseconds (proc(5): fields 14 and 15, in clock ticks). */
static uint64_t server_cpu_us(int pid) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL || fgets(line, sizeof line, f) == NULL) {
        die(path);
    }
    fclose(f);
    unsigned long long user = 0, system = 0;
    const char *p = strrchr(line, ')'); /* the name may hold anything */
    if (p == NULL || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
                            &system) != 2) {
        die("stat");
    }
    return (uint64_t)((user + system) * 1000000ull / (unsigned long long)sysconf(_SC_CLK_TCK));
}

static uint64_t server_rss(int pid) {
    char path[64], line[256];
    unsigned long long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        die(path);
    }
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "VmRSS: %llu", &kib) == 1) {
            break;
        }
    }
    fclose(f);
    return (uint64_t)kib * 1024;
}

static void write_all(connection *c, const void *data, size_t len) {
    const uint8_t *p = data;
    while (len > 0) {
        ssize_t n = send(c->fd, p, len, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN) {
                continue; /* loopback with a window of one message: the buffer drains at once */
            }
            die("send");
        }
        p += n;
        len -= (size_t)n;
    }
}

static int connect_from(uint16_t port, uint32_t index) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    uint32_t address = index / ADDRESS_CONNECTIONS;
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(0x7f010001u + ((address / 200) << 16) + ((address % 200) << 8));
    to.sin_addr.s_addr = htonl(0x7f000001u);
    to.sin_port = htons(port);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        die("connect");
    }
    return fd;
}

static void start(load *l, uint32_t index) {
    connection *c = &l->connections[index];
    c->index = index;
    c->fd = connect_from(l->port, index);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) {
        die("epoll_ctl");
    }
    if (l->echo) {
        c->open = true;
        l->opened++;
        return;
    }
    char head[512];
    int n = snprintf(head, sizeof head,
                     "GET /peerjs?key=peerjs&id=load-%u&token=t%u HTTP/1.1\r\n"
                     "Host: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\n\r\n",
                     index, index, l->port);
    write_all(c, head, (size_t)n);
}

/* One whole frame of the server's, or 0 bytes when more is needed. */
static uint32_t frame_len(const uint8_t *p, uint32_t len) {
    uint32_t head = 2, payload;
    if (len < 2) {
        return 0;
    }
    payload = p[1] & 127u;
    if (payload == 126) {
        if (len < 4) {
            return 0;
        }
        payload = (uint32_t)p[2] << 8 | p[3];
        head = 4;
    } else if (payload == 127) {
        if (len < 10) {
            return 0;
        }
        payload = (uint32_t)p[6] << 24 | (uint32_t)p[7] << 16 | (uint32_t)p[8] << 8 | p[9];
        head = 10;
    }
    return len - head >= payload && len >= head ? head + payload : 0;
}

static void on_frame(load *l, connection *c, const uint8_t *frame) {
    if ((frame[0] & 15u) != GC_WS_TEXT) {
        return; /* a ping of the server: an idle client of this load lives by its messages */
    }
    if (!c->open) {
        c->open = true;
        l->opened++;
        return;
    }
    l->messages++;
    if (c->message != NULL) {
        write_all(c, c->message, c->message_len);
    }
}

static uint32_t consume(load *l, connection *c, const uint8_t *p, uint32_t len) {
    uint32_t at = 0;
    if (l->echo) {
        while (c->message_len > 0 && len - at >= c->message_len) {
            at += c->message_len;
            l->messages++;
            write_all(c, c->message, c->message_len);
        }
        return at;
    }
    if (!c->head_done) {
        const uint8_t *end = memmem(p, len, "\r\n\r\n", 4);
        if (end == NULL) {
            return 0;
        }
        if (len < 12 || memcmp(p + 9, "101", 3) != 0) {
            fprintf(stderr, "load: refused: %.*s\n", (int)len, (const char *)p);
            exit(1);
        }
        c->head_done = true;
        at = (uint32_t)(end - p) + 4;
    }
    for (uint32_t n; (n = frame_len(p + at, len - at)) > 0; at += n) {
        on_frame(l, c, p + at);
    }
    return at;
}

static void on_readable(load *l, connection *c) {
    memcpy(l->scratch, c->part, c->have);
    ssize_t n = recv(c->fd, l->scratch + c->have, READ_BYTES, MSG_DONTWAIT);
    if (n <= 0) {
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        fprintf(stderr, "load: connection %u was closed\n", c->index);
        exit(1);
    }
    uint32_t len = c->have + (uint32_t)n;
    uint32_t used = consume(l, c, l->scratch, len);
    free(c->part);
    c->part = NULL;
    c->have = len - used;
    if (c->have > 0) {
        c->part = malloc(c->have);
        memcpy(c->part, l->scratch + used, c->have);
    }
}

static void turn(load *l, int timeout_ms) {
    struct epoll_event events[256];
    int n = epoll_wait(l->epoll, events, 256, timeout_ms);
    for (int i = 0; i < n; i++) {
        on_readable(l, &l->connections[events[i].data.u32]);
    }
}

static void open_range(load *l, uint32_t from, uint32_t to) {
    uint32_t started = from;
    while (l->opened < to) {
        while (started < to && started - l->opened < HANDSHAKES_AT_ONCE) {
            start(l, started++);
        }
        turn(l, 1000);
    }
}

static uint8_t *make_offer(const char *to, uint32_t bytes, uint32_t *len) {
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    char *text = malloc(bytes + 256);
    int n = snprintf(text, 256, "{\"type\":\"OFFER\",\"dst\":\"%s\",\"payload\":{\"sdp\":\"", to);
    uint32_t fill = bytes > (uint32_t)n + 3 ? bytes - (uint32_t)n - 3 : 1;
    memset(text + n, 'x', fill);
    memcpy(text + n + fill, "\"}}", 3);
    uint32_t text_len = (uint32_t)n + fill + 3;
    uint8_t *frame = malloc(text_len + GC_WS_HEAD_BYTES_MAX);
    uint32_t head = gc_ws_head_write_masked(frame, GC_WS_TEXT, text_len, mask);
    memcpy(frame + head, text, text_len);
    gc_ws_mask(frame + head, text_len, mask, 0);
    free(text);
    *len = head + text_len;
    return frame;
}

static void run_relay(load *l, double seconds, uint32_t bytes) {
    open_range(l, 0, l->count);
    for (uint32_t i = 0; i < l->count; i++) {
        char to[32];
        snprintf(to, sizeof to, "load-%u", i ^ 1u);
        l->connections[i].message = make_offer(to, bytes, &l->connections[i].message_len);
    }
    for (uint32_t i = 0; i < l->count; i++) {
        write_all(&l->connections[i], l->connections[i].message, l->connections[i].message_len);
    }
    uint64_t warm = clock_ns(CLOCK_MONOTONIC) + SECOND_NS;
    while (clock_ns(CLOCK_MONOTONIC) < warm) {
        turn(l, 100);
    }
    uint64_t cpu = server_cpu_us(l->pid), began = clock_ns(CLOCK_MONOTONIC), first = l->messages;
    uint64_t own = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t until = began + (uint64_t)(seconds * 1e9);
    while (clock_ns(CLOCK_MONOTONIC) < until) {
        turn(l, 100);
    }
    uint64_t took = clock_ns(CLOCK_MONOTONIC) - began, n = l->messages - first;
    cpu = server_cpu_us(l->pid) - cpu;
    own = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - own;
    printf(
        "{\"messages\":%llu,\"cpu_us_per_message\":%.3f,\"per_second\":%.0f,\"load_cpu\":%.2f}\n",
        (unsigned long long)n, (double)cpu / (double)n, (double)n * 1e9 / (double)took,
        (double)own / (double)took);
}

static void run_connect(load *l) {
    uint64_t rss = server_rss(l->pid), cpu = server_cpu_us(l->pid);
    uint32_t half = l->count / 2;
    open_range(l, 0, half);
    uint64_t cpu_half = server_cpu_us(l->pid);
    open_range(l, half, l->count);
    uint64_t cpu_all = server_cpu_us(l->pid);
    printf("{\"connections\":%u,\"cpu_us_per_connect\":%.2f,\"cpu_us_first_half\":%.2f,"
           "\"cpu_us_second_half\":%.2f,\"rss_empty\":%llu,\"rss_per_connection\":%.0f}\n",
           l->count, (double)(cpu_all - cpu) / l->count, (double)(cpu_half - cpu) / half,
           (double)(cpu_all - cpu_half) / (l->count - half), (unsigned long long)rss,
           ((double)server_rss(l->pid) - (double)rss) / l->count);
}

/* Connection 0 floods; with `slow`, connection 1 is the target and is never read. The flood waits
 * when the server stops reading, and ends when the server cuts somebody. */
static void run_flood(load *l, bool slow, uint32_t mebibytes) {
    open_range(l, 0, 2);
    connection *c = &l->connections[0];
    c->message = make_offer(slow ? "load-1" : "nobody", FLOOD_FRAME_BYTES, &c->message_len);
    uint64_t base = server_rss(l->pid), most = base, sent = 0, looked = 0;
    uint64_t until = clock_ns(CLOCK_MONOTONIC) + 60 * SECOND_NS;
    uint64_t goal = (uint64_t)mebibytes << 20;
    uint32_t at = 0;
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->connections[1].fd, NULL);
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    while (sent < goal && clock_ns(CLOCK_MONOTONIC) < until) {
        while (recv(c->fd, l->scratch, READ_BYTES, MSG_DONTWAIT) > 0) {
        }
        ssize_t n = send(c->fd, c->message + at, c->message_len - at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) {
            break;
        }
        if (n > 0) {
            sent += (uint64_t)n;
            at = (at + (uint32_t)n) % c->message_len;
        } else {
            struct timespec pause = {0, 1000000};
            nanosleep(&pause, NULL);
        }
        uint64_t now = clock_ns(CLOCK_MONOTONIC);
        if (now - looked > SECOND_NS / 50) {
            uint64_t rss = server_rss(l->pid);
            most = rss > most ? rss : most;
            looked = now;
        }
    }
    printf("{\"sent_mib\":%.0f,\"rss_before\":%llu,\"rss_growth\":%llu}\n",
           (double)sent / 1048576.0, (unsigned long long)base, (unsigned long long)(most - base));
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: see the head of bench/load.c\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    load l = {.port = (uint16_t)strtoul(argv[2], NULL, 10), .pid = (int)strtol(argv[3], NULL, 10)};
    bool flood = strcmp(argv[1], "absent") == 0 || strcmp(argv[1], "slow") == 0;
    l.count = flood ? 2 : (uint32_t)strtoul(argv[4], NULL, 10);
    l.epoll = epoll_create1(0);
    l.connections = calloc(l.count, sizeof *l.connections);
    l.scratch = malloc(READ_BYTES * 2);
    l.echo = strcmp(argv[1], "echo") == 0;
    if (l.connections == NULL || l.scratch == NULL || l.epoll < 0) {
        die("start");
    }
    if (flood) {
        run_flood(&l, strcmp(argv[1], "slow") == 0, (uint32_t)strtoul(argv[4], NULL, 10));
    } else if (strcmp(argv[1], "connect") == 0) {
        run_connect(&l);
    } else if (argc >= 7) {
        run_relay(&l, strtod(argv[5], NULL), (uint32_t)strtoul(argv[6], NULL, 10));
    } else {
        return 2;
    }
    return 0;
}
