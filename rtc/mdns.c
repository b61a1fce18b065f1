#include "rtc/mdns.h"
#include "core/base/ascii.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/number.h"
#include "core/base/reader.h"
#include "core/base/writer.h"

/* RFC 1035 3.2, 4.1; RFC 6762 10.2, 18.12: the top bit of a class says something else. */
#define TYPE_A        1
#define TYPE_AAAA     28
#define CLASS_IN      1
#define CLASS_MASK    0x7fff
#define FLAGS_MASK    0xf80f /* response, opcode, result */
#define FLAGS_ANSWER  0x8000
#define POINTER       0xc0
#define LABEL_MAX     63
#define NAME_MAX      255
#define JUMPS_MAX     16
#define QUESTION_A    1
#define QUESTION_AAAA 2
#define QUESTION_BOTH (QUESTION_A | QUESTION_AAAA)

/* When the next question goes, after the first one: RFC 6762 5.2 asks for growing pauses. */
static const uint32_t ROUNDS_MS[GC_MDNS_SENDS_MAX] = {1000, 3000, GC_MDNS_LOST_MS};

void gc_mdns_init(gc_mdns *m) {
    memset(m, 0, sizeof(*m));
}

/* --- asking ----------------------------------------------------------------------------------- */

static bool is_pending(const gc_mdns_name *n) {
    return n->candidate.named && !n->found && !n->lost;
}

static void advance(gc_mdns *m, uint64_t now_ms) {
    m->now_ms = gc_max_u64(m->now_ms, now_ms);
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        gc_mdns_name *n = &m->names[i];
        if (!is_pending(n) || n->due_ms > m->now_ms) {
            continue;
        }
        if (n->sends == GC_MDNS_SENDS_MAX) {
            n->lost = true;
            continue;
        }
        n->questions = QUESTION_BOTH;
        n->first_ms += m->now_ms - n->due_ms; /* of a process that slept the next ones are later */
        n->due_ms = n->first_ms + ROUNDS_MS[n->sends++];
    }
}

static uint32_t count_of(const gc_mdns *m, uint32_t owner) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        count += m->names[i].candidate.named && m->names[i].owner == owner;
    }
    return count;
}

/* The last name of the owner who has most, if that is more than this one is to have; or NULL. */
static gc_mdns_name *place_of_most(gc_mdns *m, uint32_t owner) {
    gc_mdns_name *place = NULL;
    uint32_t most = count_of(m, owner) + 2;
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        gc_mdns_name *n = &m->names[i];
        uint32_t count = is_pending(n) ? count_of(m, n->owner) : 0;
        if (count >= most) {
            most = count;
            place = n;
        }
    }
    return place;
}

static gc_mdns_name *place_for(gc_mdns *m, uint32_t owner) {
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        if (!m->names[i].candidate.named) {
            return &m->names[i];
        }
    }
    return place_of_most(m, owner);
}

int gc_mdns_ask(gc_mdns *m, uint64_t now_ms, uint32_t owner, const gc_candidate *c) {
    advance(m, now_ms);
    if (!c->named) {
        return GC_E_ARGUMENT;
    }
    gc_mdns_name *n = place_for(m, owner);
    if (n == NULL) {
        return GC_E_FULL;
    }
    uint64_t first_ms = m->now_ms + GC_MDNS_FIRST_MS;
    *n = (gc_mdns_name){.candidate = *c, .owner = owner, .first_ms = first_ms, .due_ms = first_ms};
    return 0;
}

void gc_mdns_forget(gc_mdns *m, uint32_t owner) {
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        if (m->names[i].owner == owner) {
            m->names[i] = (gc_mdns_name){0};
        }
    }
}

void gc_mdns_tick(gc_mdns *m, uint64_t now_ms) {
    advance(m, now_ms);
}

uint64_t gc_mdns_deadline(const gc_mdns *m) {
    uint64_t at_ms = GC_NEVER;
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        const gc_mdns_name *n = &m->names[i];
        if (!is_pending(n)) {
            continue;
        }
        at_ms = gc_min_u64(at_ms, n->due_ms);
        if (n->questions != 0 && m->free_ms[m->free_at] > m->now_ms) {
            at_ms = gc_min_u64(at_ms, m->free_ms[m->free_at]);
        }
    }
    return at_ms;
}

/* --- questions -------------------------------------------------------------------------------- */

/* Writes one question for the name, of its two labels. */
static gc_span write_query(gc_mdns *m, const gc_mdns_name *n, uint16_t type) {
    const gc_span name = gc_span_of(n->candidate.name, GC_CANDIDATE_NAME_CHARS);
    uint32_t dot = gc_span_find(name, 0, '.');
    gc_writer w;
    gc_writer_init(&w, m->query, sizeof m->query);
    gc_writer_u32(&w, 0);          /* RFC 6762 18.1 to 18.11: neither a number nor flags */
    gc_writer_u64(&w, 1ull << 48); /* one question, nothing else */
    gc_writer_u8(&w, (uint8_t)dot);
    gc_writer_span(&w, gc_span_of(name.data, dot));
    gc_writer_u8(&w, (uint8_t)(name.len - dot - 1));
    gc_writer_span(&w, gc_span_from(name, dot + 1));
    gc_writer_u8(&w, 0);
    gc_writer_u16(&w, type);
    gc_writer_u16(&w, CLASS_IN);
    gc_assert(!w.failed);
    return gc_writer_done(&w);
}

/* One question serves all candidates of that name: a page has one name for all its links. */
static void settle(gc_mdns *m, const gc_mdns_name *asked, uint8_t question) {
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        gc_mdns_name *n = &m->names[i];
        if (memcmp(n->candidate.name, asked->candidate.name, sizeof n->candidate.name) == 0) {
            n->questions &= (uint8_t)~question;
        }
    }
}

static void poll_query(gc_mdns *m, gc_mdns_name *n, gc_mdns_output *out) {
    uint8_t question = n->questions & QUESTION_A ? QUESTION_A : QUESTION_AAAA;
    settle(m, n, question);
    out->type = GC_MDNS_SEND;
    out->bytes = write_query(m, n, question == QUESTION_A ? TYPE_A : TYPE_AAAA);
}

static void poll_result(gc_mdns_name *n, gc_mdns_output *out) {
    out->type = n->found ? GC_MDNS_FOUND : GC_MDNS_LOST;
    out->owner = n->owner;
    out->candidate = n->candidate;
    if (n->found) {
        out->candidate.named = false;
        memset(out->candidate.name, 0, sizeof out->candidate.name);
    }
    *n = (gc_mdns_name){0};
}

/* The name whose question goes now; NULL: there is none, or the rate is used up. */
static gc_mdns_name *next_to_ask(gc_mdns *m) {
    if (m->free_ms[m->free_at] > m->now_ms) {
        return NULL;
    }
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        uint32_t at = (m->turn + i) % GC_MDNS_NAMES_MAX;
        if (is_pending(&m->names[at]) && m->names[at].questions != 0) {
            return &m->names[at];
        }
    }
    return NULL;
}

bool gc_mdns_poll(gc_mdns *m, gc_mdns_output *out) {
    memset(out, 0, sizeof(*out));
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        if (m->names[i].found || m->names[i].lost) {
            poll_result(&m->names[i], out);
            return true;
        }
    }
    gc_mdns_name *n = next_to_ask(m);
    if (n == NULL) {
        return false;
    }
    m->free_ms[m->free_at] = m->now_ms + 1000;
    m->free_at = (m->free_at + 1) % GC_MDNS_PER_SECOND;
    poll_query(m, n, out);
    m->turn = (uint32_t)(n - m->names) + (n->questions == 0);
    return true;
}

/* --- answers ---------------------------------------------------------------------------------- */

typedef struct dns_name {
    uint8_t text[NAME_MAX]; /* labels in lower case, with dots between them */
    uint32_t len;
} dns_name;

static bool append_label(dns_name *n, gc_span label) {
    if (n->len + 1 + label.len > sizeof n->text) {
        return false;
    }
    if (n->len > 0) {
        n->text[n->len++] = '.';
    }
    for (uint32_t i = 0; i < label.len; i++) {
        uint8_t c = label.data[i];
        c = gc_ascii_lower(c);
        n->text[n->len++] = c == '.' ? 0 : c; /* a dot within a label is not one between labels */
    }
    return true;
}

/* Reads a name (RFC 1035 4.1.4). A pointer must lead to before all that was read of the name, so
 * that no name goes in circles. */
static bool read_name(gc_reader *r, dns_name *out) {
    gc_reader at = *r;
    uint32_t limit = r->at;
    uint32_t jumps = 0;
    out->len = 0;
    for (;;) {
        uint8_t len = gc_reader_u8(&at);
        if (len >= POINTER) {
            uint32_t to = (uint32_t)(len & ~POINTER) << 8 | gc_reader_u8(&at);
            if (at.failed || to >= limit || ++jumps > JUMPS_MAX) {
                return false;
            }
            r->at = jumps == 1 ? at.at : r->at;
            at.at = limit = to;
            continue;
        }
        gc_span label = gc_reader_bytes(&at, len);
        if (at.failed || len > LABEL_MAX) {
            return false;
        }
        if (len == 0) {
            r->at = jumps == 0 ? at.at : r->at;
            return true;
        }
        if (!append_label(out, label)) {
            return false;
        }
    }
}

/* Takes an address for all candidates that wait for this name. Returns true if there were any. */
static bool take(gc_mdns *m, const dns_name *name, gc_span ip) {
    bool taken = false;
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        gc_mdns_name *n = &m->names[i];
        if (!is_pending(n) || !gc_span_equal(gc_span_of(n->candidate.name, GC_CANDIDATE_NAME_CHARS),
                                             gc_span_of(name->text, name->len))) {
            continue;
        }
        gc_addr addr = {.port = n->candidate.addr.port, .family = ip.len == 4 ? 4 : 6};
        memcpy(addr.ip, ip.data, ip.len);
        if (gc_candidate_addressable(&addr, true)) {
            n->candidate.addr = addr;
            n->found = true;
            n->questions = 0;
            taken = true;
        }
    }
    return taken;
}

/* Reads a record and takes it if it is an address. Returns false if it is malformed. */
static bool read_record(gc_mdns *m, gc_reader *r, bool *taken) {
    dns_name name;
    if (!read_name(r, &name)) {
        return false;
    }
    uint16_t type = gc_reader_u16(r);
    uint16_t class = gc_reader_u16(r) & CLASS_MASK;
    uint32_t seconds = gc_reader_u32(r);
    gc_span data = gc_reader_bytes(r, gc_reader_u16(r));
    if (r->failed) {
        return false;
    }
    bool ip = (type == TYPE_A && data.len == 4) || (type == TYPE_AAAA && data.len == 16);
    if (ip && class == CLASS_IN && seconds > 0) { /* RFC 6762 10.1: 0 s says goodbye */
        *taken = take(m, &name, data) || *taken;
    }
    return true;
}

/* Reads past the questions that an answer repeats. */
static bool skip_questions(gc_reader *r, uint32_t count) {
    dns_name name;
    for (uint32_t i = 0; i < count; i++) {
        if (i == GC_MDNS_ANSWER_RECORDS_MAX || !read_name(r, &name)) {
            return false;
        }
        gc_reader_u32(r);
    }
    return !r->failed;
}

int gc_mdns_datagram(gc_mdns *m, uint64_t now_ms, uint16_t from_port, gc_span datagram) {
    gc_reader r;
    advance(m, now_ms);
    gc_reader_init(&r, datagram);
    gc_reader_u16(&r);
    uint16_t flags = gc_reader_u16(&r);
    uint16_t questions = gc_reader_u16(&r);
    uint32_t records = gc_reader_u16(&r);
    records += gc_reader_u16(&r);
    records += gc_reader_u16(&r);
    if (r.failed || datagram.len > GC_MDNS_ANSWER_BYTES_MAX || from_port != GC_MDNS_PORT ||
        (flags & FLAGS_MASK) != FLAGS_ANSWER) {
        return GC_E_SYNTAX;
    }
    bool taken = false;
    bool ok = skip_questions(&r, questions);
    for (uint32_t i = 0; ok && i < records && i < GC_MDNS_ANSWER_RECORDS_MAX; i++) {
        ok = read_record(m, &r, &taken);
    }
    if (taken) {
        return 0;
    }
    return ok ? GC_E_NOT_FOUND : GC_E_SYNTAX;
}
