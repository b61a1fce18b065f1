/* Assets: the page's files, built into the program (tools/embed.sh) or read from a folder at start.
 * Pages (*.html) are templates: `{{base}}` in them becomes --path, because a page under /room/ and
 * /join/ is deeper than its assets, and the content security policy forbids <base>. */
#ifndef GC_SERVER_ASSETS_H
#define GC_SERVER_ASSETS_H

#include "core/base/span.h"

typedef struct gc_asset {
    const char *name; /* path below the folder: "app.js" */
    const char *type; /* Content-Type */
    const char *etag; /* 32 hex digits of its SHA-256, without quotes */
    const uint8_t *raw;
    const uint8_t *gzip; /* NULL when gzip gains nothing */
    uint32_t raw_bytes;
    uint32_t gzip_bytes;
} gc_asset;

typedef struct gc_asset_set {
    gc_asset *assets;
    uint32_t count;
} gc_asset_set;

/* The files that tools/embed.sh built in. */
extern const gc_asset gc_embedded[];
extern const uint32_t gc_embedded_count;

/* Makes the set for one path ("/", "/chat/"). Returns 0, or -1 and a sentence. */
int gc_assets_load(gc_asset_set *set, const gc_asset *from, uint32_t count, const char *path,
                   char *error, size_t error_bytes);
/* Loads the files of a folder (--web-dir) in the same way, without gzip. */
int gc_assets_load_folder(gc_asset_set *set, const char *folder, const char *path, char *error,
                          size_t error_bytes);
/* Finds a file by its name; NULL when there is none. */
const gc_asset *gc_assets_find(const gc_asset_set *set, gc_span name);

#endif
