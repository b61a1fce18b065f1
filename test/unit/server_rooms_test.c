/* Rooms as ghostchat-protocol.7 says. */
#include "test/unit/server_host.h"

#define BURST (GC_RATE_PER_SECOND * GC_RATE_BURST_SECONDS)

#define JOIN(tag) "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"" tag "\"}}"
#define ROOM(tag, members)                                                                         \
    "{\"type\":\"GC-ROOM\",\"payload\":{\"tag\":\"" tag "\",\"members\":[" members "]}}"
#define FULL(tag)                                                                                  \
    "{\"type\":\"GC-ROOM\",\"payload\":{\"tag\":\"" tag "\",\"reason\":\"room-full\"}}"

static void the_first_answer_names_the_members(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("a", TAG_A)), GETS(1, OPENED_IN(TAG_A, "")),
                 OPEN(2, OURS_IN("b", TAG_A)), GETS(2, OPENED_IN(TAG_A, "\"a\"")),
                 GETS(1, JOINED(TAG_A, "b")), OPEN(3, OURS_IN("c", TAG_A)),
                 GETS(3, OPENED_IN(TAG_A, "\"a\",\"b\"")), GETS(1, JOINED(TAG_A, "c")),
                 GETS(2, JOINED(TAG_A, "c")), OPEN(4, OURS_IN("d", TAG_B)),
                 GETS(4, OPENED_IN(TAG_B, "")), FINISH});
}

static void a_room_is_joined_and_left_by_message(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS("a")), GETS(1, OPENED_GC), SAY(1, JOIN(TAG_A)),
                 GETS(1, ROOM(TAG_A, "")), OPEN(2, OURS("b")), GETS(2, OPENED_GC),
                 SAY(2, JOIN(TAG_A)), GETS(2, ROOM(TAG_A, "\"a\"")), GETS(1, JOINED(TAG_A, "b")),
                 SAY(1, "{\"type\":\"GC-LEAVE\"}"), GETS(2, GONE(TAG_A, "a")), LIVES(1),
                 SAY(1, "{\"type\":\"GC-LEAVE\"}"), SAY(1, JOIN(TAG_A)),
                 GETS(1, ROOM(TAG_A, "\"b\"")), GETS(2, JOINED(TAG_A, "a")), FINISH});
}

static void a_client_is_in_one_room_at_a_time(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                 SKIP(2), OPEN(3, OURS_IN("c", TAG_B)), SKIP(3), SAY(2, JOIN(TAG_B)),
                 GETS(1, GONE(TAG_A, "b")), GETS(3, JOINED(TAG_B, "b")),
                 GETS(2, ROOM(TAG_B, "\"c\"")), FINISH});
}

/* Asking again is answered, and is no news to the others. */
static void a_second_join_is_answered_and_not_announced(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                 SKIP(2), SAY(2, JOIN(TAG_A)), GETS(2, ROOM(TAG_A, "\"a\"")), NOTHING(1), FINISH});
}

static void every_end_is_pushed(void **state) {
    (void)state;
    const step ends[] = {DIE(2), BYE(2, 1000), SAY(2, "{\"type\":\"LEAVE\"}"),
                         BINARY(2, "\"\xff\"")};
    for (uint32_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)),
                            SKIP(2), SKIP(1), FINISH});
        run_step(&h, &ends[i]);
        run_on(&h, (step[]){GETS(1, GONE(TAG_A, "b")), FINISH});
        assert_int_equal(host_stats(&h).room_members, 1);
        host_stop(&h);
    }
}

static void the_end_of_a_silent_member_is_pushed(void **state) {
    (void)state;
    gc_server_config config = {.alive_timeout_ms = 3000};
    run_with(&config, (step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)),
                               MUTE(2), SKIP(2), SKIP(1), WAIT(3000), GETS(1, GONE(TAG_A, "b")),
                               CLOSED(2, 1005), FINISH});
}

static void a_full_room_refuses(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
        char query[128];
        snprintf(query, sizeof query, OURS_IN("m%02u", TAG_A), i);
        host_open(&h, i, query);
    }
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
        const char *open = host_next(&h, i);
        char want[8];
        snprintf(want, sizeof want, "\"m%02u\"", i == 0 ? 0 : i - 1);
        assert_int_equal(strstr(open, want) != NULL, i > 0);
        assert_int_equal(h.clients[i].inbox_len - h.clients[i].inbox_at,
                         GC_ROOM_MEMBERS_MAX - 1 - i);
        h.clients[i].inbox_at = h.clients[i].inbox_len;
    }
    run_on(&h, (step[]){OPEN(20, OURS_IN("x", TAG_A)),
                        GETS(20, "{\"type\":\"OPEN\",\"payload\":{\"gc\":1,\"ice\":" ICE
                                 ",\"room\":{\"tag\":\"" TAG_A "\",\"reason\":\"room-full\"}}}"),
                        LIVES(20), SAY(20, JOIN(TAG_A)), GETS(20, FULL(TAG_A)),
                        SAY(20, JOIN(TAG_B)), GETS(20, ROOM(TAG_B, "")), FINISH});
    assert_int_equal(host_stats(&h).bad_total[GC_REASON_ROOM_FULL], 2);
    /* a member that finds another room full has left its own */
    run_on(&h, (step[]){OPEN(21, OURS_IN("y", TAG_B)), SKIP(21), SKIP(20), SAY(20, JOIN(TAG_A)),
                        GETS(20, FULL(TAG_A)), GETS(21, GONE(TAG_B, "x")), FINISH});
    host_stop(&h);
}

static void stock_clients_know_no_rooms(void **state) {
    (void)state;
    run((step[]){OPEN(1, STOCK("a", "t") "&room=" TAG_A), GETS(1, OPENED), SAY(1, JOIN(TAG_A)),
                 GETS(1, BAD_REQUEST), OPEN(2, OURS_IN("b", TAG_A)), GETS(2, OPENED_IN(TAG_A, "")),
                 NOTHING(1), FINISH});
}

#define NOT_HEX "zz112233445566778899aabbccddeeff"

static void bad_tags_are_ignored(void **state) {
    (void)state;
    const char *messages[] = {"{\"type\":\"GC-JOIN\"}",
                              "{\"type\":\"GC-JOIN\",\"payload\":null}",
                              "{\"type\":\"GC-JOIN\",\"payload\":\"" TAG_A "\"}",
                              "{\"type\":\"GC-JOIN\",\"payload\":{}}",
                              "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":5}}",
                              "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"\"}}",
                              "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"" TAG_A "0\"}}",
                              "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"" TAG_A TAG_A "\"}}",
                              "{\"type\":\"GC-JOIN\",\"payload\":{\"room\":\"" NOT_HEX "\"}}"};
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, OURS("a")), SKIP(1), FINISH});
    for (uint32_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        host_say(&h, 1, messages[i]);
        host_expect(&h, 1, BAD_REQUEST);
        assert_int_equal(host_stats(&h).bad_total[GC_REASON_BAD_REQUEST], i + 1);
    }
    assert_int_equal(host_stats(&h).rooms, 0);
    host_stop(&h);
}

/* What a client that speaks gc hears before it is closed; PeerServer's clients hear nothing new. */
#define REPLACED                                                                                   \
    "{\"type\":\"ERROR\",\"payload\":{\"msg\":\"Another socket took over this id\","               \
    "\"code\":\"replaced\"}}"

static void a_take_over_in_the_same_room_is_announced_as_a_join(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                 SKIP(2), OPEN(3, OURS_IN("b", TAG_A)), GETS(3, OPENED_IN(TAG_A, "\"a\"")),
                 GETS(2, REPLACED), CLOSED(2, 4006), GETS(1, JOINED(TAG_A, "b")), NOTHING(1),
                 DIE(3), GETS(1, GONE(TAG_A, "b")), FINISH});
}

static void a_take_over_without_a_room_keeps_the_room(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                 SKIP(2), OPEN(3, OURS("b")), GETS(3, OPENED_GC), GETS(2, REPLACED),
                 CLOSED(2, 4006), NOTHING(1), OPEN(4, OURS_IN("c", TAG_A)),
                 GETS(4, OPENED_IN(TAG_A, "\"a\",\"b\"")), GETS(3, JOINED(TAG_A, "c")), SKIP(1),
                 FINISH});
}

static void a_take_over_into_another_room_leaves_the_first(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                 SKIP(2), OPEN(3, OURS_IN("c", TAG_B)), SKIP(3), OPEN(4, OURS_IN("b", TAG_B)),
                 GETS(1, GONE(TAG_A, "b")), GETS(4, OPENED_IN(TAG_B, "\"c\"")),
                 GETS(3, JOINED(TAG_B, "b")), GETS(2, REPLACED), CLOSED(2, 4006), FINISH});
}

static void hostile_ids_stay_inside_their_string(void **state) {
    (void)state;
    run((step[]){OPEN(1, OURS_IN("%22%7D%5C%00", TAG_A)), GETS(1, OPENED_IN(TAG_A, "")),
                 OPEN(2, OURS_IN("b", TAG_A)), GETS(2, OPENED_IN(TAG_A, "\"\\\"}\\\\\\u0000\"")),
                 GETS(1, JOINED(TAG_A, "b")), DIE(1), GETS(2, GONE(TAG_A, "\\\"}\\\\\\u0000")),
                 FINISH});
}

/* 16 members with the longest ids, each byte of which is escaped. */
static void the_longest_answer_fits(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    for (uint32_t i = 0; i < GC_ROOM_MEMBERS_MAX; i++) {
        char query[600] = "key=peerjs&token=t&gc=1&room=" TAG_A "&id=";
        for (uint32_t k = 0; k < GC_ID_BYTES_MAX; k++) {
            snprintf(query + strlen(query), 4, "%%%02x", k == i ? 2 : 1);
        }
        host_open(&h, i, query);
    }
    const char *open = host_next(&h, GC_ROOM_MEMBERS_MAX - 1);
    assert_non_null(open);
    assert_true(strlen(open) > 15 * 6 * GC_ID_BYTES_MAX);
    assert_int_equal(host_stats(&h).room_members, GC_ROOM_MEMBERS_MAX);
    host_stop(&h);
}

/* Whoever walks in and out does not get a member cut that reads nothing for a while, from one
 * socket or from many, however long the id; that member learns of others all the same. */
static void walking_in_and_out_cuts_nobody(void **state) {
    (void)state;
    for (uint32_t sockets = 1; sockets <= 6; sockets += 5) {
        host h;
        gc_server_config config = {.rate_per_second = 1000000};
        host_start(&h, &config);
        run_on(&h, (step[]){OPEN(1, OURS_IN("slow", TAG_A)), SKIP(1), DEAF(1), FINISH});
        for (uint32_t i = 2; i < 2 + sockets; i++) {
            char query[600] = "key=peerjs&token=t&gc=1&id=";
            for (uint32_t k = 0; k < GC_ID_BYTES_MAX; k++) {
                snprintf(query + strlen(query), 4, "%%%02x", k == i ? 2 : 1);
            }
            h.clients[i].from = (gc_addr){.family = 4, .ip = {192, 0, 2, 1}};
            host_open(&h, i, query);
        }
        for (uint32_t turn = 0; turn < 3000; turn++) {
            const step walk[] = {SAY(2 + turn % sockets, JOIN(TAG_A)),
                                 SAY(2 + turn % sockets, "{\"type\":\"GC-LEAVE\"}"),
                                 SKIP(2 + turn % sockets)};
            for (uint32_t i = 0; i < 3; i++) {
                run_step(&h, &walk[i]);
            }
            for (uint32_t i = 0; i < sockets; i++) {
                step skip = SKIP(2 + i);
                run_step(&h, &skip);
            }
        }
        host_open(&h, 9, OURS_IN("late", TAG_A));
        assert_false(h.clients[1].closed);
        assert_true(host_stats(&h).memory_used_bytes < 160 * 1024);
        const step hears = HEARS(1);
        run_step(&h, &hears);
        const char *got;
        uint32_t heard_of_late = 0;
        while ((got = host_next(&h, 1)) != NULL) {
            heard_of_late += strstr(got, "GC-JOINED") != NULL && strstr(got, "\"late\"") != NULL;
        }
        assert_int_equal(heard_of_late, 1);
        host_stop(&h);
    }
}

/* One message of a member becomes one for each other: that many are taken out of its bucket. */
static void walking_in_and_out_has_its_price(void **state) {
    (void)state;
    for (uint32_t members = 1; members <= GC_ROOM_MEMBERS_MAX; members += GC_ROOM_MEMBERS_MAX - 1) {
        host h;
        gc_server_config config = {0};
        host_start(&h, &config);
        for (uint32_t i = 0; i < members; i++) {
            char query[120];
            snprintf(query, sizeof query, OURS_IN("m%u", TAG_A), i);
            host_open(&h, i, query);
        }
        for (uint32_t i = 0; i < BURST / GC_ROOM_MEMBERS_MAX; i++) {
            const step turn = SAY(0, i % 2 == 0 ? "{\"type\":\"GC-LEAVE\"}" : JOIN(TAG_A));
            assert_false(h.clients[0].paused);
            run_step(&h, &turn);
        }
        const step last = SAY(0, JOIN(TAG_A));
        run_step(&h, &last);
        assert_int_equal(h.clients[0].paused, members > 1);
        host_stop(&h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_answer_names_the_members),
        cmocka_unit_test(a_room_is_joined_and_left_by_message),
        cmocka_unit_test(a_client_is_in_one_room_at_a_time),
        cmocka_unit_test(a_second_join_is_answered_and_not_announced),
        cmocka_unit_test(every_end_is_pushed),
        cmocka_unit_test(the_end_of_a_silent_member_is_pushed),
        cmocka_unit_test(a_full_room_refuses),
        cmocka_unit_test(stock_clients_know_no_rooms),
        cmocka_unit_test(bad_tags_are_ignored),
        cmocka_unit_test(a_take_over_in_the_same_room_is_announced_as_a_join),
        cmocka_unit_test(a_take_over_without_a_room_keeps_the_room),
        cmocka_unit_test(a_take_over_into_another_room_leaves_the_first),
        cmocka_unit_test(hostile_ids_stay_inside_their_string),
        cmocka_unit_test(the_longest_answer_fits),
        cmocka_unit_test(walking_in_and_out_has_its_price),
        cmocka_unit_test(walking_in_and_out_cuts_nobody),
    };
    return RUN(tests);
}
