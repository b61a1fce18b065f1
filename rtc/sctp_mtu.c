#include "rtc/sctp_mtu.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/timers.h"

#define HEARTBEAT_INFO 1 /* RFC 9260 3.3.5: the type of its parameter */

/* The packet in an IP packet: behind the heads of IP and of UDP, in a record of DTLS (AES-GCM). */
#define PACKET_OF(mtu, heads) (((mtu) - (heads)) & ~3)
#define IPV4                  (20 + 8 + 37)
#define IPV6                  (40 + 8 + 37)

/* The largest first: jumbo frames, Ethernet, PPPoE, tunnels (WireGuard). */
static const uint16_t usual[] = {
    PACKET_OF(9000, IPV4), PACKET_OF(9000, IPV6), PACKET_OF(4000, IPV6), PACKET_OF(1500, IPV4),
    PACKET_OF(1500, IPV6), PACKET_OF(1492, IPV6), PACKET_OF(1420, IPV6),
};

/* Ethernet, which most paths have at their narrowest: one probe is enough there. */
#define LIKELY PACKET_OF(1500, IPV4)

void gc_sctp_mtu_begin(gc_sctp_mtu *m, gc_drbg *drbg, uint32_t base_bytes) {
    gc_assert(base_bytes >= GC_SCTP_MTU_PROBE_BYTES);
    *m = (gc_sctp_mtu){.drbg = drbg,
                       .base_bytes = base_bytes,
                       .bytes_max = base_bytes,
                       .bytes = base_bytes,
                       .failed_bytes = UINT32_MAX,
                       .lost_at_ms = GC_NEVER};
}

void gc_sctp_mtu_limit(gc_sctp_mtu *m, uint32_t bytes_max) {
    gc_assert(bytes_max >= m->base_bytes);
    m->bytes_max = bytes_max;
}

/* --- the search ------------------------------------------------------------------------------- */

/* Returns the largest size below `below` that is worth a probe; 0: there is none. */
static uint32_t next_size(const gc_sctp_mtu *m, uint32_t below) {
    uint32_t ceiling = m->bytes_max & ~3u;
    if (ceiling < below) {
        return ceiling > m->bytes ? ceiling : 0;
    }
    for (uint32_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (usual[i] < below) {
            return usual[i] > m->bytes ? usual[i] : 0;
        }
    }
    return 0;
}

static void begin_size(gc_sctp_mtu *m, uint32_t bytes) {
    m->probe_bytes = bytes;
    m->tries = 0;
    m->due = bytes > 0;
    m->lost_at_ms = GC_NEVER;
}

static void end_search(gc_sctp_mtu *m, uint64_t again_ms) {
    begin_size(m, 0);
    m->again_ms = again_ms;
}

/* Goes on with the largest size that may be possible: those above a size that failed are not. */
static void go_on(gc_sctp_mtu *m, uint64_t now_ms) {
    begin_size(m, next_size(m, m->failed_bytes));
    if (m->probe_bytes == 0) {
        end_search(m, now_ms + GC_SCTP_MTU_AGAIN_MS);
    }
}

void gc_sctp_mtu_wanted(gc_sctp_mtu *m, uint64_t now_ms) {
    if (m->probe_bytes == 0 && now_ms >= m->again_ms) {
        m->failed_bytes = UINT32_MAX;
        begin_size(m, next_size(m, m->bytes < LIKELY ? LIKELY + 1 : UINT32_MAX));
    }
}

static void fall_back(gc_sctp_mtu *m, uint64_t again_ms) {
    m->bytes = m->base_bytes;
    m->losses = 0;
    m->watches = false;
    end_search(m, again_ms);
}

void gc_sctp_mtu_moved(gc_sctp_mtu *m) {
    fall_back(m, 0);
}

/* --- probes ----------------------------------------------------------------------------------- */

/* The number is new for each probe, so that only who got this one can answer it. */
static void make_info(gc_sctp_mtu *m) {
    gc_writer w;
    gc_writer_init(&w, m->info, sizeof m->info);
    gc_writer_u16(&w, HEARTBEAT_INFO);
    gc_writer_u16(&w, sizeof m->info);
    gc_drbg_bytes(m->drbg, m->info + w.at, sizeof m->info - w.at);
}

bool gc_sctp_mtu_probe(gc_sctp_mtu *m, gc_writer *w, uint64_t now_ms, uint32_t timeout_ms) {
    if (!m->due) {
        return false;
    }
    gc_assert(w->at == GC_SCTP_HEAD_BYTES && m->probe_bytes <= w->size);
    make_info(m);
    gc_sctp_plain_write(w, GC_SCTP_HEARTBEAT, 0, gc_span_of(m->info, sizeof m->info));
    uint32_t pad = gc_sctp_chunk_begin(w, GC_SCTP_PAD, 0);
    memset(w->data + w->at, 0, m->probe_bytes - w->at);
    w->at = m->probe_bytes;
    gc_sctp_chunk_end(w, pad);
    m->due = false;
    m->lost_at_ms = now_ms + gc_max_u64(timeout_ms, GC_SCTP_MTU_PROBE_MS);
    return true;
}

void gc_sctp_mtu_answer(gc_sctp_mtu *m, gc_span value, uint64_t now_ms) {
    if (m->lost_at_ms == GC_NEVER || value.len != sizeof m->info ||
        memcmp(value.data, m->info, sizeof m->info) != 0) {
        return;
    }
    m->bytes = m->probe_bytes;
    m->losses = 0;
    go_on(m, now_ms);
}

void gc_sctp_mtu_tick(gc_sctp_mtu *m, uint64_t now_ms) {
    if (now_ms < m->lost_at_ms) {
        return;
    }
    m->lost_at_ms = GC_NEVER;
    m->due = true;
    if (++m->tries == GC_SCTP_MTU_TRIES) {
        m->failed_bytes = m->probe_bytes;
        go_on(m, now_ms);
    }
}

uint64_t gc_sctp_mtu_deadline(const gc_sctp_mtu *m) {
    return m->lost_at_ms;
}

/* --- wide packets ----------------------------------------------------------------------------- */

void gc_sctp_mtu_sent(gc_sctp_mtu *m, uint32_t bytes, uint32_t tsn) {
    if (bytes > m->base_bytes && !m->watches) {
        m->watches = true;
        m->watched_tsn = tsn;
    }
}

bool gc_sctp_mtu_watched(const gc_sctp_mtu *m, uint32_t *tsn) {
    *tsn = m->watched_tsn;
    return m->watches;
}

void gc_sctp_mtu_came(gc_sctp_mtu *m) {
    m->watches = false;
    m->losses = 0;
}

void gc_sctp_mtu_lost(gc_sctp_mtu *m, uint64_t now_ms) {
    m->watches = false;
    if (++m->losses == GC_SCTP_MTU_LOSSES) {
        fall_back(m, now_ms + GC_SCTP_MTU_AGAIN_MS);
    }
}

uint32_t gc_sctp_mtu_chunk_bytes(const gc_sctp_mtu *m) {
    uint32_t longest = (m->base_bytes - GC_SCTP_HEAD_BYTES) & ~3u;
    uint32_t room = (m->bytes - GC_SCTP_HEAD_BYTES) & ~3u;
    uint32_t chunks = (room - 1) / longest + 1;
    return (room / chunks) & ~3u;
}
