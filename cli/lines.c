#include "cli/lines.h"
#include "core/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void update(gc_lines *l);

/* The next whole line, or what is left at the end of input: of a line that was too long, nothing
 * may be left. Returns false when there is none. */
static bool next_line(gc_lines *l, gc_span *line) {
    gc_span rest = gc_span_of(l->bytes + l->at, l->len - l->at);
    uint32_t end = gc_span_find(rest, 0, '\n');
    if (end == rest.len && !(l->ended && (rest.len > 0 || l->too_long))) {
        return false;
    }
    l->at += end < rest.len ? end + 1 : end;
    uint32_t cr = end > 0 && rest.data[end - 1] == '\r';
    *line = gc_span_of(rest.data, end - cr);
    return true;
}

/* Gives lines until they are used up or the owner pauses. A line that was given is forgotten: it
 * may have been a link. */
static void give(gc_lines *l) {
    gc_span line;
    uint32_t begin = l->at;
    while (!l->paused && !l->closed && next_line(l, &line)) {
        bool whole = !l->too_long;
        l->too_long = false;
        l->events->line(l->context, whole ? line : GC_SPAN_NONE);
        gc_bytes_wipe(l->bytes + begin, l->at - begin);
        begin = l->at;
    }
    if (l->ended && !l->paused && !l->closed) {
        gc_lines_close(l);
        l->events->ended(l->context);
    }
}

/* Makes room after a line that is not whole. */
static void make_room(gc_lines *l) {
    if (l->at > 0) {
        memmove(l->bytes, l->bytes + l->at, l->len - l->at);
        l->len -= l->at;
        gc_bytes_wipe(l->bytes + l->len, l->at);
        l->at = 0;
    }
    if (l->len == sizeof l->bytes) {
        l->too_long = true;
        gc_bytes_wipe(l->bytes, l->len);
        l->len = 0;
    }
}

static void read_on(gc_lines *l) {
    make_room(l);
    ssize_t n = read(l->fd, l->bytes + l->len, sizeof l->bytes - l->len);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    l->ended = n <= 0;
    l->len += n > 0 ? (uint32_t)n : 0;
    give(l);
    update(l);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events;
    read_on(poll->data);
}

static void on_idle(uv_idle_t *idle) {
    gc_lines *l = idle->data;
    give(l); /* what a pause has left */
    if (!l->paused && !l->closed && !l->waits) {
        read_on(l);
    }
    update(l);
}

/* A pipe is waited for. A file is always ready, and so are lines that are here already: those come
 * from the loop, never from within gc_lines_pause(). */
static void update(gc_lines *l) {
    if (l->closed) {
        return;
    }
    bool here = l->ended || memchr(l->bytes + l->at, '\n', l->len - l->at) != NULL;
    bool idle = !l->paused && (here || !l->waits);
    if (idle) {
        uv_idle_start(&l->idle, on_idle);
    } else {
        uv_idle_stop(&l->idle);
    }
    if (l->waits && !l->paused && !here) {
        uv_poll_start(&l->poll, UV_READABLE, on_ready);
    } else if (l->waits) {
        uv_poll_stop(&l->poll);
    }
}

void gc_lines_open(gc_lines *l, uv_loop_t *loop, int fd, const gc_lines_events *events,
                   void *context) {
    memset(l, 0, offsetof(gc_lines, bytes));
    l->events = events;
    l->context = context;
    l->fd = fd;
    l->flags = fcntl(fd, F_GETFL);
    uv_idle_init(loop, &l->idle);
    l->idle.data = l;
    l->waits = uv_poll_init(loop, &l->poll, fd) == 0; /* not of a file, nor of /dev/null */
    l->poll.data = l;
    update(l);
}

void gc_lines_pause(gc_lines *l, bool on) {
    l->paused = on;
    update(l);
}

void gc_lines_close(gc_lines *l) {
    if (l->closed) {
        return;
    }
    l->closed = true;
    gc_bytes_wipe(l->bytes + l->at, l->len - l->at); /* without the line that is being given */
    uv_close((uv_handle_t *)&l->idle, NULL);
    if (l->waits) {
        uv_close((uv_handle_t *)&l->poll, NULL);
    }
    if (l->flags >= 0) {
        fcntl(l->fd, F_SETFL, l->flags); /* libuv set it not to block, for all who share it */
    }
}
