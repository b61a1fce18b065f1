#include "core/proto/data_connection.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/utf8.h"
#include "core/wire/binarypack.h"
#include "core/wire/json.h"

bool gc_serialization_of(gc_span word, uint32_t *out) {
    const struct {
        gc_span word;
        uint32_t value;
    } all[] = {{GC_SPAN("binary"), GC_SERIALIZE_BINARY},
               {GC_SPAN("binary-utf8"), GC_SERIALIZE_BINARY}, /* older libraries */
               {GC_SPAN("json"), GC_SERIALIZE_JSON},
               {GC_SPAN("raw"), GC_SERIALIZE_RAW},
               {GC_SPAN("none"), GC_SERIALIZE_RAW}}; /* its name before 1.0 */
    for (uint32_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (gc_span_equal(all[i].word, word)) {
            *out = all[i].value;
            return true;
        }
    }
    return false;
}

const char *gc_serialization_word(uint32_t serialization) {
    gc_assert(serialization <= GC_SERIALIZE_RAW);
    return serialization == GC_SERIALIZE_BINARY ? "binary"
           : serialization == GC_SERIALIZE_JSON ? "json"
                                                : "raw";
}

void gc_data_connection_begin(gc_data_connection *d, gc_data_store *store, uint32_t serialization) {
    gc_assert(store != NULL && serialization <= GC_SERIALIZE_RAW);
    *d = (gc_data_connection){.store = store, .serialization = serialization};
}

/* --- values ---------------------------------------------------------------------------------- */

static gc_data_value nothing(void) {
    return (gc_data_value){.event = GC_DATA_NOTHING};
}

static gc_data_value refused(uint32_t reason) {
    return (gc_data_value){.event = GC_DATA_REFUSED, .reason = reason, .count = 1};
}

static gc_data_value failed(int error) {
    return refused(error == GC_E_TOO_BIG ? GC_REASON_TOO_BIG
                   : error == GC_E_UTF8  ? GC_REASON_BAD_UTF8
                                         : GC_REASON_PROTOCOL);
}

/* An empty text would be invisible, so it is shown as a pair of quotes. */
static gc_data_value as_text(gc_span text) {
    return (gc_data_value){.event = GC_DATA_TEXT, .text = text.len > 0 ? text : GC_SPAN("\"\"")};
}

static gc_data_value bytes_as_text(gc_span bytes, uint8_t *out) {
    gc_writer w;
    gc_writer_init(&w, out, GC_DATA_TEXT_BYTES_MAX);
    gc_writer_text(&w, "[");
    gc_writer_decimal(&w, bytes.len);
    gc_writer_text(&w, bytes.len == 1 ? " byte]" : " bytes]");
    return as_text(gc_writer_done(&w));
}

static gc_data_value binary_as_text(gc_span frame, uint8_t *out) {
    gc_binarypack_walk walk;
    gc_binarypack_item item;
    gc_binarypack_begin(&walk, frame);
    int error = gc_binarypack_next(&walk, &item);
    if (error == 0 && item.type == GC_BINARYPACK_STRING) {
        error = gc_binarypack_next(&walk, &(gc_binarypack_item){0});
        return error == GC_E_NOT_FOUND ? as_text(item.bytes) : failed(error);
    }
    gc_writer w;
    gc_writer_init(&w, out, GC_DATA_TEXT_BYTES_MAX);
    error = gc_binarypack_text(frame, &w);
    return error == 0 ? as_text(gc_writer_done(&w)) : failed(error);
}

/* {"__peerData":{"type":"close"}}, whatever other members there are. */
static bool closes(gc_span text) {
    gc_json j;
    uint8_t word[8];
    uint32_t len = 0;
    if (text.len > 256 || gc_json_parse(&j, text) != 0) {
        return false; /* the library's has 31 bytes */
    }
    int32_t type = gc_json_get(&j, gc_json_get(&j, 0, "__peerData"), "type");
    return gc_json_string(&j, type, word, sizeof word, &len) == 0 &&
           gc_span_equal(gc_span_of(word, len), GC_SPAN("close"));
}

static gc_data_value read_json(gc_span frame, uint8_t *joined) {
    gc_json_message message;
    int error = gc_json_split(frame, &message);
    if (error != 0) {
        return failed(error);
    }
    if (closes(frame)) {
        return (gc_data_value){.event = GC_DATA_CLOSE};
    }
    uint32_t from = 0, to = frame.len, len = 0;
    while (frame.data[from] <= ' ') {
        from++;
    }
    while (frame.data[to - 1] <= ' ') {
        to--;
    }
    gc_span value = gc_span_of(frame.data + from, to - from);
    if (value.data[0] == '"') {
        error = gc_json_unescape(value, joined, GC_DATA_BYTES_MAX, &len);
        gc_assert(error == 0); /* it is valid, and never longer than its raw form */
        value = gc_span_of(joined, len);
    }
    return as_text(value);
}

/* --- chunks ---------------------------------------------------------------------------------- */

static gc_data_open *find_open(gc_data_connection *d, uint32_t id) {
    for (uint32_t i = 0; i < GC_DATA_OPEN_MAX; i++) {
        if (d->open[i].id == id) {
            return &d->open[i];
        }
    }
    return NULL;
}

static bool is_done(const gc_data_connection *d, uint32_t id) {
    for (uint32_t i = 0; i < GC_DATA_DONE_MAX; i++) {
        if (d->done[i] == id) {
            return true;
        }
    }
    return false;
}

static void finish(gc_data_connection *d, uint32_t id) {
    d->done[d->done_count++ % GC_DATA_DONE_MAX] = id;
}

static const gc_data_chunk *find_chunk(const gc_data_connection *d, uint32_t id, uint32_t n) {
    for (uint32_t i = 0; i < d->chunks; i++) {
        if (d->store->chunks[i].id == id && d->store->chunks[i].n == n) {
            return &d->store->chunks[i];
        }
    }
    return NULL;
}

/* Lets go of the chunks of one message, and closes the holes. */
static void drop_chunks(gc_data_connection *d, uint32_t id) {
    gc_data_store *s = d->store;
    uint32_t kept = 0, end = 0;
    for (uint32_t i = 0; i < d->chunks; i++) {
        gc_data_chunk c = s->chunks[i];
        if (c.id != id) {
            memmove(s->bytes + end, s->bytes + c.at, c.len);
            c.at = end;
            end += c.len;
            s->chunks[kept++] = c;
        }
    }
    d->chunks = kept;
    d->end = end;
}

static gc_data_value refuse(gc_data_connection *d, gc_data_open *o, uint32_t reason) {
    drop_chunks(d, o->id);
    o->refused = true;
    if (o->count >= o->total) {
        finish(d, o->id);
        *o = (gc_data_open){0};
    }
    return refused(reason);
}

/* A place for a new message. When all are taken, one that was refused goes first; else one after
 * the other is refused: *event says so. */
static gc_data_open *take_open(gc_data_connection *d, gc_data_value *event) {
    gc_data_open *o = find_open(d, 0);
    for (uint32_t i = 0; i < GC_DATA_OPEN_MAX && o == NULL; i++) {
        o = d->open[i].refused ? &d->open[i] : NULL;
    }
    if (o == NULL) {
        o = &d->open[d->next_open++ % GC_DATA_OPEN_MAX];
        drop_chunks(d, o->id);
        *event = refused(GC_REASON_TOO_BIG);
    }
    if (o->id != 0) {
        finish(d, o->id); /* what still comes of it is dropped */
    }
    *o = (gc_data_open){0};
    return o;
}

static gc_span join(gc_data_connection *d, const gc_data_open *o, uint8_t *joined) {
    uint32_t len = 0;
    for (uint32_t n = 0; n < o->total; n++) {
        const gc_data_chunk *c = find_chunk(d, o->id, n);
        gc_assert(c != NULL && c->len <= GC_DATA_BYTES_MAX - len);
        memcpy(joined + len, d->store->bytes + c->at, c->len);
        len += c->len;
    }
    return gc_span_of(joined, len);
}

static void keep(gc_data_connection *d, const gc_binarypack_chunk *c) {
    d->store->chunks[d->chunks++] =
        (gc_data_chunk){.id = c->id, .n = c->n, .at = d->end, .len = c->data.len};
    if (c->data.len > 0) {
        memcpy(d->store->bytes + d->end, c->data.data, c->data.len);
    }
    d->end += c->data.len;
}

/* A chunk of a message that is open. *whole is set when it was the last one. */
static gc_data_value take_chunk(gc_data_connection *d, gc_data_open *o,
                                const gc_binarypack_chunk *c, uint8_t *joined, gc_span *whole) {
    if (o->refused) {
        if (++o->count >= o->total) {
            finish(d, o->id);
            *o = (gc_data_open){0};
        }
        return nothing();
    }
    if (c->total != o->total) {
        return refuse(d, o, GC_REASON_PROTOCOL);
    }
    if (find_chunk(d, c->id, c->n) != NULL) {
        return nothing();
    }
    o->count++;
    if (o->total > GC_DATA_CHUNKS_MAX || d->chunks == GC_DATA_CHUNKS_MAX ||
        c->data.len > GC_DATA_BYTES_MAX - d->end) {
        return refuse(d, o, GC_REASON_TOO_BIG);
    }
    keep(d, c);
    if (o->count == o->total) {
        *whole = join(d, o, joined);
        drop_chunks(d, o->id);
        finish(d, o->id);
        *o = (gc_data_open){0};
    }
    return nothing();
}

static gc_data_value on_chunk(gc_data_connection *d, const gc_binarypack_chunk *c, uint8_t *joined,
                              gc_span *whole) {
    gc_data_value event = nothing();
    if (is_done(d, c->id)) {
        return event;
    }
    gc_data_open *o = find_open(d, c->id);
    if (o == NULL && c->total == 1) {
        *whole = c->data;
        finish(d, c->id);
        return event;
    }
    if (o == NULL) {
        o = take_open(d, &event);
        *o = (gc_data_open){.id = c->id, .total = c->total};
    }
    gc_data_value taken = take_chunk(d, o, c, joined, whole);
    if (taken.event == GC_DATA_NOTHING) {
        return event;
    }
    taken.count += event.count; /* one gave way to it, and it is refused itself */
    return taken;
}

static gc_data_value read_binary(gc_data_connection *d, gc_span frame, gc_data_scratch scratch) {
    gc_binarypack_chunk chunk;
    gc_span whole = {NULL, 0};
    uint32_t kind = 0;
    int error = gc_binarypack_sort(frame, &kind, &chunk);
    if (error == 0 && kind == GC_BINARYPACK_CHUNK) {
        gc_data_value event = on_chunk(d, &chunk, scratch.joined, &whole);
        if (whole.data == NULL) {
            return event;
        }
        gc_assert(event.event == GC_DATA_NOTHING);
        frame = whole;
        error = gc_binarypack_sort(frame, &kind, &chunk);
    }
    if (error != 0 || kind == GC_BINARYPACK_CHUNK) {
        return failed(error != 0 ? error : GC_E_SYNTAX); /* no chunks in chunks */
    }
    return kind == GC_BINARYPACK_CLOSE ? (gc_data_value){.event = GC_DATA_CLOSE}
                                       : binary_as_text(frame, scratch.text);
}

/* --- frames ---------------------------------------------------------------------------------- */

void gc_data_connection_end(gc_data_connection *d) {
    *d = (gc_data_connection){0};
}

gc_data_value gc_data_connection_read(gc_data_connection *d, bool text, gc_span frame,
                                      gc_data_scratch scratch) {
    gc_assert(d->store != NULL);
    if (frame.len > GC_DATA_BYTES_MAX) {
        return refused(GC_REASON_TOO_BIG);
    }
    if (d->serialization == GC_SERIALIZE_RAW) {
        if (!text) {
            return bytes_as_text(frame, scratch.text);
        }
        return gc_utf8_valid(frame) ? as_text(frame) : refused(GC_REASON_BAD_UTF8);
    }
    if (text || frame.len == 0) {
        return refused(GC_REASON_PROTOCOL); /* both are written as bytes */
    }
    return d->serialization == GC_SERIALIZE_JSON ? read_json(frame, scratch.joined)
                                                 : read_binary(d, frame, scratch);
}

uint32_t gc_data_connection_waiting(const gc_data_connection *d) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < GC_DATA_OPEN_MAX; i++) {
        count += d->open[i].id != 0 && !d->open[i].refused;
    }
    return count;
}

bool gc_data_connection_write(const gc_data_connection *d, gc_span text, gc_writer *w) {
    gc_assert(d->store != NULL);
    if (d->serialization == GC_SERIALIZE_BINARY) {
        gc_binarypack_write_string(w, text);
    } else if (d->serialization == GC_SERIALIZE_JSON) {
        gc_json_write_string(w, text);
    } else {
        gc_writer_span(w, text);
    }
    return d->serialization == GC_SERIALIZE_RAW;
}

void gc_data_connection_check(const gc_data_connection *d) {
    uint32_t end = 0;
    gc_assert(d->chunks <= GC_DATA_CHUNKS_MAX && d->end <= GC_DATA_BYTES_MAX);
    for (uint32_t i = 0; i < d->chunks; i++) {
        const gc_data_chunk *c = &d->store->chunks[i];
        gc_assert(c->at == end && c->id != 0);
        end += c->len;
    }
    gc_assert(end == d->end);
    for (uint32_t i = 0; i < GC_DATA_OPEN_MAX; i++) {
        const gc_data_open *o = &d->open[i];
        uint32_t held = 0;
        for (uint32_t k = 0; k < d->chunks; k++) {
            held += o->id != 0 && d->store->chunks[k].id == o->id;
        }
        gc_assert(o->id == 0 || o->count < o->total);
        gc_assert(o->id == 0 || held == (o->refused ? 0 : o->count));
    }
}
