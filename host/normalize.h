/* NFKC for native code, by libutf8proc, and the names of open rooms that are made with it. The page
 * has its browser's instead (web/core.js). Source: UAX 15, ghostchat-protocol.7, "Room names". */
#ifndef GC_HOST_NORMALIZE_H
#define GC_HOST_NORMALIZE_H

#include "core/wire/room_name.h"

/* Writes the NFKC of text, valid UTF-8, to out, at most size bytes, and how many to *len. Returns
 * 0, GC_E_UTF8, GC_E_TOO_BIG (over size, or over 2^30 bytes of text) or GC_E_MEMORY; then *len is
 * 0. */
int gc_host_nfkc(gc_span text, uint8_t *out, uint32_t size, uint32_t *len);

/* Makes a room's name of what somebody typed, all rounds of it. Returns 0 when it is done, or the
 * error of gc_room_name_begin(), gc_room_name_answer() or gc_host_nfkc(): then it is refused. */
int gc_host_room_name(gc_room_name *n, gc_span typed);

#endif
