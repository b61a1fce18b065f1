#include "server/partial.h"
#include "host/alloc.h"
#include "server/unsent.h"

#include <string.h>

/* The memory grows in steps; a read after the bytes in it has at least this much room. */
#define ROOM_MIN 1024
#define STEP     4096
/* Pipelined requests after one whose answer waits: the bytes of one read, and a head that began
 * before it. */
#define REQUESTS_MAX (GC_SCRATCH_BYTES + GC_HEAD_BYTES_MAX)

void gc_partial_release(gc_http_socket *c) {
    gc_http_socket_service(c)->kept_bytes -= c->kept_size;
    gc_free(c->kept);
    c->kept = NULL;
    c->kept_len = 0;
    c->kept_size = 0;
}

static uint32_t most(gc_http_socket *c) {
    if (c->state == GC_HTTP_SOCKET_OPEN) {
        /* A paused client may have sent as much as one read takes. */
        uint32_t message =
            (uint32_t)gc_http_socket_service(c)->options->message_bytes_max + GC_WS_KEPT_EXTRA;
        return (message > GC_SCRATCH_BYTES ? message : GC_SCRATCH_BYTES) + STEP;
    }
    return REQUESTS_MAX + STEP;
}

static uint64_t held_by(const gc_http_socket *c) {
    return (uint64_t)c->kept_size + c->held + gc_unsent_bytes(c);
}

/* Kept bytes have no deadline of their own: clients that fill the memory and never go on would lock
 * out all others. So the client with the most is cut, if it holds more than is asked for. */
bool gc_partial_make_room(gc_service *service, uint64_t size, uint64_t more) {
    while (more > service->kept_bytes_max - service->kept_bytes) {
        gc_http_socket *largest = NULL;
        for (uint32_t i = 0; i < service->slots; i++) {
            gc_http_socket *c = service->by_slot[i];
            if (c != NULL && (largest == NULL || held_by(c) > held_by(largest))) {
                largest = c;
            }
        }
        if (largest == NULL || held_by(largest) <= size) {
            return false;
        }
        gc_http_socket_lose(largest, GC_REASON_MEMORY);
        gc_partial_release(largest);
        gc_unsent_release(largest);
    }
    return true;
}

/* Makes the kept buffer hold `size` bytes, within the memory limit. */
static bool grow(gc_http_socket *c, uint32_t size) {
    gc_service *service = gc_http_socket_service(c);
    if (size <= c->kept_size) {
        return true;
    }
    uint64_t more = size - c->kept_size;
    if (size > most(c) || !gc_partial_make_room(service, held_by(c) + more, more)) {
        return false;
    }
    uint8_t *grown = gc_realloc(c->kept, size);
    if (grown == NULL) {
        return false;
    }
    service->kept_bytes += more;
    c->kept = grown;
    c->kept_size = size;
    return true;
}

bool gc_partial_hold(gc_http_socket *c, uint32_t bytes) {
    gc_service *service = gc_http_socket_service(c);
    service->kept_bytes -= c->held;
    c->held = 0;
    if (!gc_partial_make_room(service, held_by(c) + bytes, bytes)) {
        return false;
    }
    service->kept_bytes += bytes;
    c->held = bytes;
    return true;
}

/* Keeps len bytes, which lie in the scratch or in the kept buffer itself. */
bool gc_partial_keep(gc_http_socket *c, const uint8_t *bytes, uint32_t len) {
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

void gc_partial_room(gc_http_socket *c, uint8_t **data, uint32_t *size) {
    gc_service *service = gc_http_socket_service(c);
    if (c->kept_len == 0) {
        *data = service->scratch;
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
