/* Messages of ICE: what a connectivity check and its answers say, written and read. Both sides know
 * two credentials; USERNAME names both, and the password of whoever answers proves request and
 * response alike. Source: RFC 8445 7.1, 7.2, 7.3, 16.1, 16.3. */
#ifndef GC_RTC_ICE_MESSAGE_H
#define GC_RTC_ICE_MESSAGE_H

#include "core/base/addr.h"
#include "core/wire/stun_message.h"
#include "rtc/ice_credentials.h"
#include "rtc/ice_passenger.h"

/* The longest that is written: USERNAME of both names alone may have 513 bytes. */
#define GC_ICE_MESSAGE_BYTES_MAX 1048

typedef struct gc_ice_check {
    uint64_t tie_breaker;
    uint32_t priority;  /* that its sender would have as a peer-reflexive candidate */
    bool controlling;   /* the sender's role */
    bool use_candidate; /* it nominates */
    gc_span passenger;  /* a datagram of DTLS; empty: none. Written: at most
                           GC_ICE_PASSENGER_BYTES_MAX. Read: of any length, borrowed */
} gc_ice_check;

/* Each of the three writes a message and returns its length, or 0 if OpenSSL has no memory: then
 * nothing can be said. out: GC_ICE_MESSAGE_BYTES_MAX. transaction: 12 bytes. */

/* Writes a check, which goes to `remote`, whose credentials are known (asserted). */
uint32_t gc_ice_message_check(uint8_t *out, const uint8_t *transaction, const gc_ice_check *check,
                              const gc_ice_credentials *local, const gc_ice_credentials *remote);
/* Writes the success that answers a check: it says from where that came. */
uint32_t gc_ice_message_success(uint8_t *out, const uint8_t *transaction, const gc_addr *from,
                                const gc_ice_credentials *local);
/* Writes the refusal of request m: 400 (malformed), 420 (with the attributes that are unknown) or
 * 487 (role conflict). */
uint32_t gc_ice_message_refusal(uint8_t *out, const gc_stun_message *m, uint32_t code,
                                const gc_ice_credentials *local);

/* Reads a Binding request. Returns 0; GC_E_NOT_FOUND if its USERNAME is not for `local`, or comes
 * from somebody else than `remote` where that is known; GC_E_REFUSED if it has no FINGERPRINT or
 * its integrity is wrong: answer none of these. For an authentic request *code is 0, or the code to
 * refuse it with; then *out is unchanged. */
int gc_ice_message_read_check(const gc_stun_message *m, const gc_ice_credentials *local,
                              const gc_ice_credentials *remote, gc_ice_check *out, uint32_t *code);
/* Reads a Binding response of `remote`. Returns 0: then *code is 0 and *mapped is the address as
 * the remote saw it, or *code is the error. GC_E_REFUSED if its integrity is wrong, or it says
 * neither: ignore it. */
int gc_ice_message_read_answer(const gc_stun_message *m, const gc_ice_credentials *remote,
                               gc_addr *mapped, uint32_t *code);

#endif
