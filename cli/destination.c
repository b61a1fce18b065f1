#include "cli/destination.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/wire/invite.h"

#include <string.h>

#define NO_SERVER "--server takes an address such as https://host/"
#define NO_LINK   "this is not an invite link"
#define NO_PEER   "call takes the id of a peer, or a link to one that has no secret"

gc_span gc_destination_server(const gc_destination *d) {
    return gc_span_of(d->server, d->server_len);
}

gc_span gc_destination_room(const gc_destination *d) {
    return gc_span_of(d->room, d->room_len);
}

const char *gc_destination_set_server(gc_destination *d, gc_span base) {
    gc_span own = GC_SPAN("#/"); /* the page of a static host: its path is before that */
    if (gc_span_ends(base, own)) {
        base.len -= own.len;
    }
    bool slash = base.len > 0 && base.data[base.len - 1] == '/';
    if (base.len == 0 || base.len + !slash > GC_URL_BYTES_MAX) {
        return NO_SERVER;
    }
    memcpy(d->server, base.data, base.len);
    d->server_len = base.len;
    if (!slash) {
        d->server[d->server_len++] = '/';
    }
    return NULL;
}

static bool is_link(gc_span target) {
    for (uint32_t i = 0; i + 3 <= target.len; i++) {
        if (memcmp(target.data + i, "://", 3) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes the server, and the name of an open room, out of a link. Returns its kind; 0: it is none.
 */
static uint32_t read_link(gc_destination *d, gc_span link) {
    gc_invite invite;
    if (gc_invite_parse(link, &invite) != 0) {
        return 0;
    }
    uint32_t kind = invite.kind;
    if (kind == GC_INVITE_ROOM_NAME) {
        d->room_len = invite.name_len;
        memcpy(d->room, invite.name, invite.name_len);
    } else {
        d->link = link;
    }
    if (d->server_len == 0 && gc_destination_set_server(d, invite.base) != NULL) {
        kind = 0;
    }
    gc_bytes_wipe(&invite, sizeof invite);
    return kind;
}

const char *gc_destination_read(gc_destination *d, gc_span target) {
    if (is_link(target)) {
        return read_link(d, target) == 0 ? NO_LINK : NULL;
    }
    if (d->server_len == 0) {
        return "the name of a room needs --server";
    }
    if (target.len == 0 || target.len > sizeof d->room) {
        return "this cannot be the name of a room";
    }
    memcpy(d->room, target.data, target.len);
    d->room_len = target.len;
    return NULL;
}

const char *gc_destination_read_peer(gc_destination *d, gc_span target) {
    gc_invite invite = {.kind = GC_INVITE_PEER, .base = gc_destination_server(d)};
    gc_writer w;
    if (is_link(target)) {
        return read_link(d, target) == GC_INVITE_PEER ? NULL : NO_PEER;
    }
    if (!gc_invite_is_id(target)) {
        return NO_PEER;
    }
    if (d->server_len == 0) {
        return "the id of a peer needs --server";
    }
    invite.name_len = target.len;
    memcpy(invite.name, target.data, target.len);
    gc_writer_init(&w, d->made, sizeof d->made);
    gc_invite_write(&invite, &w);
    d->link = gc_writer_done(&w);
    return w.failed ? NO_SERVER : NULL;
}

int gc_destination_enter(gc_destination *d, gc_peer *peer, gc_client_options options) {
    options.server = gc_destination_server(d);
    if (d->link.len > 0) {
        gc_span link = d->link;
        d->link = GC_SPAN_NONE;
        return gc_peer_join_link(peer, &options, link);
    }
    return d->room_len > 0 ? gc_peer_join_room(peer, &options, gc_destination_room(d))
                           : gc_peer_new_room(peer, &options);
}

const char *gc_destination_mistake(const gc_destination *d, int error) {
    switch (error) {
    case GC_E_CRYPTO:
    case GC_E_MEMORY:
    case GC_E_REFUSED:
        return NULL;
    case GC_E_ARGUMENT:
        return NO_SERVER;
    case GC_E_UTF8:
        return "the name is not valid UTF-8";
    default:
        return d->room_len > 0 ? "this cannot be the name of a room" : NO_LINK;
    }
}
