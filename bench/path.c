#include "bench/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void path_begin(path *p, uint64_t seed) {
    memset(p, 0, sizeof *p);
    p->chance = seed * 0x9e3779b97f4a7c15u + 1;
}

void path_end(path *p) {
    while (p->count > 0) {
        path_packet packet = path_take(p);
        free(packet.bytes);
    }
    free(p->packets);
}

/* xorshift64*: numbers that are equal from run to run. */
static uint32_t below(path *p, uint32_t bound) {
    p->chance ^= p->chance >> 12;
    p->chance ^= p->chance << 25;
    p->chance ^= p->chance >> 27;
    return (uint32_t)((p->chance * 0x2545f4914f6cdd1du >> 32) % bound);
}

static void grow(path *p) {
    uint32_t size = p->size == 0 ? 1024 : 2 * p->size;
    path_packet *packets = malloc(size * sizeof *packets);
    if (packets == NULL) {
        fprintf(stderr, "path: no memory\n");
        exit(1);
    }
    for (uint32_t i = 0; i < p->count; i++) {
        packets[i] = p->packets[(p->first + i) % p->size];
    }
    free(p->packets);
    p->packets = packets;
    p->size = size;
    p->first = 0;
}

static void enqueue(path *p, const path_packet *packet, uint64_t at_us) {
    if (p->count == p->size) {
        grow(p);
    }
    path_packet *q = &p->packets[(p->first + p->count++) % p->size];
    *q = *packet;
    if (packet->bytes != NULL) {
        q->bytes = malloc(packet->len);
        if (q->bytes == NULL) {
            fprintf(stderr, "path: no memory\n");
            exit(1);
        }
        memcpy(q->bytes, packet->bytes, packet->len);
    }
    q->at_us = at_us;
}

void path_pass(path *p, const path_packet *packet, uint64_t now_us) {
    uint64_t free_us = p->free_ns / 1000;
    enqueue(p, packet, (free_us > now_us ? free_us : now_us) + p->delay_us);
}

void path_send(path *p, uint64_t now_us, const path_packet *packet, uint32_t wire_bytes) {
    if (wire_bytes > PATH_WIRE_BYTES_MAX) {
        return;
    }
    uint64_t now_ns = now_us * 1000;
    uint64_t wait_ns = p->free_ns > now_ns ? p->free_ns - now_ns : 0;
    if (wait_ns > p->queue_us * 1000) {
        p->dropped++;
        return;
    }
    uint64_t wait_ms = wait_ns / 1000000;
    p->waits[wait_ms < PATH_WAIT_MS_MAX ? wait_ms : PATH_WAIT_MS_MAX - 1]++;
    p->free_ns = now_ns + wait_ns + wire_bytes * 1000000000ull / p->rate_bytes_s;
    if (below(p, 1000) >= p->loss_permille) {
        enqueue(p, packet, p->free_ns / 1000 + p->delay_us);
    }
}

uint64_t path_next_us(const path *p) {
    return p->count == 0 ? PATH_NEVER : p->packets[p->first].at_us;
}

path_packet path_take(path *p) {
    path_packet packet = p->packets[p->first];
    p->first = (p->first + 1) % p->size;
    p->count--;
    return packet;
}

/* --- the queue -------------------------------------------------------------------------------- */

void path_waits_clear(path *p) {
    memset(p->waits, 0, sizeof p->waits);
}

static uint64_t waited(const path *p) {
    uint64_t count = 0;
    for (uint32_t ms = 0; ms < PATH_WAIT_MS_MAX; ms++) {
        count += p->waits[ms];
    }
    return count;
}

uint32_t path_wait_ms(const path *p, uint32_t permille) {
    uint64_t goal = waited(p) * permille / 1000, count = 0;
    uint32_t ms = 0;
    while (ms + 1 < PATH_WAIT_MS_MAX && (count += p->waits[ms]) < goal) {
        ms++;
    }
    return ms;
}

double path_wait_mean_ms(const path *p) {
    double sum = 0;
    for (uint32_t ms = 0; ms < PATH_WAIT_MS_MAX; ms++) {
        sum += (ms + 0.5) * p->waits[ms];
    }
    uint64_t count = waited(p);
    return count == 0 ? 0 : sum / (double)count;
}
