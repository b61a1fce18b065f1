/* invite: the words and the QR code with which `./dev run` greets: reads the server's address,
 * prints it as other devices of the local network see it, and a link to a fresh private room.
 *
 *   invite [--lan] URL      URL as in ghostchatd's `Started GhostChat on URL`
 *
 * A phone that scans the code must reach the server: --lan says that the server listens on all
 * interfaces, and the link is then written with the address of this machine in its network. */
#include "cli/qr.h"
#include "core/wire/invite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* The address of this machine towards the others: that from which its default route would send.
 * Nothing is sent: a UDP socket that is connected only looks up its route. */
static bool lan_address(char out[INET_ADDRSTRLEN]) {
    /* RFC 5737: an address of nobody. */
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(9)};
    in.sin_addr.s_addr = htonl(0xC6336401); /* 198.51.100.1 */
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && connect(fd, (const struct sockaddr *)&in, len) == 0 &&
                 getsockname(fd, (struct sockaddr *)&in, &len) == 0 &&
                 inet_ntop(AF_INET, &in.sin_addr, out, INET_ADDRSTRLEN) != NULL;
    if (fd >= 0) {
        close(fd);
    }
    return found;
}

static bool print_qr(gc_span link) {
    static uint8_t lines[GC_QR_BYTES_MAX];
    gc_qr qr;
    gc_writer w;
    if (gc_qr_make(&qr, link) == 0) {
        return false;
    }
    gc_writer_init(&w, lines, sizeof lines);
    gc_qr_write(&qr, &w);
    return fwrite(lines, 1, w.at, stdout) == w.at;
}

/* Writes the base of the link: url, with `host` in the place of its own if that is not NULL. False
 * when url is none that ends in a slash. */
static bool write_base(const char *url, const char *host, char *base, size_t size) {
    const char *own = strstr(url, "://");
    if (own == NULL) {
        return false;
    }
    own += 3;
    size_t own_len = own[0] == '[' ? strcspn(own, "]") + 1 : strcspn(own, ":/");
    int written =
        host == NULL ? snprintf(base, size, "%s", url)
                     : snprintf(base, size, "%.*s%s%s", (int)(own - url), url, host, own + own_len);
    return written > 0 && (size_t)written < size && base[written - 1] == '/';
}

int main(int argc, char **argv) {
    char base[GC_URL_BYTES_MAX];
    char address[INET_ADDRSTRLEN];
    bool lan = argc == 3 && strcmp(argv[1], "--lan") == 0;
    bool has_lan = lan && lan_address(address);
    if (argc != (lan ? 3 : 2) ||
        !write_base(argv[argc - 1], has_lan ? address : NULL, base, sizeof base)) {
        fputs("usage: invite [--lan] http://HOST:PORT/\n", stderr);
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

    if (writer.failed) {
        fputs("invite: this address is too long\n", stderr);
        return 1;
    }
    if (has_lan) {
        printf("In this network: %s\n", base);
    }
    printf("A private room: %s\n\n", (const char *)link);
    return print_qr(gc_writer_done(&writer)) ? 0 : 1;
}
