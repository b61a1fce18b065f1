/* An intrusive list: doubly linked, its nodes are members of what it lists, so that it allocates
 * nothing and a node leaves it in constant time. A node is in one list at most.
 *
 *   in no list --gc_list_append--> in a list --gc_list_remove--> in no list
 *
 * A list of zero bytes is empty; a node of zero bytes is in no list. Neither may be copied or moved
 * while nodes are in the list, and a node's memory must not go before it is removed. */
#ifndef GC_HOST_LIST_H
#define GC_HOST_LIST_H

#include "core/base/assert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gc_list_node {
    struct gc_list *list; /* or NULL */
    struct gc_list_node *previous;
    struct gc_list_node *next;
} gc_list_node;

typedef struct gc_list {
    gc_list_node *first;
    gc_list_node *last;
    uint32_t count;
} gc_list;

static inline char *gc_list_bytes(gc_list_node *node) {
    return (char *)node;
}

/* Gives the struct of this type whose member is the node. */
#define GC_LIST_OWNER(node, type, member)                                                          \
    ((type *)(void *)(gc_list_bytes(node) - offsetof(type, member)))

/* Tells whether the node is in a list. */
static inline bool gc_list_has(const gc_list_node *node) {
    return node->list != NULL;
}

/* Puts a node that is in no list at the end of this one. */
static inline void gc_list_append(gc_list *list, gc_list_node *node) {
    gc_assert(node->list == NULL);
    *node = (gc_list_node){.list = list, .previous = list->last};
    *(list->last != NULL ? &list->last->next : &list->first) = node;
    list->last = node;
    list->count++;
}

/* Takes the node out of its list. Does nothing when it is in none. */
static inline void gc_list_remove(gc_list_node *node) {
    gc_list *list = node->list;
    if (list != NULL) {
        *(node->previous != NULL ? &node->previous->next : &list->first) = node->next;
        *(node->next != NULL ? &node->next->previous : &list->last) = node->previous;
        list->count--;
        *node = (gc_list_node){0};
    }
}

#endif
