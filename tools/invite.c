/* invite: the words and the QR code with which `./dev run` greets: reads the server's address,
 * prints it as other devices of the local network see it, and a link to a fresh private room.
 *
 *   invite URL          URL as in ghostchatd's `Started GhostChat on URL`
 *
 * A phone that scans the code must reach the server, so the link is written with the address of
 * this machine in its network when there is one and the server listens there. */
#include "core/wire/invite.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <qrcodegen/qrcodegen.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define MARGIN 2 /* modules; terminals have no white paper around them */

/* True for the addresses that stand for all interfaces. */
static bool is_any(const char *host, size_t len) {
    return (len == 4 && strncmp(host, "[::]", 4) == 0) ||
           (len == 7 && strncmp(host, "0.0.0.0", 7) == 0);
}

/* The first IPv4 address of an interface that is up and no loopback. */
static bool lan_address(char out[INET_ADDRSTRLEN]) {
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0) {
        return false;
    }
    bool found = false;
    for (struct ifaddrs *i = all; i != NULL && !found; i = i->ifa_next) {
        if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET ||
            (i->ifa_flags & IFF_UP) == 0 || (i->ifa_flags & IFF_LOOPBACK) != 0) {
            continue;
        }
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)i->ifa_addr;
        found = inet_ntop(AF_INET, &in->sin_addr, out, INET_ADDRSTRLEN) != NULL;
    }
    freeifaddrs(all);
    return found;
}

/* Half blocks, two modules a character. Both colours are set on every line: with the terminal's own
 * a light one would show the code inverted. */
static void print_qr(const uint8_t *qr) {
    int size = qrcodegen_getSize(qr);
    for (int y = -MARGIN; y < size + MARGIN; y += 2) {
        fputs("\033[38;5;16;48;5;231m", stdout);
        for (int x = -MARGIN; x < size + MARGIN; x++) {
            bool upper = qrcodegen_getModule(qr, x, y);
            bool lower = qrcodegen_getModule(qr, x, y + 1);
            fputs(upper ? (lower ? "█" : "▀") : (lower ? "▄" : " "), stdout);
        }
        fputs("\033[0m\n", stdout);
    }
}

/* Writes "scheme://host:port/path/" for other machines into base; false when url is no URL. */
static bool rewrite_base(const char *url, char *base, size_t size, bool *has_lan) {
    const char *host = strstr(url, "://");
    if (host == NULL) {
        return false;
    }
    host += 3;
    size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    char address[INET_ADDRSTRLEN] = "localhost";
    *has_lan = is_any(host, len) && lan_address(address);
    int written;
    if (*has_lan || is_any(host, len)) {
        written = snprintf(base, size, "%.*s%s%s", (int)(host - url), url, address, host + len);
    } else {
        written = snprintf(base, size, "%s", url);
    }
    return written > 0 && (size_t)written < size && base[written - 1] == '/';
}

int main(int argc, char **argv) {
    char base[GC_URL_BYTES_MAX];
    bool has_lan;
    if (argc != 2 || !rewrite_base(argv[1], base, sizeof base, &has_lan)) {
        fputs("usage: invite http://HOST:PORT/\n", stderr);
        return 2;
    }
    gc_invite invite = {.kind = GC_INVITE_ROOM_SECRET,
                        .base = {(const uint8_t *)base, (uint32_t)strlen(base)}};
    if (getrandom(invite.secret, sizeof invite.secret, 0) != (ssize_t)sizeof invite.secret) {
        perror("invite: getrandom");
        return 1;
    }
    uint8_t link[GC_URL_BYTES_MAX + 1] = {0};
    gc_writer writer;
    gc_writer_init(&writer, link, sizeof link - 1);
    gc_invite_write(&invite, &writer);

    uint8_t scratch[qrcodegen_BUFFER_LEN_MAX];
    uint8_t qr[qrcodegen_BUFFER_LEN_MAX];
    if (writer.failed || !qrcodegen_encodeText((const char *)link, scratch, qr, qrcodegen_Ecc_LOW,
                                               qrcodegen_VERSION_MIN, qrcodegen_VERSION_MAX,
                                               qrcodegen_Mask_AUTO, true)) {
        fputs("invite: this address is too long\n", stderr);
        return 1;
    }
    if (has_lan) {
        printf("In this network: %s\n", base);
    }
    printf("A private room: %s\n\n", (const char *)link);
    print_qr(qr);
    return 0;
}
