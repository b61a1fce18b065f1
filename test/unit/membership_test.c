/* core/proto/membership.c */
#include "core/proto/membership.h"
#include "core/base/error.h"
#include "host/crypto.h"
#include "test/unit/room.h"
#include "test/unit/unit.h"

#define SECRET_LINK "https://h/room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"
#define PEER_LINK   "https://h/join/bob#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"

static gc_crypto crypto;
static gc_drbg drbg;
static gc_membership m;
/* H and M of ghostchat-protocol(7): the tag of S = 07..., and that of the open room "coffee". */
static uint8_t tag07[GC_TAG_BYTES], coffee[GC_TAG_BYTES];

static int setup(void **state) {
    static const uint8_t seed[32] = {5};
    (void)state;
    (void)from_hex("cdfe7e95c35a39fe6a4e217ba54e90f5", tag07);
    (void)from_hex("29935b41b9a63fe8f9dd6864f4193aa7", coffee);
    gc_drbg_init(&drbg, seed);
    memset(&m, 0, sizeof m);
    return gc_host_crypto(&crypto);
}

static gc_welcome welcome(const uint8_t *tag, const char *from) {
    return gc_membership_welcome(&m, tag, text_span(from));
}

static int invite(uint32_t kind, char out[512]) {
    gc_writer w;
    gc_writer_init(&w, (uint8_t *)out, 511);
    int error = gc_membership_invite(&m, &crypto, &drbg, GC_SPAN("own-id"), GC_SPAN("https://h/p/"),
                                     kind, &w);
    out[w.at] = 0;
    return error;
}

static void nobody_is_welcome_nowhere(void **state) {
    char link[512];
    (void)state;
    assert_null(gc_membership_room_tag(&m));
    assert_int_equal(gc_membership_target(&m).len, 0);
    assert_int_equal(welcome(NULL, "bob"), GC_WELCOME_REFUSED);
    assert_int_equal(welcome(coffee, "bob"), GC_WELCOME_REFUSED);
    assert_int_equal(invite(0, link), GC_E_STATE);
    assert_int_equal(invite(GC_INVITE_PEER_SECRET, link), GC_E_STATE);
}

static void an_open_room_takes_its_tag_and_bare_guests(void **state) {
    char link[512];
    (void)state;
    assert_int_equal(gc_membership_enter_name(&m, &crypto, room_named("coffee")), 0);
    assert_memory_equal(gc_membership_room_tag(&m), coffee, GC_TAG_BYTES);
    assert_int_equal(welcome(coffee, "bob"), GC_WELCOME_MEMBER);
    assert_int_equal(welcome(tag07, "bob"), GC_WELCOME_REFUSED);
    assert_int_equal(welcome(NULL, "bob"), GC_WELCOME_GUEST);
    assert_int_equal(invite(0, link), 0);
    assert_string_equal(link, "https://h/p/room/coffee");
    assert_int_equal(invite(GC_INVITE_ROOM_SECRET, link), GC_E_STATE);
    assert_int_equal(invite(GC_INVITE_PEER, link), GC_E_STATE);
}

static void a_private_room_takes_nobody_without_its_tag(void **state) {
    char link[512];
    (void)state;
    assert_int_equal(gc_membership_enter_link(&m, &crypto, GC_SPAN(SECRET_LINK)), 0);
    assert_memory_equal(gc_membership_room_tag(&m), tag07, GC_TAG_BYTES);
    assert_int_equal(welcome(tag07, "bob"), GC_WELCOME_MEMBER);
    assert_int_equal(welcome(NULL, "bob"), GC_WELCOME_REFUSED);
    assert_int_equal(welcome(coffee, "bob"), GC_WELCOME_REFUSED);
    assert_int_equal(invite(0, link), 0);
    assert_string_equal(link, "https://h/p/room/#1.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
}

static void a_new_room_has_a_new_secret(void **state) {
    char one[512], two[512];
    (void)state;
    assert_int_equal(gc_membership_enter_new(&m, &crypto, &drbg), 0);
    assert_int_equal(invite(0, one), 0);
    gc_membership first = m;
    assert_int_equal(gc_membership_enter_new(&m, &crypto, &drbg), 0);
    assert_int_equal(invite(0, two), 0);
    assert_string_not_equal(one, two);
    assert_int_equal(gc_membership_enter_link(&m, &crypto, text_span(one)), 0);
    assert_memory_equal(m.tag, first.tag, GC_TAG_BYTES);
}

static void a_guest_knows_only_its_host(void **state) {
    char link[512];
    (void)state;
    assert_int_equal(gc_membership_enter_link(&m, &crypto, GC_SPAN(PEER_LINK)), 0);
    assert_null(gc_membership_room_tag(&m));
    assert_span(gc_membership_target(&m), GC_SPAN("bob"));
    assert_int_equal(welcome(tag07, "bob"), GC_WELCOME_TARGET);
    assert_int_equal(welcome(tag07, "eve"), GC_WELCOME_REFUSED);
    assert_int_equal(welcome(NULL, "bob"), GC_WELCOME_REFUSED); /* never something weaker */
    assert_int_equal(invite(0, link), GC_E_STATE);
    assert_int_equal(gc_membership_enter_link(&m, &crypto, GC_SPAN("https://h/join/bob")), 0);
    assert_int_equal(welcome(NULL, "bob"), GC_WELCOME_TARGET);
    assert_int_equal(welcome(NULL, "eve"), GC_WELCOME_REFUSED);
    assert_int_equal(welcome(tag07, "bob"), GC_WELCOME_REFUSED);
}

static void a_direct_link_is_made_once(void **state) {
    char one[512], two[512];
    (void)state;
    assert_int_equal(gc_membership_enter_name(&m, &crypto, room_named("coffee")), 0);
    assert_false(m.has_direct);
    assert_int_equal(invite(GC_INVITE_PEER_SECRET, one), 0);
    assert_int_equal(invite(GC_INVITE_PEER_SECRET, two), 0);
    assert_string_equal(one, two);
    assert_ptr_equal(strstr(one, "https://h/p/join/own-id#1."), one);
    gc_membership guest = {0};
    assert_int_equal(gc_membership_enter_link(&guest, &crypto, text_span(one)), 0);
    assert_int_equal(welcome(guest.tag, "guest"), GC_WELCOME_GUEST);
    assert_int_equal(welcome(coffee, "guest"), GC_WELCOME_MEMBER);
}

static void errors_change_nothing(void **state) {
    char link[512];
    gc_writer w;
    (void)state;
    assert_int_equal(gc_membership_enter_name(&m, &crypto, room_named("coffee")), 0);
    gc_membership before = m;
    assert_int_equal(gc_membership_enter_link(&m, &crypto, GC_SPAN("https://h/room/tea")),
                     GC_E_ARGUMENT);
    assert_int_equal(gc_membership_enter_link(&m, &crypto, GC_SPAN("https://h/room/#1.x")),
                     GC_E_SYNTAX);
    assert_memory_equal(&m, &before, sizeof m);
    gc_writer_init(&w, (uint8_t *)link, 10);
    assert_int_equal(
        gc_membership_invite(&m, &crypto, &drbg, GC_SPAN("own"), GC_SPAN("https://h/"), 0, &w),
        GC_E_FULL);
    gc_writer_init(&w, (uint8_t *)link, 100);
    assert_int_equal(
        gc_membership_invite(&m, &crypto, &drbg, GC_SPAN("own"), GC_SPAN("https://h"), 0, &w),
        GC_E_SYNTAX);
    assert_int_equal(gc_membership_invite(&m, &crypto, &drbg, GC_SPAN("own"), GC_SPAN(""), 0, &w),
                     GC_E_SYNTAX);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(nobody_is_welcome_nowhere),
        TEST(an_open_room_takes_its_tag_and_bare_guests),
        TEST(a_private_room_takes_nobody_without_its_tag),
        TEST(a_new_room_has_a_new_secret),
        TEST(a_guest_knows_only_its_host),
        TEST(a_direct_link_is_made_once),
        TEST(errors_change_nothing),
    };
    return RUN(tests);
}
