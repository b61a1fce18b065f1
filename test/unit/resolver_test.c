/* host/resolver.c, with a name server of the test. */
#include "test/unit/patience.h"
#include "test/unit/name_server.h"
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "host/resolver.h"

#define PATIENCE_MS 8000

typedef struct question {
    uv_loop_t loop;
    uv_timer_t patience;
    name_server server;
    gc_resolver *resolver;
    uint32_t reports, wanted;
    uint32_t v4_count, v6_count;
    gc_addr v4, v6; /* the first of each */
    bool end_at_first;
} question;

static void on_found(void *context, uint8_t family, const gc_addr *addresses, uint32_t count) {
    question *q = context;
    q->reports++;
    *(family == 4 ? &q->v4_count : &q->v6_count) = count;
    if (count > 0) {
        *(family == 4 ? &q->v4 : &q->v6) = addresses[0];
    }
    if (q->end_at_first && q->resolver != NULL) {
        gc_resolver_end(q->resolver);
    }
    if (q->reports >= q->wanted) {
        uv_stop(&q->loop);
    }
}

static int setup(void **state) {
    question *q = calloc(1, sizeof *q);
    patience_open(&q->loop, &q->patience);
    name_server_open(&q->server, &q->loop);
    q->wanted = 2;
    *state = q;
    return 0;
}

static void ask(question *q, const char *name) {
    q->resolver = gc_resolver_start(&q->loop, name, q->server.address, on_found, q);
    assert_non_null(q->resolver);
    if (q->reports < q->wanted) {
        patience_start(&q->patience, PATIENCE_MS);
        uv_run(&q->loop, UV_RUN_DEFAULT);
    }
}

static int teardown(void **state) {
    question *q = *state;
    if (q->resolver != NULL && !q->end_at_first) {
        gc_resolver_end(q->resolver);
    }
    name_server_close(&q->server);
    patience_close(&q->patience);
    name_server_free(&q->server);
    free(q);
    return 0;
}

static const gc_addr some_v4 = {.family = 4, .ip = {192, 0, 2, 7}};
static const gc_addr some_v6 = {.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 7}};

static void both_families_are_reported_once(void **state) {
    question *q = *state;
    q->server.v4_count = q->server.v6_count = 1;
    q->server.v4[0] = some_v4;
    q->server.v6[0] = some_v6;
    ask(q, "chat.gc-test.example");
    assert_int_equal(q->reports, 2);
    assert_int_equal(q->v4_count, 1);
    assert_int_equal(q->v6_count, 1);
    assert_memory_equal(&q->v4, &some_v4, sizeof some_v4);
    assert_memory_equal(&q->v6, &some_v6, sizeof some_v6);
}

static void a_family_without_addresses_is_reported_empty(void **state) {
    question *q = *state;
    q->server.v4_count = 1;
    q->server.v4[0] = some_v4;
    ask(q, "chat.gc-test.example");
    assert_int_equal(q->reports, 2);
    assert_int_equal(q->v4_count, 1);
    assert_int_equal(q->v6_count, 0);
}

static void more_addresses_than_fit_are_cut(void **state) {
    question *q = *state;
    q->server.v4_count = GC_RESOLVER_ADDRESSES_MAX + 3;
    for (uint32_t i = 0; i < q->server.v4_count; i++) {
        q->server.v4[i] = some_v4;
        q->server.v4[i].ip[3] = (uint8_t)i;
    }
    ask(q, "chat.gc-test.example");
    assert_int_equal(q->v4_count, GC_RESOLVER_ADDRESSES_MAX);
}

/* The answers to AAAA never come: what came for A is there all the same, and the silent question
 * ends with the resolver. */
static void a_silent_question_holds_up_nothing(void **state) {
    question *q = *state;
    q->server.v4_count = 1;
    q->server.v4[0] = some_v4;
    q->server.v6_silent = true;
    q->wanted = 1;
    ask(q, "chat.gc-test.example");
    assert_int_equal(q->reports, 1);
    assert_int_equal(q->v4_count, 1);
}

static void garbage_is_no_answer(void **state) {
    question *q = *state;
    q->server.garbage = true;
    patience_start(&q->patience, 300);
    q->resolver =
        gc_resolver_start(&q->loop, "chat.gc-test.example", q->server.address, on_found, q);
    uv_run(&q->loop, UV_RUN_DEFAULT);
    assert_int_equal(q->v4_count + q->v6_count, 0);
    assert_true(q->server.questions > 0);
}

static void it_may_be_ended_by_its_own_report(void **state) {
    question *q = *state;
    q->end_at_first = true;
    q->wanted = 1;
    q->server.v4_count = q->server.v6_count = 1;
    ask(q, "chat.gc-test.example");
    assert_int_equal(q->reports, 1);
}

static void without_memory_there_is_none(void **state) {
    question *q = *state;
    gc_alloc_fail_at(1);
    assert_null(gc_resolver_start(&q->loop, "h.example", q->server.address, on_found, q));
    gc_alloc_fail_at(0);
    assert_null(gc_resolver_start(&q->loop, "h.example", "no address", on_found, q));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_families_are_reported_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_family_without_addresses_is_reported_empty, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(more_addresses_than_fit_are_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_question_holds_up_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(garbage_is_no_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(it_may_be_ended_by_its_own_report, setup, teardown),
        cmocka_unit_test_setup_teardown(without_memory_there_is_none, setup, teardown),
    };
    return RUN(tests);
}
