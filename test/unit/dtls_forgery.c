#include "test/unit/dtls_forgery.h"
#include "test/unit/unit.h"

#include <openssl/x509.h>

void forge_number(forgery *f, uint64_t v, uint32_t bytes) {
    assert_true(f->len + bytes <= sizeof f->bytes);
    while (bytes-- > 0) {
        f->bytes[f->len++] = bytes < 8 ? (uint8_t)(v >> 8 * bytes) : 0;
    }
}

void forge_bytes(forgery *f, const uint8_t *bytes, uint32_t len) {
    memcpy(f->bytes + f->len, bytes, len);
    f->len += len;
}

/* Its number is so high that OpenSSL would take no lower one after it. */
void forge_record(forgery *f, uint8_t type, uint32_t len) {
    forge_number(f, type, 1);
    forge_number(f, 0xfefd, 2);
    forge_number(f, 0, 2);
    forge_number(f, 0xffffffff0000 + f->len, 6);
    forge_number(f, len, 2);
}

/* A fragment of `part` bytes from `at` on, of a message of len. */
void forge_message(forgery *f, uint8_t type, uint16_t seq, uint32_t len, uint32_t at,
                   uint32_t part) {
    forge_record(f, GC_DTLS_TYPE_HANDSHAKE, 12 + part);
    forge_number(f, type, 1);
    forge_number(f, len, 3);
    forge_number(f, seq, 2);
    forge_number(f, at, 3);
    forge_number(f, part, 3);
}

static void forge_hello_fields(forgery *f, uint8_t mark) {
    forge_number(f, 0xfefd, 2);
    for (int i = 0; i < 32; i++) {
        forge_number(f, (uint64_t)(mark + i), 1);
    }
}

/* One that a server answers: ECDHE-ECDSA-AES128-GCM-SHA256 with P-256 and SHA-256. */
void forge_client_hello(forgery *f, uint8_t mark, uint16_t cipher) {
    uint8_t rest[64];
    uint32_t len = from_hex("00000002c02b0100"
                            "0010000a000400020017000d000400020403",
                            rest);
    forge_message(f, GC_DTLS_CLIENT_HELLO, 0, 34 + len, 0, 34 + len);
    forge_hello_fields(f, mark);
    rest[4] = (uint8_t)(cipher >> 8);
    rest[5] = (uint8_t)cipher;
    forge_bytes(f, rest, len);
}

/* One that a client takes. */
void forge_server_hello(forgery *f, uint8_t mark) {
    forge_message(f, GC_DTLS_SERVER_HELLO, 0, 38, 0, 38);
    forge_hello_fields(f, mark);
    forge_number(f, 0, 1);
    forge_number(f, 0xc02b, 2);
    forge_number(f, 0, 1);
}

/* A certificate that nobody expects: 20 bytes. */
void forge_certificate(forgery *f, uint16_t seq) {
    forge_message(f, GC_DTLS_CERTIFICATE, seq, 26, 0, 26);
    forge_number(f, 23, 3);
    forge_number(f, 20, 3);
    for (int i = 0; i < 20; i++) {
        forge_number(f, 0x30, 1);
    }
}

void forge_filled(forgery *f, uint8_t type, uint16_t seq, uint32_t len) {
    forge_message(f, type, seq, len, 0, len);
    for (uint32_t i = 0; i < len; i++) {
        forge_number(f, 0xff, 1);
    }
}

void forge_own_certificate(forgery *f, const gc_certificate *certificate, uint16_t seq) {
    uint8_t *der = NULL;
    uint32_t len = (uint32_t)i2d_X509(certificate->x509, &der);
    assert_in_range(len, 100, 1000);
    forge_message(f, GC_DTLS_CERTIFICATE, seq, len + 6, 0, len + 6);
    forge_number(f, len + 3, 3);
    forge_number(f, len, 3);
    forge_bytes(f, der, len);
    OPENSSL_free(der);
}

void forge_signature(forgery *f, uint8_t type, uint16_t seq, const char *head) {
    uint8_t bytes[128];
    uint32_t len = from_hex(head, bytes);
    forge_message(f, type, seq, len + 4 + 8, 0, len + 4 + 8);
    forge_bytes(f, bytes, len);
    forge_number(f, 0x0403, 2);
    forge_number(f, 8, 2);
    forge_number(f, 0x3006020101020101, 8); /* two numbers, as ECDSA has them */
}

uint32_t forge_cut(gc_span datagram, uint32_t bytes, forgery *parts, uint32_t most) {
    gc_dtls_record record;
    gc_dtls_message m;
    uint32_t count = 0;
    while (gc_dtls_record_next(&datagram, &record)) {
        if (record.epoch > 0 || record.type != GC_DTLS_TYPE_HANDSHAKE) {
            assert_true(count < most);
            parts[count].len = 0;
            forge_bytes(&parts[count++], record.whole.data, record.whole.len);
            continue;
        }
        while (gc_dtls_message_next(&record.body, &m)) {
            for (uint32_t at = 0; at == 0 || at < m.len; at += bytes) {
                uint32_t part = m.len - at < bytes ? m.len - at : bytes;
                assert_true(count < most);
                parts[count].len = 0;
                forge_message(&parts[count], m.type, m.seq, m.len, at, part);
                forge_bytes(&parts[count++], m.part.data + at, part);
            }
        }
    }
    return count;
}
