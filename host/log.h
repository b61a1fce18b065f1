/* Lines for the operator on stderr. Never an id, a room, an address or a message of a client. */
#ifndef GC_HOST_LOG_H
#define GC_HOST_LOG_H

enum gc_log_level { GC_LOG_ERROR, GC_LOG_WARNING, GC_LOG_INFO, GC_LOG_DEBUG };

/* Lines above this level are left out. At start: GC_LOG_INFO. */
void gc_log_set_level(int level);
/* "error", "warning", "info" or "debug"; -1 for another word. */
int gc_log_level_of(const char *word);
/* Writes one line "ghostchatd: <text>"; a text over 1 KiB is cut. */
void gc_log(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
