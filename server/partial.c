#include "server/partial.h"
#include "host/alloc.h"
#include "server/requests.h"

#include <string.h>

/* It grows in steps; a read behind it has at least this much room. */
#define ROOM_MIN 1024
#define STEP     4096
/* Pipelined requests behind one whose answer waits: what was read, and a head that began before. */
#define REQUESTS_MAX (GC_SCRATCH_BYTES + GC_HEAD_BYTES_MAX)

void gc_partial_release(gc_socket *c) {
    gc_socket_daemon(c)->kept_bytes -= c->kept_size;
    gc_free(c->kept);
    c->kept = NULL;
    c->kept_len = 0;
    c->kept_size = 0;
}

static uint32_t most(gc_socket *c) {
    if (c->state == GC_SOCKET_OPEN) {
        return (uint32_t)gc_socket_daemon(c)->options->message_bytes_max + GC_WS_KEPT_EXTRA + STEP;
    }
    return REQUESTS_MAX + STEP;
}

static uint64_t held_by(const gc_socket *c) {
    return (uint64_t)c->kept_size + c->held + gc_requests_unsent(c);
}

/* What is kept has no deadline of its own: who fills the memory and never goes on would lock out
 * all others. The largest one goes, if it is larger than what is asked for. */
bool gc_partial_make_room(gc_daemon *d, uint64_t size, uint64_t more) {
    while (more > d->kept_bytes_max - d->kept_bytes) {
        uint32_t count = (uint32_t)d->options->concurrent_max + GC_SPARE_CONNECTIONS;
        gc_socket *largest = NULL;
        for (uint32_t i = 0; i < count; i++) {
            gc_socket *c = d->by_slot[i];
            if (c != NULL && (largest == NULL || held_by(c) > held_by(largest))) {
                largest = c;
            }
        }
        if (largest == NULL || held_by(largest) <= size) {
            return false;
        }
        gc_socket_lose(largest, GC_REASON_MEMORY);
        gc_partial_release(largest);
        gc_requests_release(largest);
    }
    return true;
}

/* Makes the kept buffer hold `size` bytes, within the memory limit. */
static bool grow(gc_socket *c, uint32_t size) {
    gc_daemon *d = gc_socket_daemon(c);
    if (size <= c->kept_size) {
        return true;
    }
    uint64_t more = size - c->kept_size;
    if (size > most(c) || !gc_partial_make_room(d, held_by(c) + more, more)) {
        return false;
    }
    uint8_t *grown = gc_realloc(c->kept, size);
    if (grown == NULL) {
        return false;
    }
    d->kept_bytes += more;
    c->kept = grown;
    c->kept_size = size;
    return true;
}

bool gc_partial_hold(gc_socket *c, uint32_t bytes) {
    gc_daemon *d = gc_socket_daemon(c);
    d->kept_bytes -= c->held;
    c->held = 0;
    if (!gc_partial_make_room(d, held_by(c) + bytes, bytes)) {
        return false;
    }
    d->kept_bytes += bytes;
    c->held = bytes;
    return true;
}

/* Keeps len bytes, which lie in the scratch or in the kept buffer itself. */
bool gc_partial_keep(gc_socket *c, const uint8_t *bytes, uint32_t len) {
    if (len == 0) {
        gc_partial_release(c);
        return true;
    }
    if (c->kept != NULL && bytes >= c->kept && bytes < c->kept + c->kept_size) {
        memmove(c->kept, bytes, len);
    } else if (grow(c, len + ROOM_MIN)) {
        memcpy(c->kept, bytes, len);
    } else {
        return false;
    }
    c->kept_len = len;
    return true;
}

void gc_partial_room(gc_socket *c, uint8_t **data, uint32_t *size) {
    gc_daemon *d = gc_socket_daemon(c);
    if (c->kept_len == 0) {
        *data = d->scratch;
        *size = GC_SCRATCH_BYTES;
        return;
    }
    if (c->kept_size - c->kept_len < ROOM_MIN) {
        uint32_t max = most(c);
        uint32_t twice = 2 * c->kept_size + ROOM_MIN;
        if (!grow(c, twice < max ? twice : max)) {
            *size = 0;
            return;
        }
    }
    *data = c->kept + c->kept_len;
    *size = c->kept_size - c->kept_len;
}
