/* Sends datagrams of a stranger (sim/spoof.h) to a UDP socket of this network namespace, from any
 * address, which needs the right to raw sockets: a namespace of its own (test/netns).
 * usage: spoof FROM-ADDRESS FROM-PORT TO-ADDRESS TO-PORT COUNT PER-SECOND SEED
 * IPv4. Port 0: each datagram comes from a port of its own. */
#include "core/base/mem.h"
#include "sim/spoof.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define HEAD_BYTES (sizeof(struct iphdr) + sizeof(struct udphdr))
#define BURST      50 /* datagrams between two pauses */
#define NEED(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "spoof: line %d: %s\n", __LINE__, #condition);                         \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

typedef struct way {
    struct in_addr from, to;
    uint16_t from_port, to_port;
} way;

static uint16_t port_of(const char *text) {
    return (uint16_t)strtoul(text, NULL, 10);
}

/* RFC 791, RFC 768: the kernel fills in the checksum of the first, the other one may be 0. */
static size_t wrap(const way *w, sim_rng *r, uint8_t *packet) {
    uint32_t len = sim_spoof(r, packet + HEAD_BYTES);
    uint16_t port = w->from_port > 0 ? w->from_port : (uint16_t)sim_rng_between(r, 1024, 65535);
    struct iphdr ip = {.version = 4,
                       .ihl = 5,
                       .tot_len = htons((uint16_t)(HEAD_BYTES + len)),
                       .ttl = 64,
                       .protocol = IPPROTO_UDP,
                       .saddr = w->from.s_addr,
                       .daddr = w->to.s_addr};
    struct udphdr udp = {.source = htons(port),
                         .dest = htons(w->to_port),
                         .len = htons((uint16_t)(sizeof udp + len))};
    memcpy(packet, &ip, sizeof ip);
    memcpy(packet + sizeof ip, &udp, sizeof udp);
    return HEAD_BYTES + len;
}

static void pause_for(uint32_t per_second) {
    struct timespec t = {.tv_nsec = (long)(BURST * 1000000000ull / per_second)};
    nanosleep(&t, NULL);
}

int main(int argc, char **argv) {
    NEED(argc == 8);
    way w = {.from_port = port_of(argv[2]), .to_port = port_of(argv[4])};
    uint32_t count = (uint32_t)strtoul(argv[5], NULL, 10), sent = 0;
    uint32_t per_second = (uint32_t)strtoul(argv[6], NULL, 10);
    sim_rng r;
    sim_rng_init(&r, strtoull(argv[7], NULL, 10), 1);
    NEED(inet_pton(AF_INET, argv[1], &w.from) == 1 && inet_pton(AF_INET, argv[3], &w.to) == 1);
    NEED(per_second >= BURST);
    int sock = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    NEED(sock >= 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = w.to};
    for (uint32_t i = 0; i < count; i++) {
        uint8_t packet[HEAD_BYTES + SIM_SPOOF_BYTES_MAX];
        size_t len = wrap(&w, &r, packet);
        sent += sendto(sock, packet, len, 0, (struct sockaddr *)&to, sizeof to) == (ssize_t)len;
        if (i % BURST == BURST - 1) {
            pause_for(per_second);
        }
    }
    printf("%u\n", sent);
    return 0;
}
