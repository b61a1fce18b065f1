/* room-name: which room a name leads to. Reads names from standard input, one a line, and prints
 * the canonical form of each, or "!" and the word of the error when it is refused.
 *
 *   room-name [--hex]      --hex: names and forms are hexadecimal digits of their bytes */
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "host/normalize.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX 65536

static char line[LINE_BYTES_MAX];
static uint8_t bytes[LINE_BYTES_MAX];
static uint8_t shown[2 * GC_ROOM_NAME_WORK_BYTES];

/* The name of a line without its end; false when it has the wrong form. */
static bool name_of(uint32_t len, bool hex, gc_span *name) {
    *name = hex ? gc_span_of(bytes, len / 2) : gc_span_of(line, len);
    return !hex || (len % 2 == 0 && gc_hex_read(gc_span_of(line, len), bytes, len / 2) == 0);
}

static void print(const gc_room_name *name, bool hex) {
    gc_writer w;
    gc_writer_init(&w, shown, sizeof shown);
    if (hex) {
        gc_hex_write(&w, gc_room_name_text(name));
    } else {
        gc_writer_span(&w, gc_room_name_text(name));
    }
    gc_span text = gc_writer_done(&w);
    printf("%.*s\n", (int)text.len, (const char *)text.data);
}

int main(int argc, char **argv) {
    bool hex = argc == 2 && strcmp(argv[1], "--hex") == 0;
    if (argc != (hex ? 2 : 1)) {
        fputs("usage: room-name [--hex] <NAMES\n", stderr);
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        static gc_room_name name;
        gc_span typed;
        if (!name_of((uint32_t)strcspn(line, "\n"), hex, &typed)) {
            fputs("room-name: these are no pairs of hexadecimal digits\n", stderr);
            return 2;
        }
        int error = gc_host_room_name(&name, typed);
        if (error == 0) {
            print(&name, hex);
        } else {
            printf("!%s\n", gc_error_word(error));
        }
    }
    return 0;
}
