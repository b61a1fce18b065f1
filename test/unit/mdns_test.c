#include "rtc/mdns.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

#define NAME  "c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab.local"
#define LABEL "c2d3b1a0-0f1e-4d2c-8b3a-0123456789ab"

static gc_mdns m;

static gc_candidate candidate(const char *name) {
    gc_candidate c = {.named = true, .addr = {.port = 4242}, .priority = 7};
    memcpy(c.name, name, sizeof c.name);
    return c;
}

static void start(void) {
    gc_mdns_init(&m);
    gc_candidate c = candidate(NAME);
    assert_int_equal(gc_mdns_ask(&m, 1000 - GC_MDNS_FIRST_MS, 5, &c), 0);
    gc_mdns_tick(&m, 1000);
}

/* Takes all questions; returns how many. */
static uint32_t questions(void) {
    gc_mdns_output out;
    uint32_t count = 0;
    while (gc_mdns_poll(&m, &out)) {
        assert_int_equal(out.type, GC_MDNS_SEND);
        assert_int_equal(out.bytes.len, GC_MDNS_QUERY_BYTES);
        count++;
    }
    return count;
}

/* An answer, put together as a test likes it. */
typedef struct answer {
    gc_writer w;
    uint8_t bytes[512];
} answer;

static answer *begin_answer(uint16_t id, uint16_t flags, uint16_t qd, uint16_t an, uint16_t ar) {
    static answer a;
    gc_writer_init(&a.w, a.bytes, sizeof a.bytes);
    gc_writer_u16(&a.w, id);
    gc_writer_u16(&a.w, flags);
    gc_writer_u16(&a.w, qd);
    gc_writer_u16(&a.w, an);
    gc_writer_u16(&a.w, 0);
    gc_writer_u16(&a.w, ar);
    return &a;
}

static void put_name(answer *a, const char *label) {
    gc_writer_u8(&a->w, (uint8_t)strlen(label));
    gc_writer_text(&a->w, label);
    gc_writer_u8(&a->w, 5);
    gc_writer_text(&a->w, "local");
    gc_writer_u8(&a->w, 0);
}

static void put_data(answer *a, uint16_t type, uint16_t class, uint32_t ttl, const void *data,
                     uint16_t len) {
    gc_writer_u16(&a->w, type);
    gc_writer_u16(&a->w, class);
    gc_writer_u32(&a->w, ttl);
    gc_writer_u16(&a->w, len);
    gc_writer_bytes(&a->w, data, len);
}

static int feed(const answer *a) {
    gc_span bytes = gc_writer_done(&a->w);
    uint8_t *copy = exact_copy(bytes.data, bytes.len);
    int result = gc_mdns_datagram(&m, 1010, GC_MDNS_PORT, gc_span_of(copy, bytes.len));
    free(copy);
    return result;
}

/* The answer of a browser: no question, one address with the bit that flushes caches. */
static answer *usual(void) {
    answer *a = begin_answer(0, 0x8400, 0, 1, 0);
    put_name(a, LABEL);
    put_data(a, 1, 0x8001, 120, "\xc0\xa8\1\7", 4);
    return a;
}

static void a_question(void **state) {
    (void)state;
    start();
    gc_mdns_output out;
    for (uint8_t i = 0; i < 2; i++) {
        assert_true(gc_mdns_poll(&m, &out));
        assert_int_equal(out.type, GC_MDNS_SEND);
        const uint8_t *q = out.bytes.data;
        assert_int_equal(out.bytes.len, GC_MDNS_QUERY_BYTES);
        assert_memory_equal(q, "\0\0\0\0\0\1\0\0\0\0\0\0\x24" LABEL "\5local\0", 57);
        assert_int_equal(q[57], i == 0 ? 1 : 28); /* A, then AAAA */
        assert_memory_equal(q + 58, "\0\1", 2);
    }
    assert_false(gc_mdns_poll(&m, &out));
}

static void three_rounds_and_lost(void **state) {
    (void)state;
    static const uint64_t at_ms[] = {1000, 2000, 4000, 7000};
    start();
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(questions(), 2);
        assert_int_equal(gc_mdns_deadline(&m), at_ms[i + 1]);
        gc_mdns_tick(&m, at_ms[i + 1] - 1);
        assert_int_equal(questions(), 0);
        gc_mdns_tick(&m, at_ms[i + 1]);
    }
    gc_mdns_output out;
    assert_true(gc_mdns_poll(&m, &out));
    assert_int_equal(out.type, GC_MDNS_LOST);
    assert_int_equal(out.owner, 5);
    assert_memory_equal(out.candidate.name, NAME, sizeof out.candidate.name);
    assert_false(gc_mdns_poll(&m, &out));
    assert_true(gc_mdns_deadline(&m) == GC_NEVER);
}

/* A process that slept asks as often as one that did not, and is not waked for what is past. */
static void a_sleep_between_the_rounds(void **state) {
    (void)state;
    start();
    for (uint32_t round = 0; round < GC_MDNS_SENDS_MAX; round++) {
        assert_int_equal(questions(), 2);
        uint64_t now_ms = gc_mdns_deadline(&m) + 60000;
        gc_mdns_tick(&m, now_ms);
        assert_true(gc_mdns_deadline(&m) > now_ms);
    }
}

/* A link that finds its way at once asks nobody. */
static void nothing_is_asked_at_once(void **state) {
    (void)state;
    gc_mdns_init(&m);
    gc_candidate c = candidate(NAME);
    assert_int_equal(gc_mdns_ask(&m, 1000, 5, &c), 0);
    assert_int_equal(gc_mdns_deadline(&m), 1000 + GC_MDNS_FIRST_MS);
    gc_mdns_tick(&m, 999 + GC_MDNS_FIRST_MS);
    assert_int_equal(questions(), 0);
    gc_mdns_forget(&m, 5);
    gc_mdns_tick(&m, 1000 + GC_MDNS_FIRST_MS);
    assert_int_equal(questions(), 0);
    /* The answer to a question of others serves us, too. */
    assert_int_equal(gc_mdns_ask(&m, 2000, 5, &c), 0);
    assert_int_equal(feed(usual()), 0);
    gc_mdns_output out;
    assert_true(gc_mdns_poll(&m, &out));
    assert_int_equal(out.type, GC_MDNS_FOUND);
}

static void found(void **state) {
    (void)state;
    start();
    questions();
    assert_int_equal(feed(usual()), 0);
    gc_mdns_output out;
    assert_true(gc_mdns_poll(&m, &out));
    assert_int_equal(out.type, GC_MDNS_FOUND);
    assert_int_equal(out.owner, 5);
    const gc_addr addr = {.family = 4, .ip = {192, 168, 1, 7}, .port = 4242};
    assert_memory_equal(&out.candidate.addr, &addr, sizeof addr);
    assert_false(out.candidate.named);
    assert_int_equal(out.candidate.priority, 7);
    assert_false(gc_mdns_poll(&m, &out));
    assert_true(gc_mdns_deadline(&m) == GC_NEVER);
    assert_int_equal(feed(usual()), GC_E_NOT_FOUND); /* nobody waits any more */
}

/* As Firefox and others do: with a number, the question repeated, the name by a pointer, an address
 * of IPv6 among other records. */
static void found_in_other_forms(void **state) {
    (void)state;
    start();
    questions();
    answer *a = begin_answer(0x1234, 0x8400, 1, 1, 2);
    put_name(a, "C2D3B1A0-0F1E-4D2C-8B3A-0123456789AB");
    gc_writer_u32(&a->w, 28 << 16 | 1);
    gc_writer_u16(&a->w, 0xc00c);
    put_data(a, 47, 0x8001, 120, "nsec", 4);
    gc_writer_u16(&a->w, 0xc00c);
    put_data(a, 28, 1, 10, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\7", 16);
    gc_writer_u16(&a->w, 0xc00c);
    put_data(a, 1, 1, 10, "\1\2\3\4", 4);
    assert_int_equal(feed(a), 0);
    gc_mdns_output out;
    assert_true(gc_mdns_poll(&m, &out));
    assert_int_equal(out.type, GC_MDNS_FOUND);
    assert_int_equal(out.candidate.addr.family, 6);
    assert_int_equal(out.candidate.addr.ip[15], 7);
}

static void of_no_use(void **state) {
    (void)state;
    static const struct {
        const char *label, *data;
        uint32_t ttl;
        uint16_t id, flags, type, class, len;
        int result;
    } all[] = {
        {LABEL, "\1\2\3\4", 120, 0, 0x8400, 1, 0x8001, 4, 0},
        {LABEL, "\1\2\3\4", 0, 0, 0x8400, 1, 0x8001, 4, GC_E_NOT_FOUND}, /* goodbye */
        {LABEL, "\1\2\3\4", 120, 0, 0x8400, 1, 3, 4, GC_E_NOT_FOUND},
        {LABEL, "\1\2\3\4", 120, 0, 0x8400, 16, 1, 4, GC_E_NOT_FOUND},
        {LABEL, "\1\2\3\4", 120, 0, 0x8400, 28, 1, 4, GC_E_NOT_FOUND},
        {LABEL, "\1\2\3\4\5", 120, 0, 0x8400, 1, 1, 5, GC_E_NOT_FOUND},
        {LABEL, "\xe0\0\0\1", 120, 0, 0x8400, 1, 1, 4, GC_E_NOT_FOUND}, /* multicast */
        {LABEL, "\1\2\3\4", 120, 0, 0x0000, 1, 1, 4, GC_E_SYNTAX},      /* a question */
        {LABEL, "\1\2\3\4", 120, 0, 0x8403, 1, 1, 4, GC_E_SYNTAX},      /* an error */
        {"c2d3b1a0-0f1e-4d2c-8b3a-0123456789ac", "\1\2\3\4", 120, 0, 0x8400, 1, 1, 4,
         GC_E_NOT_FOUND},
        {"c2d3b1a0", "\1\2\3\4", 120, 0, 0x8400, 1, 1, 4, GC_E_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        start();
        answer *a = begin_answer(all[i].id, all[i].flags, 0, 1, 0);
        put_name(a, all[i].label);
        put_data(a, all[i].type, all[i].class, all[i].ttl, all[i].data, all[i].len);
        assert_int_equal(feed(a), all[i].result);
    }
    start();
    gc_span bytes = gc_writer_done(&usual()->w);
    assert_int_equal(gc_mdns_datagram(&m, 1000, 5354, bytes), GC_E_SYNTAX);
    /* One label with a dot in it is another name. */
    answer *a = begin_answer(0, 0x8400, 0, 1, 0);
    gc_writer_u8(&a->w, 42);
    gc_writer_text(&a->w, NAME);
    gc_writer_u8(&a->w, 0);
    put_data(a, 1, 1, 120, "\1\2\3\4", 4);
    assert_int_equal(feed(a), GC_E_NOT_FOUND);
}

static void cut_everywhere(void **state) {
    (void)state;
    start();
    gc_span bytes = gc_writer_done(&usual()->w);
    for (uint32_t len = 0; len < bytes.len; len++) {
        uint8_t *copy = exact_copy(bytes.data, len);
        assert_int_equal(gc_mdns_datagram(&m, 1000, GC_MDNS_PORT, gc_span_of(copy, len)),
                         GC_E_SYNTAX);
        free(copy);
    }
    assert_int_equal(feed(usual()), 0);
}

/* Pointers to themselves, to each other, forward, without end. */
static void names_in_circles(void **state) {
    (void)state;
    start();
    static const struct {
        uint8_t bytes[8];
        uint8_t len;
    } names[] = {
        {{0xc0, 12}, 2},   {{0xc0, 14, 0xc0, 12}, 4},
        {{0xc0, 13}, 2},   {{1, 'a', 0xc0, 12}, 4},
        {{0xff, 0xff}, 2}, {{0x40, 0}, 2},
        {{0x80, 0}, 2},    {{63, 'a'}, 2},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        answer *a = begin_answer(0, 0x8400, 0, 1, 0);
        gc_writer_bytes(&a->w, names[i].bytes, names[i].len);
        put_data(a, 1, 1, 120, "\1\2\3\4", 4);
        assert_int_equal(feed(a), GC_E_SYNTAX);
    }
    answer *a = begin_answer(0, 0x8400, 1, 1, 0); /* a chain of pointers, each one back */
    gc_writer_u8(&a->w, 0);
    for (uint32_t at = 12; a->w.at < 400; at = a->w.at - 2) {
        gc_writer_u16(&a->w, (uint16_t)(0xc000 | at));
    }
    assert_int_equal(feed(a), GC_E_SYNTAX);
    static uint8_t longest[GC_MDNS_ANSWER_BYTES_MAX + 1] = {0,    0,    0x84, 0,    0xff, 0xff,
                                                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    assert_int_equal(
        gc_mdns_datagram(&m, 1000, GC_MDNS_PORT, gc_span_of(longest, sizeof longest - 1)),
        GC_E_SYNTAX);
    assert_int_equal(gc_mdns_datagram(&m, 1000, GC_MDNS_PORT, gc_span_of(longest, sizeof longest)),
                     GC_E_SYNTAX);
}

static void bounded(void **state) {
    (void)state;
    start();
    gc_candidate c = {.addr = {.port = 1}};
    assert_int_equal(gc_mdns_ask(&m, 1000, 6, &c), GC_E_ARGUMENT);
    c = candidate(NAME);
    for (uint32_t i = 1; i < GC_MDNS_NAMES_MAX; i++) {
        assert_int_equal(gc_mdns_ask(&m, 1000, 6, &c), 0);
    }
    assert_int_equal(gc_mdns_ask(&m, 1000, 6, &c), GC_E_FULL);
    gc_mdns_tick(&m, 1000 + GC_MDNS_FIRST_MS);
    assert_int_equal(questions(), 2); /* one name is asked for once */
    gc_mdns_forget(&m, 6);
    assert_int_equal(gc_mdns_ask(&m, 1000, 7, &c), 0);
    assert_int_equal(feed(usual()), 0); /* one answer serves all who wait for the name */
    uint32_t owners = 0;
    for (gc_mdns_output out; gc_mdns_poll(&m, &out);) {
        assert_int_equal(out.type, GC_MDNS_FOUND);
        owners += out.owner;
    }
    assert_int_equal(owners, 5 + 7);
}

/* One peer names more than there is room for: the others get theirs nevertheless. */
static void who_names_many_leaves_others_their_part(void **state) {
    (void)state;
    gc_candidate c = candidate(NAME);
    gc_mdns_init(&m);
    for (uint32_t i = 0; i < 2 * GC_MDNS_NAMES_MAX; i++) {
        assert_int_equal(gc_mdns_ask(&m, 1000, 3, &c), i < GC_MDNS_NAMES_MAX ? 0 : GC_E_FULL);
    }
    for (uint32_t owner = 4; owner < 8; owner++) {
        for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX / 5; i++) {
            assert_int_equal(gc_mdns_ask(&m, 1000, owner, &c), 0);
        }
    }
    uint32_t left = 0;
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        left += m.names[i].owner == 3;
    }
    assert_int_equal(left, GC_MDNS_NAMES_MAX / 5);
    assert_int_equal(gc_mdns_ask(&m, 1000, 5, &c), GC_E_FULL);
}

/* A candidate with a name of its own. */
static gc_candidate numbered(uint32_t number) {
    char name[] = NAME;
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < 8; i++) {
        name[i] = digits[number >> (4 * i) & 15];
    }
    return candidate(name);
}

static uint64_t asked_ms[4096];
static uint32_t asked;

/* Each millisecond from then until then. The time of each question is noted. */
static void run(uint64_t from_ms, uint64_t until_ms) {
    for (uint64_t now_ms = from_ms; now_ms < until_ms; now_ms++) {
        gc_mdns_tick(&m, now_ms);
        for (gc_mdns_output out; gc_mdns_poll(&m, &out);) {
            if (out.type == GC_MDNS_SEND) {
                assert_true(asked < sizeof asked_ms / sizeof *asked_ms);
                asked_ms[asked++] = now_ms;
            }
        }
        assert_true(gc_mdns_deadline(&m) > now_ms);
    }
}

/* A peer whose links are made anew all the time, each time with other names. */
static void few_questions_in_any_second(void **state) {
    (void)state;
    uint32_t number = 0;
    gc_mdns_init(&m);
    asked = 0;
    for (uint64_t now_ms = 1000; now_ms < 21000; now_ms += GC_MDNS_FIRST_MS + 1) {
        gc_mdns_forget(&m, 5);
        for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
            gc_candidate c = numbered(number++);
            assert_int_equal(gc_mdns_ask(&m, now_ms, 5, &c), 0);
        }
        run(now_ms, now_ms + GC_MDNS_FIRST_MS + 1);
    }
    assert_true(asked > 10 * GC_MDNS_PER_SECOND);
    for (uint32_t i = 0; i + GC_MDNS_PER_SECOND < asked; i++) {
        assert_true(asked_ms[i + GC_MDNS_PER_SECOND] - asked_ms[i] >= 1000);
    }
}

/* A table full of names of others holds back nobody: each is asked for in its turn. */
static void names_take_turns(void **state) {
    (void)state;
    gc_mdns_init(&m);
    asked = 0;
    for (uint32_t i = 0; i < GC_MDNS_NAMES_MAX; i++) {
        gc_candidate c = numbered(i);
        assert_int_equal(gc_mdns_ask(&m, 1000, 5, &c), 0);
    }
    run(1000, 1000 + GC_MDNS_FIRST_MS + 1);
    assert_int_equal(asked, GC_MDNS_PER_SECOND); /* both questions of the first half */
    assert_int_equal(gc_mdns_deadline(&m), 1000 + GC_MDNS_FIRST_MS + 1000);
    run(1001 + GC_MDNS_FIRST_MS, 1001 + GC_MDNS_FIRST_MS + 1000);
    assert_int_equal(asked, 2 * GC_MDNS_PER_SECOND);
    for (uint32_t i = GC_MDNS_PER_SECOND / 2; i < GC_MDNS_NAMES_MAX; i++) {
        assert_int_equal(m.names[i].questions, 0); /* before the first ones had their next round */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question),
        cmocka_unit_test(three_rounds_and_lost),
        cmocka_unit_test(a_sleep_between_the_rounds),
        cmocka_unit_test(nothing_is_asked_at_once),
        cmocka_unit_test(found),
        cmocka_unit_test(found_in_other_forms),
        cmocka_unit_test(of_no_use),
        cmocka_unit_test(cut_everywhere),
        cmocka_unit_test(names_in_circles),
        cmocka_unit_test(bounded),
        cmocka_unit_test(who_names_many_leaves_others_their_part),
        cmocka_unit_test(few_questions_in_any_second),
        cmocka_unit_test(names_take_turns),
    };
    return RUN(tests);
}
