#include "host/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 1024

static int log_level = GC_LOG_INFO;

static const char *const level_words[] = {"error", "warning", "info", "debug"};

void gc_log_set_level(int level) {
    log_level = level;
}

int gc_log_level_of(const char *word) {
    for (int i = 0; i <= GC_LOG_DEBUG; i++) {
        if (strcmp(word, level_words[i]) == 0) {
            return i;
        }
    }
    return -1;
}

void gc_log(int level, const char *format, ...) {
    char line[LINE_BYTES];
    if (level > log_level) {
        return;
    }
    int at = snprintf(line, sizeof line, "ghostchatd: %s",
                      level == GC_LOG_ERROR     ? "error: "
                      : level == GC_LOG_WARNING ? "warning: "
                                                : "");
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + at, sizeof line - (size_t)at - 1, format, args);
    va_end(args);
    int len = more < 0 ? at : at + more;
    if (len > LINE_BYTES - 2) {
        len = LINE_BYTES - 2;
    }
    line[len] = '\n';
    /* One write: lines of several processes do not mix. When a pipe is full the line is lost, and
     * the server goes on. */
    ssize_t ignored = write(STDERR_FILENO, line, (size_t)len + 1);
    (void)ignored;
}
