/* The checker must see what it is for: each damage to a healthy server ends the process. */
#include "test/unit/server_host.h"

#include "core/server.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void healthy(host *h) {
    gc_server_config config = {0};
    host_start(h, &config);
    run_on(h, (step[]){OPEN(1, OURS_IN("a", TAG_A)), SKIP(1), OPEN(2, OURS_IN("b", TAG_A)), SKIP(1),
                       SKIP(2), SAY(1, OFFER("x")), SKIP(1), DEAF(1), SAY(2, OFFER("a")), FINISH});
}

typedef void (*damage)(gc_server *s);

static void lose_id(gc_server *s) {
    gc_registry_remove(&s->registry, 0);
}
static void lose_block(gc_server *s) {
    s->pool.used--;
}
static void lose_byte(gc_server *s) {
    s->connections[0].queue.len--;
}
static void lose_timer(gc_server *s) {
    gc_timers_set(&s->timers, 0, GC_NEVER);
}
static void lose_member(gc_server *s) {
    s->connections[0].room = GC_ROOM_NONE;
}
static void lose_waiter(gc_server *s) {
    gc_registry_at(&s->registry, 1)->waiter = 0;
}
static void lose_unsent(gc_server *s) {
    gc_order_remove(&s->unsent, 0);
}
static void lose_write(gc_server *s) {
    s->connections[0].write_given = false;
    s->connections[0].pending = 0;
}
static void lose_held(gc_server *s) {
    s->held.count--;
}
static void lose_address(gc_server *s) {
    gc_addresses_remove(&s->addresses, s->connections[0].address);
}
static void lose_connection(gc_server *s) {
    s->connection_count++;
}
static void lose_settling(gc_server *s) {
    gc_order_add(&s->doomed, 0);
}
static void lose_nothing(gc_server *s) {
    (void)s;
}

/* True when the process lives on that damages its server and checks it. */
static bool survives(const host *h, damage act) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGILL, SIG_DFL); /* cmocka catches what gc_assert raises */
        signal(SIGTRAP, SIG_DFL);
        act(h->s);
        gc_server_check(h->s);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void test_each_damage_is_seen(void **state) {
    (void)state;
    const damage all[] = {lose_id,      lose_block,      lose_byte,    lose_timer,
                          lose_member,  lose_unsent,     lose_write,   lose_held,
                          lose_address, lose_connection, lose_settling};
    host h;
    healthy(&h);
    assert_true(survives(&h, lose_nothing));
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (survives(&h, all[i])) {
            fail_msg("damage %u was not seen", i);
        }
    }
    host_stop(&h);
}

static void test_a_lost_waiter_is_seen(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("x", "t")), SKIP(1), OPEN(2, STOCK("b", "t")), SKIP(2),
                        MUTE(2), OPEN(3, STOCK("b", "u")), FINISH});
    assert_true(survives(&h, lose_nothing));
    assert_false(survives(&h, lose_waiter));
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_damage_is_seen),
        cmocka_unit_test(test_a_lost_waiter_is_seen),
    };
    return RUN(tests);
}
