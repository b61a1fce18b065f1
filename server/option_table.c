#include "server/option_table.h"
#include "core/base/limits.h"

#define AT(member) offsetof(gc_options, member)
#define ANY        UINT32_MAX

static const gc_option table[] = {
    {"host", NULL, 'H', GC_OPTION_TEXT, AT(host), 0, 0, "HOST",
     "address to listen on (::, all of them)"},
    {"port", NULL, 'p', GC_OPTION_NUMBER, AT(port), 0, 65535, "PORT",
     "TCP port (8080, or PORT of the environment; 0 = any free port)"},
    {"path", NULL, 0, GC_OPTION_PATH, AT(path), 0, 0, "PATH",
     "path of all addresses (/, or PEERSERVER_PATH of the environment)"},
    {"key", NULL, 'k', GC_OPTION_TEXT, AT(key), 0, 0, "KEY",
     "the key that PeerJS clients must name (peerjs)"},
    {"key-file", NULL, 0, GC_OPTION_SECRET, AT(key_file), 0, GC_KEY_BYTES_MAX, "FILE",
     "read the key from this file"},
    {"config", NULL, 0, GC_OPTION_CONFIG, AT(config_path), 0, 0, "FILE",
     "options, one per line, without dashes; arguments override them"},
    {"allow-discovery", NULL, 0, GC_OPTION_FLAG, AT(allow_discovery), 0, 0, NULL,
     "list all ids under /KEY/peers"},
    {"alive-timeout", NULL, 0, GC_OPTION_NUMBER, AT(alive_timeout_ms), 1, ANY, "MS",
     "silence after which a client is cut (90000)"},
    {"expire-timeout", NULL, 't', GC_OPTION_NUMBER, AT(expire_timeout_ms), 1, ANY, "MS",
     "how long messages wait for an absent id (5000)"},
    {"concurrent-limit", NULL, 'c', GC_OPTION_NUMBER, AT(concurrent_max), 1, 500000, "N",
     "ids at one time (5000)"},
    {"cors", NULL, 0, GC_OPTION_CORS, 0, 0, 0, "ORIGIN",
     "an allowed origin, for HTTP and WebSocket; may be repeated (any)"},
    {"tls-cert", "sslcert", 0, GC_OPTION_TEXT, AT(tls_cert), 0, 0, "FILE",
     "certificate chain as PEM; read again on SIGHUP"},
    {"tls-key", "sslkey", 0, GC_OPTION_TEXT, AT(tls_key), 0, 0, "FILE",
     "private key of the certificate as PEM"},
    {"stun-port", NULL, 0, GC_OPTION_NUMBER, AT(stun_port), 0, 65535, "PORT",
     "UDP port of STUN, 0 = none (3478)"},
    {"stun-rate", NULL, 0, GC_OPTION_NUMBER, AT(stun_per_second), 1, 1000000, "N",
     "STUN answers per second to one address (2000)"},
    {"trust-proxy", "proxied", 0, GC_OPTION_PROXY, 0, 0, 0, "[=NETWORK,...]",
     "believe X-Forwarded-For of local proxies and these networks"},
    {"external-address", NULL, 0, GC_OPTION_TEXT, AT(external_address), 0, 0, "HOST",
     "host that clients use for STUN (the host that they asked for)"},
    {"memory-limit", NULL, 0, GC_OPTION_NUMBER, AT(memory_bytes_max), 1 << 20, 1ull << 40, "BYTES",
     "memory of all queues together (256M)"},
    {"message-limit", NULL, 0, GC_OPTION_NUMBER, AT(message_bytes_max), 1024, 16 << 20, "BYTES",
     "size of one WebSocket message (64K)"},
    {"queue-limit", NULL, 0, GC_OPTION_NUMBER, AT(queue_bytes_max), 1024, 1 << 30, "BYTES",
     "unsent bytes above which a client is cut (256K)"},
    {"per-address-limit", NULL, 0, GC_OPTION_NUMBER, AT(per_address_max), 1, ANY, "N",
     "connections of one address, or IPv6 /64 (256)"},
    {"connect-rate", NULL, 0, GC_OPTION_NUMBER, AT(connects_per_second), 0, 1000000, "N",
     "new connections per second of one address, 0 = any (200)"},
    {"rate", NULL, 0, GC_OPTION_NUMBER, AT(rate_per_second), 1, 1000000, "N",
     "messages per second of one client; more are slowed (200)"},
    {"metrics-listen", NULL, 0, GC_OPTION_LISTEN, 0, 0, 0, "HOST:PORT",
     "address of /metrics, or off (127.0.0.1:9641)"},
    {"peer-server", NULL, 0, GC_OPTION_SERVER, AT(peer_server), 0, 0, "URL",
     "the page uses this PeerServer for signaling, not ghostchatd"},
    {"web-dir", NULL, 0, GC_OPTION_TEXT, AT(web_dir), 0, 0, "DIR",
     "serve the page from this folder (the page built in)"},
    {"log-level", NULL, 0, GC_OPTION_LEVEL, AT(log_level), 0, 0, "LEVEL",
     "error, warning, info or debug (info)"},
    {"help", NULL, 0, GC_OPTION_FLAG, AT(help), 0, 0, NULL, "print this help"},
    {"version", NULL, 0, GC_OPTION_FLAG, AT(version), 0, 0, NULL, "print the version"},
    {"turn", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"redis", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"relay-ports", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"turn-tls-port", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"turn-url", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"turn-secret", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"turn-secret-file", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"turn-bytes-per-day", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
    {"no-fallback", NULL, 0, GC_OPTION_LATER, 0, 0, 0, NULL, NULL},
};

#define TABLE_COUNT (sizeof table / sizeof table[0])

const gc_option *gc_option_table_at(size_t i) {
    return i < TABLE_COUNT ? &table[i] : NULL;
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

const gc_option *gc_option_table_find(const char *name, size_t len) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (same_name(table[i].name, name, len) ||
            (table[i].alias != NULL && same_name(table[i].alias, name, len))) {
            return &table[i];
        }
    }
    return NULL;
}

const gc_option *gc_option_table_find_letter(char letter) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (letter != 0 && table[i].letter == letter) {
            return &table[i];
        }
    }
    return NULL;
}
