/* The options of ghostchatd: one table for parsing, --help and the test of the man page. Names of
 * the `peerjs` command are taken as they are; `-` and `_` in names are the same. */
#ifndef GC_SERVER_OPTIONS_H
#define GC_SERVER_OPTIONS_H

#include "server/option_text.h"
#include "server/proxies.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

/* Fills *out, in which an argument comes before a line of --config, and that before the
 * environment. environment: getenv or a test's (PORT and PEERSERVER_PATH are asked for). Returns 0,
 * or -1 and one plain sentence in error. In both cases the caller calls gc_options_free() in the
 * end. */
int gc_options_parse(gc_options *out, int argc, char *const argv[],
                     char *(*environment)(const char *), char *error, size_t error_bytes);
/* Overwrites and frees the texts of files; options that point into them become invalid. */
void gc_options_free(gc_options *o);
/* The text of --help. */
void gc_options_help(FILE *out);

#endif
