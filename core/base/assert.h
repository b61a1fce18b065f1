/* gc_assert: a broken invariant of ours ends the program, in release builds too.
 * It is never used for input from outside; that is an error with a reason. It imports nothing. */
#ifndef GC_BASE_ASSERT_H
#define GC_BASE_ASSERT_H

#define gc_assert(condition)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            __builtin_trap();                                                                      \
        }                                                                                          \
    } while (0)

#endif
