#include "rtc/sdp.h"

#include "core/base/ascii.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/mem.h"

/* --- reading ---------------------------------------------------------------------------------- */

/* The values of one level: the session, or the section. */
typedef struct level {
    gc_span ufrag;
    gc_span pwd;
    gc_span mid;
    gc_span setup;
    gc_span fingerprint;
    gc_span sctp_port;
    gc_span message_bytes;
    gc_span sctp_init;
    gc_span ice_options;
    gc_span ice_pacing;
} level;

typedef struct parse {
    gc_sdp *out;
    level levels[2]; /* of the session, of the section */
    uint32_t sections;
    int error;
} parse;

/* Takes the next line without its end. An empty line is not one: it is skipped. */
static bool next_line(gc_span *text, gc_span *line) {
    while (text->len > 0) {
        uint32_t end = gc_span_find(*text, 0, '\n');
        uint32_t len = end > 0 && text->data[end - 1] == '\r' ? end - 1 : end;
        *line = gc_span_of(text->data, len);
        *text = gc_span_from(*text, end < text->len ? end + 1 : end);
        if (len > 0) {
            return true;
        }
    }
    return false;
}

/* A decimal number of at most 10 digits; false: it is none, or over the maximum. */
static bool read_number(gc_span text, uint64_t max, uint64_t *out) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < text.len; i++) {
        if (!gc_ascii_is_digit(text.data[i])) {
            return false;
        }
        n = n * 10 + (text.data[i] - '0');
    }
    *out = n;
    return text.len > 0 && text.len <= 10 && n <= max;
}

/* Source: RFC 8841 4.3, 5.3. The address of the m- and c-lines has no meaning: candidates have it.
 */
static int read_media(gc_span rest) {
    gc_span media = gc_ascii_take_word(&rest), port = gc_ascii_take_word(&rest),
            protocol = gc_ascii_take_word(&rest);
    uint64_t number;
    if (!read_number(port, 65535, &number)) {
        return GC_E_SYNTAX;
    }
    bool ours = gc_span_equal(media, GC_SPAN("application")) &&
                (gc_span_equal(protocol, GC_SPAN("UDP/DTLS/SCTP")) ||
                 gc_span_equal(protocol, GC_SPAN("TCP/DTLS/SCTP"))) &&
                gc_span_equal(rest, GC_SPAN("webrtc-datachannel"));
    return ours && number != 0 ? 0 : GC_E_REFUSED;
}

/* RFC 8122 5: the name of the hash in any case. Other hashes than SHA-256 are not looked at. */
static bool is_sha256(gc_span value) {
    gc_span name = GC_SPAN("sha-256 ");
    return value.len >= name.len && gc_ascii_is_word(gc_span_of(value.data, name.len), name);
}

/* Sets a value; a second one of the same level must be the same. */
static void set(parse *p, gc_span *slot, gc_span value) {
    if (slot->data != NULL && !gc_span_equal(*slot, value)) {
        p->error = GC_E_SYNTAX;
    }
    *slot = value;
}

static gc_span *slot_of(level *l, gc_span name, gc_span value) {
    if (gc_span_equal(name, GC_SPAN("ice-ufrag"))) {
        return &l->ufrag;
    }
    if (gc_span_equal(name, GC_SPAN("ice-pwd"))) {
        return &l->pwd;
    }
    if (gc_span_equal(name, GC_SPAN("mid"))) {
        return &l->mid;
    }
    if (gc_span_equal(name, GC_SPAN("setup"))) {
        return &l->setup;
    }
    if (gc_span_equal(name, GC_SPAN("fingerprint"))) {
        return is_sha256(value) ? &l->fingerprint : NULL;
    }
    if (gc_span_equal(name, GC_SPAN("sctp-port"))) {
        return &l->sctp_port;
    }
    if (gc_span_equal(name, GC_SPAN("ice-options"))) {
        return &l->ice_options;
    }
    if (gc_span_equal(name, GC_SPAN("ice-pacing"))) {
        return &l->ice_pacing;
    }
    if (gc_span_equal(name, GC_SPAN("sctp-init"))) {
        return &l->sctp_init;
    }
    return gc_span_equal(name, GC_SPAN("max-message-size")) ? &l->message_bytes : NULL;
}

static void read_attribute(parse *p, gc_span text) {
    uint32_t colon = gc_span_find(text, 0, ':');
    gc_span name = gc_span_of(text.data, colon);
    gc_span value = gc_span_from(text, colon < text.len ? colon + 1 : colon);
    if (gc_span_equal(name, GC_SPAN("candidate"))) {
        if (p->out->candidate_count < GC_CANDIDATES_MAX) {
            p->out->candidates[p->out->candidate_count++] = text;
        }
        return;
    }
    gc_span *slot = slot_of(&p->levels[p->sections > 0], name, value);
    if (slot != NULL) {
        set(p, slot, value);
    }
}

static void read_line(parse *p, gc_span line) {
    if (line.len < 2 || line.data[1] != '=') {
        p->error = GC_E_SYNTAX;
        return;
    }
    gc_span rest = gc_span_from(line, 2);
    if (line.data[0] == 'm') {
        p->sections++;
        p->error = p->sections > 1 ? GC_E_REFUSED : read_media(rest);
    } else if (line.data[0] == 'a') {
        read_attribute(p, rest);
    }
}

/* --- what was read ---------------------------------------------------------------------------- */

static gc_span choose(const gc_span *session, const gc_span *section) {
    return section->data != NULL ? *section : *session;
}

/* RFC 8839 5.4: ice-char. */
static bool is_credential(gc_span text, uint32_t min) {
    for (uint32_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!gc_ascii_is_alphanumeric(c) && c != '+' && c != '/') {
            return false;
        }
    }
    return text.len >= min && text.len <= GC_SDP_CREDENTIAL_BYTES_MAX;
}

/* RFC 8866 9: token. It is written into our answer. */
static bool is_token(gc_span text) {
    gc_span separators = GC_SPAN("\"(),/:;<=>?@[\\]");
    for (uint32_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c <= ' ' || c >= 127 || gc_span_find(separators, 0, c) < separators.len) {
            return false;
        }
    }
    return text.len > 0 && text.len <= GC_SDP_MID_BYTES_MAX;
}

/* 32 pairs of hex digits with colons in between. */
static bool read_fingerprint(gc_span value, uint8_t out[GC_SDP_FINGERPRINT_BYTES]) {
    if (value.len < 8) {
        return false;
    }
    gc_span digits = gc_span_from(value, 8);
    if (digits.len != 3 * GC_SDP_FINGERPRINT_BYTES - 1) {
        return false;
    }
    for (uint32_t i = 0; i < GC_SDP_FINGERPRINT_BYTES; i++) {
        const uint8_t *pair = digits.data + (size_t)3 * i;
        bool colon = i + 1 == GC_SDP_FINGERPRINT_BYTES || pair[2] == ':';
        if (!colon || gc_hex_read(gc_span_of(pair, 2), out + i, 1) != 0) {
            return false;
        }
    }
    return true;
}

static bool read_setup(gc_span value, uint8_t *out) {
    const gc_span words[] = {GC_SPAN("actpass"), GC_SPAN("active"), GC_SPAN("passive")};
    for (uint8_t i = 0; i < 3; i++) {
        if (gc_span_equal(value, words[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* A limit above 32 bits is none for us; 0 says that there is none (RFC 8841 6.1). */
static bool read_message_bytes(gc_span value, uint32_t *out) {
    uint64_t n = GC_SDP_MESSAGE_BYTES_DEFAULT;
    if (value.data != NULL && !read_number(value, 9999999999, &n)) {
        return false;
    }
    *out = n == 0 || n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
    return true;
}

/* A text that is not base64 is as good as none (draft-hancke-tsvwg-snap): SCTP has a handshake. */
static uint32_t read_sctp_init(gc_span text, uint8_t out[GC_SDP_SCTP_INIT_BYTES_MAX]) {
    uint32_t len = text.len / 4 * 3;
    for (uint32_t i = text.len; i > 0 && len > 0 && text.data[i - 1] == '='; i--) {
        len--;
    }
    bool fits = text.len > 0 && len <= GC_SDP_SCTP_INIT_BYTES_MAX;
    return fits && gc_base64_read(text, out, len) == 0 ? len : 0;
}

/* A pace that nobody can read is as good as none: both sides keep the default then. */
static uint32_t read_pacing(gc_span text) {
    uint64_t ms = 0;
    return read_number(text, UINT32_MAX, &ms) ? (uint32_t)ms : 0;
}

static bool has_word(gc_span text, gc_span word) {
    while (text.len > 0) {
        if (gc_span_equal(gc_ascii_take_word(&text), word)) {
            return true;
        }
    }
    return false;
}

static int take(parse *p) {
    const level *session = &p->levels[0], *section = &p->levels[1];
    gc_sdp *out = p->out;
    out->ufrag = choose(&session->ufrag, &section->ufrag);
    out->pwd = choose(&session->pwd, &section->pwd);
    out->mid = section->mid;
    uint64_t port = 0;
    bool good =
        is_credential(out->ufrag, GC_SDP_UFRAG_BYTES_MIN) &&
        is_credential(out->pwd, GC_SDP_PWD_BYTES_MIN) && is_token(out->mid) &&
        read_fingerprint(choose(&session->fingerprint, &section->fingerprint), out->fingerprint) &&
        read_setup(choose(&session->setup, &section->setup), &out->setup) &&
        read_number(section->sctp_port, 65535, &port) && port > 0 &&
        read_message_bytes(section->message_bytes, &out->message_bytes_max);
    out->sctp_port = (uint16_t)port;
    out->ours =
        has_word(choose(&session->ice_options, &section->ice_options), GC_SPAN(GC_SDP_OWN_OPTION));
    out->ice_pacing_ms = read_pacing(session->ice_pacing);
    out->sctp_init_len = read_sctp_init(section->sctp_init, out->sctp_init);
    return good ? 0 : GC_E_SYNTAX;
}

/* Two fingerprints, one of the session and another one of the section, are two answers to the
 * question who is there. */
static bool is_ambiguous(const parse *p) {
    gc_span a = p->levels[0].fingerprint, b = p->levels[1].fingerprint;
    return a.data != NULL && b.data != NULL && !gc_span_equal(a, b);
}

int gc_sdp_parse(gc_span text, gc_sdp *out) {
    parse p = {.out = out};
    *out = (gc_sdp){0};
    if (text.len > GC_SDP_BYTES_MAX) {
        return GC_E_TOO_BIG;
    }
    gc_span line;
    if (!next_line(&text, &line) || !gc_span_equal(line, GC_SPAN("v=0"))) {
        return GC_E_SYNTAX;
    }
    while (p.error == 0 && next_line(&text, &line)) {
        read_line(&p, line);
    }
    if (p.error != 0) {
        return p.error;
    }
    if (p.sections == 0) {
        return GC_E_REFUSED;
    }
    return is_ambiguous(&p) ? GC_E_SYNTAX : take(&p);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_line(gc_writer *w, const char *name, gc_span value) {
    gc_writer_text(w, name);
    gc_writer_span(w, value);
    gc_writer_text(w, "\r\n");
}

static void write_number(gc_writer *w, const char *name, uint64_t value) {
    gc_writer_text(w, name);
    gc_writer_decimal(w, value);
    gc_writer_text(w, "\r\n");
}

static void write_fingerprint(gc_writer *w, const uint8_t fingerprint[GC_SDP_FINGERPRINT_BYTES]) {
    gc_writer_text(w, "a=fingerprint:sha-256 ");
    for (uint32_t i = 0; i < GC_SDP_FINGERPRINT_BYTES; i++) {
        gc_writer_u8(w, gc_hex_capital(fingerprint[i] >> 4));
        gc_writer_u8(w, gc_hex_capital(fingerprint[i]));
        gc_writer_text(w, i + 1 < GC_SDP_FINGERPRINT_BYTES ? ":" : "\r\n");
    }
}

/* In Chromium's order. Source: RFC 8829 5.2.1, 5.3.1. */
void gc_sdp_write(const gc_sdp_local *local, gc_writer *w) {
    static const char *const setups[] = {"actpass", "active", "passive"};
    gc_writer_text(w, "v=0\r\no=- ");
    gc_writer_decimal(w, local->session);
    gc_writer_text(w, " 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    write_line(w, "a=group:BUNDLE ", local->mid);
    if (local->ice_pacing_ms > 0) {
        write_number(w, "a=ice-pacing:", local->ice_pacing_ms);
    }
    gc_writer_text(w, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                      "c=IN IP4 0.0.0.0\r\n");
    write_line(w, "a=ice-ufrag:", local->ufrag);
    write_line(w, "a=ice-pwd:", local->pwd);
    gc_writer_text(w, "a=ice-options:trickle");
    gc_writer_text(w, local->ours ? " " GC_SDP_OWN_OPTION "\r\n" : "\r\n");
    write_fingerprint(w, local->fingerprint);
    write_line(w, "a=setup:", gc_span_text(setups[local->setup]));
    write_line(w, "a=mid:", local->mid);
    write_number(w, "a=sctp-port:", GC_SDP_SCTP_PORT);
    write_number(w, "a=max-message-size:", local->message_bytes_max);
    if (local->sctp_init.len > 0) {
        gc_writer_text(w, "a=sctp-init:");
        gc_base64_write(w, local->sctp_init);
        gc_writer_text(w, "\r\n");
    }
}
