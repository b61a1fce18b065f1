#include "cli/arguments.h"
#include "cli/hidden.h"
#include "core/base/error.h"

#include <string.h>

typedef struct option {
    const char *name;  /* without dashes */
    const char *value; /* what its value is called; NULL: it has none */
    const char *help;
} option;

static const option table[] = {
    {"server", "URL", "the server at which people meet (that of the link)"},
    {"stun", "URL", "a STUN server, stun:HOST:PORT, in place of the server's; up to 4"},
    {"nick", "NAME", "your name, which the others see; at most 256 bytes"},
    {"serialization", "WORD", "how to speak with a PeerJS application: binary, json or raw"},
    {"json", NULL, "JSON lines in and out (the default where stdout is no terminal)"},
    {"plain", NULL, "text line by line, without a QR code (text is the default on a terminal)"},
    {"all-interfaces", NULL, "show others every address of this machine, for servers and bots"},
    {"relay-only", NULL, "show nobody an address: connect through a relay, or not at all"},
    {"help", NULL, "print this help"},
    {"version", NULL, "print the version"},
};

#define TABLE_COUNT (sizeof table / sizeof table[0])

static const option *find(const char *name, size_t len) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

static bool is(const option *o, const char *name) {
    return strcmp(o->name, name) == 0;
}

static void set(gc_arguments *out, const option *o, const char *value) {
    if (is(o, "server")) {
        out->server = value;
    } else if (is(o, "nick")) {
        out->nick = value;
    } else if (is(o, "serialization")) {
        out->serialization = value;
    } else if (is(o, "json")) {
        out->form = GC_ARGUMENTS_JSON;
    } else if (is(o, "plain")) {
        out->form = GC_ARGUMENTS_PLAIN;
    } else if (is(o, "all-interfaces")) {
        out->all_interfaces = true;
    } else if (is(o, "relay-only")) {
        out->relay_only = true;
    }
}

typedef struct reader {
    gc_arguments *out;
    int argc;
    char *const *argv;
    int at;
    const char *words[3]; /* beside the options */
    size_t count;
    bool help, version;
    char *error;
    size_t error_bytes;
} reader;

/* Says why --stun does not take a URL; error: of gc_stun_list_add(). */
static void say_stun(reader *r, int error) {
    if (error == GC_E_FULL) {
        snprintf(r->error, r->error_bytes, "--stun takes at most %d URLs", GC_STUN_SERVERS_MAX);
        return;
    }
    snprintf(r->error, r->error_bytes, "%s",
             error == GC_E_REFUSED ? "--stun takes no stuns:, turn: or turns:, only stun:"
                                   : "--stun takes a URL such as stun:host:3478");
}

/* `text` begins with two dashes. */
static int read_option(reader *r, const char *text) {
    size_t len = strcspn(text + 2, "=");
    const option *o = find(text + 2, len);
    const char *value = text[2 + len] == '=' ? text + 2 + len + 1 : NULL;
    if (o == NULL) {
        snprintf(r->error, r->error_bytes, "there is no option --%.*s", (int)len, text + 2);
        return -1;
    }
    if (o->value == NULL && value != NULL) {
        snprintf(r->error, r->error_bytes, "--%s takes no value", o->name);
        return -1;
    }
    if (o->value != NULL && value == NULL) {
        value = r->at < r->argc ? r->argv[r->at++] : NULL;
    }
    if (o->value != NULL && value == NULL) {
        snprintf(r->error, r->error_bytes, "--%s takes a value, %s", o->name, o->value);
        return -1;
    }
    int error = is(o, "stun") ? gc_stun_list_add(&r->out->stun, gc_span_text(value)) : 0;
    if (error != 0) {
        say_stun(r, error);
        return -1;
    }
    if (is(o, "nick") && strlen(value) > GC_NICK_BYTES_MAX) {
        snprintf(r->error, r->error_bytes, "--nick takes a name of at most %d bytes",
                 GC_NICK_BYTES_MAX);
        return -1;
    }
    r->help = r->help || is(o, "help");
    r->version = r->version || is(o, "version");
    set(r->out, o, value);
    return 0;
}

static int read_all(reader *r) {
    bool options = true;
    while (r->at < r->argc) {
        const char *text = r->argv[r->at++];
        if (options && strcmp(text, "--") == 0) {
            options = false;
        } else if (options && strncmp(text, "--", 2) == 0) {
            if (read_option(r, text) != 0) {
                return -1;
            }
        } else if (options && text[0] == '-' && text[1] != 0) {
            snprintf(r->error, r->error_bytes, "there is no option %s", text);
            return -1;
        } else if (r->count < sizeof r->words / sizeof r->words[0]) {
            r->words[r->count++] = text;
        }
    }
    return 0;
}

static int fail(reader *r, const char *text) {
    snprintf(r->error, r->error_bytes, "%s", text);
    return -1;
}

static const struct {
    const char *word;
    enum gc_arguments_command command;
    const char *takes; /* of which targets it takes one; NULL: none */
} commands[] = {
    {"join", GC_ARGUMENTS_JOIN, "join takes one room or link"},
    {"call", GC_ARGUMENTS_CALL, "call takes one id of a peer"},
    {"new", GC_ARGUMENTS_NEW, NULL},
};

#define COMMANDS_COUNT (sizeof commands / sizeof commands[0])

static bool is_serialization(const char *word) {
    return strcmp(word, "") == 0 || strcmp(word, "binary") == 0 || strcmp(word, "json") == 0 ||
           strcmp(word, "raw") == 0;
}

/* Options that not every command takes. */
static int check_options(reader *r) {
    const gc_arguments *a = r->out;
    if (a->serialization[0] != 0 && a->command != GC_ARGUMENTS_CALL) {
        return fail(r, "only call takes --serialization");
    }
    if (!is_serialization(a->serialization)) {
        return fail(r, "--serialization is binary, json or raw");
    }
    return a->command == GC_ARGUMENTS_NEW && a->server == NULL ? fail(r, "new needs --server") : 0;
}

static int read_command(reader *r) {
    const char *word = r->count > 0 ? r->words[0] : "";
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        if (strcmp(commands[i].word, word) != 0) {
            continue;
        }
        r->out->command = commands[i].command;
        if (commands[i].takes != NULL && r->count != 2) {
            return fail(r, commands[i].takes);
        }
        if (commands[i].takes == NULL && r->count != 1) {
            return fail(r, "new takes no room");
        }
        r->out->target = r->count == 2 ? r->words[1] : "";
        return check_options(r);
    }
    return fail(r, r->count == 0 ? "a command is missing: join, call or new"
                                 : "there are the commands join, call and new");
}

int gc_arguments_parse(gc_arguments *out, int argc, char *const argv[], char *error,
                       size_t error_bytes) {
    reader r = {.out = out,
                .argc = argc,
                .argv = argv,
                .at = 1,
                .error = error,
                .error_bytes = error_bytes};
    *out = (gc_arguments){.nick = "", .serialization = "", .target = ""};
    if (read_all(&r) != 0) {
        return -1;
    }
    if (r.help || r.version) {
        out->command = r.help ? GC_ARGUMENTS_HELP : GC_ARGUMENTS_VERSION;
        return 0;
    }
    return read_command(&r);
}

void gc_arguments_hide(gc_arguments *a, int argc, char *argv[]) {
    for (int i = 1; i < argc; i++) {
        if (argv[i] == a->target && gc_hidden_take(argv[i], a->link, sizeof a->link)) {
            a->target = a->link;
        }
    }
}

void gc_arguments_help(FILE *out) {
    fputs("usage: ghostchat join ROOM|LINK|- [option ...]\n"
          "       ghostchat call PEER-ID|LINK|- [option ...]\n"
          "       ghostchat new --server URL [option ...]\n\n"
          "join enters a room by its name (which needs --server) or by a link; - reads it from\n"
          "the standard input. call connects with one peer by its id, also with a PeerJS\n"
          "application. new makes a private room and prints its link.\n\n",
          out);
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        char name[40];
        snprintf(name, sizeof name, "--%s %s", table[i].name,
                 table[i].value != NULL ? table[i].value : "");
        fprintf(out, "  %-22s %s\n", name, table[i].help);
    }
}
