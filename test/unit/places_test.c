/* core/client/peers.c: who gets one of the places that a client has for others */
#include "test/unit/client_script.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* How strangers may call: without a tag; under the room's tag without being in the server's list;
 * and as a stock PeerJS application. */
enum call { CALL_BARE, CALL_TAG, CALL_STOCK, CALLS };

static void calls(script *s, const char *id, uint32_t n, enum call call) {
    char text[512];
    snprintf(text, sizeof text,
             call == CALL_STOCK
                 ? "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"data\",\"sdp\":{"
                   "\"sdp\":\"junk\"},\"connectionId\":\"%c%c\",\"serialization\":\"raw\"%s}}"
                 : "{\"type\":\"OFFER\",\"src\":\"%s\",\"payload\":{\"type\":\"ghostchat\",\"v\":1,"
                   "\"dial\":\"%c%cAAAAAAAAAAAAAAAAAAAA\"%s,\"sdp\":\"junk\"}}",
             id, digits[n / 64 % 64], digits[n % 64],
             call == CALL_TAG ? ",\"room\":\"" COFFEE "\"" : "");
    server_says(s, text);
}

static uint32_t place_of(script *s, const char *id) {
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        if (client_peer_is_live(s->c, i) && gc_span_equal(client_peer_id(s->c, i), text_span(id))) {
            return i;
        }
    }
    return GC_NONE;
}

static bool is_listed(script *s, const char *id) {
    return place_of(s, id) != GC_NONE;
}

static const char *name(const char *word, uint32_t i) {
    static char text[32];
    snprintf(text, sizeof text, "%s%02u", word, i);
    return text;
}

static void strangers_call(script *s, uint32_t count, enum call call) {
    for (uint32_t i = 0; i < count; i++) {
        calls(s, name("~eve", i), i, call);
    }
}

/* Lets time pass at a server that answers. */
static void pass_alive(script *s, uint64_t ms) {
    for (uint64_t passed = 0; passed < ms; passed += 10000) {
        pass(s, 10000);
        server_says(s, "{\"type\":\"GC-ALIVE\"}");
    }
}

static void members_find_a_place_whoever_came_before(void **state) {
    (void)state;
    for (uint32_t call = 0; call < CALLS; call++) {
        script *s = script_new();
        enter_coffee(s, "[]");
        strangers_call(s, 40, (enum call)call);
        for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
            joined(s, name("~ann", i));
            strangers_call(s, 3, (enum call)call); /* they do not rest */
        }
        for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
            assert_true(is_listed(s, name("~ann", i)));
        }
        script_free(s);
    }
}

/* A list names more members than there are places free: those who do not rest find one. */
static void a_list_of_members_finds_places(void **state) {
    char members[16 * GC_ROOM_MEMBERS_MAX] = "[";
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[]");
    strangers_call(s, 40, CALL_BARE);
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
        size_t len = strlen(members);
        snprintf(members + len, sizeof members - len, "%s\"%s\"", i > 0 ? "," : "",
                 name("~ann", i));
    }
    strcat(members, "]");
    put(s, gc_client_signaling_closed(s->c, s->now, GC_SIGNALING_SOCKET_OWN));
    enter_again(s, members);
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
        offer_from(s, name("~ann", i), name("AAECAwQFBgcICQoLDA0O", 0)); /* as they do after 4 s */
    }
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
        joined(s, name("~ann", i));
    }
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
        assert_true(is_listed(s, name("~ann", i)));
    }
    script_free(s);
}

static void the_user_is_told_that_no_place_is_left(void **state) {
    script *s = script_new();
    (void)state;
    enter_coffee(s, "[]");
    strangers_call(s, GC_PEERS_MAX - 2, CALL_BARE);
    assert_null(strstr(s->lines, "peers-full"));
    calls(s, "~mallory", 60, CALL_BARE);
    expect(s, "state waiting on peers-full\n");
    assert_false(is_listed(s, "~mallory"));
    pass_alive(s, 120000); /* nobody of them ever opens a link */
    assert_false(is_listed(s, name("~eve", 0)));
    calls(s, "~mallory", 61, CALL_BARE);
    assert_true(is_listed(s, "~mallory"));
    script_free(s);
}

/* Dialled three times in vain, as somebody known by hearsay is. */
static void who_never_opened_a_link_is_forgotten(void **state) {
    (void)state;
    for (uint32_t call = 0; call < CALLS; call++) {
        script *s = script_new();
        enter_coffee(s, "[]");
        calls(s, "~eve", 1, (enum call)call);
        assert_true(is_listed(s, "~eve"));
        pass_alive(s, 2 * 60000);
        assert_false(is_listed(s, "~eve"));
        script_free(s);
    }
    /* A member of the room is not: the server says when it goes. */
    script *s = script_new();
    enter_coffee(s, "[\"~ann\"]");
    pass_alive(s, 5 * 60000);
    assert_true(is_listed(s, "~ann"));
    script_free(s);
}

static uint32_t link_guest(script *s, const char *id, uint32_t n) {
    gc_frame start = start_of_peer(s, 1, 0);
    calls(s, id, n, CALL_BARE);
    uint32_t slot = client_peer_attempt(s->c, place_of(s, id));
    described(s, slot);
    opened(s, slot);
    start.session[0] = (uint8_t)n;
    frame(s, slot, &start);
    assert_true(client_peer_is_open(s->c, place_of(s, id)));
    return slot;
}

/* Guests with links stay as long as there is room, a few of them always; the others are told why
 * they must go. */
static void guests_with_links_give_way_to_members(void **state) {
    script *s = script_new();
    uint32_t told = 0;
    (void)state;
    enter_coffee(s, "[]");
    for (uint32_t i = 0; i < 12; i++) {
        (void)link_guest(s, name("~gus", i), i);
    }
    calls(s, "~eve", 50, CALL_BARE);
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX - 1; i++) {
        joined(s, name("~ann", i));
        told += strstr(s->lines, "bye ") != NULL && strstr(s->lines, " peers-full\n") != NULL;
        assert_true(is_listed(s, name("~ann", i)));
        /* Eve, who has no link, goes first: she, 12 guests and 6 members leave one place. */
        assert_int_equal(is_listed(s, "~eve"), i < GC_PEERS_MAX - 15);
    }
    uint32_t left = 0;
    for (uint32_t i = 0; i < 12; i++) {
        left += is_listed(s, name("~gus", i));
    }
    assert_int_equal(left, GC_GUESTS_MAX);
    assert_int_equal(told, 12 - GC_GUESTS_MAX);
    script_free(s);
}

static void a_guest_is_told_that_there_is_no_place(void **state) {
    gc_frame bye = {.type = GC_FRAME_BYE, .reason = GC_REASON_PEERS_FULL};
    script *s = script_met("~bob");
    (void)state;
    frame(s, 0, &bye);
    expect(s, "close 0\nstate waiting on none\npeer 0 ~bob closed 'Bob' peers-full\n");
    script_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_find_a_place_whoever_came_before),
        cmocka_unit_test(a_list_of_members_finds_places),
        cmocka_unit_test(the_user_is_told_that_no_place_is_left),
        cmocka_unit_test(who_never_opened_a_link_is_forgotten),
        cmocka_unit_test(guests_with_links_give_way_to_members),
        cmocka_unit_test(a_guest_is_told_that_there_is_no_place),
    };
    return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
