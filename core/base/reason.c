#include "core/base/reason.h"

const char *gc_reason_word(uint32_t reason) {
    switch (reason) {
#define X(name, value, word, text)                                                                 \
    case name:                                                                                     \
        return word;
        GC_REASONS(X)
#undef X
    default:
        return "unknown";
    }
}

const char *gc_reason_text(uint32_t reason) {
    switch (reason) {
#define X(name, value, word, text)                                                                 \
    case name:                                                                                     \
        return text;
        GC_REASONS(X)
#undef X
    default:
        return "unknown";
    }
}
