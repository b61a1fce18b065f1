/* The part of cmocka that our unit tests use, for C libraries that Debian builds no cmocka for.
 * Same names, same meaning; results are TAP. A test that fails jumps back to the loop that runs
 * them, its teardown runs, and the next one begins. For one file of tests in one program. */
#ifndef GC_TEST_MUSL_CMOCKA_H
#define GC_TEST_MUSL_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

static jmp_buf cmocka_after_failure;

static inline struct CMUnitTest cmocka_row(const char *name, void (*test)(void **state),
                                           int (*setup)(void **state),
                                           int (*teardown)(void **state)) {
    return (struct CMUnitTest){name, test, setup, teardown};
}

#define cmocka_unit_test(f)                                 cmocka_row(#f, f, NULL, NULL)
#define cmocka_unit_test_setup(f, setup)                    cmocka_row(#f, f, setup, NULL)
#define cmocka_unit_test_teardown(f, teardown)              cmocka_row(#f, f, NULL, teardown)
#define cmocka_unit_test_setup_teardown(f, setup, teardown) cmocka_row(#f, f, setup, teardown)

__attribute__((unused, format(printf, 1, 2))) static void print_message(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

/* Ends the running test as failed. */
__attribute__((noreturn)) static inline void cmocka_fail(const char *file, int line) {
    printf("# %s:%d: failed\n", file, line);
    longjmp(cmocka_after_failure, 1);
}

static inline void cmocka_check(int holds, const char *what, const char *file, int line) {
    if (!holds) {
        printf("# not so: %s\n", what);
        cmocka_fail(file, line);
    }
}

static inline void cmocka_check_equal(uintmax_t a, uintmax_t b, int equal, const char *what,
                                      const char *file, int line) {
    if ((a == b) != equal) {
        printf("# %s: %ju (%jd), %ju (%jd)\n", what, a, (intmax_t)a, b, (intmax_t)b);
        cmocka_fail(file, line);
    }
}

static inline void cmocka_check_range(uintmax_t n, uintmax_t low, uintmax_t high, const char *what,
                                      const char *file, int line) {
    if (n < low || n > high) {
        printf("# %s: %ju is not in %ju to %ju\n", what, n, low, high);
        cmocka_fail(file, line);
    }
}

#define CMOCKA_CHECK(holds, what) cmocka_check((holds) ? 1 : 0, what, __FILE__, __LINE__)
#define CMOCKA_NUMBERS(a, b, equal)                                                                \
    cmocka_check_equal((uintmax_t)(a), (uintmax_t)(b), equal, #a ", " #b, __FILE__, __LINE__)

#define assert_true(c)         CMOCKA_CHECK((c), #c)
#define assert_false(c)        CMOCKA_CHECK(!(c), "not " #c)
#define assert_null(p)         CMOCKA_CHECK((p) == NULL, #p " is NULL")
#define assert_non_null(p)     CMOCKA_CHECK((p) != NULL, #p " is not NULL")
#define assert_ptr_equal(a, b) CMOCKA_CHECK((const void *)(a) == (const void *)(b), #a " is " #b)
#define assert_ptr_not_equal(a, b)                                                                 \
    CMOCKA_CHECK((const void *)(a) != (const void *)(b), #a " is not " #b)
#define assert_int_equal(a, b)     CMOCKA_NUMBERS(a, b, 1)
#define assert_int_not_equal(a, b) CMOCKA_NUMBERS(a, b, 0)
#define assert_in_range(n, low, high)                                                              \
    cmocka_check_range((uintmax_t)(n), (uintmax_t)(low), (uintmax_t)(high), #n, __FILE__, __LINE__)
#define assert_string_equal(a, b)        CMOCKA_CHECK(strcmp((a), (b)) == 0, #a " reads " #b)
#define assert_string_not_equal(a, b)    CMOCKA_CHECK(strcmp((a), (b)) != 0, #a " reads not " #b)
#define assert_memory_equal(a, b, n)     CMOCKA_CHECK(memcmp((a), (b), (n)) == 0, #a " as " #b)
#define assert_memory_not_equal(a, b, n) CMOCKA_CHECK(memcmp((a), (b), (n)) != 0, #a " not as " #b)
#define fail()                           cmocka_fail(__FILE__, __LINE__)
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        printf("# " __VA_ARGS__);                                                                  \
        printf("\n");                                                                              \
        cmocka_fail(__FILE__, __LINE__);                                                           \
    } while (0)

static inline int cmocka_run(const struct CMUnitTest *tests, size_t count,
                             int (*setup)(void **state), int (*teardown)(void **state)) {
    void *shared = NULL;
    volatile size_t failed = 0;
    if (setup != NULL && setup(&shared) != 0) {
        printf("not ok 1 - setup of the group\n");
        return 1;
    }
    printf("1..%zu\n", count);
    for (volatile size_t i = 0; i < count; i++) {
        const struct CMUnitTest *t = &tests[i];
        void *volatile state = shared;
        volatile int bad = 1;
        void *begun = shared;
        if (setjmp(cmocka_after_failure) == 0) {
            if (t->setup == NULL || t->setup(&begun) == 0) {
                state = begun;
                t->test(&begun);
                state = begun;
                bad = 0;
            }
        }
        begun = state;
        if (t->teardown != NULL && t->teardown(&begun) != 0) {
            bad = 1;
        }
        printf("%s %zu - %s\n", bad ? "not ok" : "ok", i + 1, t->name);
        failed += bad ? 1 : 0;
    }
    if (teardown != NULL && teardown(&shared) != 0) {
        printf("not ok %zu - teardown of the group\n", count + 1);
        failed++;
    }
    return (int)failed;
}

#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    cmocka_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
    cmocka_run_group_tests(tests, setup, teardown)

#endif
