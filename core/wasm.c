/* The shim between the page and the core: one client per instance of the module, numbers and
 * pointers only. Times are doubles (a u64 would be a BigInt in JavaScript). Bytes go in through the
 * buffer of input(); bytes that come out are borrowed until the next call, so the page copies them
 * before it calls again. The imports are the crypto table (crypto_wasm.h).
 *
 * This file alone has static objects: the page gives each client an instance of its own. */
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crypto_wasm.h"
#include "core/gc_client.h"
#include "core/gc_client_inside.h"

#define EXPORT(name) __attribute__((export_name(#name)))
#define INPUT_BYTES  131072u /* a signaling message of 64 KiB beside a link message */

/* The output for JavaScript: twelve little-endian u32 (web/core.js holds the same offsets). */
typedef struct wasm_output {
    uint32_t type;
    uint32_t peer;
    uint32_t link;
    uint32_t value;
    uint32_t value2;
    uint32_t reason;
    uint32_t number_lo;
    uint32_t number_hi;
    uint32_t text_ptr;
    uint32_t text_len;
    uint32_t text2_ptr;
    uint32_t text2_len;
} wasm_output;

_Static_assert(sizeof(wasm_output) == 48, "read by JavaScript");
_Static_assert(offsetof(wasm_output, number_lo) == 24, "read by JavaScript");
_Static_assert(offsetof(wasm_output, text_ptr) == 32, "read by JavaScript");
_Static_assert(offsetof(wasm_output, text2_len) == 44, "read by JavaScript");
_Static_assert(sizeof(void *) == 4, "wasm32");
_Static_assert(GC_ROOM_NAME_WORK_BYTES >= 2 * GC_URL_BYTES_MAX, "a link fits into text_bytes");

static _Alignas(16) uint8_t memory[sizeof(gc_client)];
static uint8_t input_bytes[INPUT_BYTES];
static uint8_t text_bytes[GC_ROOM_NAME_WORK_BYTES];
static uint32_t text_bytes_len;
static uint8_t key_bytes[GC_KEY_BYTES_MAX];
static uint32_t key_bytes_len; /* 0: the usual key */
static uint8_t serialization_bytes[8];
static uint32_t serialization_len; /* 0: binary */
static gc_room_name room_name;
static wasm_output output;
static gc_client *client;
static double last_seq;

/* A page's clock is never negative and far below 2^53; a number that is not a time counts as 0. */
static uint64_t ms(double now) {
    return now >= 0 && now < 9007199254740992.0 ? (uint64_t)now : 0;
}

static gc_span span(uint32_t ptr, uint32_t len) {
    return gc_span_of((const uint8_t *)ptr, len);
}

EXPORT(input) uint32_t gc_wasm_input(void) {
    return (uint32_t)input_bytes;
}

EXPORT(input_size) uint32_t gc_wasm_input_size(void) {
    return INPUT_BYTES;
}

EXPORT(init) int32_t gc_wasm_init(double now, uint32_t seed_ptr) {
    const gc_crypto crypto = gc_wasm_crypto();
    client = gc_client_init(memory, sizeof memory, &crypto, (const uint8_t *)seed_ptr, ms(now));
    return client != NULL ? 0 : GC_E_MEMORY;
}

/* --- the user -------------------------------------------------------------------------------- */

static gc_client_options options(uint32_t server_ptr, uint32_t server_len, uint32_t nick_ptr,
                                 uint32_t nick_len) {
    return (gc_client_options){.server = span(server_ptr, server_len),
                               .key = gc_span_of(key_bytes, key_bytes_len),
                               .nick = span(nick_ptr, nick_len),
                               .serialization = gc_span_of(serialization_bytes, serialization_len)};
}

/* The server's --key, for joins from now on. GC_E_ARGUMENT over GC_KEY_BYTES_MAX. */
EXPORT(set_key) int32_t gc_wasm_set_key(uint32_t ptr, uint32_t len) {
    if (len > sizeof key_bytes) {
        return GC_E_ARGUMENT;
    }
    memcpy(key_bytes, (const uint8_t *)ptr, len);
    key_bytes_len = len;
    return 0;
}

/* gc_client_options.serialization, for joins from now on; a join refuses a word that is not one of
 * its values. */
EXPORT(set_serialization) int32_t gc_wasm_set_serialization(uint32_t ptr, uint32_t len) {
    if (len > sizeof serialization_bytes) {
        return GC_E_ARGUMENT;
    }
    memcpy(serialization_bytes, (const uint8_t *)ptr, len);
    serialization_len = len;
    return 0;
}

static int32_t give_text(gc_span text) {
    gc_assert(text.len <= sizeof text_bytes);
    memcpy(text_bytes, text.data, text.len);
    text_bytes_len = text.len;
    return (int32_t)text.len;
}

/* 1 and the text whose NFKC comes next, or 0 and the canonical form: in text_out(). */
static int32_t room_name_state(int error) {
    text_bytes_len = 0;
    if (error != 0) {
        return error;
    }
    (void)give_text(gc_room_name_text(&room_name));
    return gc_room_name_is_done(&room_name) ? 0 : 1;
}

EXPORT(room_name_begin) int32_t gc_wasm_room_name_begin(uint32_t ptr, uint32_t len) {
    return room_name_state(gc_room_name_begin(&room_name, span(ptr, len)));
}

/* GC_E_STATE when no name asks. */
EXPORT(room_name_answer) int32_t gc_wasm_room_name_answer(uint32_t ptr, uint32_t len) {
    if (room_name.step != GC_ROOM_NAME_ASKING) {
        return GC_E_STATE;
    }
    return room_name_state(gc_room_name_answer(&room_name, span(ptr, len)));
}

/* A person's name as the others see it, in text_out(): at most GC_NICK_BYTES_MAX of it. */
EXPORT(clean_nick) int32_t gc_wasm_clean_nick(uint32_t ptr, uint32_t len) {
    uint8_t clean[GC_NICK_BYTES_MAX];
    gc_span nick = span(ptr, len);
    text_bytes_len = 0;
    if (!gc_utf8_valid(nick)) {
        return GC_E_UTF8;
    }
    return give_text(gc_span_of(clean, gc_utf8_clean_line(nick, clean, sizeof clean)));
}

/* The room is that of the name which was made by room_name_begin() and room_name_answer(). */
EXPORT(join_room)
int32_t gc_wasm_join_room(double now, uint32_t server_ptr, uint32_t server_len, uint32_t nick_ptr,
                          uint32_t nick_len) {
    gc_client_options o = options(server_ptr, server_len, nick_ptr, nick_len);
    return gc_client_join_room(client, ms(now), &o, &room_name);
}

EXPORT(new_room)
int32_t gc_wasm_new_room(double now, uint32_t server_ptr, uint32_t server_len, uint32_t nick_ptr,
                         uint32_t nick_len) {
    gc_client_options o = options(server_ptr, server_len, nick_ptr, nick_len);
    return gc_client_new_room(client, ms(now), &o);
}

EXPORT(join_link)
int32_t gc_wasm_join_link(double now, uint32_t server_ptr, uint32_t server_len, uint32_t nick_ptr,
                          uint32_t nick_len, uint32_t link_ptr, uint32_t link_len) {
    gc_client_options o = options(server_ptr, server_len, nick_ptr, nick_len);
    return gc_client_join_link(client, ms(now), &o, span(link_ptr, link_len));
}

EXPORT(leave) int32_t gc_wasm_leave(double now) {
    return gc_client_leave(client, ms(now));
}

EXPORT(send) int32_t gc_wasm_send(double now, uint32_t ptr, uint32_t len) {
    uint64_t seq = 0;
    int error = gc_client_send(client, ms(now), span(ptr, len), &seq);
    last_seq = error == 0 ? (double)seq : 0;
    return error;
}

EXPORT(sent_seq) double gc_wasm_sent_seq(void) {
    return last_seq;
}

EXPORT(set_nick) int32_t gc_wasm_set_nick(double now, uint32_t ptr, uint32_t len) {
    return gc_client_set_nick(client, ms(now), span(ptr, len));
}

EXPORT(invite) int32_t gc_wasm_invite(uint32_t base_ptr, uint32_t base_len, uint32_t kind) {
    gc_writer w;
    gc_writer_init(&w, text_bytes, sizeof text_bytes);
    text_bytes_len = 0;
    int error = gc_client_invite(client, span(base_ptr, base_len), kind, &w);
    if (error != 0) {
        return error;
    }
    text_bytes_len = w.at;
    return (int32_t)w.at;
}

EXPORT(invite_kind) int32_t gc_wasm_invite_kind(uint32_t ptr, uint32_t len) {
    gc_invite invite;
    text_bytes_len = 0;
    if (len > GC_URL_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    int error = gc_invite_parse(span(ptr, len), &invite);
    if (error != 0) {
        return error;
    }
    if (invite.kind != GC_INVITE_ROOM_SECRET) {
        (void)give_text(gc_span_of(invite.name, invite.name_len));
    }
    return (int32_t)invite.kind;
}

EXPORT(text_out) uint32_t gc_wasm_text_out(void) {
    return (uint32_t)text_bytes;
}

EXPORT(text_out_len) uint32_t gc_wasm_text_out_len(void) {
    return text_bytes_len;
}

EXPORT(id) uint32_t gc_wasm_id(void) {
    return (uint32_t)gc_client_id(client).data;
}

EXPORT(id_len) uint32_t gc_wasm_id_len(void) {
    return gc_client_id(client).len;
}

/* --- the signaling socket -------------------------------------------------------------------- */

EXPORT(signaling_opened) int32_t gc_wasm_signaling_opened(double now, uint32_t socket) {
    return gc_client_signaling_opened(client, ms(now), socket);
}

EXPORT(signaling_message)
int32_t gc_wasm_signaling_message(double now, uint32_t socket, uint32_t ptr, uint32_t len) {
    return gc_client_signaling_message(client, ms(now), socket, span(ptr, len));
}

EXPORT(signaling_closed) int32_t gc_wasm_signaling_closed(double now, uint32_t socket) {
    return gc_client_signaling_closed(client, ms(now), socket);
}

/* --- links ----------------------------------------------------------------------------------- */

EXPORT(link_description)
int32_t gc_wasm_link_description(double now, uint32_t link, uint32_t ptr, uint32_t len) {
    return gc_client_link_description(client, ms(now), link, span(ptr, len));
}

EXPORT(link_candidate)
int32_t gc_wasm_link_candidate(double now, uint32_t link, uint32_t ptr, uint32_t len,
                               uint32_t mid_ptr, uint32_t mid_len, uint32_t index) {
    return gc_client_link_candidate(client, ms(now), link, span(ptr, len), span(mid_ptr, mid_len),
                                    index);
}

EXPORT(link_opened) int32_t gc_wasm_link_opened(double now, uint32_t link) {
    return gc_client_link_opened(client, ms(now), link);
}

EXPORT(link_message)
int32_t gc_wasm_link_message(double now, uint32_t link, uint32_t channel, uint32_t ptr,
                             uint32_t len) {
    return gc_client_link_message(client, ms(now), link, (uint8_t)channel, span(ptr, len));
}

EXPORT(link_buffered) int32_t gc_wasm_link_buffered(double now, uint32_t link, uint32_t bytes) {
    return gc_client_link_buffered(client, ms(now), link, bytes);
}

EXPORT(link_closed) int32_t gc_wasm_link_closed(double now, uint32_t link, uint32_t reason) {
    return gc_client_link_closed(client, ms(now), link, reason);
}

EXPORT(link_path)
int32_t gc_wasm_link_path(double now, uint32_t link, uint32_t path, uint32_t rtt_ms) {
    return gc_client_link_path(client, ms(now), link, path, rtt_ms);
}

/* --- time and outputs ------------------------------------------------------------------------ */

EXPORT(tick) void gc_wasm_tick(double now) {
    gc_client_tick(client, ms(now));
}

EXPORT(poll) uint32_t gc_wasm_poll(void) {
    gc_client_output o;
    if (!gc_client_poll(client, &o)) {
        return 0;
    }
    output = (wasm_output){
        .type = o.type,
        .peer = o.peer,
        .link = o.link,
        .value = o.value,
        .value2 = o.value2,
        .reason = o.reason,
        .number_lo = (uint32_t)o.number,
        .number_hi = (uint32_t)(o.number >> 32),
        .text_ptr = (uint32_t)o.text.data,
        .text_len = o.text.len,
        .text2_ptr = (uint32_t)o.text2.data,
        .text2_len = o.text2.len,
    };
    return (uint32_t)&output;
}

EXPORT(deadline) double gc_wasm_deadline(void) {
    uint64_t at = gc_client_deadline(client);
    return at == GC_NEVER ? __builtin_inf() : (double)at;
}

/* --- words ----------------------------------------------------------------------------------- */

EXPORT(reason_word) uint32_t gc_wasm_reason_word(uint32_t reason) {
    return (uint32_t)gc_reason_word(reason);
}

EXPORT(reason_text) uint32_t gc_wasm_reason_text(uint32_t reason) {
    return (uint32_t)gc_reason_text(reason);
}

EXPORT(error_word) uint32_t gc_wasm_error_word(int32_t error) {
    return (uint32_t)gc_error_word(error);
}
