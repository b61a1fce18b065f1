/* Invite links (ghostchat-protocol.7, "Invite links"): parse strictly, write canonically. */
#ifndef GC_WIRE_INVITE_H
#define GC_WIRE_INVITE_H

#include "core/base/crypto.h"
#include "core/base/limits.h"
#include "core/base/writer.h"
#include "core/wire/room_name.h"

/* Where the server knows no path but the page's (a static host), the fragment holds the same:
 * https://host/path/#/room/NAME, #/room/:1.SECRET, #/join/ID:1.SECRET, #/join/ID. */
typedef enum gc_invite_kind {
    GC_INVITE_ROOM_NAME = 1, /* https://host/room/NAME           open room             */
    GC_INVITE_ROOM_SECRET,   /* https://host/room/#1.SECRET      private room          */
    GC_INVITE_PEER_SECRET,   /* https://host/join/ID#1.SECRET    that peer, by a secret */
    GC_INVITE_PEER,          /* https://host/join/ID             that peer, not verified */
} gc_invite_kind;

typedef struct gc_invite {
    gc_invite_kind kind;
    gc_span base; /* "https://host/path/", "https://host/path/#/": borrowed */
    uint8_t name[GC_ROOM_NAME_BYTES_MAX > GC_INVITE_ID_CHARS_MAX ? GC_ROOM_NAME_BYTES_MAX
                                                                 : GC_INVITE_ID_CHARS_MAX];
    uint32_t name_len; /* room name (UTF-8, decoded, as typed) or peer id */
    uint8_t secret[GC_SECRET_BYTES];
} gc_invite;

/* Reads a link; out->base borrows from url. Returns 0, or GC_E_SYNTAX for anything else (reason
 * `link-form`): wrong scheme (lower case only), user info, two meanings at once (NAME with a
 * secret), no secret where one belongs, an unknown version, a query, trailing characters, a bad id,
 * a name that gc_room_name_check() refuses, more than GC_URL_BYTES_MAX bytes. Then *out is all
 * zero. The caller trims white space around the link; characters beyond ASCII in NAME may be
 * unescaped. The NFKC of a name decides which room it leads to, if any: room_name.h. */
int gc_invite_parse(gc_span url, gc_invite *out);
/* Writes the link that *invite describes: invite->base must be set and end in '/', and the name
 * must be good (asserted). A base that ends in "#/" gives the form of a static host. w->failed when
 * it does not fit. */
void gc_invite_write(const gc_invite *invite, gc_writer *w);

/* Tells whether an id is allowed in a link, and in a slot message: [A-Za-z0-9_-]{1,64}, no escapes.
 */
bool gc_invite_is_id(gc_span id);

/* Makes the secret that an open room uses as S: H(32, "ghostchat/1 open " || canonical form). The
 * name must be done (asserted). Returns 0 or GC_E_CRYPTO. */
int gc_invite_open_secret(const gc_crypto *crypto, const gc_room_name *name,
                          uint8_t out[GC_SECRET_BYTES]);
/* Makes the room tag: M(16, S, "ghostchat/1 room"): all that the server learns of a room.
 * Returns 0 or GC_E_CRYPTO. */
int gc_invite_tag(const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES],
                  uint8_t out[GC_TAG_BYTES]);

#endif
