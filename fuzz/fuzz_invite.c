/* Invite links: what is taken is written canonically, reads the same, and is then written as it
 * is. The input is also tried as a room name: a good one survives a link. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/writer.h"
#include "core/wire/invite.h"

#include <string.h>

static void check_same(const gc_invite *a, const gc_invite *b) {
    gc_assert(a->kind == b->kind && gc_span_equal(a->base, b->base));
    gc_assert(a->name_len == b->name_len && memcmp(a->name, b->name, sizeof(a->name)) == 0);
    gc_assert(memcmp(a->secret, b->secret, sizeof(a->secret)) == 0);
}

/* The canonical form may be longer than the limit of what is read: escapes. */
static void check_round_trip(const gc_invite *invite) {
    uint8_t once[GC_URL_BYTES_MAX * 2], twice[GC_URL_BYTES_MAX * 2];
    gc_writer w, v;
    gc_writer_init(&w, once, sizeof(once));
    gc_invite_write(invite, &w);
    gc_assert(!w.failed);
    if (w.at > GC_URL_BYTES_MAX) {
        return;
    }
    gc_invite again;
    gc_assert(gc_invite_parse(gc_writer_done(&w), &again) == 0);
    check_same(invite, &again);
    gc_writer_init(&v, twice, sizeof(twice));
    gc_invite_write(&again, &v);
    gc_assert(gc_span_equal(gc_writer_done(&w), gc_writer_done(&v)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 4096) {
        return 0;
    }
    gc_span text = gc_span_of(data, (uint32_t)size);
    gc_invite invite;
    int error = gc_invite_parse(text, &invite);
    gc_assert(error == 0 || error == GC_E_SYNTAX);
    if (error == 0) {
        gc_assert(invite.kind >= GC_INVITE_ROOM_NAME && invite.kind <= GC_INVITE_PEER);
        check_round_trip(&invite);
    } else {
        static const gc_invite zero;
        gc_assert(memcmp(&invite, &zero, sizeof(zero)) == 0);
    }
    if (gc_room_name_check(text) == 0) {
        memset(&invite, 0, sizeof(invite));
        invite.kind = GC_INVITE_ROOM_NAME;
        invite.base = GC_SPAN("https://h/");
        memcpy(invite.name, data, size);
        invite.name_len = (uint32_t)size;
        check_round_trip(&invite);
        invite.base = GC_SPAN("https://h/#/");
        check_round_trip(&invite);
    }
    return 0;
}
