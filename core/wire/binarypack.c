#include "core/wire/binarypack.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/wire/json.h"

/* --- one item -------------------------------------------------------------------------------- */

static void set_integer(gc_binarypack_item *item, uint64_t bits, uint32_t width) {
    uint64_t sign = 1ULL << (width - 1);
    item->type = GC_BINARYPACK_INTEGER;
    item->negative = (bits & sign) != 0;
    item->number = item->negative ? (sign - (bits & (sign - 1))) : bits;
}

static void set_unsigned(gc_binarypack_item *item, uint64_t value) {
    item->type = GC_BINARYPACK_INTEGER;
    item->number = value;
}

/* The bits of the double that equals a float (IEEE 754). A denormal float stays a denormal: neither
 * is written in decimals. */
static uint64_t widen(uint32_t f) {
    uint64_t sign = (uint64_t)(f >> 31) << 63, exponent = (f >> 23) & 0xff, part = f & 0x7fffff;
    if (exponent == 0) {
        return sign | part;
    }
    exponent = exponent == 0xff ? 0x7ff : exponent - 127 + 1023;
    return sign | exponent << 52 | part << 29;
}

static void set_real(gc_binarypack_item *item, uint64_t bits) {
    item->type = GC_BINARYPACK_REAL;
    item->number = bits;
}

static void set_bytes(gc_binarypack_item *item, uint32_t type, gc_span bytes) {
    item->type = type;
    item->bytes = bytes;
}

static void set_count(gc_binarypack_item *item, uint32_t type, uint32_t count) {
    item->type = type;
    item->number = count;
}

/* False: an unknown type. Missing bytes show as the reader's error. */
static bool read_wide(gc_reader *r, uint8_t type, gc_binarypack_item *item) {
    switch (type) {
    case 0xc0:
    case 0xc1:
        item->type = GC_BINARYPACK_NULL;
        return true;
    case 0xc2:
    case 0xc3:
        set_count(item, GC_BINARYPACK_BOOL, type - 0xc2u);
        return true;
    case 0xca:
        set_real(item, widen(gc_reader_u32(r)));
        return true;
    case 0xcb:
        set_real(item, gc_reader_u64(r));
        return true;
    case 0xcc:
        set_unsigned(item, gc_reader_u8(r));
        return true;
    case 0xcd:
        set_unsigned(item, gc_reader_u16(r));
        return true;
    case 0xce:
        set_unsigned(item, gc_reader_u32(r));
        return true;
    case 0xcf:
        set_unsigned(item, gc_reader_u64(r));
        return true;
    case 0xd0:
        set_integer(item, gc_reader_u8(r), 8);
        return true;
    case 0xd1:
        set_integer(item, gc_reader_u16(r), 16);
        return true;
    case 0xd2:
        set_integer(item, gc_reader_u32(r), 32);
        return true;
    case 0xd3:
        set_integer(item, gc_reader_u64(r), 64);
        return true;
    case 0xd8:
        set_bytes(item, GC_BINARYPACK_STRING, gc_reader_bytes(r, gc_reader_u16(r)));
        return true;
    case 0xd9:
        set_bytes(item, GC_BINARYPACK_STRING, gc_reader_bytes(r, gc_reader_u32(r)));
        return true;
    case 0xda:
        set_bytes(item, GC_BINARYPACK_BYTES, gc_reader_bytes(r, gc_reader_u16(r)));
        return true;
    case 0xdb:
        set_bytes(item, GC_BINARYPACK_BYTES, gc_reader_bytes(r, gc_reader_u32(r)));
        return true;
    case 0xdc:
        set_count(item, GC_BINARYPACK_ARRAY, gc_reader_u16(r));
        return true;
    case 0xdd:
        set_count(item, GC_BINARYPACK_ARRAY, gc_reader_u32(r));
        return true;
    case 0xde:
        set_count(item, GC_BINARYPACK_MAP, gc_reader_u16(r));
        return true;
    case 0xdf:
        set_count(item, GC_BINARYPACK_MAP, gc_reader_u32(r));
        return true;
    default:
        return false;
    }
}

static int read_item(gc_reader *r, gc_binarypack_item *item) {
    uint8_t type = gc_reader_u8(r);
    bool known = true;
    if (type < 0x80) {
        set_unsigned(item, type);
    } else if (type >= 0xe0) {
        set_integer(item, type, 8);
    } else if (type < 0x90) {
        set_count(item, GC_BINARYPACK_MAP, type & 0x0fu);
    } else if (type < 0xa0) {
        set_count(item, GC_BINARYPACK_ARRAY, type & 0x0fu);
    } else if (type < 0xb0) {
        set_bytes(item, GC_BINARYPACK_BYTES, gc_reader_bytes(r, type & 0x0fu));
    } else if (type < 0xc0) {
        set_bytes(item, GC_BINARYPACK_STRING, gc_reader_bytes(r, type & 0x0fu));
    } else {
        known = read_wide(r, type, item);
    }
    if (!known || r->failed) {
        return GC_E_SYNTAX;
    }
    return item->type == GC_BINARYPACK_STRING && !gc_utf8_valid(item->bytes) ? GC_E_UTF8 : 0;
}

/* --- the walk -------------------------------------------------------------------------------- */

void gc_binarypack_begin(gc_binarypack_walk *w, gc_span bytes) {
    w->depth = 0;
    w->ended = false;
    gc_reader_init(&w->in, bytes);
}

static bool at_key(const gc_binarypack_walk *w) {
    return w->depth > 0 && w->map[w->depth - 1] && w->left[w->depth - 1] % 2 == 0;
}

/* Each item has at least one byte: a count above what is left is a lie that must not be believed.
 */
static int open_container(gc_binarypack_walk *w, const gc_binarypack_item *item) {
    bool map = item->type == GC_BINARYPACK_MAP;
    uint64_t items = map ? 2 * item->number : item->number;
    if (items > gc_reader_left(&w->in)) {
        return GC_E_SYNTAX;
    }
    if (w->depth == GC_BINARYPACK_DEPTH_MAX) {
        return GC_E_TOO_BIG;
    }
    w->left[w->depth] = (uint32_t)items;
    w->map[w->depth++] = map;
    return 0;
}

int gc_binarypack_next(gc_binarypack_walk *w, gc_binarypack_item *item) {
    *item = (gc_binarypack_item){.key = at_key(w), .depth = w->depth};
    if (w->ended) {
        return gc_reader_left(&w->in) == 0 ? GC_E_NOT_FOUND : GC_E_SYNTAX;
    }
    int error = read_item(&w->in, item);
    if (error == 0 && item->key && item->type != GC_BINARYPACK_STRING) {
        error = GC_E_SYNTAX;
    }
    if (error != 0) {
        return error;
    }
    if (w->depth > 0) {
        w->left[w->depth - 1]--;
    }
    if (item->type == GC_BINARYPACK_ARRAY || item->type == GC_BINARYPACK_MAP) {
        error = open_container(w, item);
    }
    while (w->depth > 0 && w->left[w->depth - 1] == 0) {
        w->depth--;
    }
    w->ended = w->depth == 0;
    return error;
}

/* --- text for people ------------------------------------------------------------------------- */

#define FRACTION_BITS  60u /* ten times a fraction of this many bits fits into 64 bits */
#define FRACTION_MASK  ((1ULL << FRACTION_BITS) - 1)
#define DECIMALS       9u
#define DECIMALS_SCALE 1000000000ULL /* 10^DECIMALS */

/* The part below one as FRACTION_BITS bits, of a double's 53-bit mantissa shifted right by `down`.
 */
static uint64_t fraction_of(uint64_t mantissa, uint32_t down) {
    if (down <= FRACTION_BITS) {
        return mantissa << (FRACTION_BITS - down) & FRACTION_MASK;
    }
    return down - FRACTION_BITS < 64 ? mantissa >> (down - FRACTION_BITS) : 0;
}

static void write_decimals(gc_writer *w, uint64_t whole, uint64_t fraction) {
    uint64_t decimals = 0;
    for (uint32_t i = 0; i < DECIMALS; i++) {
        fraction *= 10;
        decimals = decimals * 10 + (fraction >> FRACTION_BITS);
        fraction &= FRACTION_MASK;
    }
    decimals += fraction >> (FRACTION_BITS - 1); /* rounded */
    whole += decimals / DECIMALS_SCALE;
    decimals %= DECIMALS_SCALE;
    gc_writer_decimal(w, whole);
    uint64_t unit = DECIMALS_SCALE / 10;
    if (decimals > 0) {
        gc_writer_text(w, ".");
    }
    while (decimals > 0) {
        gc_writer_u8(w, (uint8_t)('0' + decimals / unit));
        decimals %= unit;
        unit /= 10;
    }
}

/* IEEE 754 double: sign, 11 bits of exponent (bias 1023), 52 of the mantissa after its first one.
 */
static void write_real(gc_writer *w, uint64_t bits) {
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7ff;
    uint64_t mantissa = (bits & ((1ULL << 52) - 1)) | 1ULL << 52;
    if (bits << 1 == 0) {
        gc_writer_text(w, "0");
    } else if (exponent < 1023 - 29 || exponent > 1023 + 62) {
        gc_writer_text(w, "[number]"); /* below 2^-29, so of no digit here, or beyond 2^63 */
    } else {
        if (bits >> 63 != 0) {
            gc_writer_text(w, "-");
        }
        if (exponent >= 1023 + 52) {
            gc_writer_decimal(w, mantissa << (exponent - 1023 - 52));
        } else {
            uint32_t down = 1023 + 52 - exponent;
            write_decimals(w, down < 64 ? mantissa >> down : 0, fraction_of(mantissa, down));
        }
    }
}

static void write_scalar(gc_writer *w, const gc_binarypack_item *item) {
    switch (item->type) {
    case GC_BINARYPACK_BOOL:
        gc_writer_text(w, item->number != 0 ? "true" : "false");
        break;
    case GC_BINARYPACK_INTEGER:
        gc_writer_text(w, item->negative ? "-" : "");
        gc_writer_decimal(w, item->number);
        break;
    case GC_BINARYPACK_REAL:
        write_real(w, item->number);
        break;
    case GC_BINARYPACK_STRING:
        if (item->depth == 0 && item->bytes.len > 0) {
            gc_writer_span(w, item->bytes);
        } else {
            gc_json_write_string(w, item->bytes);
        }
        break;
    case GC_BINARYPACK_BYTES:
        gc_writer_text(w, "[");
        gc_writer_decimal(w, item->bytes.len);
        gc_writer_text(w, item->bytes.len == 1 ? " byte]" : " bytes]");
        break;
    default:
        gc_writer_text(w, "null");
        break;
    }
}

/* The closing brackets of containers that ended with this item: those from `now` on. */
static void write_ends(gc_writer *w, const gc_binarypack_walk *walk, uint32_t before,
                       uint32_t now) {
    while (before > now) {
        gc_writer_text(w, walk->map[--before] ? "}" : "]");
    }
}

int gc_binarypack_text(gc_span value, gc_writer *w) {
    gc_binarypack_walk walk;
    gc_binarypack_item item;
    bool first = true; /* of its container */
    gc_binarypack_begin(&walk, value);
    for (;;) {
        bool in_map = walk.depth > 0 && walk.map[walk.depth - 1];
        int error = gc_binarypack_next(&walk, &item);
        if (error == GC_E_NOT_FOUND) {
            return w->failed ? GC_E_TOO_BIG : 0;
        }
        if (error != 0 || w->failed) {
            return error != 0 ? error : GC_E_TOO_BIG;
        }
        gc_writer_text(w, first ? "" : in_map && !item.key ? ":" : ",");
        if (item.type == GC_BINARYPACK_ARRAY || item.type == GC_BINARYPACK_MAP) {
            gc_writer_text(w, item.type == GC_BINARYPACK_MAP ? "{" : "[");
            first = item.number > 0;
            write_ends(w, &walk, item.depth + 1, walk.depth);
        } else {
            write_scalar(w, &item);
            first = false;
            write_ends(w, &walk, item.depth, walk.depth);
        }
    }
}

/* --- what stock connections say among themselves ---------------------------------------------- */

enum key { KEY_OTHER, KEY_PEER_DATA, KEY_N, KEY_DATA, KEY_TOTAL, KEY_TYPE };

static enum key key_of(gc_span name) {
    const struct {
        gc_span name;
        enum key key;
    } keys[] = {{GC_SPAN("__peerData"), KEY_PEER_DATA},
                {GC_SPAN("n"), KEY_N},
                {GC_SPAN("data"), KEY_DATA},
                {GC_SPAN("total"), KEY_TOTAL}};
    for (uint32_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (gc_span_equal(keys[i].name, name)) {
            return keys[i].key;
        }
    }
    return KEY_OTHER;
}

/* The members seen so far of a value that may be a chunk or the close message. */
typedef struct sorting {
    bool peer_data; /* it is there, and JavaScript takes it for true */
    bool closes;    /* it is a map whose type is "close" */
    bool has_n, has_data, has_total;
    uint32_t id, n, total;
    gc_span data;
} sorting;

static bool small(const gc_binarypack_item *item, uint32_t *out) {
    bool fits =
        item->type == GC_BINARYPACK_INTEGER && !item->negative && item->number <= UINT32_MAX;
    *out = fits ? (uint32_t)item->number : 0;
    return fits;
}

/* A value of the outermost map; of a repeated key the last counts. */
static void sort_value(sorting *s, enum key key, const gc_binarypack_item *item) {
    bool text = item->type == GC_BINARYPACK_STRING;
    switch (key) {
    case KEY_PEER_DATA:
        s->closes = false;
        s->peer_data = text ? item->bytes.len > 0
                            : item->type == GC_BINARYPACK_BYTES ||
                                  item->type >= GC_BINARYPACK_ARRAY || item->number != 0;
        (void)small(item, &s->id);
        break;
    case KEY_N:
        s->has_n = small(item, &s->n);
        break;
    case KEY_DATA:
        s->has_data = item->type == GC_BINARYPACK_BYTES;
        s->data = item->bytes;
        break;
    case KEY_TOTAL:
        s->has_total = small(item, &s->total);
        break;
    default:
        break;
    }
}

static int sort_all(gc_span value, sorting *s) {
    gc_binarypack_walk walk;
    gc_binarypack_item item;
    enum key outer = KEY_OTHER; /* last key of the outermost map */
    bool type = false;          /* the last key inside __peerData was "type" */
    gc_binarypack_begin(&walk, value);
    int error;
    while ((error = gc_binarypack_next(&walk, &item)) == 0) {
        if (item.depth == 0 && item.type != GC_BINARYPACK_MAP) {
            outer = KEY_OTHER; /* and nothing deeper has keys of it */
        } else if (item.depth == 1 && item.key) {
            outer = key_of(item.bytes);
        } else if (item.depth == 1) {
            sort_value(s, outer, &item);
        } else if (item.depth == 2 && outer == KEY_PEER_DATA && item.key) {
            type = gc_span_equal(item.bytes, GC_SPAN("type"));
        } else if (item.depth == 2 && outer == KEY_PEER_DATA && type) {
            s->closes =
                item.type == GC_BINARYPACK_STRING && gc_span_equal(item.bytes, GC_SPAN("close"));
            type = false;
        }
    }
    return error == GC_E_NOT_FOUND ? 0 : error;
}

int gc_binarypack_sort(gc_span value, uint32_t *kind, gc_binarypack_chunk *chunk) {
    sorting s = {0};
    *kind = GC_BINARYPACK_VALUE;
    int error = sort_all(value, &s);
    if (error != 0 || !s.peer_data) {
        return error;
    }
    if (s.closes) {
        *kind = GC_BINARYPACK_CLOSE;
        return 0;
    }
    if (s.id == 0 || !s.has_n || !s.has_data || !s.has_total || s.n >= s.total) {
        return GC_E_SYNTAX;
    }
    *kind = GC_BINARYPACK_CHUNK;
    *chunk = (gc_binarypack_chunk){.id = s.id, .n = s.n, .total = s.total, .data = s.data};
    return 0;
}

/* --- writing --------------------------------------------------------------------------------- */

void gc_binarypack_write_string(gc_writer *w, gc_span text) {
    if (text.len < 16) {
        gc_writer_u8(w, (uint8_t)(0xb0 + text.len));
    } else if (text.len <= 0xffff) {
        gc_writer_u8(w, 0xd8);
        gc_writer_u16(w, (uint16_t)text.len);
    } else {
        gc_writer_u8(w, 0xd9);
        gc_writer_u32(w, text.len);
    }
    gc_writer_span(w, text);
}
