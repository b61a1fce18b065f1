#include "rtc/ice_generations.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

#define UFRAG GC_SPAN("abcd")
#define PWD   GC_SPAN("0123456789012345678901")

static gc_drbg drbg;
static gc_ice_generations ours, theirs;
static bool news;

/* Takes what each side would tell now to the other. */
static int tell(gc_ice_generations *to, const gc_ice_generations *from) {
    const gc_ice_credentials *c = gc_ice_generations_local(from);
    return gc_ice_generations_remote(to, gc_ice_credentials_ufrag(c), gc_ice_credentials_pwd(c),
                                     &news);
}

static void start(void) {
    const uint8_t seed[32] = {1};
    gc_drbg_init(&drbg, seed);
    ours = theirs = (gc_ice_generations){0};
    gc_ice_generations_init(&ours, &drbg);
    gc_ice_generations_init(&theirs, &drbg);
    assert_int_equal(gc_ice_generations_restart(&ours, &drbg), GC_E_STATE); /* it did not begin */
    assert_int_equal(tell(&ours, &theirs), 0);
    assert_true(news);
    assert_int_equal(tell(&theirs, &ours), 0);
}

/* Which generation a check of theirs, from one of ours to another, belongs to. */
static int read(const gc_ice_generation *by, const gc_ice_credentials *to,
                const gc_ice_generation **which) {
    const uint8_t transaction[12] = {1};
    const gc_ice_check check = {.priority = 5, .tie_breaker = 7};
    uint8_t bytes[GC_ICE_MESSAGE_BYTES_MAX];
    gc_stun_message m;
    gc_ice_check out;
    uint32_t code;
    uint32_t len = gc_ice_message_check(bytes, transaction, &check, &by->local, to);
    assert_int_equal(gc_stun_message_read(gc_span_of(bytes, len), &m), 0);
    int result = gc_ice_generations_read(&ours, &m, &out, &code, which);
    assert_true(result != 0 || (code == 0 && out.priority == 5));
    return result;
}

static void new_ones_take_the_place_of_old_ones(void **state) {
    (void)state;
    const gc_ice_generation *which;
    start();
    gc_ice_generation before = theirs.current;
    gc_ice_credentials old = ours.current.local;
    assert_int_equal(tell(&ours, &theirs), 0);
    assert_false(news); /* the same again */
    assert_int_equal(gc_ice_generations_restart(&ours, &drbg), 0);
    assert_true(gc_ice_generations_restarting(&ours));
    assert_memory_not_equal(gc_ice_generations_local(&ours)->pwd, old.pwd, GC_ICE_PWD_CHARS);
    assert_int_equal(gc_ice_generations_restart(&ours, &drbg), GC_E_STATE);
    assert_int_equal(tell(&ours, &theirs), GC_E_STATE); /* the peer must restart too */
    assert_int_equal(gc_ice_generations_remote(&ours, UFRAG, GC_SPAN("short"), &news), GC_E_SYNTAX);
    assert_int_equal(read(&before, &old, &which), 0);
    assert_ptr_equal(which, &ours.current); /* the old ones are in use meanwhile */
    assert_int_equal(gc_ice_generations_restart(&theirs, &drbg), 0);
    assert_int_equal(read(&theirs.next, gc_ice_generations_local(&ours), &which), 0);
    assert_ptr_equal(which, &ours.next);
    assert_int_equal(tell(&theirs, &ours), 0);
    assert_int_equal(tell(&ours, &theirs), 0);
    assert_true(news);
    assert_false(gc_ice_generations_restarting(&ours));
    assert_int_equal(read(&theirs.current, &ours.current.local, &which), 0);
    assert_ptr_equal(which, &ours.current);
    assert_int_equal(read(&before, &old, &which), 0);
    assert_ptr_equal(which, &ours.former);
}

static void without_a_restart_they_stay(void **state) {
    (void)state;
    start();
    assert_int_equal(gc_ice_generations_remote(&ours, UFRAG, PWD, &news), GC_E_STATE);
    assert_int_equal(tell(&ours, &theirs), 0);
}

/* One generation does not vouch for another. */
static void generations_are_not_mixed(void **state) {
    (void)state;
    const gc_ice_generation *which;
    start();
    gc_ice_generation before = theirs.current;
    gc_ice_credentials old = ours.current.local;
    gc_ice_generations_restart(&ours, &drbg);
    gc_ice_generations_restart(&theirs, &drbg);
    assert_int_equal(tell(&theirs, &ours), 0);
    assert_int_equal(tell(&ours, &theirs), 0);
    assert_int_equal(read(&before, &ours.current.local, &which), GC_E_NOT_FOUND);
    assert_int_equal(read(&theirs.current, &old, &which), GC_E_NOT_FOUND);
    gc_ice_credentials wrong = ours.current.local;
    wrong.pwd[3] ^= 1;
    assert_int_equal(read(&theirs.current, &wrong, &which), GC_E_REFUSED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_ones_take_the_place_of_old_ones),
        cmocka_unit_test(without_a_restart_they_stay),
        cmocka_unit_test(generations_are_not_mixed),
    };
    return RUN(tests);
}
