#define OPENSSL_SUPPRESS_DEPRECATED  /* RAND_METHOD: nothing newer replaces all its callers at once \
                                      */
#include "sim/openssl.h"

#include <openssl/rand.h>
#include <stddef.h>
#include <sys/time.h>

static sim_rng *source;
static uint64_t time_ms;

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    now->tv_sec = (time_t)(SIM_UNIX_S + time_ms / 1000);
    now->tv_usec = (suseconds_t)(time_ms % 1000 * 1000);
    return 0;
}

static int bytes(unsigned char *out, int len) {
    if (source == NULL || len < 0) {
        return 0;
    }
    sim_rng_bytes(source, out, (uint32_t)len);
    return 1;
}

static int seed(const void *data, int len) {
    (void)data;
    (void)len;
    return 1;
}

static int add(const void *data, int len, double entropy) {
    (void)data;
    (void)len;
    (void)entropy;
    return 1;
}

static int status(void) {
    return 1;
}

void sim_openssl_begin(sim_rng *rng) {
    static const RAND_METHOD method = {
        .seed = seed, .bytes = bytes, .add = add, .pseudorand = bytes, .status = status};
    source = rng;
    time_ms = 0;
    RAND_set_rand_method(&method);
}

void sim_openssl_time(uint64_t now_ms) {
    time_ms = now_ms;
}

void sim_openssl_end(void) {
    source = NULL;
}
