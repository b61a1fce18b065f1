/* The options of ghostchatd: what each one sets (gc_options), and a table with one row for each,
 * from which parsing, --help and the tests of the man page take what they need. Names of the
 * `peerjs` command are taken as they are; `-` and `_` in names are the same. */
#ifndef GC_SERVER_OPTION_TABLE_H
#define GC_SERVER_OPTION_TABLE_H

#include "server/option_text.h"
#include "server/proxies.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GC_OPTIONS_CORS_MAX 64
#define GC_STUN_PORT        3478 /* RFC 8489 8 */
#define GC_METRICS_PORT     9641

/* A file whose text options are read from. */
typedef struct gc_options_file {
    char *bytes; /* or NULL */
    uint32_t len;
} gc_options_file;

/* Texts are borrowed from argv, the environment, and the files. */
typedef struct gc_options {
    const char *host;
    uint64_t port;
    char path[GC_OPTION_TEXT_PATH_BYTES]; /* begins and ends with '/' */
    const char *key;
    const char *config_path;  /* --config, or NULL */
    gc_options_file config;   /* its text */
    gc_options_file key_file; /* --key-file: its text is the key */
    bool allow_discovery;
    uint64_t alive_timeout_ms;
    uint64_t expire_timeout_ms;
    uint64_t concurrent_max;
    const char *cors[GC_OPTIONS_CORS_MAX]; /* none: any origin */
    uint32_t cors_count;
    const char *tls_cert; /* both or none */
    const char *tls_key;
    uint64_t stun_port; /* 0 = off */
    bool stun_port_named;
    uint64_t stun_per_second; /* of one address */
    gc_proxies proxies;       /* --trust-proxy */
    bool metrics;             /* they are served, here: */
    char metrics_host[GC_OPTION_TEXT_HOST_BYTES];
    uint64_t metrics_port;
    const char *external_address; /* or NULL */
    uint64_t memory_bytes_max;
    uint64_t message_bytes_max;
    uint64_t queue_bytes_max;
    uint64_t per_address_max;
    uint64_t connects_per_second; /* of one address; 0 = any number */
    uint64_t rate_per_second;
    const char *peer_server;         /* or NULL: the page signals through this server */
    uint32_t peer_server_origin_len; /* of its origin, with which it begins */
    const char *web_dir;             /* or NULL: what is built in */
    int log_level;                   /* gc_log_level */
    bool help;
    bool version;
} gc_options;

enum gc_option_kind {
    GC_OPTION_FLAG,
    GC_OPTION_NUMBER, /* of min..max; K, M and G after it multiply by 1024 */
    GC_OPTION_TEXT,
    GC_OPTION_PATH,
    GC_OPTION_CORS,
    GC_OPTION_LEVEL,
    GC_OPTION_SERVER, /* another server's address */
    GC_OPTION_PROXY,  /* a flag, or networks */
    GC_OPTION_LISTEN, /* HOST:PORT, or off */
    GC_OPTION_CONFIG, /* a file with options */
    GC_OPTION_SECRET, /* NAME-file: a file that holds the TEXT of the option NAME, of at most max
                         bytes */
    GC_OPTION_LATER,  /* a name that is kept for a later version */
};

typedef struct gc_option {
    const char *name;
    const char *alias; /* its name in the peerjs command, where that is another; or NULL */
    char letter;       /* or 0 */
    uint8_t kind;      /* gc_option_kind */
    size_t at;         /* of its member in gc_options; of a SECRET the gc_options_file */
    uint64_t min;
    uint64_t max;
    const char *value; /* as --help calls it; NULL: it has none */
    const char *help;
} gc_option;

/* Returns row i, in the order of --help; NULL after the last one. */
const gc_option *gc_option_table_at(size_t i);
/* Returns the option that has this name or alias, of len bytes, without dashes before it; NULL:
 * none has. */
const gc_option *gc_option_table_find(const char *name, size_t len);
/* Returns the option that has this letter; NULL: none has. */
const gc_option *gc_option_table_find_letter(char letter);

#endif
