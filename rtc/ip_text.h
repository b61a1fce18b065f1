/* IP addresses as text: read strictly, written in the one form of RFC 5952. No ports, no zones, no
 * names, and none of the old forms of IPv4 (octal, hexadecimal, fewer than four numbers).
 * Source: RFC 3986 3.2.2 (IPv4address), RFC 4291 2.2, RFC 5952. */
#ifndef GC_RTC_IP_TEXT_H
#define GC_RTC_IP_TEXT_H

#include "core/base/addr.h"
#include "core/base/span.h"
#include "core/base/writer.h"

#define GC_IP_TEXT_CHARS_MAX 45 /* what is read: six groups, then an IPv4 address */

/* Reads an address: family and ip of *out are set, its port becomes 0; v4-mapped IPv6 becomes IPv4.
 * Returns 0, or GC_E_SYNTAX; then *out is unchanged. */
int gc_ip_text_read(gc_span text, gc_addr *out);
/* Writes an address of family 4 or 6 (asserted) without its port: at most 39 characters. */
void gc_ip_text_write(const gc_addr *a, gc_writer *w);

#endif
