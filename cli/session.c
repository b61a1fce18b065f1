#include "cli/session.h"
#include "cli/destination.h"
#include "cli/lines.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "peer/peer.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SIGNALS 3

static const int signal_numbers[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

typedef struct session {
    const gc_arguments *arguments;
    uv_loop_t loop;
    gc_peer *peer;
    uv_timer_t connect; /* until the server knows us */
    uv_signal_t signals[SIGNALS];
    gc_lines lines;
    gc_output output;
    gc_destination destination;
    bool wants_target; /* the first line is the target */
    bool reading;
    bool leaving;
    int status;
    uint8_t text[GC_LINES_BYTES_MAX]; /* of a line that waits for GC_EVENT_SENDABLE */
    uint32_t text_len;
    bool to_one;     /* the text is for one peer alone, whose id comes after it in `text` */
    uint32_t to_len; /* bytes of that id */
    bool waits;
    uint64_t told;    /* the number of our last message that was printed */
    uint32_t trouble; /* gc_reason: what kept us from the server last; 0: nothing does */
} session;

/* --- leaving ---------------------------------------------------------------------------------- */

static void leave(session *s, int status) {
    if (s->leaving) {
        return;
    }
    s->leaving = true;
    s->status = status;
    uv_close((uv_handle_t *)&s->connect, NULL);
    for (int i = 0; i < SIGNALS; i++) {
        uv_close((uv_handle_t *)&s->signals[i], NULL);
    }
    if (s->reading) {
        gc_lines_close(&s->lines);
    }
    gc_peer_close(s->peer, NULL);
}

static void on_signal(uv_signal_t *handle, int number) {
    (void)number;
    leave(handle->data, GC_SESSION_LEFT);
}

static void on_late(uv_timer_t *timer) {
    session *s = timer->data;
    gc_event e = {.type = GC_EVENT_FAILED, .reason = GC_REASON_SERVER_UNREACHABLE};
    if (s->trouble != GC_REASON_NONE) {
        e.reason = s->trouble;
    }
    gc_output_event(&s->output, &e);
    leave(s, GC_SESSION_NO_WAY_IN);
}

/* --- what is typed ---------------------------------------------------------------------------- */

/* More about an error of sending; empty: the error says it all. */
static gc_span hint_of(int error) {
    switch (error) {
    case GC_E_STATE:
        return GC_SPAN("nobody is here yet");
    case GC_E_NOT_FOUND:
        return GC_SPAN("nobody here has this id");
    case GC_E_REFUSED:
        return GC_SPAN("others are here, and there are no messages to one of several yet");
    default:
        return GC_SPAN_NONE;
    }
}

/* A message has its number before anything is said of what became of it: a PeerJS application takes
 * it while it is being sent. Numbers rise. */
static void tell_sent(session *s, uint64_t number) {
    if (number > s->told) {
        s->told = number;
        gc_output_sent(&s->output, number);
    }
}

/* Keeps a text that the core has no room for: it waits, and so do all lines after it. */
static void wait_with(session *s, gc_span to, gc_span text) {
    memmove(s->text, text.data, text.len);
    s->text_len = text.len;
    s->to_one = to.data != NULL;
    s->to_len = to.len; /* a command has it there already */
    s->waits = true;
    gc_lines_pause(&s->lines, true);
}

/* to: the id of one peer, right after the text; NULL data: everybody. */
static void send_text(session *s, gc_span to, gc_span text) {
    uint64_t number;
    int r = to.data != NULL ? gc_peer_send_to(s->peer, to, text, &number)
                            : gc_peer_send(s->peer, text, &number);
    if (r == GC_E_FULL) {
        wait_with(s, to, text);
    } else if (r != 0) {
        gc_output_error(&s->output, r, hint_of(r));
    } else {
        tell_sent(s, number);
    }
}

/* Forgets what was typed, which may have been a link, unless it still waits. */
static void wipe_text(session *s, uint32_t len) {
    if (!s->waits) {
        gc_bytes_wipe(s->text, len);
    }
}

static void send_again(session *s) {
    if (s->waits) {
        s->waits = false;
        gc_lines_pause(&s->lines, false);
        gc_span to = gc_span_of(s->text + s->text_len, s->to_len);
        send_text(s, s->to_one ? to : GC_SPAN_NONE, gc_span_of(s->text, s->text_len));
        wipe_text(s, s->text_len + s->to_len);
    }
}

static void take_command(session *s, gc_span line) {
    gc_command command = gc_json_lines_command(line, s->text);
    if (command.type == GC_COMMAND_SEND) {
        send_text(s, command.to, command.text);
    } else if (command.type == GC_COMMAND_QUIT) {
        leave(s, GC_SESSION_LEFT);
    } else {
        gc_output_error(&s->output, GC_E_SYNTAX, GC_SPAN("this is not a command"));
    }
    wipe_text(s, line.len); /* the texts of a command are no longer than its line */
}

static int usage(const char *text) {
    fprintf(stderr, "ghostchat: %s (see ghostchat --help)\n", text);
    return GC_SESSION_USAGE;
}

static int enter(session *s, gc_span target);

static void take_line(session *s, gc_span line) {
    if (line.data == NULL) {
        gc_output_error(&s->output, GC_E_TOO_BIG, GC_SPAN_NONE);
    } else if (s->wants_target) {
        s->wants_target = false;
        int status = enter(s, line);
        if (status != 0) {
            leave(s, status);
        }
    } else if (line.len == 0) {
        return;
    } else if (s->output.json) {
        take_command(s, line);
    } else {
        send_text(s, GC_SPAN_NONE, line);
    }
}

/* Nobody reads what is printed any more: the chat is over. */
static void leave_if_alone(session *s) {
    if (s->output.gone) {
        leave(s, GC_SESSION_LEFT);
    }
}

static void on_line(void *context, gc_span line) {
    take_line(context, line);
    leave_if_alone(context);
}

static void on_lines_ended(void *context) {
    session *s = context;
    leave(s, s->wants_target ? usage("the standard input ended before its first line")
                             : GC_SESSION_LEFT);
}

static const gc_lines_events lines_events = {on_line, on_lines_ended};

/* --- what happens ----------------------------------------------------------------------------- */

static void tell_joined(session *s) {
    uint8_t link[GC_URL_BYTES_MAX];
    gc_writer w;
    gc_output_joined(&s->output, gc_destination_room(&s->destination));
    gc_writer_init(&w, link, sizeof link);
    if (gc_peer_invite(s->peer, gc_destination_server(&s->destination), 0, &w) == 0 && !w.failed) {
        gc_output_invite(&s->output, gc_writer_done(&w));
    }
    gc_bytes_wipe(link, sizeof link);
    gc_lines_pause(&s->lines, false);
}

static void on_event(void *context, const gc_event *e) {
    session *s = context;
    switch (e->type) {
    case GC_EVENT_JOINED:
        tell_joined(s);
        break;
    case GC_EVENT_SENDABLE:
        send_again(s);
        break;
    case GC_EVENT_READY:
        uv_timer_stop(&s->connect);
        gc_output_event(&s->output, e);
        break;
    case GC_EVENT_SENT:
        tell_sent(s, e->number);
        gc_output_event(&s->output, e);
        break;
    case GC_EVENT_TROUBLE:
        s->trouble = e->reason;
        gc_output_event(&s->output, e);
        break;
    default:
        if (!e->same) {
            gc_output_event(&s->output, e);
        }
        break;
    }
    if (e->type == GC_EVENT_FAILED) {
        leave(s, GC_SESSION_NO_WAY_IN);
    }
    leave_if_alone(s);
}

/* --- the way in ------------------------------------------------------------------------------- */

/* Returns what is wrong with the target, or NULL. */
static const char *read_target(session *s, gc_span target) {
    switch (s->arguments->command) {
    case GC_ARGUMENTS_JOIN:
        return gc_destination_read(&s->destination, target);
    case GC_ARGUMENTS_CALL:
        return gc_destination_read_peer(&s->destination, target);
    default:
        return NULL;
    }
}

/* Says why the peer did not take what the user gave. Returns the exit status. */
static int refused(session *s, int error) {
    const char *mistake = gc_destination_mistake(&s->destination, error);
    if (error == GC_E_REFUSED) {
        gc_event e = {.type = GC_EVENT_FAILED, .reason = GC_REASON_TURN_REFUSED};
        gc_output_event(&s->output, &e);
    } else if (mistake != NULL) {
        return usage(mistake);
    } else {
        fprintf(stderr, "ghostchat: %s\n", gc_error_text(error));
    }
    return GC_SESSION_NO_WAY_IN;
}

/* No peer has heard of us yet: that needs the loop. After a mistake nothing is to be seen. */
static void say_notice(const session *s) {
    if (!s->arguments->relay_only) { /* else they see none */
        fputs("ghostchat: others see the network address of this device; a VPN hides it.\n",
              stderr);
    }
}

/* Enters. target: what the user gave. Returns 0, or an exit status after having said why. */
static int enter(session *s, gc_span target) {
    gc_client_options options = {.nick = gc_span_text(s->arguments->nick),
                                 .serialization = gc_span_text(s->arguments->serialization)};
    const char *mistake = read_target(s, target);
    if (mistake != NULL) {
        return usage(mistake);
    }
    int r = gc_destination_enter(&s->destination, s->peer, options);
    if (r != 0) {
        return refused(s, r);
    }
    say_notice(s);
    uv_timer_start(&s->connect, on_late, GC_SESSION_CONNECT_MS, 0);
    gc_lines_pause(&s->lines, true); /* until we are in */
    return 0;
}

/* --- the run ---------------------------------------------------------------------------------- */

static bool open_peer(session *s) {
    gc_peer_options options = {.loop = &s->loop,
                               .event = on_event,
                               .context = s,
                               .stun = s->arguments->stun,
                               .relay_only = s->arguments->relay_only,
                               .addresses = s->arguments->all_interfaces ? GC_ROUTES_ALL
                                                                         : GC_ROUTES_DEFAULT};
    s->peer = gc_peer_open(&options);
    return s->peer != NULL;
}

static void watch(session *s) {
    uv_timer_init(&s->loop, &s->connect);
    s->connect.data = s;
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&s->loop, &s->signals[i]);
        s->signals[i].data = s;
        uv_signal_start(&s->signals[i], on_signal, signal_numbers[i]);
    }
    s->reading = true;
    gc_lines_open(&s->lines, &s->loop, STDIN_FILENO, &lines_events, s);
}

static int begin(session *s) {
    const gc_arguments *a = s->arguments;
    const char *mistake = NULL;
    if (a->server != NULL) {
        mistake = gc_destination_set_server(&s->destination, gc_span_text(a->server));
    }
    if (mistake != NULL) {
        return usage(mistake);
    }
    s->wants_target = strcmp(a->target, "-") == 0;
    return s->wants_target ? 0 : enter(s, gc_span_text(a->target));
}

int gc_session_run(gc_arguments *arguments) {
    static session s; /* too large for a stack; the only one of this program */
    bool terminal = isatty(STDOUT_FILENO) != 0;
    s.arguments = arguments; /* all else is zero, and is not touched before it is used */
    gc_output_open(&s.output, STDOUT_FILENO,
                   arguments->form == GC_ARGUMENTS_JSON ||
                       (arguments->form == GC_ARGUMENTS_BY_OUTPUT && !terminal));
    gc_output_own(&s.output, gc_span_text(arguments->nick));
    if (arguments->form == GC_ARGUMENTS_BY_OUTPUT && arguments->command == GC_ARGUMENTS_NEW) {
        gc_output_show_codes(&s.output);
    }
    uv_loop_init(&s.loop);
    if (!open_peer(&s)) {
        fputs("ghostchat: memory is short\n", stderr);
        return GC_SESSION_NO_WAY_IN;
    }
    watch(&s);
    int status = begin(&s);
    gc_bytes_wipe(arguments->link, sizeof arguments->link);
    if (status != 0) {
        leave(&s, status);
    }
    uv_run(&s.loop, UV_RUN_DEFAULT);
    uv_loop_close(&s.loop);
    gc_bytes_wipe(s.text, sizeof s.text);
    return s.status;
}
