/* Membership: by which way in we are here, and whose offers we take.
 *
 *   none --room name / new secret / room link--> in a room
 *        --join link---------------------------> guest of the target peer
 *
 * Beside either, we may give out a direct link of our own; its secret is made at first use. */
#ifndef GC_PROTO_MEMBERSHIP_H
#define GC_PROTO_MEMBERSHIP_H

#include "core/base/drbg.h"
#include "core/wire/invite.h"

typedef struct gc_membership {
    uint32_t kind; /* gc_invite_kind of the way in; 0 = none */
    bool has_tag;  /* of the room or of the join link; a bare link has none */
    bool has_direct;
    uint8_t secret[GC_SECRET_BYTES];
    uint8_t tag[GC_TAG_BYTES];
    uint8_t direct_secret[GC_SECRET_BYTES]; /* of our own direct link */
    uint8_t direct_tag[GC_TAG_BYTES];
    uint8_t name[GC_ROOM_NAME_BYTES_MAX]; /* room name as typed, or id of the target */
    uint32_t name_len;
} gc_membership;

/* Each takes a way in: the open room of a name that is done (asserted), a private room with a
 * secret drawn now, or what an invite link says. name, link: borrowed for the call. Each returns 0,
 * or GC_E_CRYPTO; for a link also GC_E_TOO_BIG, GC_E_SYNTAX as gc_invite_parse() says, or
 * GC_E_ARGUMENT when it names an open room: that is entered by its name. Then nothing changed. */
int gc_membership_enter_name(gc_membership *m, const gc_crypto *crypto, const gc_room_name *name);
int gc_membership_enter_new(gc_membership *m, const gc_crypto *crypto, gc_drbg *d);
int gc_membership_enter_link(gc_membership *m, const gc_crypto *crypto, gc_span link);
/* Takes over what was made ready in `from`, which stays as it is. */
void gc_membership_move(gc_membership *m, const gc_membership *from);
/* Ends membership and overwrites its secrets with zeros. */
void gc_membership_wipe(gc_membership *m);

/* Tells whether the way in was a room. */
bool gc_membership_in_room(const gc_membership *m);
/* Returns the tag of the room for the server: GC_TAG_BYTES inside m; NULL when in no room. */
const uint8_t *gc_membership_room_tag(const gc_membership *m);
/* Returns the id of the peer that a join link named, inside m; empty in a room. */
gc_span gc_membership_target(const gc_membership *m);

typedef enum gc_welcome {
    GC_WELCOME_REFUSED,
    GC_WELCOME_MEMBER, /* of the room */
    GC_WELCOME_GUEST,  /* of our direct link, or by a bare one */
    GC_WELCOME_TARGET, /* the one that was dialled by a join link */
} gc_welcome;

/* Decides whether an OFFER under this tag (GC_TAG_BYTES; NULL: none) is taken, and as whose. from:
 * the id of the peer that sent it. */
gc_welcome gc_membership_welcome(const gc_membership *m, const uint8_t *tag, gc_span from);

/* Writes an invite link of this kind below base, as gc_client_invite() says. own: our own id.
 * Returns 0, GC_E_STATE, GC_E_SYNTAX (base), GC_E_CRYPTO, GC_E_FULL (the writer is too small). */
int gc_membership_invite(gc_membership *m, const gc_crypto *crypto, gc_drbg *d, gc_span own,
                         gc_span base, uint32_t kind, gc_writer *w);

#endif
