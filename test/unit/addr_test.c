/* core/base/addr.c */
#include "core/base/addr.h"
#include "test/unit/unit.h"

static void loopback_is_told_from_others(void **state) {
    (void)state;
    gc_addr four = {.family = 4, .ip = {127, 255, 0, 9}}, six = {.family = 6, .ip = {[15] = 1}};
    assert_true(gc_addr_is_loopback(&four));
    assert_true(gc_addr_is_loopback(&six));
    four.ip[0] = 128;
    six.ip[0] = 127;
    gc_addr none = {.family = 0, .ip = {127}}, any = {.family = 6};
    assert_false(gc_addr_is_loopback(&four));
    assert_false(gc_addr_is_loopback(&six));
    assert_false(gc_addr_is_loopback(&none));
    assert_false(gc_addr_is_loopback(&any));
}

static void a_source_is_an_address_or_a_64(void **state) {
    (void)state;
    gc_addr four = {.family = 4, .ip = {192, 0, 2, 1}, .port = 7};
    gc_addr six = {.family = 6, .ip = {0x20, 1, 2, 3, 4, 5, 6, 7, 8}};
    uint8_t source[GC_ADDR_SOURCE_BYTES];
    gc_addr_source(&four, source);
    assert_memory_equal(source, "\4\300\0\2\1\0\0\0\0", sizeof source);
    gc_addr_source(&six, source);
    assert_memory_equal(source, "\6\40\1\2\3\4\5\6\7", sizeof source);
}

static void its_hash_is_keyed_and_names_it(void **state) {
    (void)state;
    const uint8_t key[16] = {1}, other[16] = {2};
    gc_addr a = {.family = 6, .ip = {0x20, 1}}, b = a;
    b.ip[15] = 9;
    b.port = 9;
    assert_true(gc_addr_source_hash(&a, key) == gc_addr_source_hash(&b, key));
    assert_true(gc_addr_source_hash(&a, key) != gc_addr_source_hash(&a, other));
    b.ip[7] = 9;
    assert_true(gc_addr_source_hash(&a, key) != gc_addr_source_hash(&b, key));
    b = a;
    b.family = 4;
    assert_true(gc_addr_source_hash(&a, key) != gc_addr_source_hash(&b, key));
}

static void one_ip_has_many_ports(void **state) {
    (void)state;
    gc_addr a = {.family = 6, .ip = {0x20, 1}, .port = 1}, b = a;
    b.port = 2;
    assert_true(gc_addr_is_same_ip(&a, &b));
    b.ip[15] = 1;
    assert_false(gc_addr_is_same_ip(&a, &b));
    b = a;
    b.family = 4;
    assert_false(gc_addr_is_same_ip(&a, &b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_told_from_others),
        cmocka_unit_test(a_source_is_an_address_or_a_64),
        cmocka_unit_test(its_hash_is_keyed_and_names_it),
        cmocka_unit_test(one_ip_has_many_ports),
    };
    return RUN(tests);
}
