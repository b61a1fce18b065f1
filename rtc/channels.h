/* Channels: the data channels of one link over its SCTP association. Which ones there are is
 * decided by the kind of the link (gc_link_kind):
 *
 *   NATIVE   streams 0 (ordered) and 1 (unordered), agreed on beforehand (ghostchat-protocol(7))
 *   DATA     one channel that one side opens in band (DCEP), as stock PeerJS peers do
 *
 *   waiting --the association takes messages--------------> open --the last one is closed--> ended
 *      |                                                    ^ |
 *      +--DATA that the other side opens: its OPEN too------+ +--violation, many OPENs--> ended
 *
 * A channel that nobody asked for is closed; a side that goes on opening such ends the link. An
 * event is returned by the input that made it, so that there is nothing to drain.
 * Bounds: one channel that is open in band, and GC_CHANNELS_SURPLUS_MAX that are closed again.
 * Source: RFC 8831, RFC 8832. */
#ifndef GC_RTC_CHANNELS_H
#define GC_RTC_CHANNELS_H

#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/proto/client_output.h"
#include "core/proto/data_connection.h"
#include "rtc/dcep.h"
#include "rtc/sctp.h"

/* A peer of this program that does not know who answers opens one channel too many. */
#define GC_CHANNELS_SURPLUS_MAX 4
/* Streams of the negotiated channels: 0 and 1, GC_CHANNEL_CONTROL and GC_CHANNEL_MESSAGE. */
#define GC_CHANNELS_NATIVE          2
#define GC_CHANNELS_LABEL_BYTES_MAX GC_RTC_LABEL_BYTES_MAX
/* Of a longer message on an in-band channel so many bytes are given: one more than the core takes,
 * so that it sees that the message is too long. */
#define GC_CHANNELS_DATA_BYTES_MAX (GC_DATA_BYTES_MAX + 1)

typedef struct gc_channels {
    uint32_t message_bytes_max; /* of a negotiated channel */
    uint32_t surplus;
    uint32_t resets; /* our directions that are being closed */
    uint16_t stream; /* of the in-band channel, if `adopted` */
    uint8_t kind;    /* gc_link_kind */
    bool client;     /* our side is the DTLS client: its streams are even (RFC 8832 6) */
    bool opens;      /* our side opens the in-band channel */
    bool adopted;    /* the in-band channel has its stream */
    bool answered; /* the other side has sent a message on the in-band channel: its ACK, perhaps */
    gc_dcep_form form; /* of the in-band channel */
    bool open;         /* messages may be sent */
    uint8_t closed_in; /* bits: negotiated channels that the other side closed */
    uint8_t label_len;
    uint8_t label[GC_CHANNELS_LABEL_BYTES_MAX];
} gc_channels;

enum gc_channels_event_type {
    GC_CHANNELS_EVENT_NONE = 0,
    GC_CHANNELS_EVENT_OPENED,
    GC_CHANNELS_EVENT_MESSAGE, /* channel, bytes (borrowed from the input) */
    GC_CHANNELS_EVENT_ENDED,   /* reason */
};

typedef struct gc_channels_event {
    uint32_t type; /* gc_channels_event_type */
    uint32_t channel;
    uint32_t reason;
    gc_span bytes;
} gc_channels_event;

/* Starts waiting. kind: NATIVE or DATA, or EITHER until gc_channels_settle(). message_bytes_max:
 * the longest message that is taken on a negotiated channel; a longer one ends the link. */
void gc_channels_init(gc_channels *c, uint32_t kind, uint32_t message_bytes_max);
/* Notes that our side opens the in-band channel, should the kind come to have one. label: at most
 * GC_CHANNELS_LABEL_BYTES_MAX (asserted), copied. Before gc_channels_up(). */
void gc_channels_offer(gc_channels *c, gc_span label);
/* Sets the form of the in-band channel that our side opens, which is copied; without this call each
 * message is sent until it comes, in order. Before gc_channels_up(). */
void gc_channels_shape(gc_channels *c, const gc_dcep_form *form);
/* Sets the kind: NATIVE or DATA (asserted). Before gc_channels_up(). */
void gc_channels_settle(gc_channels *c, uint32_t kind);

/* Takes the report that the association takes messages (gc_sctp_connect()): opens the channels, or
 * sends the OPEN of one. client: whether our side is the DTLS client. now_ms: monotonic, here and
 * below. Returns OPENED; NONE when the other side opens the channel; ENDED (GC_REASON_GONE) when
 * the association did not take the OPEN. */
gc_channels_event gc_channels_up(gc_channels *c, gc_sctp *sctp, uint64_t now_ms, bool client);
/* Takes one message of the association, borrowed for the call, and answers it if it is an OPEN.
 * Returns MESSAGE, whose bytes are borrowed from m; OPENED; NONE; or ENDED: GC_REASON_PROTOCOL (a
 * message that no such channel carries, a channel too many) or GC_REASON_GONE (as above). */
gc_channels_event gc_channels_message(gc_channels *c, gc_sctp *sctp, uint64_t now_ms,
                                      const gc_sctp_message *m);
/* Takes the report that the other side closed its direction of a stream. Returns ENDED with the
 * last channel: GC_REASON_GONE of negotiated ones, GC_REASON_LEFT of the in-band one; else NONE. */
gc_channels_event gc_channels_reset_in(gc_channels *c, uint16_t stream);
/* Takes the report that our direction of one of the streams is closed. */
void gc_channels_reset_out(gc_channels *c);

/* Sends one message, which is copied. channel: a stream of the negotiated channels, or
 * GC_CHANNEL_DATA_BYTES or _TEXT. An empty message is one zero byte of its own kind (RFC 8831 6.6).
 * Returns 0, or an error, and then nothing has changed:
 *   GC_E_ARGUMENT  there is no such channel on a link of this kind
 *   GC_E_STATE     it is not open
 *   others         those of gc_sctp_send() */
int gc_channels_send(gc_channels *c, gc_sctp *sctp, uint64_t now_ms, uint32_t channel,
                     gc_span message);
/* Closes our direction of all channels: what was sent goes out first. Nothing can be sent from now
 * on. */
void gc_channels_close(gc_channels *c, gc_sctp *sctp, uint64_t now_ms);
/* Returns true when all that gc_channels_close() closes is closed. */
bool gc_channels_closed(const gc_channels *c);

#endif
