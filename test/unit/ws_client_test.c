/* host/ws_client.c, with a server of the test that says what its script says. */
#include "test/unit/patience.h"
#include "test/unit/unit.h"

#include "core/wire/http.h"
#include "core/wire/websocket.h"
#include "host/alloc.h"
#include "host/net.h"
#include "host/ws_client.h"

#include <signal.h>
#include <unistd.h>

#define PATIENCE_MS 8000
#define GOOD                                                                                       \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: $\r\n\r\n"

typedef struct script {
    const char *answer; /* $ becomes the right Sec-WebSocket-Accept */
    const uint8_t *frames;
    uint32_t frames_len;
    bool drips;  /* one byte a write */
    bool ends;   /* closes after that */
    bool silent; /* reads, and says nothing */
    bool deaf;   /* does not read after the request */
} script;

typedef struct world {
    uv_loop_t loop;
    uv_timer_t patience;
    gc_drbg drbg;
    gc_ws_group group;
    gc_ws_client *client;
    /* the server */
    uv_tcp_t listener, accepted;
    bool has_accepted;
    uint32_t port;
    const script *script;
    uint8_t in[400000];
    uint32_t in_len;
    bool answered;
    gc_ws_decoder decoder;
    char heard[2000]; /* a line for each frame of the client */
    /* the client */
    char said[2000]; /* a line for each event */
    const char *until;
    bool replies, closes_at_message;
} world;

static void note(char *log, size_t size, const char *word, gc_span text) {
    size_t len = strlen(log);
    snprintf(log + len, size - len, "%s %.*s\n", word, text.len > 60 ? 60 : (int)text.len,
             (const char *)text.data);
}

static void look(world *w) {
    if (w->until != NULL && (strstr(w->said, w->until) || strstr(w->heard, w->until))) {
        uv_stop(&w->loop);
    }
}

/* --- the server ------------------------------------------------------------------------------- */

static void on_sent(uv_write_t *request, int status) {
    (void)status;
    free(request);
}

static void say(world *w, const void *bytes, uint32_t len) {
    uint32_t step = w->script->drips ? 1 : len;
    for (uint32_t at = 0; at < len; at += step) {
        uv_write_t *request = malloc(sizeof *request + step);
        memcpy(request + 1, (const uint8_t *)bytes + at, step);
        uv_buf_t buf = uv_buf_init((char *)(request + 1), step);
        uv_write(request, (uv_stream_t *)&w->accepted, &buf, 1, on_sent);
    }
}

static void say_script(world *w, const gc_http_request *r) {
    const char *at = strchr(w->script->answer, '$');
    say(w, w->script->answer,
        (uint32_t)(at != NULL ? (size_t)(at - w->script->answer) : strlen(w->script->answer)));
    if (at != NULL) {
        uint8_t accept[GC_WS_ACCEPT_CHARS];
        gc_ws_accept a = {0};
        gc_writer writer;
        gc_writer_init(&writer, accept, sizeof accept);
        assert_true(gc_ws_accept_write(&a, &writer, gc_http_header_of(r, "Sec-WebSocket-Key")));
        gc_ws_accept_free(&a);
        say(w, accept, sizeof accept);
        say(w, at + 1, (uint32_t)strlen(at + 1));
    }
    say(w, w->script->frames, w->script->frames_len);
}

static void hear_frames(world *w) {
    static const char *const words[16] = {
        [1] = "text", [2] = "binary", [8] = "close", [9] = "ping", [10] = "pong"};
    uint8_t *at = w->in;
    uint32_t used, kept = w->in_len;
    gc_ws_event e;
    do {
        assert_int_equal(gc_ws_decode(&w->decoder, at, kept, &used, &kept, &e), 0);
        if (e.opcode == GC_WS_CLOSE) {
            char code[8];
            snprintf(code, sizeof code, "%u", e.close_code);
            note(w->heard, sizeof w->heard, "close", text_span(code));
        } else if (e.opcode != 0) {
            note(w->heard, sizeof w->heard, words[e.opcode], e.payload);
        }
        at += used;
    } while (e.opcode != 0);
    memmove(w->in, at, kept);
    w->in_len = kept;
}

static void on_server_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    world *w = handle->data;
    (void)suggested;
    *buf = uv_buf_init((char *)w->in + w->in_len, (unsigned)(sizeof w->in - w->in_len));
}

static void on_server_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    world *w = stream->data;
    (void)buf;
    if (n < 0) {
        note(w->heard, sizeof w->heard, "end", GC_SPAN(""));
        uv_read_stop(stream);
        look(w);
        return;
    }
    w->in_len += (uint32_t)n;
    if (!w->answered && !w->script->silent) {
        gc_http_request r;
        int32_t head = gc_http_parse(gc_span_of(w->in, w->in_len), &r);
        assert_true(head >= 0);
        if (head == 0) {
            return;
        }
        assert_span(gc_http_header_of(&r, "Sec-WebSocket-Version"), GC_SPAN("13"));
        assert_true(gc_http_has_token(&r, "Connection", "upgrade"));
        assert_true(gc_http_has_token(&r, "Upgrade", "websocket"));
        note(w->heard, sizeof w->heard, "get", r.path);
        note(w->heard, sizeof w->heard, "query", r.query);
        say_script(w, &r);
        w->answered = true;
        w->in_len -= (uint32_t)head;
        memmove(w->in, w->in + head, w->in_len);
        if (w->script->ends) {
            uv_shutdown_t *request = calloc(1, sizeof *request);
            uv_shutdown(request, stream, (uv_shutdown_cb)(void *)free);
        }
        if (w->script->deaf) {
            uv_read_stop(stream);
        }
    }
    if (w->answered) {
        hear_frames(w);
    }
    look(w);
}

static void on_connection(uv_stream_t *listener, int status) {
    world *w = listener->data;
    assert_int_equal(status, 0);
    uv_tcp_init(&w->loop, &w->accepted);
    w->accepted.data = w;
    w->has_accepted = true;
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&w->accepted), 0);
    uv_read_start((uv_stream_t *)&w->accepted, on_server_room, on_server_read);
}

/* --- the client ------------------------------------------------------------------------------- */

static void on_opened(void *context) {
    world *w = context;
    note(w->said, sizeof w->said, "opened", GC_SPAN(""));
    if (w->replies) {
        gc_ws_client_send(w->client, GC_SPAN("hello"));
    }
    look(w);
}

static void on_message(void *context, gc_span text) {
    world *w = context;
    note(w->said, sizeof w->said, "message", text);
    if (w->closes_at_message) {
        gc_ws_client_send(w->client, GC_SPAN("bye"));
        gc_ws_client_close(w->client);
        w->client = NULL;
    }
    look(w);
}

static void on_closed(void *context, const char *why) {
    world *w = context;
    note(w->said, sizeof w->said, "closed", text_span(why));
    w->client = NULL;
    look(w);
}

static const gc_ws_client_events events = {on_opened, on_message, on_closed};

/* --- both ------------------------------------------------------------------------------------- */

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int len = sizeof name;
    const uint8_t seed[32] = {9};
    patience_open(&w->loop, &w->patience);
    uv_tcp_init(&w->loop, &w->listener);
    w->listener.data = w;
    uv_tcp_bind(&w->listener, (struct sockaddr *)&name, 0);
    assert_int_equal(uv_listen((uv_stream_t *)&w->listener, 8, on_connection), 0);
    uv_tcp_getsockname(&w->listener, (struct sockaddr *)&name, &len);
    w->port = ntohs(name.sin_port);
    gc_drbg_init(&w->drbg, seed);
    gc_ws_group_open(&w->group, &w->loop, &w->drbg);
    gc_ws_decoder_init(&w->decoder, true, GC_MESSAGE_BYTES_MAX);
    *state = w;
    return 0;
}

static void open_client(world *w, const script *s) {
    char url[100];
    w->script = s;
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/a?b=c", w->port);
    w->client = gc_ws_client_open(&w->group, text_span(url), &events, w);
    assert_non_null(w->client);
}

/* Runs until one of the two logs has this text. */
static void await(world *w, const char *text) {
    w->until = text;
    patience_start(&w->patience, PATIENCE_MS);
    if (strstr(w->said, text) == NULL && strstr(w->heard, text) == NULL) {
        uv_run(&w->loop, UV_RUN_DEFAULT);
    }
    if (strstr(w->said, text) == NULL && strstr(w->heard, text) == NULL) {
        fail_msg("nobody said %s\nclient:\n%s\nserver:\n%s", text, w->said, w->heard);
    }
    w->until = NULL;
}

static int teardown(void **state) {
    world *w = *state;
    if (w->client != NULL) {
        gc_ws_client_close(w->client);
    }
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_close((uv_handle_t *)&w->listener, NULL);
    if (w->has_accepted) {
        uv_close((uv_handle_t *)&w->accepted, NULL);
    }
    for (int i = 0; i < 5000 && w->group.clients > 0; i++) {
        uv_run(&w->loop, UV_RUN_NOWAIT);
        usleep(1000);
    }
    gc_ws_group_close(&w->group);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    free(w);
    return 0;
}

#define BYTES(literal) .frames = (const uint8_t *)(literal), .frames_len = sizeof(literal) - 1

static void texts_pass_both_ways(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD, BYTES("\x81\x05salut\x89\x02hi\x82\x01x\x81\x00")};
    w->replies = true;
    open_client(w, &s);
    await(w, "pong hi");
    await(w, "message \n");
    assert_string_equal(w->said, "opened \nmessage salut\nmessage \n");
    assert_string_equal(w->heard, "get /a\nquery b=c\ntext hello\npong hi\n");
}

static void any_chunking_gives_the_same(void **state) {
    world *w = *state;
    static const script s = {
        .answer = GOOD,
        BYTES("\x01\x02sa\x89\x02hi\x00\x01l\x80\x02ut\x81\x02ok\x88\x02\x03\xe9"),
        .drips = true};
    open_client(w, &s);
    await(w, "closed");
    assert_string_equal(w->said, "opened \nmessage salut\nmessage ok\n"
                                 "closed the server closed the connection (1001)\n");
}

static void an_answer_of_no_websocket_is_refused(void **state) {
    world *w = *state;
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1/\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: $\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: $\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: $\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Accept: $\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\x15\x03\x01\x00\x02\x02\x0a",
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        script s = {.answer = answers[i]};
        w->said[0] = w->heard[0] = 0;
        w->in_len = 0;
        w->answered = false;
        open_client(w, &s);
        await(w, "closed the server");
        assert_null(strstr(w->said, "opened"));
        uv_close((uv_handle_t *)&w->accepted, NULL);
        w->has_accepted = false;
        uv_run(&w->loop, UV_RUN_NOWAIT);
    }
}

static void an_endless_head_is_cut_off(void **state) {
    world *w = *state;
    static char answer[GC_HEAD_BYTES_MAX + 100] = "HTTP/1.1 101 x\r\nA: ";
    memset(answer + 19, 'x', sizeof answer - 20);
    const script s = {.answer = answer};
    open_client(w, &s);
    await(w, "closed the server does not speak HTTP");
}

/* Each of these ends the connection with a code that the server hears. */
static void bad_frames_end_the_connection(void **state) {
    world *w = *state;
    static const struct {
        const uint8_t *frames;
        uint32_t frames_len;
        const char *code;
    } bad[] = {
        {BYTES("\x81\x82\x01\x02\x03\x04hi"), .code = "close 1002"}, /* masked */
        {BYTES("\xc1\x01x"), .code = "close 1002"},                  /* a reserved bit */
        {BYTES("\x83\x01x"), .code = "close 1002"},                  /* an unknown opcode */
        {BYTES("\x80\x01x"), .code = "close 1002"},                  /* a continuation of nothing */
        {BYTES("\x09\x01x"), .code = "close 1002"},                  /* a ping in fragments */
        {BYTES("\x88\x02\x03\xed"), .code = "close 1002"},           /* 1005 never travels */
        {BYTES("\x81\x01\xff"), .code = "close 1007"},
        {BYTES("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x01"), .code = "close 1009"},
        {BYTES("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"), .code = "close 1009"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        script s = {.answer = GOOD, .frames = bad[i].frames, .frames_len = bad[i].frames_len};
        w->said[0] = w->heard[0] = 0;
        w->in_len = 0;
        w->answered = false;
        open_client(w, &s);
        await(w, bad[i].code);
        await(w, "closed the server sent a malformed or too long message");
        uv_close((uv_handle_t *)&w->accepted, NULL);
        w->has_accepted = false;
        uv_run(&w->loop, UV_RUN_NOWAIT);
        gc_ws_decoder_init(&w->decoder, true, GC_MESSAGE_BYTES_MAX);
    }
}

/* 3,000 fragments of 25 bytes, and control frames between them. */
static void fragments_beyond_the_limit_are_refused(void **state) {
    world *w = *state;
    enum { PIECE = 27, COUNT = 3000 };
    static uint8_t frames[(PIECE + 2) * COUNT];
    uint32_t at = 0;
    for (int i = 0; i < COUNT; i++) {
        uint8_t *f = frames + at;
        memset(f, 'x', PIECE);
        f[0] = i == 0 ? 0x01 : 0x00;
        f[1] = PIECE - 2;
        f[PIECE] = 0x8a;
        f[PIECE + 1] = 0;
        at += PIECE + 2;
    }
    const script s = {.answer = GOOD, .frames = frames, .frames_len = at};
    open_client(w, &s);
    await(w, "close 1009");
    assert_null(strstr(w->said, "message x"));
}

static void the_longest_message_is_taken(void **state) {
    world *w = *state;
    static uint8_t frame[10 + GC_MESSAGE_BYTES_MAX] = {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0};
    memset(frame + 10, 'y', GC_MESSAGE_BYTES_MAX);
    const script s = {.answer = GOOD, .frames = frame, .frames_len = sizeof frame};
    open_client(w, &s);
    await(w, "message yyyy");
}

static void a_server_that_reads_nothing_loses_its_client(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD, .deaf = true};
    static uint8_t text[GC_MESSAGE_BYTES_MAX];
    memset(text, 'z', sizeof text);
    open_client(w, &s);
    await(w, "opened");
    /* The kernel takes some megabytes. */
    for (int i = 0; i < 1000 && w->client != NULL; i++) {
        gc_ws_client_send(w->client, gc_span_of(text, sizeof text));
        uv_run(&w->loop, UV_RUN_NOWAIT);
    }
    assert_non_null(strstr(w->said, "closed the server reads too slowly"));
}

static void a_silent_server_is_given_up(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD, .silent = true};
    w->group.handshake_ms = 50;
    open_client(w, &s);
    await(w, "closed the server did not answer in time");
}

static void the_end_of_the_server_is_reported_once(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD, BYTES("\x81\x02hi\x81\x7e"), .ends = true};
    open_client(w, &s);
    await(w, "closed");
    assert_string_equal(w->said, "opened \nmessage hi\nclosed the server ended the connection\n");
    uv_run(&w->loop, UV_RUN_NOWAIT);
    assert_null(strstr(strstr(w->said, "closed") + 1, "closed"));
}

static void what_was_sent_before_the_end_arrives(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD, BYTES("\x81\x02hi\x81\x03you")};
    w->closes_at_message = true;
    open_client(w, &s);
    await(w, "close 1000");
    assert_string_equal(w->heard, "get /a\nquery b=c\ntext bye\nclose 1000\n");
    assert_string_equal(w->said, "opened \nmessage hi\n");
}

static void a_bad_address_is_reported_by_the_loop(void **state) {
    world *w = *state;
    w->client = gc_ws_client_open(&w->group, GC_SPAN("http://127.0.0.1/"), &events, w);
    assert_non_null(w->client);
    assert_string_equal(w->said, "");
    gc_ws_client_send(w->client, GC_SPAN("dropped"));
    await(w, "closed this is not the address of a WebSocket");
}

static void a_refused_connection_is_reported(void **state) {
    world *w = *state;
    char url[100];
    uint32_t port = 0;
    int fd = gc_net_listen("127.0.0.1", &port, url, sizeof url);
    close(fd);
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", port);
    w->client = gc_ws_client_open(&w->group, text_span(url), &events, w);
    await(w, "closed no connection to 127.0.0.1: connection refused");
}

static void it_may_be_closed_at_any_time(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD, BYTES("\x81\x02hi")};
    for (int turns = 0; turns < 8; turns++) {
        w->in_len = 0;
        w->answered = false;
        open_client(w, &s);
        for (int turn = 0; turn < turns; turn++) {
            uv_run(&w->loop, UV_RUN_NOWAIT);
        }
        gc_ws_client_close(w->client);
        w->client = NULL;
        while (w->group.clients > 0) {
            uv_run(&w->loop, UV_RUN_ONCE);
            if (strstr(w->heard, "close") && w->has_accepted) {
                uv_close((uv_handle_t *)&w->accepted, NULL);
                w->has_accepted = false;
            }
        }
        if (w->has_accepted) {
            uv_close((uv_handle_t *)&w->accepted, NULL);
            w->has_accepted = false;
            uv_run(&w->loop, UV_RUN_NOWAIT);
        }
        w->heard[0] = 0;
        gc_ws_decoder_init(&w->decoder, true, GC_MESSAGE_BYTES_MAX);
    }
    assert_null(strstr(w->said, "closed"));
}

/* Whichever allocation fails, the client is not made or is reported closed. */
static void short_memory_is_an_end(void **state) {
    world *w = *state;
    static const script s = {.answer = GOOD};
    char url[100];
    w->script = &s;
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/", w->port);
    for (unsigned long k = 1; k <= 4; k++) {
        w->said[0] = 0;
        gc_alloc_fail_at(k);
        w->client = gc_ws_client_open(&w->group, text_span(url), &events, w);
        assert_true(w->client != NULL || k <= 2);
        if (w->client != NULL) {
            await(w, "closed");
        }
        gc_alloc_fail_at(0);
        if (w->has_accepted) {
            uv_close((uv_handle_t *)&w->accepted, NULL);
            w->has_accepted = false;
        }
        uv_run(&w->loop, UV_RUN_NOWAIT);
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    signal(SIGPIPE, SIG_IGN); /* as every program that uses it does */
    const struct CMUnitTest tests[] = {
        T(texts_pass_both_ways),
        T(any_chunking_gives_the_same),
        T(an_answer_of_no_websocket_is_refused),
        T(an_endless_head_is_cut_off),
        T(bad_frames_end_the_connection),
        T(fragments_beyond_the_limit_are_refused),
        T(the_longest_message_is_taken),
        T(a_server_that_reads_nothing_loses_its_client),
        T(a_silent_server_is_given_up),
        T(the_end_of_the_server_is_reported_once),
        T(what_was_sent_before_the_end_arrives),
        T(a_bad_address_is_reported_by_the_loop),
        T(a_refused_connection_is_reported),
        T(it_may_be_closed_at_any_time),
        T(short_memory_is_an_end),
    };
    return RUN(tests);
}
