#include "rtc/dtls_assembly.h"
#include "test/unit/unit.h"

enum { HEAD = GC_DTLS_HANDSHAKE_HEAD_BYTES, SIZE = 512 };

static const uint8_t types[] = {GC_DTLS_SERVER_HELLO, GC_DTLS_CERTIFICATE,
                                GC_DTLS_SERVER_KEY_EXCHANGE};
static uint8_t memory[SIZE];

static gc_dtls_assembly begin(void) {
    gc_dtls_assembly a;
    gc_dtls_assembly_begin(&a, memory, sizeof memory, types, 3, 4);
    return a;
}

/* The bytes from..to of a message of len bytes, whose bytes are mark + their place. */
static bool put(gc_dtls_assembly *a, uint8_t type, uint16_t seq, uint32_t len, uint32_t from,
                uint32_t to, uint8_t mark) {
    uint8_t bytes[SIZE * 2];
    for (uint32_t i = from; i < to; i++) {
        bytes[i - from] = (uint8_t)(mark + i);
    }
    uint8_t *copy = exact_copy(bytes, to - from);
    gc_dtls_message m = {gc_span_of(copy, to - from), len, from, seq, type};
    bool taken = gc_dtls_assembly_put(a, &m);
    free(copy);
    return taken;
}

static void assert_whole(const gc_dtls_assembly *a, uint32_t i, uint32_t len, uint8_t mark) {
    gc_span m = gc_dtls_assembly_message(a, i);
    char head[32];
    uint8_t expected[HEAD];
    snprintf(head, sizeof head, "%02x%06x%04x000000%06x", types[i], len, 4 + i, len);
    from_hex(head, expected);
    assert_int_equal(m.len, HEAD + len);
    assert_memory_equal(m.data, expected, HEAD);
    for (uint32_t n = 0; n < len; n++) {
        assert_int_equal(m.data[HEAD + n], (uint8_t)(mark + n));
    }
}

static void messages_in_order(void **state) {
    (void)state;
    gc_dtls_assembly a = begin();
    assert_int_equal(gc_dtls_assembly_message(&a, 0).len, 0);
    assert_int_equal(gc_dtls_assembly_record(&a).len, GC_DTLS_RECORD_HEAD_BYTES);
    for (uint16_t i = 0; i < 3; i++) {
        assert_false(gc_dtls_assembly_done(&a));
        assert_false(put(&a, types[i], (uint16_t)(4 + i + 1), 20, 0, 20, 0)); /* not its turn */
        assert_false(put(&a, types[i], 3, 20, 0, 20, 0));                     /* before them all */
        assert_false(put(&a, 99, (uint16_t)(4 + i), 20, 0, 20, 0));
        assert_true(put(&a, types[i], (uint16_t)(4 + i), 20 + i, 0, 20u + i, (uint8_t)i));
    }
    assert_true(gc_dtls_assembly_done(&a));
    assert_false(put(&a, types[2], 7, 20, 0, 20, 0));
    for (uint32_t i = 0; i < 3; i++) {
        assert_whole(&a, i, 20 + i, (uint8_t)i);
    }
    gc_span record = gc_dtls_assembly_record(&a);
    gc_dtls_record read;
    gc_dtls_message m;
    assert_true(gc_dtls_record_next(&record, &read));
    assert_int_equal(record.len, 0);
    assert_int_equal(read.epoch, 0);
    assert_int_equal(read.type, GC_DTLS_TYPE_HANDSHAKE);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(gc_dtls_message_next(&read.body, &m));
        assert_int_equal(m.part.len, 20 + i);
        assert_int_equal(m.type, types[i]);
    }
    assert_int_equal(read.body.len, 0);
}

/* Two parts of any lengths, in both orders, also where they overlap. */
static void parts_in_both_orders(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 2 * 30 * 29; n++) {
        uint32_t end = 1 + n / 2 % 30, start = 1 + n / 60;
        gc_dtls_assembly a = begin();
        bool front_first = n % 2 == 0;
        if (front_first) {
            assert_true(put(&a, types[0], 4, 30, 0, end, 0));
        }
        bool back = put(&a, types[0], 4, 30, start, 30, 0);
        if (!front_first) {
            assert_true(back);
            back = put(&a, types[0], 4, 30, 0, end, 0);
        }
        bool all = start <= end;
        assert_int_equal(gc_dtls_assembly_message(&a, 0).len, all ? HEAD + 30 : 0);
        if (all && back) {
            assert_whole(&a, 0, 30, 0);
        }
    }
}

static void parts_of_one_byte(void **state) {
    (void)state;
    gc_dtls_assembly a = begin();
    for (uint32_t i = 0; i < 90; i++) {
        assert_false(put(&a, types[i / 30], (uint16_t)(4 + i / 30), 30, i % 30, i % 30, 0));
        assert_true(put(&a, types[i / 30], (uint16_t)(4 + i / 30), 30, i % 30, i % 30 + 1, 7));
    }
    assert_true(gc_dtls_assembly_done(&a));
    assert_whole(&a, 2, 30, 7);
}

/* A part in the middle has no place. */
static void a_middle_waits_for_its_turn(void **state) {
    (void)state;
    gc_dtls_assembly a = begin();
    assert_false(put(&a, types[0], 4, 30, 10, 20, 0));
    assert_true(put(&a, types[0], 4, 30, 0, 5, 0));
    assert_false(put(&a, types[0], 4, 30, 10, 20, 0));
    assert_true(put(&a, types[0], 4, 30, 5, 10, 0));
    assert_true(put(&a, types[0], 4, 30, 10, 20, 0));
    assert_true(put(&a, types[0], 4, 30, 20, 30, 0));
    assert_whole(&a, 0, 30, 0);
}

/* Whatever came before: a message that begins anew takes its place and that of all behind it. */
static void the_newest_message_wins(void **state) {
    (void)state;
    gc_dtls_assembly a = begin();
    assert_true(put(&a, types[0], 4, 40, 0, 40, 9));
    assert_true(put(&a, types[1], 5, 100, 0, 100, 9));
    assert_true(put(&a, types[2], 6, 50, 0, 10, 9));
    assert_false(put(&a, types[0], 4, 40, 30, 40, 1)); /* an end of what is whole */
    assert_false(put(&a, types[2], 6, 60, 10, 60, 1)); /* of another length */
    assert_int_equal(a.whole, 2);
    assert_true(put(&a, types[1], 5, 20, 0, 10, 1));
    assert_int_equal(gc_dtls_assembly_message(&a, 1).len, 0);
    assert_whole(&a, 0, 40, 9);
    assert_true(put(&a, types[0], 4, 30, 0, 30, 1));
    assert_true(put(&a, types[1], 5, 20, 0, 20, 1));
    assert_true(put(&a, types[2], 6, 10, 0, 10, 1));
    assert_true(gc_dtls_assembly_done(&a));
    for (uint32_t i = 0; i < 3; i++) {
        assert_whole(&a, i, 30 - 10 * i, 1);
    }
    assert_true(put(&a, types[0], 4, 20, 0, 5, 3));
    assert_true(put(&a, types[0], 4, 20, 0, 3, 2)); /* a shorter start covers less */
    assert_true(put(&a, types[0], 4, 20, 5, 20, 2));
    assert_int_equal(a.whole, 0);
}

/* Of each length: what does not fit changes nothing. */
static void the_memory_is_a_bound(void **state) {
    (void)state;
    for (uint32_t len = 0; len < SIZE * 2; len++) {
        gc_dtls_assembly a = begin();
        assert_true(put(&a, types[0], 4, 8, 0, 8, 0));
        uint32_t left = SIZE - GC_DTLS_RECORD_HEAD_BYTES - 2 * HEAD - 8;
        assert_int_equal(put(&a, types[1], 5, len, 0, len, 0), len <= left);
        assert_int_equal(a.whole, len <= left ? 2 : 1);
        assert_whole(&a, 0, 8, 0);
    }
    gc_dtls_assembly a = begin();
    assert_false(put(&a, types[0], 4, 0xffffff, 0xffffff - 8, 0xffffff - 8, 0));
}

/* Each byte of a datagram cut off, or changed. */
static void broken_datagrams(void **state) {
    (void)state;
    gc_dtls_assembly a = begin(), b;
    static uint8_t other[SIZE];
    for (uint16_t i = 0; i < 3; i++) {
        put(&a, types[i], (uint16_t)(4 + i), 30, 0, 30, 0);
    }
    gc_span datagram = gc_dtls_assembly_record(&a);
    for (uint32_t len = 0; len <= datagram.len; len++) {
        uint8_t *copy = exact_copy(datagram.data, len);
        gc_dtls_assembly_begin(&b, other, sizeof other, types, 3, 4);
        bool taken = gc_dtls_assembly_datagram(&b, gc_span_of(copy, len));
        assert_int_equal(taken, len == datagram.len); /* one record */
        assert_int_equal(gc_dtls_assembly_done(&b), len == datagram.len);
        free(copy);
    }
    for (uint32_t bit = 0; bit < datagram.len * 8; bit++) {
        uint8_t *copy = exact_copy(datagram.data, datagram.len);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        gc_dtls_assembly_begin(&b, other, sizeof other, types, 3, 4);
        gc_dtls_assembly_datagram(&b, gc_span_of(copy, datagram.len));
        assert_true(gc_dtls_assembly_record(&b).len <= SIZE);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_in_order),       cmocka_unit_test(parts_in_both_orders),
        cmocka_unit_test(parts_of_one_byte),       cmocka_unit_test(a_middle_waits_for_its_turn),
        cmocka_unit_test(the_newest_message_wins), cmocka_unit_test(the_memory_is_a_bound),
        cmocka_unit_test(broken_datagrams),
    };
    return RUN(tests);
}
