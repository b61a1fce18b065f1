/* core/proto/views.c: what is to be seen of a peer. */
#include "core/proto/views.h"
#include "core/base/reason.h"
#include "test/unit/unit.h"

static gc_conversations_store store;
static gc_link_store links[GC_LINKS_MAX];
static gc_people people;
static gc_mesh mesh;
static gc_conversations talk;
static gc_views views;
static uint32_t peer;

static int setup(void **state) {
    (void)state;
    gc_people_init(&people);
    gc_mesh_init(&mesh, links);
    gc_conversations_init(&talk, &store);
    views = (gc_views){0};
    peer = gc_people_add(&people, GC_SPAN("ann"));
    gc_mesh_add(&mesh, peer);
    gc_conversations_add(&talk, peer);
    return 0;
}

static gc_view now(void) {
    return gc_views_now(&people, &mesh, &talk, peer);
}

static void a_new_peer_is_connecting(void **state) {
    (void)state;
    assert_int_equal(now().state, GC_PEER_CONNECTING);
    gc_people_trouble(&people, peer, GC_REASON_TIMEOUT);
    assert_int_equal(now().reason, GC_REASON_TIMEOUT);
}

static void a_target_that_nobody_holds_is_away(void **state) {
    (void)state;
    gc_people_miss(&people, peer);
    assert_int_equal(now().state, GC_PEER_CONNECTING); /* a member is looked for, not waited for */
    gc_people_aim(&people, peer);
    assert_int_equal(now().state, GC_PEER_AWAY);
    assert_int_equal(now().reason, GC_REASON_ABSENT);
}

static void an_ended_peer_is_closed_for_its_reason(void **state) {
    (void)state;
    gc_people_end(&people, peer, GC_REASON_LEFT);
    assert_int_equal(now().state, GC_PEER_CLOSED);
    assert_int_equal(now().reason, GC_REASON_LEFT);
}

static void a_view_is_told_once_and_again_when_it_changes(void **state) {
    gc_client_output out = {0};
    gc_view v = now();
    (void)state;
    assert_false(gc_views_are_told(&views, &people, peer, &v));
    gc_views_tell(&views, &people, &talk, peer, &v, &out);
    assert_int_equal(out.type, GC_CLIENT_PEER);
    assert_int_equal(out.value2, 1 << 8); /* a direct guest */
    assert_span(out.text, GC_SPAN("ann"));
    assert_true(gc_views_are_told(&views, &people, peer, &v));
    gc_people_rename(&people, peer, GC_SPAN("Ann"));
    assert_false(gc_views_are_told(&views, &people, peer, &v));
    gc_views_tell(&views, &people, &talk, peer, &v, &out);
    assert_span(out.text2, GC_SPAN("Ann"));
    v.rtt_ms = 7;
    assert_false(gc_views_are_told(&views, &people, peer, &v));
}

static void a_member_is_not_a_guest(void **state) {
    gc_client_output out = {0};
    gc_view v = now();
    (void)state;
    gc_people_join(&people, peer, NULL);
    gc_views_tell(&views, &people, &talk, peer, &v, &out);
    assert_int_equal(out.value2, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_new_peer_is_connecting),
        TEST(a_target_that_nobody_holds_is_away),
        TEST(an_ended_peer_is_closed_for_its_reason),
        TEST(a_view_is_told_once_and_again_when_it_changes),
        TEST(a_member_is_not_a_guest),
    };
    return RUN(tests);
}
