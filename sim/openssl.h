/* What OpenSSL takes from its machine, given by the world instead: time and randomness. Both have
 * no argument in its interface, so this noun, alone in the simulator, keeps them beside the world.
 * gettimeofday() is defined here for the whole program, libssl included (its DTLS timer reads it);
 * RAND_set_rand_method() is process-wide. With them equal seeds give equal datagrams, bit by bit,
 * in every build with one OpenSSL. */
#ifndef SIM_OPENSSL_H
#define SIM_OPENSSL_H

#include "sim/rng.h"

#define SIM_UNIX_S 1800000000u /* when every world begins */

/* From now on OpenSSL draws from `rng`, which stays the caller's and must outlive the world. */
void sim_openssl_begin(sim_rng *rng);
/* Sets the time that OpenSSL reads, in ms since SIM_UNIX_S. */
void sim_openssl_time(uint64_t now_ms);
/* Nothing may be drawn any more. */
void sim_openssl_end(void);

#endif
