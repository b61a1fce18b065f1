/* core/proto/people.c: who is known, and as what. */
#include "core/proto/people.h"
#include "core/base/reason.h"
#include "core/base/timers.h"
#include "test/unit/noun.h"

static gc_people people;

static int setup(void **state) {
    (void)state;
    memset(&people, 0xa5, sizeof people);
    gc_people_init(&people);
    gc_people_check(&people);
    return 0;
}

static uint32_t add(const char *id) {
    uint32_t i = gc_people_add(&people, text_span(id));
    gc_people_check(&people);
    return i;
}

static uint8_t standing(uint32_t i) {
    gc_people_check(&people);
    return gc_people_at(&people, i)->standing;
}

static uint8_t presence(uint32_t i) {
    return gc_people_at(&people, i)->presence;
}

static void the_smaller_id_is_found_byte_by_byte(void **state) {
    static const struct {
        const char *own, *peer;
        bool after;
    } rows[] = {{"a", "b", true},       {"b", "a", false}, {"a", "ab", true},
                {"ab", "a", false},     {"a", "a", false}, {"Z", "a", true},
                {"\x7f", "\x80", true}, {"aa", "b", true}, {"\xff", "a", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setup(state);
        uint32_t peer = add(rows[i].peer);
        assert_int_equal(gc_people_after(&people, peer, text_span(rows[i].own)), rows[i].after);
    }
}

static void a_place_stays_taken_until_its_end_was_told(void **state) {
    uint32_t ann = add("ann");
    (void)state;
    assert_int_equal(gc_people_find(&people, GC_SPAN("ann")), ann);
    gc_people_end(&people, ann, GC_REASON_LEFT);
    gc_people_check(&people);
    assert_int_equal(gc_people_find(&people, GC_SPAN("ann")), GC_NONE);
    assert_int_equal(gc_people_at(&people, ann)->trouble, GC_REASON_LEFT);
    assert_int_not_equal(add("ann"), ann); /* back before its end was told: another place */
    assert_int_equal(gc_people_count(&people), 2);
    gc_people_free(&people, ann);
    gc_people_check(&people);
    assert_int_equal(gc_people_count(&people), 1);
    assert_int_equal(add("ben"), ann);
}

static void the_table_is_bounded(void **state) {
    char id[8];
    (void)state;
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        snprintf(id, sizeof id, "p%u", i);
        assert_int_equal(add(id), i);
    }
    assert_int_equal(add("one more"), GC_NONE);
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        snprintf(id, sizeof id, "p%u", i);
        assert_int_equal(gc_people_find(&people, text_span(id)), i);
    }
    assert_int_equal(gc_people_find(&people, GC_SPAN("one more")), GC_NONE);
}

static void a_listed_person_is_a_member(void **state) {
    static const uint8_t tag[GC_TAG_BYTES] = "a tag, 16 bytes";
    uint32_t ann = add("ann");
    (void)state;
    assert_int_equal(standing(ann), GC_STANDING_GUEST);
    gc_people_join(&people, ann, tag);
    assert_int_equal(standing(ann), GC_STANDING_MEMBER);
    assert_int_equal(presence(ann), GC_PRESENCE_PRESENT);
    assert_memory_equal(gc_people_at(&people, ann)->tag, tag, GC_TAG_BYTES);
    gc_people_vouch(&people, ann, true, false);
    gc_people_join(&people, ann, tag); /* what was proved is not taken back by a list */
    assert_int_equal(standing(ann), GC_STANDING_VOUCHED);
}

static void hearsay_ends_when_something_comes_from_the_person(void **state) {
    uint32_t ann = add("ann"), ben = add("ben"), cat = add("cat");
    (void)state;
    gc_people_vouch(&people, ann, false, true); /* a list named it, nothing else is known */
    assert_int_equal(standing(ann), GC_STANDING_HEARSAY);
    gc_people_vouch(&people, ann, false, false); /* another list says no more */
    assert_int_equal(standing(ann), GC_STANDING_HEARSAY);
    gc_people_heard(&people, ann);
    assert_int_equal(standing(ann), GC_STANDING_VOUCHED);
    gc_people_vouch(&people, ann, false, false);
    assert_int_equal(standing(ann), GC_STANDING_VOUCHED);
    gc_people_vouch(&people, ben, true, true); /* it showed the proof itself */
    assert_int_equal(standing(ben), GC_STANDING_VOUCHED);
    gc_people_join(&people, cat, NULL);
    gc_people_vouch(&people, cat, false, false); /* a member whom a list names */
    assert_int_equal(standing(cat), GC_STANDING_VOUCHED);
    gc_people_heard(&people, cat);
    assert_int_equal(standing(cat), GC_STANDING_VOUCHED);
}

static void sets_follow_from_the_standing(void **state) {
    uint32_t guest = add("guest"), member = add("member"), hearsay = add("hearsay");
    (void)state;
    gc_people_join(&people, member, NULL);
    gc_people_vouch(&people, hearsay, false, true);
    assert_int_equal(gc_set_count(&people.members), 2);
    assert_int_equal(gc_set_first(&people.vouched), hearsay);
    assert_int_equal(gc_set_last(&people.hearsay), hearsay);
    assert_false(gc_set_has(&people.members, guest));
    gc_people_end(&people, hearsay, GC_REASON_GONE);
    gc_people_check(&people);
    assert_true(gc_set_is_empty(&people.hearsay));
    assert_int_equal(gc_set_count(&people.members), 1);
}

static void presence_is_what_was_said_last(void **state) {
    uint32_t ann = add("ann");
    (void)state;
    assert_int_equal(presence(ann), GC_PRESENCE_UNKNOWN);
    gc_people_came(&people, ann);
    gc_people_went(&people, ann);
    assert_int_equal(presence(ann), GC_PRESENCE_UNKNOWN);
    gc_people_miss(&people, ann);
    gc_people_went(&people, ann); /* that nobody holds the id says more */
    assert_int_equal(presence(ann), GC_PRESENCE_ABSENT);
    gc_people_came(&people, ann);
    assert_int_equal(presence(ann), GC_PRESENCE_PRESENT);
}

static void a_strangers_name_is_cleaned(void **state) {
    uint32_t ann = add("ann");
    const gc_person *p = gc_people_at(&people, ann);
    (void)state;
    assert_int_equal(p->news, GC_NEWS_ALL);
    gc_people_rename(&people, ann,
                     GC_SPAN("  B\x07o\xe2\x80\xae"
                             "b\n "));
    assert_span(gc_span_of(p->nick, p->nick_len), GC_SPAN("Bob"));
    assert_int_equal(p->news, GC_NEWS_ALL); /* it was never told */
    gc_people_told(&people, ann);
    gc_people_rename(&people, ann, GC_SPAN("Bob"));
    assert_int_equal(p->news, GC_NEWS_NONE);
    gc_people_rename(&people, ann, GC_SPAN(""));
    assert_int_equal(p->nick_len, 0);
    assert_int_equal(p->news, GC_NEWS_NICK);
}

/* The table against a plain list, with many ids that come and go. */
static void every_id_finds_its_own_place(void **state) {
    char ids[GC_PEERS_MAX][8] = {{0}}; /* empty: free */
    uint64_t dice = 7;
    (void)state;
    for (int step = 0; step < 20000; step++) {
        char id[8];
        snprintf(id, sizeof id, "%u", chance(&dice, 60));
        uint32_t found = gc_people_find(&people, text_span(id)), want = GC_NONE;
        for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
            want = strcmp(ids[i], id) == 0 ? i : want;
        }
        assert_int_equal(found, want);
        if (found != GC_NONE) {
            gc_people_end(&people, found, GC_REASON_GONE);
            gc_people_free(&people, found);
            ids[found][0] = 0;
        } else if ((found = gc_people_add(&people, text_span(id))) != GC_NONE) {
            snprintf(ids[found], sizeof ids[found], "%s", id);
        }
    }
    gc_people_check(&people);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(the_smaller_id_is_found_byte_by_byte),
        TEST(a_place_stays_taken_until_its_end_was_told),
        TEST(the_table_is_bounded),
        TEST(a_listed_person_is_a_member),
        TEST(hearsay_ends_when_something_comes_from_the_person),
        TEST(sets_follow_from_the_standing),
        TEST(presence_is_what_was_said_last),
        TEST(a_strangers_name_is_cleaned),
        TEST(every_id_finds_its_own_place),
    };
    return RUN(tests);
}
