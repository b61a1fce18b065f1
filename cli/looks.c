#include "cli/looks.h"
#include "core/base/unicode.h"
#include "core/base/utf8.h"
#include "core/base/writer.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Letters that look like others: each letter of a pair and what it counts as. Several strokes that
 * differ in a good typeface only (I, l, 1, i) count as one. The same as LIKE in web/looks.js. */
static const char like[] =
    "аa ɑa αa Аa Αa ᴀa Ꭺa вb Вb Βb βb ʙb ьb сc Сc ᴄc ϲc Ꮯc ԁd đd ᴅd Ꭰd еe ɛe εe Еe Εe ᴇe Ꭼe ғf "
    "ɡg ցg ɢg Ԍg һh нh Нh Ηh հh ħh ʜh Ꮋh іl Іl ιl Ιl ıl ɩl ɪl ӏl Ӏl łl ʟl Լl Il il 1l |l ǀl ∣l ǃl "
    "!l "
    "јj Јj ᴊj кk Кk κk Κk ᴋk Ꮶk мm Мm Μm ᴍm Ꮇm пn ηn Νn ոn ɴn ոn оo Оo οo Οo σo օo Օo ᴏo øo 0o °o "
    "рp Рp ρp Ρp ᴘp Ꮲp ԛq гr ʀr ѕs Ѕs ꜱs Ꮪs $s тt Тt τt Τt ŧt ᴛt Ꭲt υu սu μu ᴜu Սu νv ѵv ᴠv Ꮩv ԝw "
    "ωw "
    "ᴡw Ꮃw хx Хx χx Χx ×x уy Уy γy Υy үy Үy ʏy Ζz ᴢz Ꮓz ";

static bool in(uint32_t c, uint32_t first, uint32_t last) {
    return c >= first && c <= last;
}

/* Without ink, or over a letter without changing how it is read. Vowel signs of Indic and other
 * scripts are letters to their readers and stay. */
static bool is_unseen(uint32_t c) {
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    bool other = category == UTF8PROC_CATEGORY_CN ||
                 (category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_CO);
    return other || gc_unicode_is_ignorable(c) || gc_unicode_is_space(c) || c == 0x2800 ||
           c == 0x1d159 || in(c, 0x300, 0x36f) || in(c, 0x1ab0, 0x1aff) || in(c, 0x1dc0, 0x1dff) ||
           in(c, 0x20d0, 0x20ff) || in(c, 0xfe20, 0xfe2f);
}

/* Marks of one kind look alike in one typeface or another. */
static uint32_t kind_of(uint32_t c) {
    switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_PS:
        return '(';
    case UTF8PROC_CATEGORY_PE:
        return ')';
    case UTF8PROC_CATEGORY_PD:
        return '-';
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
        return '\'';
    default:
        break;
    }
    if (c == 0x2212 || c == 0xaf || c == '_') {
        return '-';
    }
    bool quote = c == '"' || c == '`' || c == 0xb4 || in(c, 0x2b9, 0x2bf) || in(c, 0x2032, 0x2033);
    return quote ? '\'' : c;
}

static uint32_t letter_of(uint32_t c) {
    const uint8_t *end = (const uint8_t *)like + sizeof like - 1;
    for (const uint8_t *at = (const uint8_t *)like; at < end;) {
        uint32_t len = gc_utf8_sequence(at, end);
        if (gc_utf8_decode(at, len) == c) {
            return at[len];
        }
        at += len + 2; /* the letter that it counts as, and a space */
    }
    return c;
}

/* Writes a character of a name in NFKD. */
static void write_seen(gc_writer *w, uint32_t c) {
    uint32_t folded[GC_UNICODE_FOLD_MAX];
    if (is_unseen(c)) {
        return;
    }
    uint32_t count = gc_unicode_fold(letter_of(kind_of(c)), folded);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t bytes[4];
        uint32_t letter = letter_of(folded[i]);
        gc_writer_bytes(w, bytes, gc_utf8_encode(letter, bytes));
    }
}

/* Two letters that look like one. */
static uint32_t join(uint8_t *bytes, uint32_t len, const char *pair, uint8_t one) {
    uint32_t out = 0;
    for (uint32_t at = 0; at < len; at++) {
        bool both = at + 1 < len && memcmp(bytes + at, pair, 2) == 0;
        bytes[out++] = both ? one : bytes[at];
        at += both;
    }
    return out;
}

static void write_looks(gc_writer *w, gc_span nfkd) {
    const uint8_t *end = nfkd.data + nfkd.len;
    for (const uint8_t *at = nfkd.data; at < end;) {
        uint32_t len = gc_utf8_sequence(at, end);
        uint32_t before = w->at;
        write_seen(w, len > 0 ? gc_utf8_decode(at, len) : *at);
        if (w->failed) {
            w->at = before; /* what does not fit is left out, and all that follows */
            break;
        }
        at += len > 0 ? len : 1;
    }
}

gc_looks gc_looks_of(gc_span name) {
    gc_looks looks = {0};
    utf8proc_uint8_t *nfkd = NULL;
    utf8proc_ssize_t len = utf8proc_map(name.data, (utf8proc_ssize_t)name.len, &nfkd,
                                        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    gc_writer w;
    gc_writer_init(&w, looks.bytes, sizeof looks.bytes);
    write_looks(&w, len >= 0 ? gc_span_of(nfkd, (uint32_t)len) : name);
    free(nfkd);
    looks.len = join(looks.bytes, w.at, "rn", 'm');
    looks.len = join(looks.bytes, looks.len, "vv", 'w');
    return looks;
}

bool gc_looks_equal(const gc_looks *a, const gc_looks *b) {
    return gc_span_equal(gc_span_of(a->bytes, a->len), gc_span_of(b->bytes, b->len));
}
