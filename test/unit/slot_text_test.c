/* core/proto/slot_text.c: slot messages written, read back, and proved. */
#include "core/proto/output_queue.h"
#include "core/proto/slots.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static gc_crypto crypto;
static const uint8_t key[GC_SLOT_KEY_BYTES] = "a key of a room";
static uint8_t text[8192];
static gc_signal_in in;

static gc_slot_message sample(void) {
    gc_slot_message m = {.kind = GC_SLOT_MEMBERS, .nonce = "sixteen bytes .."};
    assert_true(gc_slot_add(&m, GC_SPAN("ann")));
    assert_true(gc_slot_add(&m, GC_SPAN("Ben_1-x")));
    assert_int_equal(gc_slot_prove(&crypto, key, GC_SPAN("from"), GC_SPAN("to"), &m, m.proof), 0);
    return m;
}

/* As the server relays it: with a source. */
static gc_span relayed(const gc_slot_message *m) {
    gc_writer w;
    gc_writer_init(&w, text, sizeof text);
    gc_writer_text(&w, "{\"src\":\"from\",");
    uint32_t at = w.at;
    gc_slot_write(&w, GC_SPAN("to"), m);
    assert_false(w.failed);
    assert_int_equal(text[at], '{');
    text[at] = ' ';
    return gc_writer_done(&w);
}

static int read_back(gc_span s, gc_slot_message *out) {
    assert_int_equal(gc_signal_read(s, &in), 0);
    assert_int_equal(in.type, GC_SIGNAL_CANDIDATE);
    assert_true(in.slot >= 0);
    return gc_slot_read(&in, out);
}

static int setup(void **state) {
    (void)state;
    return gc_host_crypto(&crypto);
}

static void what_is_written_is_read(void **state) {
    gc_slot_message m = sample(), out;
    (void)state;
    assert_int_equal(read_back(relayed(&m), &out), 0);
    assert_int_equal(out.kind, m.kind);
    assert_memory_equal(out.nonce, m.nonce, sizeof m.nonce);
    assert_memory_equal(out.proof, m.proof, sizeof m.proof);
    assert_int_equal(out.count, 2);
    assert_memory_equal(out.id[1], "Ben_1-x", out.id_len[1]);
    assert_span(gc_span_of(in.src, in.src_len), GC_SPAN("from"));
    gc_slot_message echo = {.kind = GC_SLOT_ECHO};
    assert_int_equal(read_back(relayed(&echo), &out), 0);
    assert_int_equal(out.kind, GC_SLOT_ECHO);
}

static void a_list_is_no_longer_than_a_room(void **state) {
    gc_slot_message m = {.kind = GC_SLOT_KNOCK}, out;
    char id[8];
    (void)state;
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
        snprintf(id, sizeof id, "m%u", i);
        assert_true(gc_slot_add(&m, text_span(id)));
    }
    assert_false(gc_slot_add(&m, GC_SPAN("more")));
    gc_span s = relayed(&m);
    assert_int_equal(read_back(s, &out), 0);
    assert_int_equal(out.count, GC_ROOM_MEMBERS_MAX);
    char longer[8192];
    const char *list = strstr((const char *)text, "[\"m0\"");
    int head = (int)(list + 1 - (const char *)text);
    snprintf(longer, sizeof longer, "%.*s\"more\",%.*s", head, (const char *)text,
             (int)s.len - head, (const char *)text + head);
    assert_int_equal(read_back(text_span(longer), &out), GC_E_SYNTAX);
    assert_false(gc_slot_add(&(gc_slot_message){0}, GC_SPAN("")));
    assert_false(gc_slot_add(&(gc_slot_message){0}, GC_SPAN("with space")));
}

/* The output queue counts on it (output_queue.h). */
static void the_longest_message_fits_its_budget(void **state) {
    gc_slot_message m = {.kind = GC_SLOT_MEMBERS};
    static uint8_t out[2 * GC_OUTPUT_SLOT_BYTES];
    uint8_t id[GC_ID_BYTES_MAX] = {0}; /* each byte becomes \u0000 */
    gc_writer w;
    (void)state;
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
        char member[GC_INVITE_ID_CHARS_MAX + 1];
        snprintf(member, sizeof member, "%064u", i);
        assert_true(gc_slot_add(&m, text_span(member)));
    }
    gc_writer_init(&w, out, sizeof out);
    gc_slot_write(&w, gc_span_of(id, sizeof id), &m);
    assert_false(w.failed);
    assert_in_range(w.at, GC_OUTPUT_SLOT_BYTES - GC_OUTPUT_HEAD_BYTES, GC_OUTPUT_SLOT_BYTES);
}

static void a_proof_binds_all_of_it(void **state) {
    gc_slot_message m = sample();
    uint8_t proof[GC_PROOF_BYTES], other[GC_SLOT_KEY_BYTES] = "another key";
    (void)state;
#define DIFFERS(key, from, to)                                                                     \
    do {                                                                                           \
        assert_int_equal(gc_slot_prove(&crypto, key, GC_SPAN(from), GC_SPAN(to), &m, proof), 0);   \
        assert_memory_not_equal(proof, sample().proof, sizeof proof);                              \
    } while (0)
    assert_int_equal(gc_slot_prove(&crypto, key, GC_SPAN("from"), GC_SPAN("to"), &m, proof), 0);
    assert_memory_equal(proof, m.proof, sizeof proof);
    DIFFERS(other, "from", "to");
    DIFFERS(key, "fro", "mto");
    DIFFERS(key, "to", "from");
    m.kind = GC_SLOT_FULL;
    DIFFERS(key, "from", "to");
    m = sample();
    m.nonce[15] ^= 1;
    DIFFERS(key, "from", "to");
    m = sample();
    m.count = 1;
    DIFFERS(key, "from", "to");
    m = sample();
    m.id[0][0] ^= 1;
    DIFFERS(key, "from", "to");
}

static void truncated_messages_are_refused(void **state) {
    gc_slot_message m = sample(), out;
    (void)state;
    gc_span s = relayed(&m);
    for (uint32_t len = 0; len < s.len; len++) {
        gc_span part = gc_span_of(s.data, len);
        assert_true(gc_signal_read(part, &in) != 0 || in.slot < 0 || gc_slot_read(&in, &out) != 0);
    }
}

static gc_span string_of(const vectors *v, int token, char out[VECTOR_BYTES_MAX]) {
    return gc_span_of(out, vectors_string(v, token, out));
}

static void check_message(const vectors *v, int t, const uint8_t slot_key[GC_SLOT_KEY_BYTES]) {
    static char from[VECTOR_BYTES_MAX], to[VECTOR_BYTES_MAX], id[VECTOR_BYTES_MAX];
    static uint8_t hex[VECTOR_BYTES_MAX];
    gc_slot_message m = {0}, out;
    const char *const kinds[] = {"", "knock", "members", "full", "echo"};
    while (!vectors_is(v, vectors_get(v, t, "kind"), kinds[m.kind])) {
        m.kind++;
        assert_true(m.kind <= GC_SLOT_ECHO);
    }
    if (m.kind != GC_SLOT_ECHO) {
        assert_int_equal(vectors_hex(v, vectors_get(v, t, "nonce"), hex), GC_NONCE_BYTES);
        memcpy(m.nonce, hex, GC_NONCE_BYTES);
        int list = vectors_get(v, t, "members");
        for (int i = 0, member = list + 1; i < v->tokens[list].size;
             i++, member = vectors_behind(v, member)) {
            assert_true(gc_slot_add(&m, string_of(v, member, id)));
        }
        gc_span from_id = string_of(v, vectors_get(v, t, "from"), from);
        gc_span to_id = string_of(v, vectors_get(v, t, "to"), to);
        assert_int_equal(gc_slot_prove(&crypto, slot_key, from_id, to_id, &m, m.proof), 0);
        assert_int_equal(vectors_hex(v, vectors_get(v, t, "proof"), hex), GC_PROOF_BYTES);
        assert_memory_equal(m.proof, hex, GC_PROOF_BYTES);
    }
    assert_int_equal(read_back(relayed(&m), &out), 0);
    assert_int_equal(out.kind, m.kind);
    /* Written byte by byte as the vector says. */
    gc_span payload = string_of(v, vectors_get(v, t, "payload"), id);
    const char *at = strstr((const char *)text, "\"payload\":");
    assert_non_null(at);
    assert_memory_equal(at + 10, payload.data, payload.len);
}

static void ids_keys_and_messages_are_those_of_the_vectors(void **state) {
    vectors v = vectors_load("test/vectors/slots.json");
    char id[VECTOR_BYTES_MAX];
    uint8_t hex[VECTOR_BYTES_MAX];
    gc_slots slots;
    (void)state;
    int rooms = vectors_get(&v, 0, "rooms");
    for (int i = 0, t = rooms + 1; i < vectors_size(&v, rooms); i++, t = vectors_behind(&v, t)) {
        assert_int_equal(vectors_hex(&v, vectors_get(&v, t, "secret"), hex), GC_SECRET_BYTES);
        assert_int_equal(gc_slots_init(&slots, &crypto, hex), 0);
        int ids = vectors_get(&v, t, "ids");
        assert_int_equal(vectors_size(&v, ids), GC_SLOTS_MAX);
        for (uint32_t n = 0; n < GC_SLOTS_MAX; n++) {
            assert_span(gc_slots_id(&slots, n), string_of(&v, ids + 1 + (int)n, id));
        }
        assert_int_equal(vectors_hex(&v, vectors_get(&v, t, "key"), hex), GC_SLOT_KEY_BYTES);
        assert_memory_equal(slots.key, hex, GC_SLOT_KEY_BYTES);
        int list = vectors_get(&v, t, "messages");
        for (int k = 0, m = list + 1; k < vectors_size(&v, list); k++, m = vectors_behind(&v, m)) {
            check_message(&v, m, slots.key);
        }
    }
    vectors_free(&v);
}

/* The knock of a vector, as it arrives; 0 when it can be read. */
static int read_knock(const vectors *v, int t, gc_slot_message *out) {
    static char payload[VECTOR_BYTES_MAX], message[VECTOR_BYTES_MAX + 64];
    vectors_string(v, vectors_get(v, t, "payload"), payload);
    int len = snprintf(message, sizeof message,
                       "{\"type\":\"CANDIDATE\",\"src\":\"eve\",\"payload\":%s}", payload);
    assert_true(len > 0 && (size_t)len < sizeof message);
    assert_true(gc_signal_read(text_span(message), &in) == 0 && in.slot >= 0);
    return gc_slot_read(&in, out);
}

static void bad_and_unproved_vectors_are_refused(void **state) {
    vectors v = vectors_load("test/vectors/slots.json");
    uint8_t slot_key[VECTOR_BYTES_MAX], proof[GC_PROOF_BYTES];
    char slot[VECTOR_BYTES_MAX];
    gc_slot_message m;
    (void)state;
    int bad = vectors_get(&v, 0, "bad"), unproved = vectors_get(&v, 0, "unproved");
    for (int i = 0, t = bad + 1; i < vectors_size(&v, bad); i++, t = vectors_behind(&v, t)) {
        int why = vectors_get(&v, t, "why");
        /* That list is too long for the room of 16 that the protocol names, not for a larger one.
         */
        bool fits = vectors_is(&v, why, "17 members") && GC_ROOM_MEMBERS_MAX >= 17;
        assert_int_equal(read_knock(&v, t, &m), fits ? 0 : GC_E_SYNTAX);
        assert_true(!fits || m.count == 17);
    }
    int room = vectors_behind(&v, vectors_get(&v, 0, "rooms") + 1); /* the second one */
    assert_int_equal(vectors_hex(&v, vectors_get(&v, room, "key"), slot_key), GC_SLOT_KEY_BYTES);
    gc_span to = string_of(&v, vectors_get(&v, room, "ids") + 1, slot);
    for (int i = 0, t = unproved + 1; i < vectors_size(&v, unproved);
         i++, t = vectors_behind(&v, t)) {
        assert_int_equal(read_knock(&v, t, &m), 0);
        assert_int_equal(gc_slot_prove(&crypto, slot_key, GC_SPAN("eve"), to, &m, proof), 0);
        assert_memory_not_equal(proof, m.proof, sizeof proof);
    }
    vectors_free(&v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_written_is_read, setup),
        cmocka_unit_test(the_longest_message_fits_its_budget),
        cmocka_unit_test_setup(a_list_is_no_longer_than_a_room, setup),
        cmocka_unit_test_setup(a_proof_binds_all_of_it, setup),
        cmocka_unit_test_setup(truncated_messages_are_refused, setup),
        cmocka_unit_test_setup(ids_keys_and_messages_are_those_of_the_vectors, setup),
        cmocka_unit_test_setup(bad_and_unproved_vectors_are_refused, setup),
    };
    return RUN(tests);
}
