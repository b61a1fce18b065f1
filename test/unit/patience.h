/* A loop of libuv for tests, and the timer that stops it when what a test waits for does not come.
 */
#ifndef TEST_PATIENCE_H
#define TEST_PATIENCE_H

#include "test/unit/unit.h"

#include <uv.h>

static inline void patience_open(uv_loop_t *loop, uv_timer_t *patience) {
    uv_loop_init(loop);
    uv_timer_init(loop, patience);
}

static inline void patience_end(uv_timer_t *patience) {
    uv_stop(patience->loop);
}

/* From now on the loop runs for ms milliseconds at most. */
static inline void patience_start(uv_timer_t *patience, uint64_t ms) {
    uv_timer_start(patience, patience_end, ms, 0);
}

/* Runs the loop until somebody stops it, or for ms milliseconds. */
static inline void patience_run(uv_timer_t *patience, uint64_t ms) {
    patience_start(patience, ms);
    uv_run(patience->loop, UV_RUN_DEFAULT);
}

/* Runs the loop until everything in it is closed, which the test has asked for, and closes it. */
static inline void patience_close(uv_timer_t *patience) {
    uv_loop_t *loop = patience->loop;
    uv_close((uv_handle_t *)patience, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(loop), 0);
}

#endif
