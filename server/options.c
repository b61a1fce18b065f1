#include "server/options.h"
#include "core/base/limits.h"
#include "host/file.h"
#include "host/log.h"
#include "server/config_file.h"
#include "server/option_text.h"

#include <string.h>
#include <strings.h>

enum kind {
    FLAG,
    NUMBER, /* of min..max; K, M and G after it multiply by 1024 */
    TEXT,
    PATH,
    CORS,
    LEVEL,
    SERVER, /* another server's address */
    PROXY,  /* a flag, or networks */
    LISTEN, /* HOST:PORT, or off */
    CONFIG, /* a file with options */
    SECRET, /* a file with the key */
    LATER,  /* a name that is kept for a later version */
};

typedef struct option {
    const char *name;
    const char *alias; /* its name in the peerjs command, where that is another */
    char letter;
    uint8_t kind;
    size_t at; /* in gc_options */
    uint64_t min;
    uint64_t max;
    const char *value;
    const char *help;
} option;

#define AT(member) offsetof(gc_options, member)
#define ANY        UINT32_MAX

static const option table[] = {
    {"host", NULL, 'H', TEXT, AT(host), 0, 0, "HOST", "address to listen on (::, all of them)"},
    {"port", NULL, 'p', NUMBER, AT(port), 0, 65535, "PORT",
     "TCP port (8080, or PORT of the environment; 0 = any free port)"},
    {"path", NULL, 0, PATH, AT(path), 0, 0, "PATH",
     "path of all addresses (/, or PEERSERVER_PATH of the environment)"},
    {"key", NULL, 'k', TEXT, AT(key), 0, 0, "KEY",
     "the key that PeerJS clients must name (peerjs)"},
    {"key-file", NULL, 0, SECRET, 0, 0, 0, "FILE", "read the key from this file"},
    {"config", NULL, 0, CONFIG, AT(config_path), 0, 0, "FILE",
     "options, one per line, without dashes; arguments override them"},
    {"allow-discovery", NULL, 0, FLAG, AT(allow_discovery), 0, 0, NULL,
     "list all ids under /KEY/peers"},
    {"alive-timeout", NULL, 0, NUMBER, AT(alive_timeout_ms), 1, ANY, "MS",
     "silence after which a client is cut (90000)"},
    {"expire-timeout", NULL, 't', NUMBER, AT(expire_timeout_ms), 1, ANY, "MS",
     "how long messages wait for an absent id (5000)"},
    {"concurrent-limit", NULL, 'c', NUMBER, AT(concurrent_max), 1, 500000, "N",
     "ids at one time (5000)"},
    {"cors", NULL, 0, CORS, 0, 0, 0, "ORIGIN",
     "an allowed origin, for HTTP and WebSocket; may be repeated (any)"},
    {"tls-cert", "sslcert", 0, TEXT, AT(tls_cert), 0, 0, "FILE",
     "certificate chain as PEM; read again on SIGHUP"},
    {"tls-key", "sslkey", 0, TEXT, AT(tls_key), 0, 0, "FILE",
     "private key of the certificate as PEM"},
    {"stun-port", NULL, 0, NUMBER, AT(stun_port), 0, 65535, "PORT",
     "UDP port of STUN, 0 = none (3478)"},
    {"stun-rate", NULL, 0, NUMBER, AT(stun_per_second), 1, 1000000, "N",
     "STUN answers per second to one address (2000)"},
    {"trust-proxy", "proxied", 0, PROXY, 0, 0, 0, "[=NETWORK,...]",
     "believe X-Forwarded-For of local proxies and these networks"},
    {"external-address", NULL, 0, TEXT, AT(external_address), 0, 0, "HOST",
     "host that clients use for STUN (the host that they asked for)"},
    {"memory-limit", NULL, 0, NUMBER, AT(memory_bytes_max), 1 << 20, 1ull << 40, "BYTES",
     "memory of all queues together (256M)"},
    {"message-limit", NULL, 0, NUMBER, AT(message_bytes_max), 1024, 16 << 20, "BYTES",
     "size of one WebSocket message (64K)"},
    {"queue-limit", NULL, 0, NUMBER, AT(queue_bytes_max), 1024, 1 << 30, "BYTES",
     "unsent bytes above which a client is cut (256K)"},
    {"per-address-limit", NULL, 0, NUMBER, AT(per_address_max), 1, ANY, "N",
     "connections of one address, or IPv6 /64 (256)"},
    {"connect-rate", NULL, 0, NUMBER, AT(connects_per_second), 0, 1000000, "N",
     "new connections per second of one address, 0 = any (200)"},
    {"rate", NULL, 0, NUMBER, AT(rate_per_second), 1, 1000000, "N",
     "messages per second of one client; more are slowed (200)"},
    {"metrics-listen", NULL, 0, LISTEN, 0, 0, 0, "HOST:PORT",
     "address of /metrics, or off (127.0.0.1:9641)"},
    {"peer-server", NULL, 0, SERVER, AT(peer_server), 0, 0, "URL",
     "the page uses this PeerServer for signaling, not ghostchatd"},
    {"web-dir", NULL, 0, TEXT, AT(web_dir), 0, 0, "DIR",
     "serve the page from this folder (the page built in)"},
    {"log-level", NULL, 0, LEVEL, AT(log_level), 0, 0, "LEVEL",
     "error, warning, info or debug (info)"},
    {"help", NULL, 0, FLAG, AT(help), 0, 0, NULL, "print this help"},
    {"version", NULL, 0, FLAG, AT(version), 0, 0, NULL, "print the version"},
    {"turn", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"redis", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"relay-ports", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"turn-tls-port", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"turn-url", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"turn-secret", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"turn-secret-file", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"turn-bytes-per-day", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
    {"no-fallback", NULL, 0, LATER, 0, 0, 0, NULL, NULL},
};

#define TABLE_COUNT (sizeof table / sizeof table[0])

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

static int set_number(parser *p, const option *o, const char *value) {
    uint64_t n;
    if (!gc_option_text_number(value, &n) || n < o->min || n > o->max) {
        snprintf(p->error, p->error_bytes, "--%s takes a number from %llu to %llu", o->name,
                 (unsigned long long)o->min, (unsigned long long)o->max);
        return -1;
    }
    memcpy((char *)p->out + o->at, &n, sizeof n);
    return 0;
}

static int set_flag(parser *p, const option *o, const char *value) {
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

static int set_proxy(parser *p, const option *o, const char *value) {
    gc_proxies *proxies = &p->out->proxies;
    proxies->on = value == NULL || strcmp(value, "false") != 0;
    if (value == NULL || is_boolean(value) || gc_proxies_add(proxies, value)) {
        return 0;
    }
    return fail(p, o->name, "takes networks after an =, such as =10.0.0.0/8,2001:db8::/32");
}

/* Takes the one line of the file: the line end that an editor adds is not part of the key. */
static int set_key(parser *p, const option *o, const char *path) {
    gc_options_file *f = &p->out->key_file;
    char why[256];
    gc_file_free(f->bytes, f->len);
    *f = (gc_options_file){0};
    if (gc_file_read(path, GC_KEY_BYTES_MAX + 2, &f->bytes, &f->len, why, sizeof why) != 0) {
        snprintf(p->error, p->error_bytes, "--%s: %s", o->name, why);
        return -1;
    }
    size_t len = strcspn(f->bytes, "\r\n");
    if (len == 0 || strspn(f->bytes + len, "\r\n") != f->len - len) {
        return fail(p, o->name, "must hold one line, which is the key");
    }
    f->bytes[len] = 0;
    p->out->key = f->bytes;
    return 0;
}

static int set_level(parser *p, const option *o, const char *value) {
    p->out->log_level = gc_log_level_of(value);
    return p->out->log_level >= 0 ? 0 : fail(p, o->name, "takes error, warning, info or debug");
}

static int set(parser *p, const option *o, const char *value) {
    switch (o->kind) {
    case FLAG:
        return set_flag(p, o, value);
    case NUMBER:
        return set_number(p, o, value);
    case PROXY:
        return set_proxy(p, o, value);
    case SECRET:
        return set_key(p, o, value);
    case PATH:
        return gc_option_text_path(value, p->out->path)
                   ? 0
                   : fail(p, o->name, "takes a path such as /chat/, without escapes");
    case LEVEL:
        return set_level(p, o, value);
    case SERVER:
        p->out->peer_server = value;
        p->out->peer_server_origin_len = gc_option_text_origin_len(value);
        return p->out->peer_server_origin_len > 0
                   ? 0
                   : fail(p, o->name,
                          "takes an address such as https://host:port/path/: http or https, a host "
                          "name or IPv4 address, no user, query or fragment");
    case LISTEN:
        p->out->metrics = strcmp(value, "off") != 0;
        return !p->out->metrics ||
                       gc_option_text_listen(value, p->out->metrics_host, &p->out->metrics_port)
                   ? 0
                   : fail(p, o->name, "takes an address and a port, such as [::1]:9641, or off");
    case CORS:
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

/* yargs, the parser of the peerjs command, takes `_` and `-` alike. */
static bool same_name(const char *name, const char *given, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (name[i] != (given[i] == '_' ? '-' : given[i])) {
            return false;
        }
    }
    return name[len] == 0;
}

static const option *find_name(const char *given, size_t len) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (same_name(table[i].name, given, len) ||
            (table[i].alias != NULL && same_name(table[i].alias, given, len))) {
            return &table[i];
        }
    }
    return NULL;
}

static const option *find_letter(char letter) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (letter != 0 && table[i].letter == letter) {
            return &table[i];
        }
    }
    return NULL;
}

/* Splits `--name=value`, `--name`, `-n`, `-nvalue` and `-n=value`; *value is NULL when the next
 * argument would hold it. */
static const option *split(const char *argument, const char **value) {
    *value = NULL;
    if (argument[0] != '-' || argument[1] == 0) {
        return NULL;
    }
    if (argument[1] == '-') {
        size_t len = strcspn(argument + 2, "=");
        *value = argument[2 + len] == '=' ? argument + 2 + len + 1 : NULL;
        return find_name(argument + 2, len);
    }
    if (argument[2] != 0) {
        *value = argument + (argument[2] == '=' ? 3 : 2);
    }
    return find_letter(argument[1]);
}

/* only: LATER, or the one kind that is looked at in this pass. */
static int parse_arguments(parser *p, int argc, char *const argv[], enum kind only) {
    for (int i = 1; i < argc; i++) {
        const char *value;
        const option *o = split(argv[i], &value);
        if (o == NULL) {
            snprintf(p->error, p->error_bytes, "unknown option %.100s", argv[i]);
            return -1;
        }
        if (o->kind == LATER) {
            return fail(p, o->name, "is not built in this version");
        }
        bool alone = o->kind == FLAG || o->kind == PROXY;
        bool takes_next = !alone || (i + 1 < argc && is_boolean(argv[i + 1]));
        if (value == NULL && takes_next) {
            if (i + 1 >= argc) {
                return fail(p, o->name, "needs a value");
            }
            value = argv[++i];
        }
        bool counts = only == LATER ? o->kind != CONFIG : o->kind == only;
        if (counts && set(p, o, value) != 0) {
            return -1;
        }
        /* yargs takes all words up to the next option for values of --cors. */
        while (o->kind == CORS && i + 1 < argc && argv[i + 1][0] != '-') {
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
    if (port != NULL && port[0] != 0 && set(p, find_name("port", 4), port) != 0) {
        return -1;
    }
    return path == NULL || path[0] == 0 ? 0 : set(p, find_name("path", 4), path);
}

static int set_line(parser *p, const char *name, const char *value) {
    const option *o = find_name(name, strlen(name));
    if (o == NULL) {
        snprintf(p->error, p->error_bytes, "unknown option %.100s", name);
        return -1;
    }
    if (o->kind == LATER) {
        return fail(p, o->name, "is not built in this version");
    }
    if (o->kind == CONFIG) {
        return fail(p, o->name, "is not allowed in a config file");
    }
    if (value == NULL && o->kind != FLAG && o->kind != PROXY) {
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
    gc_file_free(o->key_file.bytes, o->key_file.len);
    o->config = o->key_file = (gc_options_file){0};
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
    if (read_environment(&p, environment) != 0 || parse_arguments(&p, argc, argv, CONFIG) != 0 ||
        read_config(&p) != 0 || parse_arguments(&p, argc, argv, LATER) != 0 ||
        check_together(&p) != 0) {
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
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        const option *o = &table[i];
        if (o->kind == LATER) {
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
