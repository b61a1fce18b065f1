/* The checker must see what it is for: each damage to a healthy server ends the process. */
#include "test/unit/server_host.h"
#include "test/unit/server_inside.h"

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

static void leave_it_alone(gc_server *s) {
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

static void each_damage_is_seen(void **state) {
    (void)state;
    const damage all[] = {
        server_loses_an_id,       server_loses_a_block,
        server_loses_a_byte,      server_loses_a_timer,
        server_loses_a_room,      server_loses_unsent_bytes,
        server_loses_a_write,     server_loses_a_held_message,
        server_loses_an_address,  server_counts_one_connection_too_many,
        server_forgets_to_settle,
    };
    host h;
    healthy(&h);
    assert_true(survives(&h, leave_it_alone));
    for (uint32_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (survives(&h, all[i])) {
            fail_msg("damage %u was not seen", i);
        }
    }
    host_stop(&h);
}

static void a_lost_waiter_is_seen(void **state) {
    (void)state;
    host h;
    gc_server_config config = {0};
    host_start(&h, &config);
    run_on(&h, (step[]){OPEN(1, STOCK("x", "t")), SKIP(1), OPEN(2, STOCK("b", "t")), SKIP(2),
                        MUTE(2), OPEN(3, STOCK("b", "u")), FINISH});
    assert_true(survives(&h, leave_it_alone));
    assert_false(survives(&h, server_loses_a_waiter));
    host_stop(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_damage_is_seen),
        cmocka_unit_test(a_lost_waiter_is_seen),
    };
    return RUN(tests);
}
