/* stun: asks a STUN server over loopback as fast as it answers, from one socket, so that the
 * server is what is measured. bench/stun.mjs reads the server's CPU time before and after.
 *
 *   stun PORT REQUESTS WINDOW     at most WINDOW (1-64) requests are out at once
 *
 * What it prints is one JSON object. */
#include "core/wire/stun.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define WINDOW_MAX    64
#define REQUEST_BYTES 20
#define ANSWER_BYTES  512
#define PATIENCE_MS   200 /* what has not been answered by then is lost */

typedef struct asker {
    int fd;
    uint32_t sent, answered, lost;
    uint32_t answer_bytes; /* of the last answer */
    struct mmsghdr out[WINDOW_MAX], in[WINDOW_MAX];
    struct iovec out_parts[WINDOW_MAX], in_parts[WINDOW_MAX];
    uint8_t requests[WINDOW_MAX][REQUEST_BYTES], answers[WINDOW_MAX][ANSWER_BYTES];
} asker;

static void die(const char *what) {
    fprintf(stderr, "stun: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void open_socket(asker *a, uint16_t port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_usec = PATIENCE_MS * 1000};
    to.sin_addr.s_addr = htonl(0x7f000001u);
    a->fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (a->fd < 0 || connect(a->fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        setsockopt(a->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        die("socket");
    }
    for (uint32_t i = 0; i < WINDOW_MAX; i++) {
        a->out_parts[i] = (struct iovec){a->requests[i], REQUEST_BYTES};
        a->in_parts[i] = (struct iovec){a->answers[i], ANSWER_BYTES};
        a->out[i].msg_hdr = (struct msghdr){.msg_iov = &a->out_parts[i], .msg_iovlen = 1};
        a->in[i].msg_hdr = (struct msghdr){.msg_iov = &a->in_parts[i], .msg_iovlen = 1};
    }
}

/* Sends `count` requests, each with a transaction of its own. */
static void ask(asker *a, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint8_t transaction[12] = {0};
        uint32_t number = a->sent + i;
        memcpy(transaction, &number, sizeof number);
        gc_stun_write_request(transaction, a->requests[i]);
    }
    for (uint32_t done = 0; done < count;) {
        int n = sendmmsg(a->fd, a->out + done, count - done, 0);
        if (n <= 0) {
            die("send");
        }
        done += (uint32_t)n;
    }
    a->sent += count;
}

/* Waits for answers and counts those that name an address. Returns how many came in time. */
static uint32_t take(asker *a) {
    int n = recvmmsg(a->fd, a->in, WINDOW_MAX, MSG_WAITFORONE, NULL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        die("receive");
    }
    uint32_t good = 0;
    for (int i = 0; i < n; i++) {
        gc_addr mapped;
        gc_span answer = {a->answers[i], a->in[i].msg_len};
        if (answer.len >= REQUEST_BYTES &&
            gc_stun_parse_response(answer, a->answers[i] + 8, &mapped) == 0) {
            a->answer_bytes = answer.len;
            good++;
        }
    }
    return good;
}

static void run(asker *a, uint32_t requests, uint32_t window) {
    uint32_t out = 0;
    while (a->sent < requests || out > 0) {
        uint32_t more = window - out < requests - a->sent ? window - out : requests - a->sent;
        ask(a, more);
        out += more;
        uint32_t came = take(a);
        a->answered += came;
        if (came == 0) {
            a->lost += out;
            out = 0;
        } else {
            out -= came < out ? came : out; /* one given up for lost may still come */
        }
    }
}

int main(int argc, char **argv) {
    static asker a;
    uint32_t requests = argc == 4 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    uint32_t window = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    if (requests == 0 || window == 0 || window > WINDOW_MAX) {
        fprintf(stderr, "usage: see the head of bench/stun.c\n");
        return 2;
    }
    open_socket(&a, (uint16_t)strtoul(argv[1], NULL, 10));
    run(&a, requests, window);
    printf("{\"sent\":%u,\"answered\":%u,\"lost\":%u,\"answer_bytes\":%u}\n", a.sent, a.answered,
           a.lost, a.answer_bytes);
    return 0;
}
