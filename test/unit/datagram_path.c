#include "test/unit/datagram_path.h"
#include "test/unit/unit.h"

void path_init(path *p, uint64_t seed) {
    *p = (path){.random = seed * 2 + 1};
    p->datagrams = malloc(PATH_DATAGRAMS_MAX * sizeof *p->datagrams);
    assert_non_null(p->datagrams);
}

void path_end(path *p) {
    free(p->datagrams);
    p->datagrams = NULL;
}

uint32_t path_draw(path *p, uint32_t bound) {
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(p->random >> 33) % bound;
}

static void put(path *p, uint64_t now_ms, uint32_t to, gc_span bytes) {
    assert_true(p->count < PATH_DATAGRAMS_MAX);
    assert_true(bytes.len <= PATH_BYTES_MAX);
    path_datagram *d = &p->datagrams[p->count++];
    d->at_ms = now_ms + p->delay_ms + (p->jitter_ms > 0 ? path_draw(p, p->jitter_ms + 1) : 0);
    d->order = p->order++;
    d->to = to;
    d->len = bytes.len;
    memcpy(d->bytes, bytes.data, bytes.len);
}

void path_send(path *p, uint64_t now_ms, uint32_t to, gc_span bytes) {
    p->sent++;
    if (path_draw(p, 100) < p->loss_percent) {
        return;
    }
    put(p, now_ms, to, bytes);
    if (path_draw(p, 100) < p->duplicate_percent) {
        put(p, now_ms, to, bytes);
    }
}

static uint32_t first(const path *p) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < p->count; i++) {
        const path_datagram *a = &p->datagrams[i], *b = &p->datagrams[best];
        if (a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order)) {
            best = i;
        }
    }
    return best;
}

uint64_t path_next_ms(const path *p) {
    return p->count == 0 ? UINT64_MAX : p->datagrams[first(p)].at_ms;
}

/* Only as much as there is: most of the room is for the longest. */
static void copy(path_datagram *to, const path_datagram *from) {
    if (to != from) {
        memcpy(to, from, offsetof(path_datagram, bytes) + from->len);
    }
}

bool path_take(path *p, uint64_t now_ms, path_datagram *out) {
    uint32_t i = first(p);
    if (p->count == 0 || p->datagrams[i].at_ms > now_ms) {
        return false;
    }
    copy(out, &p->datagrams[i]);
    copy(&p->datagrams[i], &p->datagrams[--p->count]);
    return true;
}
