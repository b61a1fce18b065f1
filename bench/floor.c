/* floor: what no transport over UDP can cost less than. One process encrypts random bytes by
 * AES-128-GCM, as records of DTLS 1.2 in 1,200 bytes of UDP, and another one takes them; there is
 * no protocol, but a window that keeps the kernel from dropping any.
 *
 *   floor MEGABYTES OFFLOAD     OFFLOAD: 1 uses UDP_SEGMENT and UDP_GRO, 0 sendmmsg and recvmmsg
 *
 * Prints one JSON object: CPU seconds of each end. */
#include "bench/cpu.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DATAGRAM_BYTES 1200
#define RECORD_HEAD    21 /* type, version, epoch, number, length, and the number again as nonce */
#define TAG_BYTES      16
#define BATCH          54 /* datagrams that one message can have: 65,507 bytes */
#define WINDOW         2  /* batches under way */
#define PLAIN_BYTES    (DATAGRAM_BYTES - RECORD_HEAD - TAG_BYTES)

typedef struct side {
    int fd;
    int other; /* a stream to the other process: a byte for each batch that came */
    bool offload;
    EVP_CIPHER_CTX *cipher;
    uint64_t count; /* datagrams so far */
    uint64_t goal;
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    uint8_t bytes[BATCH][DATAGRAM_BYTES];
    uint8_t large[65536];
    uint8_t plain[2048];
} side;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void start_cipher(side *s, bool encrypts) {
    static const uint8_t key[16] = {1, 2, 3};
    s->cipher = EVP_CIPHER_CTX_new();
    if (s->cipher == NULL ||
        EVP_CipherInit_ex(s->cipher, EVP_aes_128_gcm(), NULL, key, NULL, encrypts) != 1) {
        die("cipher");
    }
}

static void seal(side *s, uint8_t *out) {
    uint8_t nonce[12] = {0};
    int len;
    memcpy(nonce, &s->count, sizeof s->count);
    memcpy(out, nonce, sizeof nonce);
    EVP_EncryptInit_ex(s->cipher, NULL, NULL, NULL, nonce);
    EVP_EncryptUpdate(s->cipher, NULL, &len, out, RECORD_HEAD);
    EVP_EncryptUpdate(s->cipher, out + RECORD_HEAD, &len, s->plain, PLAIN_BYTES);
    EVP_EncryptFinal_ex(s->cipher, NULL, &len);
    EVP_CIPHER_CTX_ctrl(s->cipher, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES,
                        out + DATAGRAM_BYTES - TAG_BYTES);
    s->count++;
}

static void open_one(side *s, uint8_t *in) {
    int len;
    EVP_DecryptInit_ex(s->cipher, NULL, NULL, NULL, in);
    EVP_DecryptUpdate(s->cipher, NULL, &len, in, RECORD_HEAD);
    EVP_DecryptUpdate(s->cipher, s->plain, &len, in + RECORD_HEAD, PLAIN_BYTES);
    EVP_CIPHER_CTX_ctrl(s->cipher, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES,
                        in + DATAGRAM_BYTES - TAG_BYTES);
    if (EVP_DecryptFinal_ex(s->cipher, s->plain, &len) != 1) {
        die("a record is not authentic");
    }
    s->count++;
}

static void send_batch(side *s) {
    for (int i = 0; i < BATCH; i++) {
        seal(s, s->bytes[i]);
    }
    if (s->offload) {
        if (send(s->fd, s->bytes, sizeof s->bytes, 0) != sizeof s->bytes) {
            die("send");
        }
        return;
    }
    for (int sent = 0; sent < BATCH;) {
        int n = sendmmsg(s->fd, s->messages + sent, (unsigned)(BATCH - sent), 0);
        if (n <= 0) {
            die("sendmmsg");
        }
        sent += n;
    }
}

static void receive_batch(side *s) {
    if (s->offload) {
        ssize_t n = recv(s->fd, s->large, sizeof s->large, 0);
        for (ssize_t at = 0; at + DATAGRAM_BYTES <= n; at += DATAGRAM_BYTES) {
            open_one(s, s->large + at);
        }
        return;
    }
    int n = recvmmsg(s->fd, s->messages, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < n; i++) {
        open_one(s, s->bytes[i]);
    }
}

static void wait_for_byte(side *s) {
    char byte;
    if (read(s->other, &byte, 1) != 1) {
        die("the other end is gone");
    }
}

static void run_sender(side *s) {
    double cpu_s, receive_s;
    int size = DATAGRAM_BYTES;
    if (s->offload && setsockopt(s->fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) != 0) {
        die("UDP_SEGMENT");
    }
    wait_for_byte(s);
    cpu_s = bench_cpu_seconds();
    for (uint64_t batches = 0; s->count < s->goal; batches++) {
        if (batches >= WINDOW) {
            wait_for_byte(s);
        }
        send_batch(s);
    }
    for (int i = 0; i < WINDOW; i++) {
        wait_for_byte(s);
    }
    cpu_s = bench_cpu_seconds() - cpu_s;
    if (read(s->other, &receive_s, sizeof receive_s) != sizeof receive_s) {
        die("the other end is gone");
    }
    printf("{\"bytes\":%llu,\"send_s\":%.3f,\"receive_s\":%.3f}\n",
           (unsigned long long)s->count * PLAIN_BYTES, cpu_s, receive_s);
}

static void tell(side *s, const void *bytes, size_t len) {
    if (write(s->other, bytes, len) != (ssize_t)len) {
        die("the other end is gone");
    }
}

static void run_receiver(side *s) {
    int on = s->offload;
    if (on && setsockopt(s->fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on) != 0) {
        die("UDP_GRO");
    }
    tell(s, "r", 1);
    double cpu_s = bench_cpu_seconds();
    for (uint64_t told = 0; s->count < s->goal;) {
        receive_batch(s);
        for (; told < s->count / BATCH; told++) {
            tell(s, "b", 1);
        }
    }
    cpu_s = bench_cpu_seconds() - cpu_s;
    tell(s, &cpu_s, sizeof cpu_s);
}

static int open_socket(struct sockaddr_in *own) {
    socklen_t len = sizeof *own;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int room = 1 << 20; /* of the kernel: the window must fit */
    *own = (struct sockaddr_in){.sin_family = AF_INET};
    own->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (fd < 0 || bind(fd, (struct sockaddr *)own, sizeof *own) != 0 ||
        getsockname(fd, (struct sockaddr *)own, &len) != 0) {
        die("socket");
    }
    return fd;
}

static void set_up(side *s) {
    FILE *random = fopen("/dev/urandom", "r");
    if (random == NULL || fread(s->plain, sizeof s->plain, 1, random) != 1) {
        die("random bytes");
    }
    fclose(random);
    for (int i = 0; i < BATCH; i++) {
        s->vectors[i] = (struct iovec){s->bytes[i], DATAGRAM_BYTES};
        s->messages[i].msg_hdr = (struct msghdr){.msg_iov = &s->vectors[i], .msg_iovlen = 1};
    }
}

int main(int argc, char **argv) {
    static side s;
    struct sockaddr_in a, b;
    int pair[2];
    uint64_t megabytes = argc == 3 ? strtoull(argv[1], NULL, 10) : 0;
    if (megabytes == 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        fprintf(stderr, "usage: see the head of bench/floor.c\n");
        return 2;
    }
    s.offload = strcmp(argv[2], "1") == 0;
    s.goal = (megabytes * 1000000 / PLAIN_BYTES / BATCH + 1) * BATCH;
    int fds[2] = {open_socket(&a), open_socket(&b)};
    set_up(&s);
    pid_t child = fork();
    s.fd = fds[child != 0];
    s.other = pair[child != 0];
    close(pair[child == 0]);
    if (connect(s.fd, (struct sockaddr *)(child != 0 ? &a : &b), sizeof a) != 0) {
        die("connect");
    }
    alarm(120);
    start_cipher(&s, child != 0);
    if (child == 0) {
        run_receiver(&s);
    } else {
        run_sender(&s);
        waitpid(child, NULL, 0);
    }
    return 0;
}
