/* Credentials of an ICE agent: the name (ufrag) that a check is addressed to, and the password that
 * proves its sender. Source: RFC 8445 5.3, RFC 8839 5.4. */
#ifndef GC_RTC_ICE_CREDENTIALS_H
#define GC_RTC_ICE_CREDENTIALS_H

#include "core/base/drbg.h"
#include "core/base/span.h"
#include "rtc/limits.h"

/* RFC 8839 asks for 24 bits at least; with 48 no two agents of a handle meet by chance. */
#define GC_ICE_UFRAG_CHARS    8
#define GC_ICE_PWD_CHARS      24 /* 144 bits; RFC 8839 asks for 128 */
#define GC_ICE_UFRAG_MIN      GC_RTC_UFRAG_BYTES_MIN
#define GC_ICE_PWD_MIN        GC_RTC_PWD_BYTES_MIN
#define GC_ICE_CREDENTIAL_MAX GC_RTC_CREDENTIAL_BYTES_MAX /* characters of either, of a remote */

typedef struct gc_ice_credentials {
    uint8_t ufrag[GC_ICE_CREDENTIAL_MAX];
    uint8_t pwd[GC_ICE_CREDENTIAL_MAX];
    uint16_t ufrag_len; /* 0: not known yet */
    uint16_t pwd_len;
} gc_ice_credentials;

/* Makes new random ones of GC_ICE_UFRAG_CHARS and GC_ICE_PWD_CHARS. */
void gc_ice_credentials_make(gc_ice_credentials *c, gc_drbg *drbg);
/* Copies those of a remote. Returns 0, or GC_E_SYNTAX for a length or a character that RFC 8839
 * does not allow; then c is unchanged. */
int gc_ice_credentials_set(gc_ice_credentials *c, gc_span ufrag, gc_span pwd);
/* Returns true when they are known. */
bool gc_ice_credentials_known(const gc_ice_credentials *c);
/* Return the name and the password, borrowed from c. */
gc_span gc_ice_credentials_ufrag(const gc_ice_credentials *c);
gc_span gc_ice_credentials_pwd(const gc_ice_credentials *c);

#endif
