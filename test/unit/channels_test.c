#include "rtc/channels.h"
#include "core/base/error.h"
#include "core/wire/frame.h"
#include "test/unit/unit.h"

/* Two associations that are joined without loss, each below the channels under test. */
typedef struct side {
    gc_sctp *sctp;
    gc_sctp_pool *pool;
    gc_drbg drbg;
    void *memory;
    gc_channels channels;
    bool up;
    bool raw; /* what comes is not given to the channels */
    uint32_t opened, messages, ended, reason, channel, resets_in;
    uint32_t ppid; /* of the last message */
    bool unordered;
    uint8_t bytes[GC_CHANNELS_DATA_BYTES_MAX + 1];
    uint32_t len;
} side;

static side sides[2];
static uint64_t now_ms;

static void place(side *s, uint8_t seed) {
    gc_arena a;
    *s = (side){.sctp = calloc(1, sizeof *s->sctp), .pool = calloc(1, sizeof *s->pool)};
    uint8_t bytes[32] = {seed};
    gc_drbg_init(&s->drbg, bytes);
    gc_arena_measure(&a);
    gc_sctp_pool_init(s->pool, &a, &s->drbg, 4096);
    gc_sctp_place(s->sctp, s->pool, &a);
    size_t size = a.at;
    s->memory = aligned_alloc(16, (size + 15) / 16 * 16);
    assert_non_null(s->memory);
    gc_arena_init(&a, s->memory, size);
    gc_sctp_pool_init(s->pool, &a, &s->drbg, 4096);
    gc_sctp_place(s->sctp, s->pool, &a);
    gc_sctp_begin(s->sctp,
                  &(gc_sctp_config){.packet_bytes = GC_SCTP_PACKET_BYTES,
                                    .window_bytes = 3 * GC_SCTP_MESSAGE_BYTES_MAX,
                                    .queue_bytes = 3 * GC_SCTP_MESSAGE_BYTES_MAX},
                  now_ms);
}

static void take_event(side *s, gc_channels_event event) {
    s->opened += event.type == GC_CHANNELS_EVENT_OPENED;
    if (event.type == GC_CHANNELS_EVENT_MESSAGE) {
        s->messages++;
        s->channel = event.channel;
        s->len = event.bytes.len;
        assert_true(event.bytes.len <= sizeof s->bytes);
        if (event.bytes.len > 0) {
            memcpy(s->bytes, event.bytes.data, event.bytes.len);
        }
    } else if (event.type == GC_CHANNELS_EVENT_ENDED) {
        s->ended++;
        s->reason = event.reason;
    }
}

static void take(side *s, side *other, const gc_sctp_output *out) {
    switch (out->kind) {
    case GC_SCTP_PACKET:
        gc_sctp_packet(other->sctp, now_ms, out->bytes);
        break;
    case GC_SCTP_UP:
        s->up = true;
        if (!s->raw) {
            take_event(s, gc_channels_up(&s->channels, s->sctp, now_ms, s == &sides[0]));
        }
        break;
    case GC_SCTP_MESSAGE:
        s->ppid = out->message.ppid;
        s->unordered = out->message.unordered;
        if (!s->raw) {
            take_event(s, gc_channels_message(&s->channels, s->sctp, now_ms, &out->message));
        } else {
            s->messages++;
        }
        break;
    case GC_SCTP_RESET_IN:
        s->resets_in++;
        if (!s->raw) {
            take_event(s, gc_channels_reset_in(&s->channels, out->message.stream));
        }
        break;
    case GC_SCTP_RESET_OUT:
        gc_channels_reset_out(&s->channels);
        break;
    default:
        break;
    }
}

/* Everything until nothing happens for a second. */
static void settle(void) {
    for (uint32_t n = 0; n < 200; n++) {
        gc_sctp_output out;
        bool some = true;
        while (some) {
            some = false;
            for (int i = 0; i < 2; i++) {
                while (gc_sctp_poll(sides[i].sctp, &out)) {
                    some = true;
                    take(&sides[i], &sides[!i], &out);
                }
            }
        }
        now_ms += 5;
        gc_sctp_tick(sides[0].sctp, now_ms);
        gc_sctp_tick(sides[1].sctp, now_ms);
    }
}

static void end(void) {
    for (int i = 0; i < 2; i++) {
        gc_sctp_end(sides[i].sctp);
        free(sides[i].memory);
        free(sides[i].pool);
        free(sides[i].sctp);
    }
}

/* Side 0 is the DTLS client. */
static void prepare(uint32_t kind0, uint32_t kind1) {
    now_ms = 1000;
    place(&sides[0], 1);
    place(&sides[1], 2);
    gc_channels_init(&sides[0].channels, kind0, 1000);
    gc_channels_init(&sides[1].channels, kind1, 1000);
}

static void connect_sides(void) {
    gc_sctp_connect(sides[0].sctp, now_ms);
    gc_sctp_connect(sides[1].sctp, now_ms);
    settle();
    assert_true(sides[0].up && sides[1].up);
}

static int put(uint32_t i, uint32_t channel, gc_span bytes) {
    int error = gc_channels_send(&sides[i].channels, sides[i].sctp, now_ms, channel, bytes);
    settle();
    return error;
}

/* A message of the other side as no side of ours would send it. */
static void inject(uint32_t i, uint16_t stream, uint32_t ppid, gc_span bytes) {
    gc_sctp_message m = {.bytes = bytes, .ppid = ppid, .stream = stream};
    assert_int_equal(gc_sctp_send(sides[i].sctp, now_ms, &m), 0);
    settle();
}

static void two_negotiated_channels(void **state) {
    (void)state;
    prepare(GC_LINK_KIND_NATIVE, GC_LINK_KIND_NATIVE);
    assert_int_equal(put(0, 0, GC_SPAN("x")), GC_E_STATE);
    connect_sides();
    assert_int_equal(sides[0].opened, 1);
    assert_int_equal(sides[1].opened, 1);
    assert_int_equal(put(0, 0, GC_SPAN("one")), 0);
    assert_int_equal(sides[1].channel, 0);
    assert_false(sides[1].unordered);
    assert_int_equal(sides[1].ppid, GC_PPID_BINARY);
    assert_int_equal(put(0, 1, GC_SPAN_NONE), 0);
    assert_int_equal(sides[1].channel, 1);
    assert_true(sides[1].unordered);
    assert_int_equal(sides[1].ppid, GC_PPID_BINARY_EMPTY);
    assert_int_equal(sides[1].len, 0);
    assert_int_equal(put(0, 2, GC_SPAN("x")), GC_E_ARGUMENT);
    assert_int_equal(put(0, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")), GC_E_ARGUMENT);
    end();
}

static void messages_that_nobody_may_send(void **state) {
    (void)state;
    static const uint8_t large[1001];
    const struct {
        uint16_t stream;
        uint32_t ppid;
        gc_span bytes;
        bool ends;
    } cases[] = {
        {1, GC_PPID_BINARY, {large, 1000}, false},
        {1, GC_PPID_BINARY, {large, 1001}, true},
        {0, GC_PPID_TEXT, {large, 1}, true},
        {0, GC_PPID_TEXT_EMPTY, {large, 1}, true},
        {1, 52, {large, 1}, true},
        {1, 0, {large, 1}, true},
        {0, GC_PPID_DCEP, {large, 1}, true},
        {5, GC_PPID_BINARY, {large, 1}, false},
        {5, GC_PPID_DCEP, {large, 1}, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        prepare(GC_LINK_KIND_NATIVE, GC_LINK_KIND_NATIVE);
        connect_sides();
        inject(0, cases[i].stream, cases[i].ppid, cases[i].bytes);
        assert_int_equal(sides[1].ended, cases[i].ends);
        assert_int_equal(sides[1].reason, cases[i].ends ? GC_REASON_PROTOCOL : 0);
        end();
    }
}

static gc_span open_message(bool ordered, uint8_t out[64]) {
    gc_writer w;
    gc_writer_init(&w, out, 64);
    gc_dcep_write_open(&(gc_dcep_open){.form.unordered = !ordered, .label = GC_SPAN("dc")}, &w);
    return gc_writer_done(&w);
}

static void channels_too_many_are_closed(void **state) {
    (void)state;
    uint8_t bytes[64];
    prepare(GC_LINK_KIND_NATIVE, GC_LINK_KIND_NATIVE);
    connect_sides();
    sides[0].raw = true;
    for (uint16_t n = 1; n <= GC_CHANNELS_SURPLUS_MAX; n++) {
        inject(0, (uint16_t)(2 * n), GC_PPID_DCEP, open_message(true, bytes));
        assert_int_equal(sides[0].resets_in, n);
        assert_int_equal(sides[1].ended, 0);
        /* the other side closes in return: this is not answered once more */
        gc_sctp_reset(sides[0].sctp, now_ms, (uint16_t)(2 * n));
        settle();
        assert_int_equal(sides[0].resets_in, n);
    }
    assert_true(sides[1].channels.resets == 0);
    inject(0, 100, GC_PPID_DCEP, open_message(true, bytes));
    assert_int_equal(sides[1].ended, 1);
    assert_int_equal(sides[1].reason, GC_REASON_PROTOCOL);
    end();
}

/* Channels that both sides agreed on are there: who opens one of them breaks the protocol. */
static void nobody_opens_a_negotiated_channel(void **state) {
    (void)state;
    uint8_t bytes[64];
    for (uint16_t stream = 0; stream < GC_CHANNELS_NATIVE; stream++) {
        prepare(GC_LINK_KIND_NATIVE, GC_LINK_KIND_NATIVE);
        connect_sides();
        sides[0].raw = true;
        inject(0, stream, GC_PPID_DCEP, open_message(true, bytes));
        assert_int_equal(sides[1].ended, 1);
        assert_int_equal(sides[1].reason, GC_REASON_PROTOCOL);
        end();
    }
}

static void an_in_band_channel(void **state) {
    (void)state;
    for (uint32_t opener = 0; opener < 2; opener++) {
        prepare(GC_LINK_KIND_DATA, GC_LINK_KIND_DATA);
        gc_channels_init(&sides[opener].channels, GC_LINK_KIND_EITHER, 1000);
        gc_channels_offer(&sides[opener].channels, GC_SPAN("dc_label"));
        gc_channels_settle(&sides[opener].channels, GC_LINK_KIND_DATA);
        connect_sides();
        assert_int_equal(sides[0].opened, 1);
        assert_int_equal(sides[1].opened, 1);
        assert_int_equal(sides[0].channels.stream, opener == 0 ? 0 : 1); /* even: the client's */
        assert_int_equal(sides[1].channels.stream, sides[0].channels.stream);

        for (uint32_t i = 0; i < 2; i++) {
            assert_int_equal(put(i, GC_CHANNEL_DATA_TEXT, GC_SPAN("text")), 0);
            assert_int_equal(sides[!i].channel, GC_CHANNEL_DATA_TEXT);
            assert_int_equal(put(i, GC_CHANNEL_DATA_TEXT, GC_SPAN_NONE), 0);
            assert_int_equal(sides[!i].ppid, GC_PPID_TEXT_EMPTY);
            assert_int_equal(sides[!i].len, 0);
            assert_int_equal(put(i, GC_CHANNEL_DATA_BYTES, GC_SPAN("bytes")), 0);
            assert_int_equal(sides[!i].channel, GC_CHANNEL_DATA_BYTES);
            assert_int_equal(put(i, GC_CHANNEL_MESSAGE, GC_SPAN("x")), GC_E_ARGUMENT);
        }
        end();
    }
}

static void longer_messages_in_band_are_cut(void **state) {
    (void)state;
    static uint8_t bytes[100000];
    prepare(GC_LINK_KIND_DATA, GC_LINK_KIND_DATA);
    gc_channels_offer(&sides[0].channels, GC_SPAN_NONE);
    connect_sides();
    assert_int_equal(put(0, GC_CHANNEL_DATA_BYTES, gc_span_of(bytes, sizeof bytes)), 0);
    assert_int_equal(sides[1].len, GC_CHANNELS_DATA_BYTES_MAX);
    assert_int_equal(sides[1].ended, 0);
    end();
}

static void an_unordered_one_is_used_as_such(void **state) {
    (void)state;
    uint8_t bytes[64];
    prepare(GC_LINK_KIND_DATA, GC_LINK_KIND_DATA);
    connect_sides();
    sides[1].raw = true;
    inject(1, 1, GC_PPID_DCEP, open_message(false, bytes));
    assert_int_equal(sides[0].opened, 1);
    assert_int_equal(sides[1].ppid, GC_PPID_DCEP); /* ACK */
    assert_int_equal(put(0, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")), 0);
    assert_true(sides[1].unordered);
    inject(1, 1, GC_PPID_DCEP, open_message(false, bytes)); /* a second time: one too many */
    assert_int_equal(sides[0].channels.surplus, 1);
    end();
}

/* What a message sent on an in-band channel says of its limits. */
static void expect_limits(const gc_channels *c, uint32_t tries_max, uint64_t lifetime_ms) {
    side *s = c == &sides[0].channels ? &sides[0] : &sides[1];
    uint64_t at_ms = now_ms;
    assert_int_equal(
        gc_channels_send(&s->channels, s->sctp, now_ms, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")), 0);
    const gc_sctp_block *b = &s->pool->blocks[s->sctp->out.unsent.list.last];
    assert_int_equal(b->tries_max, tries_max);
    assert_int_equal(b->dies_ms, lifetime_ms == 0 ? 0 : at_ms + lifetime_ms);
}

static const struct {
    uint8_t type;
    gc_dcep_form form;
    uint32_t tries_max;
    uint32_t lifetime_ms;
} forms[] = {{0x00, {false, GC_DCEP_RELIABLE, 0}, 0, 0},
             {0x80, {true, GC_DCEP_RELIABLE, 0}, 0, 0},
             {0x01, {false, GC_DCEP_RETRANSMITS, 0}, 1, 0},
             {0x81, {true, GC_DCEP_RETRANSMITS, 3}, 4, 0},
             {0x01, {false, GC_DCEP_RETRANSMITS, UINT32_MAX}, 0, 0},
             {0x02, {false, GC_DCEP_LIFETIME_MS, 700}, 0, 700},
             {0x82, {true, GC_DCEP_LIFETIME_MS, 0}, 0, 1}};

static void the_form_of_a_channel_of_the_other_side_is_kept(void **state) {
    (void)state;
    for (uint32_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        uint8_t bytes[64];
        gc_writer w;
        gc_writer_init(&w, bytes, sizeof bytes);
        gc_dcep_write_open(&(gc_dcep_open){.form = forms[i].form}, &w);
        assert_int_equal(bytes[1], forms[i].type);
        prepare(GC_LINK_KIND_DATA, GC_LINK_KIND_DATA);
        connect_sides();
        sides[1].raw = true;
        inject(1, 1, GC_PPID_DCEP, gc_writer_done(&w));
        assert_int_equal(sides[0].opened, 1);
        expect_limits(&sides[0].channels, forms[i].tries_max, forms[i].lifetime_ms);
        end();
    }
}

/* RFC 8832 6: in order until the first answer, whatever the channel is. */
static void the_form_of_our_channel_is_told(void **state) {
    (void)state;
    for (uint32_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        prepare(GC_LINK_KIND_DATA, GC_LINK_KIND_DATA);
        gc_channels_offer(&sides[0].channels, GC_SPAN_NONE);
        gc_channels_shape(&sides[0].channels, &forms[i].form);
        sides[1].raw = true;
        connect_sides();
        assert_int_equal(sides[1].ppid, GC_PPID_DCEP);
        assert_false(sides[1].unordered); /* DCEP itself */
        assert_int_equal(put(0, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")), 0);
        assert_false(sides[1].unordered);
        inject(1, 0, GC_PPID_DCEP, GC_SPAN("\x02"));
        assert_int_equal(put(0, GC_CHANNEL_DATA_TEXT, GC_SPAN("x")), 0);
        assert_int_equal(sides[1].unordered, forms[i].form.unordered);
        expect_limits(&sides[0].channels, forms[i].tries_max, forms[i].lifetime_ms);
        end();
    }
}

static void a_stream_of_the_wrong_side_is_closed(void **state) {
    (void)state;
    uint8_t bytes[64];
    prepare(GC_LINK_KIND_DATA, GC_LINK_KIND_DATA);
    connect_sides();
    sides[1].raw = true;
    inject(1, 2, GC_PPID_DCEP, open_message(true, bytes)); /* even ones are of side 0 */
    assert_int_equal(sides[0].opened, 0);
    assert_int_equal(sides[1].resets_in, 1);
    end();
}

static void the_end_of_each_kind(void **state) {
    (void)state;
    for (uint32_t data = 0; data < 2; data++) {
        uint32_t kind = data ? GC_LINK_KIND_DATA : GC_LINK_KIND_NATIVE;
        prepare(kind, kind);
        gc_channels_offer(&sides[0].channels, GC_SPAN_NONE);
        connect_sides();
        uint32_t channel = data ? GC_CHANNEL_DATA_BYTES : GC_CHANNEL_MESSAGE;
        gc_channels_send(&sides[0].channels, sides[0].sctp, now_ms, channel, GC_SPAN("last"));
        gc_channels_close(&sides[0].channels, sides[0].sctp, now_ms);
        assert_false(gc_channels_closed(&sides[0].channels));
        assert_int_equal(
            gc_channels_send(&sides[0].channels, sides[0].sctp, now_ms, channel, GC_SPAN("late")),
            GC_E_STATE);
        settle();
        assert_true(gc_channels_closed(&sides[0].channels));
        assert_int_equal(sides[1].messages, 1);
        assert_int_equal(sides[1].ended, 1);
        assert_int_equal(sides[1].reason, data ? GC_REASON_LEFT : GC_REASON_GONE);
        end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_negotiated_channels),
        cmocka_unit_test(messages_that_nobody_may_send),
        cmocka_unit_test(channels_too_many_are_closed),
        cmocka_unit_test(nobody_opens_a_negotiated_channel),
        cmocka_unit_test(an_in_band_channel),
        cmocka_unit_test(longer_messages_in_band_are_cut),
        cmocka_unit_test(an_unordered_one_is_used_as_such),
        cmocka_unit_test(the_form_of_a_channel_of_the_other_side_is_kept),
        cmocka_unit_test(the_form_of_our_channel_is_told),
        cmocka_unit_test(a_stream_of_the_wrong_side_is_closed),
        cmocka_unit_test(the_end_of_each_kind),
    };
    return RUN(tests);
}
