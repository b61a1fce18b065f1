/* MESSAGE-INTEGRITY of STUN messages: HMAC-SHA1 by OpenSSL over what core/wire/stun_message.h says.
 * Source: RFC 8489 14.5, RFC 2104. */
#ifndef GC_RTC_INTEGRITY_H
#define GC_RTC_INTEGRITY_H

#include "core/base/span.h"
#include "core/base/writer.h"
#include "core/wire/stun_message.h"

#define GC_INTEGRITY_MESSAGE_BYTES_MAX 2048 /* a longer message is neither signed nor taken */

/* Returns true if the message has a MESSAGE-INTEGRITY and the HMAC under this key (ICE: the
 * password of whoever answers) is right. The time taken does not depend on where it differs. */
bool gc_integrity_check(const gc_stun_message *m, gc_span key);
/* Appends MESSAGE-INTEGRITY under this key to a message of at most GC_INTEGRITY_MESSAGE_BYTES_MAX
 * (asserted) that was begun in w. If it does not fit, or OpenSSL has no memory, w has failed. */
void gc_integrity_put(gc_writer *w, gc_span key);

#endif
