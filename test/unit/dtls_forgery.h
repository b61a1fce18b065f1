/* Datagrams of a handshake by hand, as somebody makes them who can write the address of the other
 * side. Each of these puts one more record at the end of a datagram. */
#ifndef GC_TEST_DTLS_FORGERY_H
#define GC_TEST_DTLS_FORGERY_H

#include "rtc/certificate.h"
#include "rtc/dtls_record.h"

#define FORGERY_BYTES_MAX 2048

typedef struct forgery {
    uint8_t bytes[FORGERY_BYTES_MAX];
    uint32_t len;
} forgery;

void forge_number(forgery *f, uint64_t v, uint32_t bytes);
void forge_bytes(forgery *f, const uint8_t *bytes, uint32_t len);
/* The head of a record of epoch 0. Its number is so high that OpenSSL would take no lower one. */
void forge_record(forgery *f, uint8_t type, uint32_t len);
/* The heads for a fragment of `part` bytes from `at` on, of a message of len. */
void forge_message(forgery *f, uint8_t type, uint16_t seq, uint32_t len, uint32_t at,
                   uint32_t part);
/* One that a server answers, where the cipher is c02b (ECDHE-ECDSA-AES128-GCM-SHA256). */
void forge_client_hello(forgery *f, uint8_t mark, uint16_t cipher);
/* One that a client takes. */
void forge_server_hello(forgery *f, uint8_t mark);
/* A certificate that nobody expects: 20 bytes. */
void forge_certificate(forgery *f, uint16_t seq);
/* A certificate that is shown to everybody. */
void forge_own_certificate(forgery *f, const gc_certificate *certificate, uint16_t seq);
/* A message of len bytes without sense. */
void forge_filled(forgery *f, uint8_t type, uint16_t seq, uint32_t len);
/* A message that begins with head (hex) and ends with a wrong signature of the right form. */
void forge_signature(forgery *f, uint8_t type, uint16_t seq, const char *head);
/* Cuts the messages of a datagram into parts of so many bytes; each part, and each other record, is
 * a datagram of its own. Returns how many. */
uint32_t forge_cut(gc_span datagram, uint32_t bytes, forgery *parts, uint32_t most);

#endif
