/* WebSocket frames that are put together of parts in a queue of blocks: the head, whose length
 * depends on that of the payload, and then each part, copied once. */
#ifndef GC_PROTO_FRAME_QUEUE_H
#define GC_PROTO_FRAME_QUEUE_H

#include "core/proto/block_pool.h"

/* Returns the bytes of a frame whose payload is these parts, its head included. */
uint32_t gc_frame_bytes(const gc_span *parts, uint32_t count);
/* Puts a frame of this opcode (RFC 6455 5.2, unmasked as a server's are) to the end of a queue. The
 * caller has asked gc_block_queue_need() for gc_frame_bytes(). */
void gc_frame_put(gc_block_pool *pool, gc_block_queue *q, uint8_t opcode, const gc_span *parts,
                  uint32_t count);

#endif
