#include "test/unit/noun.h"

#include "core/proto/addresses.h"

#define CAPACITY 8

static const uint8_t KEY[16] = {1, 2, 3};

typedef struct fixture {
    gc_addresses t;
    gc_arena arena;
    void *memory;
} fixture;

static void start(fixture *f, uint32_t per_address) {
    NOUN_PLACE(f->memory, f->arena,
               gc_addresses_init(&f->t, &f->arena, CAPACITY, per_address, KEY));
}

static gc_addr v4(uint8_t last) {
    return (gc_addr){.family = 4, .ip = {192, 0, 2, last}, .port = 999};
}

static gc_addr v6(uint8_t net, uint8_t host) {
    gc_addr a = {.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, net}};
    a.ip[15] = host;
    return a;
}

static void a_full_address_takes_one_more_after_a_release(void **state) {
    (void)state;
    fixture f;
    start(&f, 2);
    gc_addr a = v4(1);
    uint32_t first = gc_addresses_add(&f.t, &a);
    a.port = 5; /* ports do not count */
    assert_int_equal(gc_addresses_add(&f.t, &a), first);
    assert_int_equal(gc_addresses_add(&f.t, &a), GC_ADDRESS_NONE);
    gc_addr b = v4(2);
    assert_int_not_equal(gc_addresses_add(&f.t, &b), GC_ADDRESS_NONE);
    gc_addresses_remove(&f.t, first);
    assert_int_equal(gc_addresses_add(&f.t, &a), first);
    free(f.memory);
}

static void ipv6_is_counted_by_its_first_64_bits(void **state) {
    (void)state;
    fixture f;
    start(&f, 2);
    gc_addr a = v6(1, 1), b = v6(1, 2), c = v6(2, 1);
    uint32_t first = gc_addresses_add(&f.t, &a);
    assert_int_equal(gc_addresses_add(&f.t, &b), first);
    assert_int_equal(gc_addresses_add(&f.t, &a), GC_ADDRESS_NONE);
    assert_int_not_equal(gc_addresses_add(&f.t, &c), GC_ADDRESS_NONE);
    free(f.memory);
}

/* 32.1.13.184 and 2001:db8:: share their first bytes and are two addresses. */
static void ipv4_and_ipv6_are_counted_apart(void **state) {
    (void)state;
    fixture f;
    start(&f, 1);
    gc_addr a = {.family = 4, .ip = {0x20, 0x01, 0x0d, 0xb8}}, b = v6(0, 0);
    assert_int_not_equal(gc_addresses_add(&f.t, &a), GC_ADDRESS_NONE);
    assert_int_not_equal(gc_addresses_add(&f.t, &b), GC_ADDRESS_NONE);
    free(f.memory);
}

/* An address is forgotten with its last connection: any number may come by. */
static void entries_come_back(void **state) {
    (void)state;
    fixture f;
    start(&f, 1);
    for (uint32_t i = 0; i < 10000; i++) {
        gc_addr a = {.family = 4, .ip = {(uint8_t)(i >> 8), (uint8_t)i, 1, 1}};
        uint32_t entry = gc_addresses_add(&f.t, &a);
        assert_true(entry < CAPACITY);
        if (i >= CAPACITY - 1) {
            gc_addr old = {
                .family = 4,
                .ip = {(uint8_t)((i - CAPACITY + 1) >> 8), (uint8_t)(i - CAPACITY + 1), 1, 1}};
            assert_int_equal(gc_addresses_add(&f.t, &old), GC_ADDRESS_NONE); /* still there */
            gc_addresses_remove(&f.t, (i - CAPACITY + 1) % CAPACITY);
        }
    }
    assert_int_equal(f.t.map.count, CAPACITY - 1);
    free(f.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_address_takes_one_more_after_a_release),
        cmocka_unit_test(ipv6_is_counted_by_its_first_64_bits),
        cmocka_unit_test(ipv4_and_ipv6_are_counted_apart),
        cmocka_unit_test(entries_come_back),
    };
    return RUN(tests);
}
