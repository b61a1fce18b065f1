/* dtls: what OpenSSL allocates for one established DTLS session, beside which the memory of a link
 * is judged. COUNT pairs shake hands in memory; the sessions' own structs are static, so the growth
 * of the heap is OpenSSL's.
 *
 *   dtls      prints one JSON object: KiB of each end */
#include "host/entropy.h"
#include "rtc/dtls.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/crypto.h>

#define COUNT 64

static gc_dtls sessions[COUNT][2];
static gc_dtls_context contexts[2];
static gc_certificate certificates[2];

/* Gives what one side wants to send to the other. Returns whether there was anything. */
static bool pass(gc_dtls *from, gc_dtls *to, uint32_t *opened) {
    gc_dtls_output out;
    bool some = false;
    while (gc_dtls_poll(from, &out)) {
        some = true;
        *opened += out.type == GC_DTLS_OPENED;
        if (out.type == GC_DTLS_DATAGRAM) {
            gc_dtls_datagram(to, 1, out.bytes);
        }
    }
    return some;
}

static void shake_hands(gc_dtls pair[2]) {
    uint32_t opened = 0;
    for (int i = 0; i < 2; i++) {
        gc_dtls_init(&pair[i], &contexts[i]);
        gc_dtls_expect(&pair[i], certificates[!i].fingerprint, true);
        gc_dtls_begin(&pair[i], 1, i == 0, 1);
    }
    for (bool some = true; some;) {
        some = pass(&pair[0], &pair[1], &opened);
        some = pass(&pair[1], &pair[0], &opened) || some;
    }
    if (opened != 2) {
        fprintf(stderr, "dtls: a handshake did not end\n");
        exit(1);
    }
}

int main(void) {
    uint8_t seed[32];
    gc_drbg drbg;
    if (gc_entropy(seed, sizeof seed) != 0) {
        return 1;
    }
    gc_drbg_init(&drbg, seed);
    for (int i = 0; i < 2; i++) {
        if (gc_certificate_make(&certificates[i], &drbg, (uint64_t)time(NULL)) != 0 ||
            gc_dtls_context_init(&contexts[i], &certificates[i]) != 0) {
            return 1;
        }
    }
    shake_hands(sessions[0]); /* what is allocated once */
    size_t before = mallinfo2().uordblks;
    for (int i = 1; i < COUNT; i++) {
        shake_hands(sessions[i]);
    }
    double bytes = (double)(mallinfo2().uordblks - before);
    printf("{\"kib\":%.1f,\"openssl\":\"%s\"}\n", bytes / 1024 / 2 / (COUNT - 1),
           OpenSSL_version(OPENSSL_VERSION_STRING));
    return 0;
}
