#include "core/base/error.h"

const char *gc_error_word(int error) {
    switch (error) {
    case 0:
        return "ok";
#define X(name, value, word, text)                                                                 \
    case name:                                                                                     \
        return word;
        GC_ERRORS(X)
#undef X
    default:
        return "unknown";
    }
}

const char *gc_error_text(int error) {
    switch (error) {
    case 0:
        return "no error";
#define X(name, value, word, text)                                                                 \
    case name:                                                                                     \
        return text;
        GC_ERRORS(X)
#undef X
    default:
        return "unknown";
    }
}
