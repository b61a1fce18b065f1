#include "server/options.h"
#include "core/base/limits.h"
#include "host/file.h"
#include "host/log.h"
#include "server/config_file.h"
#include "server/option_text.h"

#include <string.h>
#include <strings.h>

/* --- parsing -------------------------------------------------------------------------------- */

typedef struct parser {
    gc_options *out;
    char *error;
    size_t error_bytes;
} parser;

static int fail(parser *p, const char *name, const char *what) {
    snprintf(p->error, p->error_bytes, "--%s %s", name, what);
    return -1;
}

static int set_number(parser *p, const gc_option *o, const char *value) {
    uint64_t n;
    if (!gc_option_text_number(value, &n) || n < o->min || n > o->max) {
        snprintf(p->error, p->error_bytes, "--%s takes a number from %llu to %llu", o->name,
                 (unsigned long long)o->min, (unsigned long long)o->max);
        return -1;
    }
    memcpy((char *)p->out + o->at, &n, sizeof n);
    return 0;
}

static int set_flag(parser *p, const gc_option *o, const char *value) {
    bool on = value == NULL || strcmp(value, "true") == 0;
    if (!on && strcmp(value, "false") != 0) {
        return fail(p, o->name, "takes no value");
    }
    memcpy((char *)p->out + o->at, &on, sizeof on);
    return 0;
}

static bool is_boolean(const char *text) {
    return text != NULL && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0);
}

static int set_proxy(parser *p, const gc_option *o, const char *value) {
    gc_proxies *proxies = &p->out->proxies;
    proxies->on = value == NULL || strcmp(value, "false") != 0;
    if (value == NULL || is_boolean(value) || gc_proxies_add(proxies, value)) {
        return 0;
    }
    return fail(p, o->name, "takes networks after an =, such as =10.0.0.0/8,2001:db8::/32");
}

/* Returns the place of the text of a GC_OPTION_SECRET. */
static gc_options_file *file_of(gc_options *out, const gc_option *o) {
    return (gc_options_file *)((char *)out + o->at);
}

#define AROUND_SECRET 5 /* a byte order mark, and the end of a line */

/* Reads the option NAME from the file of NAME-file. An editor may have ended its only line; a text
 * of more than one line is not a secret. */
static int set_secret(parser *p, const gc_option *o, const char *path) {
    const gc_option *named = gc_option_table_find(o->name, strlen(o->name) - strlen("-file"));
    gc_options_file *f = file_of(p->out, o);
    char why[256];
    gc_file_free(f->bytes, f->len);
    *f = (gc_options_file){0};
    if (gc_file_read(path, (uint32_t)o->max + AROUND_SECRET, &f->bytes, &f->len, why, sizeof why) !=
        0) {
        snprintf(p->error, p->error_bytes, "--%s: %s", o->name, why);
        return -1;
    }
    char *secret = gc_option_text_after_mark(f->bytes);
    size_t len = strcspn(secret, "\r\n");
    bool alone = (size_t)(secret - f->bytes) + len + strspn(secret + len, "\r\n") == f->len;
    if (len == 0 || !alone) {
        return fail(p, o->name, "must hold one line, and nothing else");
    }
    secret[len] = 0;
    memcpy((char *)p->out + named->at, &secret, sizeof secret);
    return 0;
}

static int set_level(parser *p, const gc_option *o, const char *value) {
    p->out->log_level = gc_log_level_of(value);
    return p->out->log_level >= 0 ? 0 : fail(p, o->name, "takes error, warning, info or debug");
}

static int set(parser *p, const gc_option *o, const char *value) {
    switch (o->kind) {
    case GC_OPTION_FLAG:
        return set_flag(p, o, value);
    case GC_OPTION_NUMBER:
        return set_number(p, o, value);
    case GC_OPTION_PROXY:
        return set_proxy(p, o, value);
    case GC_OPTION_SECRET:
        return set_secret(p, o, value);
    case GC_OPTION_PATH:
        return gc_option_text_path(value, p->out->path)
                   ? 0
                   : fail(p, o->name, "takes a path such as /chat/, without escapes");
    case GC_OPTION_LEVEL:
        return set_level(p, o, value);
    case GC_OPTION_SERVER:
        p->out->peer_server = value;
        p->out->peer_server_origin_len = gc_option_text_origin_len(value);
        return p->out->peer_server_origin_len > 0
                   ? 0
                   : fail(p, o->name,
                          "takes an address such as https://host:port/path/: http or https, a host "
                          "name or IPv4 address, no user, query or fragment");
    case GC_OPTION_LISTEN:
        p->out->metrics = strcmp(value, "off") != 0;
        return !p->out->metrics ||
                       gc_option_text_listen(value, p->out->metrics_host, &p->out->metrics_port)
                   ? 0
                   : fail(p, o->name, "takes an address and a port, such as [::1]:9641, or off");
    case GC_OPTION_CORS:
        if (p->out->cors_count == GC_OPTIONS_CORS_MAX) {
            return fail(p, o->name, "is given too often");
        }
        p->out->cors[p->out->cors_count++] = value;
        return strcmp(value, "*") == 0 || gc_option_text_is_origin(value)
                   ? 0
                   : fail(p, o->name,
                          "takes an origin such as https://chat.example: in lower case, without a "
                          "path, a final / or the usual port");
    default:
        memcpy((char *)p->out + o->at, &value, sizeof value);
        return value[0] != 0 ? 0 : fail(p, o->name, "needs a value");
    }
}

/* Splits `--name=value`, `--name`, `-n`, `-nvalue` and `-n=value`; *value is NULL when the next
 * argument would hold it. */
static const gc_option *split(const char *argument, const char **value) {
    *value = NULL;
    if (argument[0] != '-' || argument[1] == 0) {
        return NULL;
    }
    if (argument[1] == '-') {
        size_t len = strcspn(argument + 2, "=");
        *value = argument[2 + len] == '=' ? argument + 2 + len + 1 : NULL;
        return gc_option_table_find(argument + 2, len);
    }
    if (argument[2] != 0) {
        *value = argument + (argument[2] == '=' ? 3 : 2);
    }
    return gc_option_table_find_letter(argument[1]);
}

static int check_known(parser *p, const gc_option *o, const char *given) {
    if (o == NULL) {
        snprintf(p->error, p->error_bytes, "unknown option %.100s", given);
        return -1;
    }
    return o->kind != GC_OPTION_LATER ? 0 : fail(p, o->name, "is not built in this version");
}

/* only: GC_OPTION_LATER, or the one kind that is looked at in this pass. */
static int parse_arguments(parser *p, int argc, char *const argv[], enum gc_option_kind only) {
    for (int i = 1; i < argc; i++) {
        const char *value;
        const gc_option *o = split(argv[i], &value);
        if (check_known(p, o, argv[i]) != 0) {
            return -1;
        }
        bool alone = o->kind == GC_OPTION_FLAG || o->kind == GC_OPTION_PROXY;
        bool takes_next = !alone || (i + 1 < argc && is_boolean(argv[i + 1]));
        if (value == NULL && takes_next) {
            if (i + 1 >= argc) {
                return fail(p, o->name, "needs a value");
            }
            value = argv[++i];
        }
        bool counts = only == GC_OPTION_LATER ? o->kind != GC_OPTION_CONFIG : o->kind == only;
        if (counts && set(p, o, value) != 0) {
            return -1;
        }
        /* yargs takes all words up to the next option for values of --cors. */
        while (o->kind == GC_OPTION_CORS && i + 1 < argc && argv[i + 1][0] != '-') {
            i++;
            if (counts && set(p, o, argv[i]) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

static void set_defaults(gc_options *out) {
    *out = (gc_options){
        .host = "::",
        .port = 8080,
        .path = "/",
        .key = "peerjs",
        .alive_timeout_ms = GC_ALIVE_MS,
        .expire_timeout_ms = GC_EXPIRE_MS,
        .concurrent_max = GC_CONCURRENT_MAX,
        .stun_port = UINT64_MAX,
        .stun_per_second = GC_STUN_RATE_PER_SECOND,
        .memory_bytes_max = GC_MEMORY_BYTES_MAX,
        .message_bytes_max = GC_MESSAGE_BYTES_MAX,
        .queue_bytes_max = GC_QUEUE_BYTES_MAX,
        .per_address_max = GC_PER_ADDRESS_MAX,
        .connects_per_second = GC_CONNECTS_PER_SECOND,
        .rate_per_second = GC_RATE_PER_SECOND,
        .metrics = true,
        .metrics_host = "127.0.0.1",
        .metrics_port = GC_METRICS_PORT,
        .log_level = GC_LOG_INFO,
    };
#if USE_LOCALSTORAGE_FOR_TESTING
    out->host = "127.0.0.1";
#endif
}

static int read_environment(parser *p, char *(*environment)(const char *)) {
    const char *port = environment("PORT");
    const char *path = environment("PEERSERVER_PATH");
    if (port != NULL && port[0] != 0 && set(p, gc_option_table_find("port", 4), port) != 0) {
        return -1;
    }
    return path == NULL || path[0] == 0 ? 0 : set(p, gc_option_table_find("path", 4), path);
}

static int set_line(parser *p, const char *name, const char *value) {
    const gc_option *o = gc_option_table_find(name, strlen(name));
    if (check_known(p, o, name) != 0) {
        return -1;
    }
    if (o->kind == GC_OPTION_CONFIG) {
        return fail(p, o->name, "is not allowed in a config file");
    }
    if (value == NULL && o->kind != GC_OPTION_FLAG && o->kind != GC_OPTION_PROXY) {
        return fail(p, o->name, "needs a value");
    }
    return set(p, o, value);
}

static int read_config(parser *p) {
    gc_options_file *f = &p->out->config;
    char why[256];
    const char *name;
    const char *value;
    if (p->out->config_path == NULL) {
        return 0;
    }
    if (gc_file_read(p->out->config_path, GC_CONFIG_FILE_BYTES_MAX, &f->bytes, &f->len, why,
                     sizeof why) != 0) {
        snprintf(p->error, p->error_bytes, "--config: %s", why);
        return -1;
    }
    gc_config_file lines;
    if (!gc_config_file_begin(&lines, f->bytes, f->len)) {
        return fail(p, "config", "must be a plain text, without control characters");
    }
    while (gc_config_file_next(&lines, &name, &value)) {
        if (set_line(p, name, value) != 0) {
            snprintf(why, sizeof why, "%s", p->error);
            snprintf(p->error, p->error_bytes, "%s, line %u: %s", p->out->config_path, lines.line,
                     why);
            return -1;
        }
    }
    return 0;
}

void gc_options_free(gc_options *o) {
    gc_file_free(o->config.bytes, o->config.len);
    o->config = (gc_options_file){0};
    const gc_option *row;
    for (size_t i = 0; (row = gc_option_table_at(i)) != NULL; i++) {
        if (row->kind == GC_OPTION_SECRET) {
            gc_options_file *f = file_of(o, row);
            gc_file_free(f->bytes, f->len);
            *f = (gc_options_file){0};
        }
    }
}

/* Checks options that depend on one another. */
static int check_together(parser *p) {
    gc_options *o = p->out;
    if (strcasecmp(o->key, "room") == 0 || strcasecmp(o->key, "join") == 0) {
        return fail(p, "key", "must be neither room nor join: those are addresses of the page");
    }
    if (strlen(o->key) > GC_KEY_BYTES_MAX) {
        return fail(p, "key", "is too long");
    }
    if ((o->tls_cert == NULL) != (o->tls_key == NULL)) {
        return fail(p, o->tls_cert == NULL ? "tls-key" : "tls-cert",
                    "alone has no effect: give both --tls-cert and --tls-key");
    }
    if (o->queue_bytes_max < o->message_bytes_max) {
        return fail(p, "queue-limit", "must not be smaller than --message-limit");
    }
    if (o->external_address != NULL &&
        !gc_option_text_is_host(o->external_address, strlen(o->external_address))) {
        return fail(p, "external-address", "takes a host name or an address (IPv6 in brackets)");
    }
    return 0;
}

int gc_options_parse(gc_options *out, int argc, char *const argv[],
                     char *(*environment)(const char *), char *error, size_t error_bytes) {
    parser p = {out, error, error_bytes};
    set_defaults(out);
    if (read_environment(&p, environment) != 0 ||
        parse_arguments(&p, argc, argv, GC_OPTION_CONFIG) != 0 || read_config(&p) != 0 ||
        parse_arguments(&p, argc, argv, GC_OPTION_LATER) != 0 || check_together(&p) != 0) {
        return -1;
    }
    out->stun_port_named = out->stun_port != UINT64_MAX;
    out->stun_port = out->stun_port_named ? out->stun_port : GC_STUN_PORT;
    return 0;
}

void gc_options_help(FILE *out) {
    fputs("Usage: ghostchatd [option...]\n"
          "Serves GhostChat: the page, signaling (PeerJS and rooms) and STUN.\n\n",
          out);
    const gc_option *o;
    for (size_t i = 0; (o = gc_option_table_at(i)) != NULL; i++) {
        if (o->kind == GC_OPTION_LATER) {
            continue;
        }
        char left[64];
        char letter[8] = "    ";
        if (o->letter != 0) {
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        }
        const char *value = o->value != NULL ? o->value : "";
        const char *space = value[0] != 0 && value[0] != '[' ? " " : "";
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, space, value);
        fprintf(out, "  %-28s  %s\n", left, o->help);
        if (o->alias != NULL) {
            fprintf(out, "      --%-22s  the same\n", o->alias);
        }
    }
}
