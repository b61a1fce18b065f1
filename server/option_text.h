/* Option text: reads the values of ghostchatd's options. No state; texts end with 0. */
#ifndef GC_SERVER_OPTION_TEXT_H
#define GC_SERVER_OPTION_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GC_OPTION_TEXT_PATH_BYTES 256 /* with the final zero */
#define GC_OPTION_TEXT_HOST_BYTES 254 /* the same */

/* Returns the text of a file after the byte order mark (U+FEFF) that some editors put at its
 * beginning; text itself when there is none. */
char *gc_option_text_after_mark(char *text);
/* Reads a number of decimal digits; K, M or G after it multiplies by 1024 once, twice or three
 * times. Returns false for anything else, and for a number over 2^64 - 1. */
bool gc_option_text_number(const char *text, uint64_t *out);
/* Reads a path of URLs, without escapes, into out, where it begins and ends with one '/'. Returns
 * false, with out undefined, when it is too long, has a character that a path cannot have, two '/'
 * beside each other, or a segment "." or "..". */
bool gc_option_text_path(const char *text, char out[GC_OPTION_TEXT_PATH_BYTES]);
/* Tells whether the len bytes at host are a host name or address in the form that a URL allows,
 * without a port: letters, digits, '-', '.', or an IPv6 address in brackets; 1..253 bytes. */
bool gc_option_text_is_host(const char *host, size_t len);
/* Returns the length of the origin of a PeerServer's address, or 0 if url is not one:
 * "http(s)://host[:port]" and a path without escapes; no user, query or fragment. The host must not
 * be an IPv6 address, because a content security policy cannot name one (CSP 3, 2.3.1). Shorter
 * than GC_URL_BYTES_MAX - 1. */
uint32_t gc_option_text_origin_len(const char *url);
/* Tells whether text is an origin as browsers send it (RFC 6454 6.1): "null", or
 * scheme://host[:port] in lower case, without the port that the scheme has anyway, and with nothing
 * after it. */
bool gc_option_text_is_origin(const char *text);
/* Reads HOST:PORT, with an IPv6 address in brackets; host gets the address without them. Returns
 * false, with both unchanged, for anything else. */
bool gc_option_text_listen(const char *text, char host[GC_OPTION_TEXT_HOST_BYTES], uint64_t *port);

#endif
