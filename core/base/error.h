/* The one table of error codes that our functions return: 0 is success, errors are negative.
 * The name is what JSON events carry as `code`. Wire reasons and close codes are another type:
 * reason.h. */
#ifndef GC_BASE_ERROR_H
#define GC_BASE_ERROR_H

#define GC_ERRORS(X)                                                                               \
    X(GC_E_FULL, -1, "full", "no room: drain outputs or wait, then give the same input again")     \
    X(GC_E_CLOSED, -2, "closed", "the object has ended")                                           \
    X(GC_E_ARGUMENT, -3, "argument", "the argument is not of the form that the header states")     \
    X(GC_E_STATE, -4, "state", "not possible in this state")                                       \
    X(GC_E_SYNTAX, -5, "syntax", "the input is malformed")                                         \
    X(GC_E_TOO_BIG, -6, "too-big", "the input is longer than its limit")                           \
    X(GC_E_UTF8, -7, "utf8", "the text is not valid UTF-8")                                        \
    X(GC_E_MEMORY, -8, "memory", "the caller's memory is too small")                               \
    X(GC_E_CRYPTO, -9, "crypto", "a function of the crypto table refused")                         \
    X(GC_E_NOT_FOUND, -10, "not-found", "there is no such thing")                                  \
    X(GC_E_REFUSED, -11, "refused", "refused by a limit or an option")

enum gc_error {
#define X(name, value, word, text) name = value,
    GC_ERRORS(X)
#undef X
};

/* Each returns a constant, the word or the text of an error code; "ok" for 0, "unknown" for a
 * number that is not in the table. */
const char *gc_error_word(int error);
const char *gc_error_text(int error);

#endif
