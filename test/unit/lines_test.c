/* cli/lines.c */
#include "test/unit/patience.h"
#include "test/unit/unit.h"

#include "cli/lines.h"

#include <fcntl.h>
#include <unistd.h>

#define PATIENCE_MS 5000

typedef struct reader {
    uv_loop_t loop;
    uv_timer_t patience;
    gc_lines lines;
    char log[2000];
    uint32_t bytes;
    uint32_t pause_after; /* lines; 0: never */
    uint32_t count;
} reader;

static void on_line(void *context, gc_span line) {
    reader *r = context;
    size_t len = strlen(r->log);
    r->bytes += line.len;
    snprintf(r->log + len, sizeof r->log - len, "%s%.*s|", line.data == NULL ? "?" : "",
             line.len > 20 ? 20 : (int)line.len, (const char *)line.data);
    if (++r->count == r->pause_after) {
        gc_lines_pause(&r->lines, true);
        uv_stop(&r->loop);
    }
}

static void on_ended(void *context) {
    reader *r = context;
    strncat(r->log, "end", sizeof r->log - strlen(r->log) - 1);
    uv_stop(&r->loop);
}

static const gc_lines_events events = {on_line, on_ended};

static reader *open_reader(int fd) {
    reader *r = calloc(1, sizeof *r);
    patience_open(&r->loop, &r->patience);
    gc_lines_open(&r->lines, &r->loop, fd, &events, r);
    return r;
}

static void run(reader *r) {
    patience_run(&r->patience, PATIENCE_MS);
}

static void close_reader(reader *r) {
    gc_lines_close(&r->lines);
    patience_close(&r->patience);
    free(r);
}

static void put(int fd, const char *text) {
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void a_pipe_gives_its_lines(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    int flags = fcntl(fds[0], F_GETFL);
    reader *r = open_reader(fds[0]);
    assert_true((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
    put(fds[1], "one\ntwo\r\n\nth");
    uv_run(&r->loop, UV_RUN_NOWAIT);
    uv_run(&r->loop, UV_RUN_NOWAIT);
    assert_string_equal(r->log, "one|two||");
    put(fds[1], "ree\nlast");
    close(fds[1]);
    run(r);
    assert_string_equal(r->log, "one|two||three|last|end");
    close_reader(r);
    assert_int_equal(fcntl(fds[0], F_GETFL), flags); /* others have this pipe, too */
    close(fds[0]);
}

static bool holds(const reader *r, const char *text) {
    return memmem(r->lines.bytes, sizeof r->lines.bytes, text, strlen(text)) != NULL;
}

/* A line may be a link with a secret: it is nowhere once it was given, and neither is what was not
 * given when it closes. */
static void what_was_given_is_forgotten(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    reader *r = open_reader(fds[0]);
    put(fds[1], "first secret\nsecond secret\nthird ");
    uv_run(&r->loop, UV_RUN_NOWAIT);
    uv_run(&r->loop, UV_RUN_NOWAIT);
    assert_int_equal(r->count, 2);
    assert_false(holds(r, "secret"));
    assert_true(holds(r, "third"));
    put(fds[1], "secret\nfourth secret\nfifth");
    r->pause_after = 3;
    run(r);
    assert_int_equal(r->count, 3);
    assert_false(holds(r, "third"));
    assert_true(holds(r, "fourth secret"));
    gc_lines_close(&r->lines);
    assert_false(holds(r, "fourth"));
    assert_false(holds(r, "fifth"));
    close_reader(r);
    close(fds[0]);
    close(fds[1]);
}

/* What is moved to the front leaves no copy behind. */
static void a_line_that_is_moved_is_forgotten_whole(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    reader *r = open_reader(fds[0]);
    put(fds[1], "a first line that is long\nlink with a secret");
    uv_run(&r->loop, UV_RUN_NOWAIT);
    put(fds[1], "\nb");
    for (int i = 0; i < 4; i++) {
        uv_run(&r->loop, UV_RUN_NOWAIT);
    }
    assert_int_equal(r->count, 2);
    assert_false(holds(r, "secret"));
    assert_false(holds(r, "link"));
    close_reader(r);
    close(fds[0]);
    close(fds[1]);
}

static void a_file_gives_its_lines(void **state) {
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    for (int i = 0; i < 50; i++) {
        fprintf(file, "line%d\n", i);
    }
    rewind(file);
    reader *r = open_reader(fileno(file));
    run(r);
    assert_int_equal(r->count, 50);
    assert_non_null(strstr(r->log, "line49|end"));
    close_reader(r);
    fclose(file);
    int fd = open("/dev/null", O_RDONLY);
    r = open_reader(fd);
    run(r);
    assert_string_equal(r->log, "end");
    close_reader(r);
    close(fd);
}

static void a_pause_keeps_lines_for_later(void **state) {
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    put(fds[1], "one\ntwo\nthree\n");
    close(fds[1]);
    reader *r = open_reader(fds[0]);
    r->pause_after = 1;
    run(r);
    assert_string_equal(r->log, "one|");
    for (int i = 0; i < 3; i++) {
        uv_run(&r->loop, UV_RUN_NOWAIT);
    }
    assert_string_equal(r->log, "one|");
    gc_lines_pause(&r->lines, false);
    assert_string_equal(r->log, "one|");
    run(r);
    assert_string_equal(r->log, "one|two|three|end");
    close_reader(r);
    close(fds[0]);
}

static void a_line_that_is_too_long_is_lost_alone(void **state) {
    (void)state;
    FILE *file = tmpfile();
    fputs("one\n", file);
    for (int i = 0; i < 3 * GC_LINES_BYTES_MAX; i++) {
        fputc('x', file);
    }
    fputs("\ntwo\n", file);
    rewind(file);
    reader *r = open_reader(fileno(file));
    run(r);
    assert_string_equal(r->log, "one|?|two|end");
    close_reader(r);
    fclose(file);
}

/* A last line without an end: the reader sees that it ended, whatever its length is. */
static void the_last_line_is_given_or_reported(void **state) {
    (void)state;
    static const struct {
        uint32_t len;
        const char *log;
    } lines[] = {{GC_LINES_BYTES_MAX, "xxxxxxxxxxxxxxxxxxxx|end"},
                 {GC_LINES_BYTES_MAX + 1, "?|end"},
                 {2 * GC_LINES_BYTES_MAX, "?|end"},
                 {2 * (GC_LINES_BYTES_MAX + 1), "?|end"},
                 {3 * GC_LINES_BYTES_MAX, "?|end"}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        FILE *file = tmpfile();
        for (uint32_t n = 0; n < lines[i].len; n++) {
            fputc('x', file);
        }
        rewind(file);
        reader *r = open_reader(fileno(file));
        run(r);
        assert_string_equal(r->log, lines[i].log);
        close_reader(r);
        fclose(file);
    }
}

static void the_longest_line_has_an_end(void **state) {
    (void)state;
    FILE *file = tmpfile();
    for (uint32_t n = 0; n < 2 * (GC_LINES_BYTES_MAX + 1); n++) {
        fputc((n + 1) % (GC_LINES_BYTES_MAX + 1) == 0 ? '\n' : 'x', file);
    }
    rewind(file);
    reader *r = open_reader(fileno(file));
    run(r);
    assert_int_equal(r->bytes, 2 * GC_LINES_BYTES_MAX);
    assert_int_equal(r->count, 2);
    close_reader(r);
    fclose(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_gives_its_lines),
        cmocka_unit_test(what_was_given_is_forgotten),
        cmocka_unit_test(a_line_that_is_moved_is_forgotten_whole),
        cmocka_unit_test(a_file_gives_its_lines),
        cmocka_unit_test(a_pause_keeps_lines_for_later),
        cmocka_unit_test(a_line_that_is_too_long_is_lost_alone),
        cmocka_unit_test(the_last_line_is_given_or_reported),
        cmocka_unit_test(the_longest_line_has_an_end),
    };
    return RUN(tests);
}
