/* What Chromium and Firefox send on a link, against test/vectors/packets.json: connectivity checks
 * and answers, the first flight of DTLS, and SCTP as it came out of DTLS. */
#include "rtc/dtls_hello.h"
#include "rtc/ice_message.h"
#include "rtc/integrity.h"
#include "rtc/sctp_chunk.h"
#include "test/unit/unit.h"
#include "test/unit/vectors.h"

static vectors file;

static int load(void **state) {
    (void)state;
    file = vectors_load("test/vectors/packets.json");
    return 0;
}

static int unload(void **state) {
    (void)state;
    vectors_free(&file);
    return 0;
}

/* Calls visit with each object of a list and its packet. */
static void for_each(const char *list, void (*visit)(int object, gc_span packet)) {
    int all = vectors_get(&file, 0, list);
    assert_true(vectors_size(&file, all) >= 4);
    for (int i = 0, t = all + 1; i < vectors_size(&file, all); i++, t = vectors_behind(&file, t)) {
        uint8_t bytes[VECTOR_BYTES_MAX];
        uint32_t len = vectors_hex(&file, vectors_get(&file, t, "hex"), bytes);
        uint8_t *copy = exact_copy(bytes, len);
        visit(t, gc_span_of(copy, len));
        free(copy);
    }
}

static uint32_t number(int object, const char *key) {
    return (uint32_t)vectors_number(&file, vectors_get(&file, object, key));
}

/* --- ICE -------------------------------------------------------------------------------------- */

static gc_span key_of(int object, char text[VECTOR_BYTES_MAX]) {
    uint32_t len = vectors_string(&file, vectors_get(&file, object, "key"), text);
    return gc_span_of(text, len);
}

static bool authentic(gc_span packet, gc_span key) {
    gc_stun_message m;
    return gc_stun_message_read(packet, &m) == 0 && m.fingerprint && gc_integrity_check(&m, key);
}

/* A message whose bytes were changed anywhere, but in its fingerprint alone, is not authentic. */
static void assert_sealed(gc_span packet, gc_span key) {
    assert_true(authentic(packet, key));
    assert_false(authentic(packet, gc_span_of(key.data, key.len - 1)));
    uint8_t *copy = exact_copy(packet.data, packet.len);
    for (uint32_t bit = 0; bit < packet.len * 8; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(authentic(gc_span_of(copy, packet.len), key));
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(copy);
}

static void check(int object, gc_span packet) {
    char text[VECTOR_BYTES_MAX], name[VECTOR_BYTES_MAX];
    assert_sealed(packet, key_of(object, text));
    /* USERNAME names the receiver first. */
    gc_ice_credentials local = {0}, remote = {0};
    uint32_t len = vectors_string(&file, vectors_get(&file, object, "username"), name);
    uint32_t colon = gc_span_find(gc_span_of(name, len), 0, ':');
    assert_int_equal(gc_ice_credentials_set(&local, gc_span_of(name, colon),
                                            gc_span_of(text, (uint32_t)strlen(text))),
                     0);
    assert_int_equal(gc_ice_credentials_set(&remote, gc_span_from(gc_span_of(name, len), colon + 1),
                                            GC_SPAN("APasswordThatIsNotUsed00")),
                     0);
    gc_stun_message m;
    gc_ice_check got;
    uint32_t code = 1;
    assert_int_equal(gc_stun_message_read(packet, &m), 0);
    assert_int_equal(gc_ice_message_read_check(&m, &local, &remote, &got, &code), 0);
    assert_int_equal(code, 0);
    assert_int_equal(got.priority, number(object, "priority"));
    assert_int_equal(got.controlling,
                     vectors_true(&file, vectors_get(&file, object, "controlling")));
    assert_int_equal(got.use_candidate,
                     vectors_true(&file, vectors_get(&file, object, "nominates")));
}

static void answer(int object, gc_span packet) {
    char text[VECTOR_BYTES_MAX];
    gc_span key = key_of(object, text);
    assert_sealed(packet, key);
    gc_stun_message m;
    gc_addr mapped;
    assert_int_equal(gc_stun_message_read(packet, &m), 0);
    assert_int_equal(m.class, GC_STUN_SUCCESS);
    assert_int_equal(gc_stun_message_address(&m, GC_STUN_XOR_MAPPED_ADDRESS, &mapped), 0);
    assert_int_equal(mapped.family, 4);
}

static void checks(void **state) {
    (void)state;
    for_each("checks", check);
}

static void answers(void **state) {
    (void)state;
    for_each("answers", answer);
}

/* --- DTLS ------------------------------------------------------------------------------------- */

static void hello(int object, gc_span packet) {
    (void)object;
    gc_span rest = packet;
    gc_dtls_record record;
    uint32_t records = 0;
    uint8_t memory[GC_DTLS_HELLO_BYTES_MAX];
    static const uint8_t types[] = {GC_DTLS_CLIENT_HELLO};
    gc_dtls_assembly assembly;
    gc_dtls_assembly_begin(&assembly, memory, sizeof memory, types, 1, 0);
    assert_true(gc_dtls_assembly_datagram(&assembly, packet));
    while (gc_dtls_record_next(&rest, &record)) {
        assert_int_equal(record.epoch, 0);
        assert_int_equal(record.type, GC_DTLS_TYPE_HANDSHAKE);
        records++;
    }
    assert_int_equal(records, 1);
    assert_int_equal(rest.len, 0);
    for (uint32_t len = 0; len < packet.len; len++) {
        gc_span cut = gc_span_of(packet.data, len);
        assert_false(gc_dtls_record_next(&cut, &record));
    }
}

/* Each browser sends its first message in two datagrams. */
static void hellos(void **state) {
    (void)state;
    for_each("hellos", hello);
}

/* --- SCTP ------------------------------------------------------------------------------------- */

static void init(int object, const gc_sctp_chunk *c) {
    gc_sctp_init_chunk got;
    assert_int_equal(gc_sctp_init_read(c, &got), 0);
    assert_int_equal(got.window_bytes, number(object, "window"));
    assert_int_equal(got.streams_out, number(object, "out"));
    assert_int_equal(got.streams_in, number(object, "in"));
    assert_int_equal(got.tsn, number(object, "tsn"));
    assert_true(got.reconfig);
    assert_true(got.forward_tsn);
    assert_int_equal(got.cookie.len > 0, c->type == GC_SCTP_INIT_ACK);
}

static void read_chunk(int object, const gc_sctp_chunk *c) {
    gc_sctp_data data;
    gc_sctp_sack sack;
    gc_sctp_parameter parameter;
    gc_sctp_reconfig reconfig;
    gc_reader r;
    switch (c->type) {
    case GC_SCTP_INIT:
    case GC_SCTP_INIT_ACK:
        init(object, c);
        break;
    case GC_SCTP_DATA:
        assert_int_equal(gc_sctp_data_read(c, &data), 0);
        break;
    case GC_SCTP_SACK:
        assert_int_equal(gc_sctp_sack_read(c, &sack), 0);
        assert_int_equal(sack.gaps, 0);
        break;
    case GC_SCTP_RECONFIG:
        gc_reader_init(&r, c->value);
        assert_true(gc_sctp_parameter_next(&r, &parameter));
        assert_int_equal(gc_sctp_reconfig_read(&parameter, &reconfig), 0);
        break;
    default:
        assert_true(c->type == GC_SCTP_COOKIE_ECHO || c->type == GC_SCTP_COOKIE_ACK ||
                    c->type == GC_SCTP_HEARTBEAT || c->type == GC_SCTP_HEARTBEAT_ACK);
    }
}

static gc_crc32c crc;

static void packet(int object, gc_span bytes) {
    gc_sctp_head head;
    gc_sctp_chunk c;
    gc_reader r;
    assert_int_equal(gc_sctp_packet_open(&crc, bytes, false, &head, &r), 0);
    assert_int_equal(head.from, 5000);
    assert_int_equal(head.to, 5000);
    assert_int_equal(head.tag, number(object, "tag"));
    int list = vectors_get(&file, object, "chunks");
    int t = list + 1;
    for (int i = 0; i < vectors_size(&file, list); i++, t = vectors_behind(&file, t)) {
        assert_true(gc_sctp_chunk_next(&r, &c));
        assert_int_equal(c.type, vectors_number(&file, t));
        read_chunk(object, &c);
    }
    assert_false(gc_sctp_chunk_next(&r, &c));
    assert_false(r.failed);
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    for (uint32_t bit = 0; bit < bytes.len * 8; bit++) {
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(
            gc_sctp_packet_open(&crc, gc_span_of(copy, bytes.len), false, &head, &r), 0);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    free(copy);
}

static void packets(void **state) {
    (void)state;
    for (int tables = 0; tables < 2; tables++) {
        gc_crc32c_init(&crc, tables != 0);
        for_each("packets", packet);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(checks, load, unload),
        cmocka_unit_test_setup_teardown(answers, load, unload),
        cmocka_unit_test_setup_teardown(hellos, load, unload),
        cmocka_unit_test_setup_teardown(packets, load, unload),
    };
    return RUN(tests);
}
