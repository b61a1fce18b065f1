/* core/proto/mesh.c: the ways to all peers, alone and against a model of them. */
#include "core/proto/mesh.h"
#include "test/unit/noun.h"

static gc_mesh mesh;
static gc_link_store stores[GC_LINKS_MAX];
static gc_output_store outputs;
static gc_output_queue queue;
static gc_ready ready;
static gc_drbg drbg;
static gc_signal_in in;
static gc_step step = {.drbg = &drbg, .queue = &queue, .ready = &ready};

static int fresh(void **state) {
    static const uint8_t seed[32] = "a mesh";
    (void)state;
    memset(&mesh, 0xa5, sizeof mesh);
    memset(&ready, 0, sizeof ready);
    memset(&in, 0, sizeof in);
    gc_mesh_init(&mesh, stores);
    gc_output_queue_init(&queue, &outputs);
    gc_drbg_init(&drbg, seed);
    step.now_ms = 1000;
    return 0;
}

/* The next thing that the host is asked to do, which must be of this type. */
static gc_client_output asked(uint32_t type) {
    gc_client_output out;
    assert_true(gc_output_queue_take(&queue, &out));
    assert_int_equal(out.type, type);
    return out;
}

static void nothing_is_asked(void) {
    gc_client_output out;
    assert_false(gc_output_queue_take(&queue, &out));
}

/* As the client does after each input: all marked peers, then the mesh. */
static gc_set settle(void) {
    for (uint32_t i = gc_set_first(&ready.unsettled); i != GC_SET_END;
         i = gc_set_next(&ready.unsettled, i + 1)) {
        gc_mesh_settle_peer(&mesh, i);
    }
    ready.unsettled = (gc_set){{0}};
    return gc_mesh_settle(&mesh, step.now_ms);
}

static uint32_t attempt_of(uint32_t peer) {
    return gc_mesh_way(&mesh, peer)->attempt;
}

/* Dials the peer until its link is open; returns the slot. */
static uint32_t open_to(uint32_t peer) {
    gc_mesh_dial(&mesh, &step, peer, false, 0);
    uint32_t slot = attempt_of(peer);
    gc_link_describe(gc_mesh_edit(&mesh, &step, slot));
    assert_true(gc_mesh_accept(&mesh, &step, slot, false));
    gc_mesh_open(&mesh, &step, slot);
    (void)asked(GC_CLIENT_LINK_OFFER);
    return slot;
}

/* An offer of a stock PeerJS peer (marked: of one of ours in that form). */
static const gc_signal_in *offer(bool data, bool marked) {
    gc_drbg_bytes(&drbg, in.dial, sizeof in.dial);
    in.data = data;
    in.marked = marked;
    memcpy(in.connection, "dc_1", 4);
    in.connection_len = 4;
    return &in;
}

/* --- one by one ------------------------------------------------------------------------------- */

static void a_dial_takes_a_link_and_asks_the_host_for_an_offer(void **state) {
    (void)state;
    gc_mesh_dial(&mesh, &step, 7, false, 0);
    uint32_t slot = attempt_of(7);
    const gc_link *l = gc_mesh_link(&mesh, slot);
    assert_int_equal(l->step, GC_LINK_STEP_OFFERING);
    assert_int_equal(l->peer, 7);
    assert_int_equal(gc_mesh_way(&mesh, 7)->link, GC_NONE);
    gc_client_output out = asked(GC_CLIENT_LINK_OFFER);
    assert_int_equal(gc_mesh_slot(&mesh, out.link), slot);
    assert_int_equal(out.value, GC_LINK_KIND_NATIVE);
    assert_int_equal(gc_mesh_find(&mesh, 7, l->dial), slot);
    assert_int_equal(gc_mesh_find(&mesh, 8, l->dial), GC_NONE);
    assert_true(gc_set_has(&ready.unsettled, 7));
    assert_false(gc_mesh_offered(&mesh, 7));
    gc_link_describe(gc_mesh_edit(&mesh, &step, slot));
    assert_true(gc_mesh_offered(&mesh, 7));
}

static void an_answered_offer_becomes_the_open_link(void **state) {
    (void)state;
    gc_mesh_answer(&mesh, &step, 2, offer(false, false), GC_SPAN("v=0"));
    uint32_t slot = attempt_of(2);
    assert_span(asked(GC_CLIENT_LINK_ANSWER).text, GC_SPAN("v=0"));
    assert_int_equal(gc_mesh_find(&mesh, 2, in.dial), slot);
    gc_link_describe(gc_mesh_edit(&mesh, &step, slot));
    gc_mesh_open(&mesh, &step, slot);
    assert_int_equal(attempt_of(2), GC_NONE);
    assert_ptr_equal(gc_mesh_open_link(&mesh, 2), gc_mesh_link(&mesh, slot));
    assert_null(gc_mesh_open_link(&mesh, 3));
}

static void a_peer_may_have_an_open_link_and_one_being_set_up(void **state) {
    (void)state;
    uint32_t old = open_to(1);
    gc_mesh_dial(&mesh, &step, 1, false, 0);
    (void)asked(GC_CLIENT_LINK_OFFER);
    uint32_t fresh_slot = attempt_of(1);
    assert_int_not_equal(old, fresh_slot);
    gc_mesh_drop(&mesh, &step, 1, true);
    (void)asked(GC_CLIENT_LINK_CLOSE);
    assert_int_equal(gc_mesh_way(&mesh, 1)->link, old);
    gc_mesh_drop(&mesh, &step, 1, true); /* none is left to drop */
    nothing_is_asked();
}

static void the_number_of_an_ended_link_is_stale(void **state) {
    (void)state;
    uint32_t slot = open_to(5);
    uint32_t number = gc_link_number(gc_mesh_link(&mesh, slot), slot);
    assert_int_equal(gc_mesh_slot(&mesh, number), slot);
    gc_mesh_close(&mesh, &step, 5, false);
    nothing_is_asked();
    assert_int_equal(gc_mesh_slot(&mesh, number), GC_NONE);
    assert_int_equal(open_to(5), slot); /* the slot is used again */
    assert_int_equal(gc_mesh_slot(&mesh, number), GC_NONE);
}

static void the_host_is_told_of_an_end_only_when_it_does_not_know(void **state) {
    (void)state;
    uint32_t slot = open_to(5);
    uint32_t number = gc_link_number(gc_mesh_link(&mesh, slot), slot);
    gc_mesh_close(&mesh, &step, 5, true);
    assert_int_equal(asked(GC_CLIENT_LINK_CLOSE).link, number);
    gc_mesh_dial(&mesh, &step, 5, false, 0);
    (void)asked(GC_CLIENT_LINK_OFFER);
    gc_mesh_drop(&mesh, &step, 5, false);
    nothing_is_asked();
}

static void only_so_many_stock_peers_are_linked_at_once(void **state) {
    (void)state;
    for (uint32_t i = 0; i < GC_MESH_DATA_MAX; i++) {
        assert_true(gc_mesh_takes_data(&mesh, GC_NONE));
        gc_mesh_answer(&mesh, &step, i, offer(true, false), GC_SPAN("v=0"));
        assert_int_equal(gc_mesh_link(&mesh, attempt_of(i))->kind, GC_LINK_KIND_DATA);
    }
    assert_false(gc_mesh_takes_data(&mesh, GC_NONE));
    assert_false(gc_mesh_takes_data(&mesh, GC_MESH_DATA_MAX));
    assert_true(gc_mesh_takes_data(&mesh, 0)); /* it may have a newer one */
    gc_mesh_answer(&mesh, &step, 9, offer(true, true), GC_SPAN("v=0"));
    assert_int_equal(gc_mesh_link(&mesh, attempt_of(9))->kind, GC_LINK_KIND_NATIVE);
    gc_mesh_drop(&mesh, &step, 0, false);
    assert_true(gc_mesh_takes_data(&mesh, GC_NONE));
}

static void a_stock_peer_answers_only_an_offer_to_either_kind(void **state) {
    (void)state;
    gc_mesh_dial(&mesh, &step, 0, false, 0);
    gc_mesh_dial(&mesh, &step, 1, true, 0);
    assert_int_equal(asked(GC_CLIENT_LINK_OFFER).value, GC_LINK_KIND_NATIVE);
    assert_int_equal(asked(GC_CLIENT_LINK_OFFER).value, GC_LINK_KIND_EITHER);
    for (uint32_t i = 0; i < 2; i++) {
        gc_link_describe(gc_mesh_edit(&mesh, &step, attempt_of(i)));
    }
    assert_false(gc_mesh_accept(&mesh, &step, attempt_of(0), true));
    assert_int_equal(gc_mesh_link(&mesh, attempt_of(0))->step, GC_LINK_STEP_OFFERED);
    assert_true(gc_mesh_accept(&mesh, &step, attempt_of(1), true));
    assert_int_equal(gc_mesh_link(&mesh, attempt_of(1))->kind, GC_LINK_KIND_DATA);
}

static void what_the_host_measures_makes_the_peer_ready(void **state) {
    (void)state;
    uint32_t slot = open_to(3);
    (void)settle();
    memset(&ready, 0, sizeof ready);
    gc_mesh_buffer(&mesh, &step, slot, 4096);
    assert_true(gc_set_has(&ready.frames, 3));
    memset(&ready, 0, sizeof ready);
    gc_mesh_measure(&mesh, &step, slot, GC_PATH_RELAY, 80);
    assert_true(gc_set_has(&ready.reports, 3));
    assert_true(gc_set_is_empty(&ready.unsettled));
    const gc_link *l = gc_mesh_open_link(&mesh, 3);
    assert_int_equal(l->buffered, 4096);
    assert_int_equal(l->path, GC_PATH_RELAY);
    assert_int_equal(l->rtt_ms, 80);
}

static void a_new_name_is_due_on_open_links_alone(void **state) {
    (void)state;
    (void)open_to(0);
    gc_mesh_dial(&mesh, &step, 1, false, 0);
    gc_mesh_rename(&mesh, &step);
    assert_true(gc_mesh_open_link(&mesh, 0)->profile_due);
    assert_false(gc_mesh_link(&mesh, attempt_of(1))->profile_due);
}

static void the_times_of_links_and_dialers_come_due(void **state) {
    (void)state;
    assert_true(gc_mesh_deadline(&mesh) == GC_NEVER);
    gc_mesh_dial(&mesh, &step, 0, false, 0);
    gc_dialer_set(gc_mesh_dialer(&mesh, &step, 1), 5000);
    gc_set over = settle();
    assert_true(gc_set_is_empty(&over));
    assert_int_equal(gc_mesh_deadline(&mesh), 5000);
    gc_set due = gc_mesh_due_dials(&mesh, 4999);
    assert_true(gc_set_is_empty(&due));
    due = gc_mesh_due_dials(&mesh, 5000);
    assert_int_equal(gc_set_first(&due), 1);
    assert_int_equal(gc_mesh_deadline(&mesh), 1000 + GC_LINK_OPEN_MS);
    due = gc_mesh_due_links(&mesh, 1000 + GC_LINK_OPEN_MS);
    assert_int_equal(gc_set_first(&due), attempt_of(0));
    assert_int_equal(gc_set_count(&due), 1);
}

static void who_cannot_be_reached_is_given_up_the_longest_lost_first(void **state) {
    (void)state;
    assert_int_equal(gc_mesh_first_end(&mesh), GC_NONE);
    (void)gc_dialer_lose(gc_mesh_dialer(&mesh, &step, 4), false, 9000, 1000);
    (void)gc_dialer_lose(gc_mesh_dialer(&mesh, &step, 8), false, 2000, 1000);
    gc_set over = settle();
    assert_true(gc_set_is_empty(&over));
    assert_int_equal(gc_mesh_first_end(&mesh), 8);
    step.now_ms = 3000;
    over = settle();
    assert_true(gc_set_has(&over, 8) && gc_set_count(&over) == 1);
    gc_mesh_remove(&mesh, 8);
    assert_int_equal(gc_mesh_first_end(&mesh), 4);
    gc_mesh_check(&mesh);
}

/* --- against a model -------------------------------------------------------------------------- */

typedef struct model_link {
    uint32_t number; /* as the host was told; GC_NONE: there is none */
    uint8_t step;
    bool data;
} model_link;

static model_link model[GC_PEERS_MAX][2]; /* the open link, the attempt */

static void model_starts(uint32_t peer, uint32_t type, uint8_t at, bool data) {
    model[peer][1] = (model_link){.number = asked(type).link, .step = at, .data = data};
}

static void model_ends(uint32_t peer, int which, bool told) {
    if (told) {
        assert_int_equal(asked(GC_CLIENT_LINK_CLOSE).link, model[peer][which].number);
    }
    model[peer][which].number = GC_NONE;
}

static void set_up_something(uint32_t peer, uint64_t *luck) {
    bool data = chance(luck, 3) == 0;
    if (chance(luck, 2) == 0) {
        gc_mesh_dial(&mesh, &step, peer, data, 0);
        model_starts(peer, GC_CLIENT_LINK_OFFER, GC_LINK_STEP_OFFERING, false);
    } else if (!data || gc_mesh_takes_data(&mesh, peer)) {
        gc_mesh_answer(&mesh, &step, peer, offer(data, false), GC_SPAN("v=0"));
        model_starts(peer, GC_CLIENT_LINK_ANSWER, GC_LINK_STEP_ANSWERING, data);
    }
}

static void move_attempt_on(uint32_t peer, uint64_t *luck) {
    model_link *a = &model[peer][1];
    uint32_t slot = gc_mesh_slot(&mesh, a->number);
    if (a->step == GC_LINK_STEP_OFFERED) {
        bool data = chance(luck, 2) == 0;
        if (gc_mesh_accept(&mesh, &step, slot, data)) {
            a->step = GC_LINK_STEP_CONNECTING;
            a->data = data;
        }
    } else if (a->step != GC_LINK_STEP_CONNECTING) {
        gc_link_describe(gc_mesh_edit(&mesh, &step, slot));
        a->step = a->step == GC_LINK_STEP_OFFERING ? GC_LINK_STEP_OFFERED : GC_LINK_STEP_CONNECTING;
    } else {
        if (model[peer][0].number != GC_NONE) { /* the newer one replaces it */
            gc_mesh_close(&mesh, &step, peer, true);
            model_ends(peer, 0, true);
        }
        gc_mesh_open(&mesh, &step, slot);
        model[peer][0] = *a;
        a->number = GC_NONE;
    }
}

static void end_something(uint32_t peer, uint64_t *luck) {
    bool tell = chance(luck, 2) == 0;
    if (model[peer][1].number != GC_NONE) {
        gc_mesh_drop(&mesh, &step, peer, tell);
        model_ends(peer, 1, tell);
    } else if (model[peer][0].number != GC_NONE) {
        gc_mesh_close(&mesh, &step, peer, tell);
        model_ends(peer, 0, tell);
    } else if (chance(luck, 2) == 0) {
        (void)gc_dialer_lose(gc_mesh_dialer(&mesh, &step, peer), false, 20000, step.now_ms);
    } else {
        gc_dialer_back_off(gc_mesh_dialer(&mesh, &step, peer), tell, step.now_ms);
    }
}

/* Links that are late or silent end; who is due to be dialled is dialled. */
static void pass_time(uint64_t *luck) {
    step.now_ms += chance(luck, 4000);
    gc_set due = gc_mesh_due_links(&mesh, step.now_ms);
    for (uint32_t n = gc_set_first(&due); n != GC_SET_END; n = gc_set_next(&due, n + 1)) {
        uint32_t peer = gc_mesh_link(&mesh, n)->peer;
        if (gc_link_tick(gc_mesh_edit(&mesh, &step, n), step.now_ms)) {
            continue;
        }
        if (gc_mesh_way(&mesh, peer)->link == n) {
            gc_mesh_close(&mesh, &step, peer, true);
            model_ends(peer, 0, true);
        } else {
            gc_mesh_drop(&mesh, &step, peer, true);
            model_ends(peer, 1, true);
        }
    }
    due = gc_mesh_due_dials(&mesh, step.now_ms);
    for (uint32_t i = gc_set_first(&due); i != GC_SET_END; i = gc_set_next(&due, i + 1)) {
        assert_true(gc_mesh_way(&mesh, i)->dialer.dial_ms <= step.now_ms);
        gc_mesh_drop(&mesh, &step, i, false);
        model[i][1].number = GC_NONE;
        gc_mesh_dial(&mesh, &step, i, false, 0);
        model_starts(i, GC_CLIENT_LINK_OFFER, GC_LINK_STEP_OFFERING, false);
    }
}

/* Whoever is given up goes without a link, and its place is taken again. */
static void settle_all(void) {
    gc_set over = settle();
    for (uint32_t i = gc_set_first(&over); i != GC_SET_END; i = gc_set_next(&over, i + 1)) {
        assert_true(gc_mesh_way(&mesh, i)->dialer.forget_ms <= step.now_ms);
        gc_mesh_drop(&mesh, &step, i, false);
        if (gc_mesh_way(&mesh, i)->link != GC_NONE) {
            gc_mesh_close(&mesh, &step, i, false);
        }
        model[i][0].number = model[i][1].number = GC_NONE;
        gc_mesh_remove(&mesh, i);
        gc_mesh_add(&mesh, i);
    }
    over = settle();
    assert_true(gc_set_is_empty(&over));
}

static void is_as_modelled(uint32_t peer, int which, uint32_t slot) {
    const model_link *l = &model[peer][which];
    assert_int_equal(slot == GC_NONE, l->number == GC_NONE);
    if (slot != GC_NONE) {
        const gc_link *real = gc_mesh_link(&mesh, slot);
        assert_int_equal(gc_mesh_slot(&mesh, l->number), slot);
        assert_int_equal(real->step, which == 0 ? GC_LINK_STEP_OPEN : l->step);
        assert_int_equal(real->kind == GC_LINK_KIND_DATA, l->data);
        assert_int_equal(gc_mesh_find(&mesh, peer, real->dial), slot);
    }
}

static void compare(void) {
    gc_mesh_check(&mesh);
    nothing_is_asked();
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        is_as_modelled(i, 0, gc_mesh_way(&mesh, i)->link);
        is_as_modelled(i, 1, gc_mesh_way(&mesh, i)->attempt);
        assert_int_equal(gc_mesh_offered(&mesh, i),
                         model[i][1].number != GC_NONE && model[i][1].step == GC_LINK_STEP_OFFERED);
    }
}

static void any_history_leaves_what_a_model_says(void **state) {
    for (uint64_t seed = 1; seed <= 40; seed++) {
        uint64_t luck = seed;
        (void)fresh(state);
        for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
            model[i][0].number = model[i][1].number = GC_NONE;
        }
        for (int n = 0; n < 1000; n++) {
            uint32_t peer = chance(&luck, GC_PEERS_MAX), what = chance(&luck, 10);
            if (what == 0) {
                pass_time(&luck);
            } else if (what <= 2) {
                end_something(peer, &luck);
            } else if (model[peer][1].number != GC_NONE) {
                move_attempt_on(peer, &luck);
            } else {
                set_up_something(peer, &luck);
            }
            settle_all();
            compare();
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_dial_takes_a_link_and_asks_the_host_for_an_offer, fresh),
        cmocka_unit_test_setup(an_answered_offer_becomes_the_open_link, fresh),
        cmocka_unit_test_setup(a_peer_may_have_an_open_link_and_one_being_set_up, fresh),
        cmocka_unit_test_setup(the_number_of_an_ended_link_is_stale, fresh),
        cmocka_unit_test_setup(the_host_is_told_of_an_end_only_when_it_does_not_know, fresh),
        cmocka_unit_test_setup(only_so_many_stock_peers_are_linked_at_once, fresh),
        cmocka_unit_test_setup(a_stock_peer_answers_only_an_offer_to_either_kind, fresh),
        cmocka_unit_test_setup(what_the_host_measures_makes_the_peer_ready, fresh),
        cmocka_unit_test_setup(a_new_name_is_due_on_open_links_alone, fresh),
        cmocka_unit_test_setup(the_times_of_links_and_dialers_come_due, fresh),
        cmocka_unit_test_setup(who_cannot_be_reached_is_given_up_the_longest_lost_first, fresh),
        cmocka_unit_test(any_history_leaves_what_a_model_says),
    };
    return RUN(tests);
}
