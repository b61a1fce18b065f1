/* cli/hidden.c */
#include "test/unit/unit.h"

#include "cli/hidden.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static void a_link_leaves_the_command_line(void **state) {
    (void)state;
    char argument[] = "https://h/room/#1.secret", copy[32];
    assert_true(gc_hidden_take(argument, copy, sizeof copy));
    assert_string_equal(copy, "https://h/room/#1.secret");
    assert_string_equal(argument, "xxxxxxxxxxxxxxxxxxxxxxxx");
}

static void what_is_no_link_stays(void **state) {
    (void)state;
    char room[] = "coffee", copy[32] = "-";
    assert_false(gc_hidden_take(room, copy, sizeof copy));
    assert_string_equal(room, "coffee");
    char link[] = "http://h/room/a";
    assert_false(gc_hidden_take(link, copy, sizeof link - 1));
    assert_string_equal(link, "http://h/room/a");
    assert_string_equal(copy, "-");
    assert_true(gc_hidden_take(link, copy, sizeof link));
}

static void memory_goes_to_no_file(void **state) {
    (void)state;
    struct rlimit limit;
    gc_hidden_forbid_dumps();
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_leaves_the_command_line),
        cmocka_unit_test(what_is_no_link_stays),
        cmocka_unit_test(memory_goes_to_no_file),
    };
    return RUN(tests);
}
