#include "server/assets.h"
#include "core/base/encoding.h"
#include "host/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ASSETS_MAX       256
#define ASSET_BYTES_MAX  (16u << 20)
#define ETAG_DIGITS      32
#define FOLDER_PATH_MAX  1024
#define PLACEHOLDER      "{{base}}"
#define PLACEHOLDER_LEN  (sizeof PLACEHOLDER - 1)
#define ESCAPED_PATH_MAX 2048

/* --- templates ------------------------------------------------------------------------------ */

/* For an attribute value in double quotes: the path has no other character that HTML cares for. */
static void escape_html(const char *text, char out[ESCAPED_PATH_MAX]) {
    size_t at = 0;
    for (; *text != 0 && at + 8 < ESCAPED_PATH_MAX; text++) {
        const char *escape = *text == '&'    ? "&amp;"
                             : *text == '\'' ? "&#39;"
                             : *text == '"'  ? "&quot;"
                             : *text == '<'  ? "&lt;"
                             : *text == '>'  ? "&gt;"
                                             : NULL;
        if (escape == NULL) {
            out[at++] = *text;
        } else {
            size_t len = strlen(escape);
            memcpy(out + at, escape, len);
            at += len;
        }
    }
    out[at] = 0;
}

static uint32_t fill(const gc_asset *page, const char *base, uint8_t *out) {
    size_t base_len = strlen(base);
    uint32_t at = 0;
    for (uint32_t i = 0; i < page->raw_bytes;) {
        if (page->raw_bytes - i >= PLACEHOLDER_LEN &&
            memcmp(page->raw + i, PLACEHOLDER, PLACEHOLDER_LEN) == 0) {
            if (out != NULL) {
                memcpy(out + at, base, base_len);
            }
            at += (uint32_t)base_len;
            i += PLACEHOLDER_LEN;
        } else {
            if (out != NULL) {
                out[at] = page->raw[i];
            }
            at++;
            i++;
        }
    }
    return at;
}

static int make_etag(const uint8_t *data, uint32_t len, char out[ETAG_DIGITS + 1]) {
    uint8_t sum[EVP_MAX_MD_SIZE];
    if (EVP_Digest(data, len, sum, NULL, EVP_sha256(), NULL) != 1) {
        return -1;
    }
    for (int i = 0; i < ETAG_DIGITS / 2; i++) {
        out[2 * i] = (char)gc_hex_digit(sum[i] >> 4);
        out[2 * i + 1] = (char)gc_hex_digit(sum[i]);
    }
    out[ETAG_DIGITS] = 0;
    return 0;
}

/* The assets live as long as the program: what is made here is never freed. */
static int expand(gc_asset *page, const char *base) {
    uint32_t len = fill(page, base, NULL);
    uint8_t *text = gc_alloc((size_t)len + ETAG_DIGITS + 1);
    if (text == NULL) {
        return -1;
    }
    fill(page, base, text);
    if (make_etag(text, len, (char *)text + len) != 0) {
        return -1;
    }
    page->raw = text;
    page->raw_bytes = len;
    page->etag = (char *)text + len;
    page->gzip = NULL;
    page->gzip_bytes = 0;
    return 0;
}

static int expand_pages(gc_asset_set *set, const char *path, char *error, size_t error_bytes) {
    char base[ESCAPED_PATH_MAX];
    escape_html(path, base);
    for (uint32_t i = 0; i < set->count; i++) {
        if (gc_span_ends(gc_span_text(set->assets[i].name), GC_SPAN(".html")) &&
            expand(&set->assets[i], base) != 0) {
            snprintf(error, error_bytes, "no memory for the page");
            return -1;
        }
    }
    if (gc_assets_find(set, GC_SPAN("index.html")) == NULL) {
        snprintf(error, error_bytes, "the page has no index.html");
        return -1;
    }
    return 0;
}

int gc_assets_load(gc_asset_set *set, const gc_asset *from, uint32_t count, const char *path,
                   char *error, size_t error_bytes) {
    set->assets = gc_alloc(count * sizeof *set->assets);
    set->count = count;
    if (set->assets == NULL) {
        snprintf(error, error_bytes, "no memory for the page");
        return -1;
    }
    memcpy(set->assets, from, count * sizeof *from);
    return expand_pages(set, path, error, error_bytes);
}

/* --- a folder ------------------------------------------------------------------------------- */

static const char *type_of(const char *name) {
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".wasm", "application/wasm"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json; charset=utf-8"},
        {".webmanifest", "application/manifest+json"},
        {".txt", "text/plain; charset=utf-8"},
        {".woff2", "font/woff2"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (gc_span_ends(gc_span_text(name), gc_span_text(types[i][0]))) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

/* Fills the asset from a file: its bytes, then its ETag, then its name in one block. */
static int read_file(const char *file_name, const char *name, uint32_t bytes, gc_asset *out) {
    size_t name_len = strlen(name);
    FILE *f = fopen(file_name, "rb");
    uint8_t *block = gc_alloc(bytes + ETAG_DIGITS + 1 + name_len + 1);
    int r = -1;
    if (f != NULL && block != NULL && fread(block, 1, bytes, f) == bytes &&
        make_etag(block, bytes, (char *)block + bytes) == 0) {
        char *own_name = (char *)block + bytes + ETAG_DIGITS + 1;
        memcpy(own_name, name, name_len + 1);
        *out = (gc_asset){own_name, type_of(name), (char *)block + bytes, block, NULL, bytes, 0};
        r = 0;
    } else {
        gc_free(block);
    }
    if (f != NULL) {
        fclose(f);
    }
    return r;
}

/* Reads the plain files of the folder itself; names that begin with a dot are left out. */
static int read_folder(gc_asset_set *set, DIR *d, const char *folder, char *error,
                       size_t error_bytes) {
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        char file_name[FOLDER_PATH_MAX];
        struct stat st;
        int n = snprintf(file_name, sizeof file_name, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || n >= (int)sizeof file_name || stat(file_name, &st) != 0 ||
            !S_ISREG(st.st_mode)) {
            continue;
        }
        if (set->count == ASSETS_MAX || st.st_size > ASSET_BYTES_MAX ||
            read_file(file_name, e->d_name, (uint32_t)st.st_size, &set->assets[set->count]) != 0) {
            snprintf(error, error_bytes,
                     "cannot serve %s: unreadable, too large, or too many files", file_name);
            return -1;
        }
        set->count++;
    }
    return 0;
}

int gc_assets_load_folder(gc_asset_set *set, const char *folder, const char *path, char *error,
                          size_t error_bytes) {
    DIR *d = opendir(folder);
    if (d == NULL) {
        snprintf(error, error_bytes, "cannot read the folder %s: %s", folder, strerror(errno));
        return -1;
    }
    set->count = 0;
    set->assets = gc_alloc(ASSETS_MAX * sizeof *set->assets);
    int r = -1;
    if (set->assets != NULL) {
        r = read_folder(set, d, folder, error, error_bytes);
    } else {
        snprintf(error, error_bytes, "no memory for the page");
    }
    closedir(d);
    return r != 0 ? r : expand_pages(set, path, error, error_bytes);
}

const gc_asset *gc_assets_find(const gc_asset_set *set, gc_span name) {
    for (uint32_t i = 0; i < set->count; i++) {
        const gc_asset *a = &set->assets[i];
        if (gc_span_equal(gc_span_text(a->name), name)) {
            return a;
        }
    }
    return NULL;
}
