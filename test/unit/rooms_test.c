#include "test/unit/noun.h"

#include "core/proto/rooms.h"

#define MEMBERS (GC_ROOM_MEMBERS_MAX + 24)

static const uint8_t KEY[16] = {9};

typedef struct fixture {
    gc_rooms t;
    gc_arena arena;
    void *memory;
} fixture;

static void start(fixture *f) {
    NOUN_PLACE(f->memory, f->arena, gc_rooms_init(&f->t, &f->arena, MEMBERS, KEY));
}

static void a_room_is_full_at_its_limit(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const uint8_t tag[GC_TAG_BYTES] = {1}, other[GC_TAG_BYTES] = {2};
    uint32_t room = gc_rooms_join(&f.t, tag, 0);
    for (uint32_t i = 1; i < GC_ROOM_MEMBERS_MAX; i++) {
        assert_int_equal(gc_rooms_join(&f.t, tag, i), room);
    }
    assert_int_equal(gc_rooms_join(&f.t, tag, GC_ROOM_MEMBERS_MAX), GC_ROOM_NONE);
    assert_int_not_equal(gc_rooms_join(&f.t, other, GC_ROOM_MEMBERS_MAX), GC_ROOM_NONE);
    gc_rooms_leave(&f.t, room, 3);
    assert_int_equal(gc_rooms_join(&f.t, tag, GC_ROOM_MEMBERS_MAX + 1), room);
    assert_int_equal(f.t.member_count, GC_ROOM_MEMBERS_MAX + 1);
    assert_int_equal(gc_rooms_count(&f.t), 2);
    free(f.memory);
}

static void members_keep_their_order_and_can_be_replaced(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const uint8_t tag[GC_TAG_BYTES] = {1};
    uint32_t room = 0;
    for (uint32_t i = 0; i < 5; i++) {
        room = gc_rooms_join(&f.t, tag, i);
    }
    gc_rooms_leave(&f.t, room, 1);
    gc_rooms_replace(&f.t, room, 3, 30);
    const uint32_t want[] = {0, 2, 30, 4};
    const gc_room *r = gc_rooms_at(&f.t, room);
    assert_int_equal(r->count, 4);
    assert_memory_equal(r->members, want, sizeof want);
    free(f.memory);
}

static void rooms_do_as_a_model_does(void **state) {
    (void)state;
    fixture f;
    start(&f);
    int in[MEMBERS]; /* tag of each member, -1 = none */
    uint32_t room[MEMBERS];
    memset(in, -1, sizeof in);
    uint64_t rng = 5;
    for (int round = 0; round < 20000; round++) {
        uint32_t m = chance(&rng, MEMBERS);
        if (in[m] >= 0) {
            gc_rooms_leave(&f.t, room[m], m);
            in[m] = -1;
            continue;
        }
        int tag_number = (int)chance(&rng, 6);
        uint8_t tag[GC_TAG_BYTES] = {0};
        tag[15] = (uint8_t)tag_number;
        uint32_t there = 0, rooms = 0, all = 0, count[6] = {0};
        for (uint32_t i = 0; i < MEMBERS; i++) {
            if (in[i] >= 0) {
                count[in[i]]++;
                all++;
            }
        }
        there = count[tag_number];
        for (int i = 0; i < 6; i++) {
            rooms += count[i] > 0;
        }
        assert_int_equal(gc_rooms_count(&f.t), rooms);
        assert_int_equal(f.t.member_count, all);
        room[m] = gc_rooms_join(&f.t, tag, m);
        assert_int_equal(room[m] == GC_ROOM_NONE, there == GC_ROOM_MEMBERS_MAX);
        if (room[m] != GC_ROOM_NONE) {
            in[m] = tag_number;
            assert_memory_equal(gc_rooms_at(&f.t, room[m])->tag, tag, sizeof tag);
            assert_int_equal(gc_rooms_at(&f.t, room[m])->count, there + 1);
        }
    }
    free(f.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_is_full_at_its_limit),
        cmocka_unit_test(members_keep_their_order_and_can_be_replaced),
        cmocka_unit_test(rooms_do_as_a_model_does),
    };
    return RUN(tests);
}
