#include "rtc/sctp_list.h"

void gc_sctp_list_begin(gc_sctp_list *l) {
    *l = (gc_sctp_list){GC_SCTP_NO_BLOCK, GC_SCTP_NO_BLOCK, 0};
}

void gc_sctp_list_append(gc_sctp_list *l, gc_sctp_pool *p, uint32_t block) {
    gc_sctp_block *b = &p->blocks[block];
    b->prev = l->last;
    b->next = GC_SCTP_NO_BLOCK;
    if (l->last == GC_SCTP_NO_BLOCK) {
        l->first = block;
    } else {
        p->blocks[l->last].next = block;
    }
    l->last = block;
    l->bytes += b->len;
}

void gc_sctp_list_insert(gc_sctp_list *l, gc_sctp_pool *p, uint32_t block, uint32_t later) {
    gc_sctp_block *b = &p->blocks[block];
    b->next = later;
    b->prev = p->blocks[later].prev;
    p->blocks[later].prev = block;
    if (b->prev == GC_SCTP_NO_BLOCK) {
        l->first = block;
    } else {
        p->blocks[b->prev].next = block;
    }
    l->bytes += b->len;
}

void gc_sctp_list_take(gc_sctp_list *l, gc_sctp_pool *p, uint32_t block) {
    const gc_sctp_block *b = &p->blocks[block];
    if (b->prev == GC_SCTP_NO_BLOCK) {
        gc_assert(l->first == block);
        l->first = b->next;
    } else {
        p->blocks[b->prev].next = b->next;
    }
    if (b->next == GC_SCTP_NO_BLOCK) {
        gc_assert(l->last == block);
        l->last = b->prev;
    } else {
        p->blocks[b->next].prev = b->prev;
    }
    gc_assert(l->bytes >= b->len);
    l->bytes -= b->len;
}
