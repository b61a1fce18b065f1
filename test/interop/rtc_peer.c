/* A native link end for tests: gc_rtc over one UDP socket, driven line by line. Texts and messages
 * are base64. It has no signaling: the test carries the descriptions.
 *
 *   in:   offer LINK KIND · answer LINK KIND SDP · remote LINK KIND SDP · candidate LINK TEXT
 *         restart LINK · renew LINK SDP · shape LINK UNORDERED LIMIT RELIABILITY (gc_dcep_form)
 *         lose PER-MILLE, of the datagrams of both directions from now on
 *         send LINK CHANNEL MESSAGE · flood LINK CHANNEL BYTES COUNT · close LINK
 *   out:  description LINK SDP · candidate LINK TEXT · opened LINK · message LINK CHANNEL MESSAGE
 *         buffered LINK BYTES · path LINK PATH RTT-MS · closed LINK REASON
 *         received LINK BYTES HASH, for messages over 1,000 bytes, instead of the message
 *         flooded LINK HASH, when the last message of a flood was taken
 * A flood is of bytes that look random. HASH is of all bytes so far that are told in this way, in
 * their order, as words of 32 bits (a length that is no multiple of 4 loses its rest).
 *         with `capture` also what came: datagram BYTES · packet BYTES, the SCTP inside of one
 * usage: rtc_peer ADDRESS [capture]    IPv4, of this machine; the port is any. Ends with its input.
 * It is linked with --wrap=gc_sctp_packet, which lets it see what DTLS hides. */
#include "core/base/encoding.h"
#include "core/base/reason.h"
#include "rtc/rtc.h"
#include "rtc/sctp.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES_MAX  (1u << 20)
#define SHOWN_BYTES_MAX 1000
#define NEED(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "rtc_peer: line %d: %s\n", __LINE__, #condition);                      \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* FNV-1a with words instead of bytes, and a second one that depends on their place. */
typedef struct hash {
    uint32_t a, b;
} hash;

typedef struct flood {
    uint32_t link, channel, bytes, left;
    uint64_t draw;
    hash sent;
} flood;

static gc_rtc *rtc;
static int sock;
static bool captures;
static uint32_t loss_per_mille;
static flood stream;
static hash came;
static uint8_t line[LINE_BYTES_MAX];
static uint32_t line_len;
static uint8_t bytes[LINE_BYTES_MAX];

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The same ones in each run. */
static bool is_lost(void) {
    static uint32_t draw = 1;
    draw = draw * 1664525u + 1013904223u;
    return (draw >> 16) % 1000 < loss_per_mille;
}

static void send_datagram(const gc_rtc_output *out) {
    if (is_lost()) {
        return;
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(out->to.port)};
    memcpy(&to.sin_addr, out->to.ip, 4);
    (void)!sendto(sock, out->bytes.data, out->bytes.len, 0, (struct sockaddr *)&to, sizeof to);
}

static void print_bytes(const char *head, gc_span text) {
    static uint8_t memory[LINE_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, memory, sizeof memory);
    gc_base64_write(&w, text);
    NEED(!w.failed);
    printf("%s %.*s\n", head, (int)w.at, (const char *)memory);
}

static void add(hash *h, gc_span text) {
    for (uint32_t i = 0; i + 4 <= text.len; i += 4) {
        uint32_t word;
        memcpy(&word, text.data + i, 4);
        h->a = (h->a ^ word) * 16777619u;
        h->b = ((h->b << 5 | h->b >> 27) ^ word) * 2654435761u;
    }
}

static void print_message(const gc_rtc_output *out) {
    char head[64];
    if (out->bytes.len > SHOWN_BYTES_MAX) {
        add(&came, out->bytes);
        printf("received %u %u %08x%08x\n", out->link, out->bytes.len, came.a, came.b);
        return;
    }
    snprintf(head, sizeof head, "message %u %u", out->link, out->value);
    print_bytes(head, out->bytes);
}

static void print_output(const gc_rtc_output *out) {
    char head[64];
    switch (out->type) {
    case GC_RTC_DATAGRAM:
        send_datagram(out);
        return;
    case GC_RTC_DESCRIPTION:
    case GC_RTC_CANDIDATE:
        snprintf(head, sizeof head, "%s %u",
                 out->type == GC_RTC_CANDIDATE ? "candidate" : "description", out->link);
        print_bytes(head, out->bytes);
        return;
    case GC_RTC_OPENED:
        printf("opened %u\n", out->link);
        return;
    case GC_RTC_MESSAGE:
        print_message(out);
        return;
    case GC_RTC_BUFFERED:
        printf("buffered %u %u\n", out->link, out->value);
        return;
    case GC_RTC_PATH:
        printf("path %u %u %u\n", out->link, out->value, out->rtt_ms);
        return;
    case GC_RTC_CLOSED:
        printf("closed %u %s\n", out->link, gc_reason_word(out->value));
        return;
    default:
        return;
    }
}

static void drain(void) {
    gc_rtc_output out;
    while (gc_rtc_poll(rtc, &out)) {
        print_output(&out);
    }
    fflush(stdout);
}

static gc_span decode(char *text) {
    uint32_t chars = text == NULL ? 0 : (uint32_t)strlen(text);
    uint32_t len = chars / 4 * 3;
    for (uint32_t i = chars; i > 0 && text[i - 1] == '='; i--) {
        len--;
    }
    NEED(len <= sizeof bytes && gc_base64_read(gc_span_of(text, chars), bytes, len) == 0);
    return gc_span_of(bytes, len);
}

/* As many messages as fit: the rest follows when there is room. */
static void pump(void) {
    static uint8_t random[GC_RTC_MESSAGE_BYTES_MAX];
    gc_span message = gc_span_of(random, stream.bytes);
    while (stream.left > 0) {
        uint64_t draw = stream.draw;
        for (uint32_t i = 0; i + 4 <= message.len; i += 4) {
            draw = draw * 6364136223846793005u + 1442695040888963407u;
            uint32_t word = (uint32_t)(draw >> 32);
            memcpy(random + i, &word, 4);
        }
        if (gc_rtc_send(rtc, now_ms(), stream.link, stream.channel, message) != 0) {
            return;
        }
        stream.draw = draw;
        add(&stream.sent, message);
        if (--stream.left == 0) {
            printf("flooded %u %08x%08x\n", stream.link, stream.sent.a, stream.sent.b);
        }
    }
}

static uint32_t number(char **rest) {
    char *word = strsep(rest, " ");
    NEED(word != NULL);
    return (uint32_t)strtoul(word, NULL, 10);
}

static void obey(char *rest) {
    char *verb = strsep(&rest, " ");
    uint32_t link = number(&rest);
    if (strcmp(verb, "offer") == 0) {
        NEED(gc_rtc_offer(rtc, now_ms(), link, number(&rest), GC_SPAN("dc_test")) == 0);
    } else if (strcmp(verb, "answer") == 0) {
        uint32_t kind = number(&rest);
        NEED(gc_rtc_answer(rtc, now_ms(), link, kind, decode(rest)) == 0);
    } else if (strcmp(verb, "remote") == 0) {
        uint32_t kind = number(&rest);
        gc_rtc_remote(rtc, now_ms(), link, kind, decode(rest));
    } else if (strcmp(verb, "shape") == 0) {
        gc_dcep_form form = {.unordered = number(&rest) != 0};
        form.limit = (enum gc_dcep_limit)number(&rest);
        form.reliability = number(&rest);
        gc_rtc_shape(rtc, link, &form);
    } else if (strcmp(verb, "lose") == 0) {
        loss_per_mille = link;
    } else if (strcmp(verb, "restart") == 0) {
        NEED(gc_rtc_restart(rtc, now_ms(), link) == 0);
    } else if (strcmp(verb, "renew") == 0) {
        gc_rtc_renew(rtc, now_ms(), link, decode(rest));
    } else if (strcmp(verb, "candidate") == 0) {
        gc_rtc_candidate(rtc, now_ms(), link, decode(rest));
    } else if (strcmp(verb, "send") == 0) {
        uint32_t channel = number(&rest);
        NEED(gc_rtc_send(rtc, now_ms(), link, channel, decode(rest)) == 0);
    } else if (strcmp(verb, "flood") == 0) {
        stream.link = link;
        stream.channel = number(&rest);
        stream.bytes = number(&rest);
        stream.left = number(&rest);
    } else {
        NEED(strcmp(verb, "close") == 0);
        gc_rtc_close(rtc, now_ms(), link);
    }
    drain();
}

/* Returns false at the end of the input. */
static bool read_lines(void) {
    ssize_t n = read(0, line + line_len, sizeof line - line_len);
    if (n <= 0) {
        return false;
    }
    line_len += (uint32_t)n;
    uint8_t *end;
    while ((end = memchr(line, '\n', line_len)) != NULL) {
        *end = '\0';
        obey((char *)line);
        line_len -= (uint32_t)(end + 1 - line);
        memmove(line, end + 1, line_len);
    }
    NEED(line_len < sizeof line);
    return true;
}

static void read_datagrams(void) {
    uint8_t datagram[4096];
    for (;;) {
        struct sockaddr_in from;
        socklen_t len = sizeof from;
        ssize_t n =
            recvfrom(sock, datagram, sizeof datagram, MSG_DONTWAIT, (struct sockaddr *)&from, &len);
        if (n < 0) {
            return;
        }
        gc_addr addr = {.port = ntohs(from.sin_port), .family = 4};
        memcpy(addr.ip, &from.sin_addr, 4);
        if (is_lost()) {
            continue;
        }
        if (captures) {
            print_bytes("datagram", gc_span_of(datagram, (uint32_t)n));
        }
        gc_rtc_datagram(rtc, now_ms(), 0, &addr, gc_span_of(datagram, (uint32_t)n));
        drain();
    }
}

void __real_gc_sctp_packet(gc_sctp *s, uint64_t at_ms, gc_span packet);
void __wrap_gc_sctp_packet(gc_sctp *s, uint64_t at_ms, gc_span packet);

void __wrap_gc_sctp_packet(gc_sctp *s, uint64_t at_ms, gc_span packet) {
    if (captures) {
        print_bytes("packet", packet);
    }
    __real_gc_sctp_packet(s, at_ms, packet);
}

static int wait_ms(void) {
    uint64_t at = gc_rtc_deadline(rtc), now = now_ms();
    if (at == GC_NEVER) {
        return -1;
    }
    return at <= now ? 0 : at - now > 60000 ? 60000 : (int)(at - now);
}

static void open_socket(const char *address) {
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t len = sizeof own;
    sock = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    int size = 4 << 20;
    setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    NEED(sock >= 0 && inet_pton(AF_INET, address, &own.sin_addr) == 1);
    NEED(bind(sock, (struct sockaddr *)&own, sizeof own) == 0);
    NEED(getsockname(sock, (struct sockaddr *)&own, &len) == 0);
    gc_addr addr = {.port = ntohs(own.sin_port), .family = 4};
    memcpy(addr.ip, &own.sin_addr, 4);
    gc_rtc_add_base(rtc, now_ms(), 0, &addr);
}

int main(int argc, char **argv) {
    NEED(argc == 2 || (argc == 3 && strcmp(argv[2], "capture") == 0));
    captures = argc == 3;
    gc_rtc_options options = {.loopback = true,
                              .message_bytes_max = GC_RTC_MESSAGE_BYTES_MAX,
                              .datagram_bytes_max = GC_RTC_DATAGRAM_BYTES_MAX};
    size_t size = gc_rtc_size(&options);
    void *memory = aligned_alloc(16, (size + 15) / 16 * 16);
    uint8_t seed[32];
    NEED(memory != NULL && getrandom(seed, sizeof seed, 0) == sizeof seed);
    rtc = gc_rtc_init(memory, size, &options, seed, now_ms(), (uint64_t)time(NULL));
    NEED(rtc != NULL);
    open_socket(argv[1]);
    struct pollfd fds[] = {{.fd = 0, .events = POLLIN}, {.fd = sock, .events = POLLIN}};
    bool open = true;
    while (open) {
        NEED(poll(fds, 2, wait_ms()) >= 0);
        if (fds[0].revents != 0) {
            open = read_lines();
        }
        read_datagrams();
        pump();
        gc_rtc_tick(rtc, now_ms());
        drain();
    }
    gc_rtc_end(rtc);
    free(memory);
    return 0;
}
