/* Talk: what each frame of a link means, and which frame goes out next; which messages and fates of
 * conversations the user sees. Talk does not end links or peers: it reports what it heard
 * (gc_heard), and the owner draws the consequence. Nothing that goes out is built before it is
 * polled, so nothing can be lost half way. Source: ghostchat-protocol.7, "Link frames". */
#ifndef GC_CLIENT_TALK_H
#define GC_CLIENT_TALK_H

#include "core/proto/conversations.h"

/* The meaning of a frame that came on a link, for the link's owner. */
enum gc_heard {
    GC_HEARD_OK,
    GC_HEARD_BROKEN, /* the peer broke the protocol, or its budget: end the link */
    GC_HEARD_BYE,    /* the peer left: end it; its messages after a gap are still shown */
    GC_HEARD_FULL,   /* the same, because the peer has no place for us */
    GC_HEARD_CLOSED, /* the application of a stock peer closed its connection */
};

/* Takes a frame of a peer's open link l, which knows that something came. */
enum gc_heard gc__talk_hear(gc_conversations *t, const gc_step *s, gc_people *pp, uint32_t peer,
                            gc_link *l, uint8_t channel, gc_span message);

/* --- outputs: each fills *out and returns true, or returns false when there is nothing -------- */
/* Takes the next message or gap of a peer that was reported to the user. */
bool gc__talk_poll_show(gc_conversations *t, const gc_step *s, const gc_people *pp,
                        gc_client_output *out);
/* Takes what became of a message of ours. */
bool gc__talk_poll_fate(gc_conversations *t, const gc_step *s, gc_client_output *out);
/* Takes the next frame of a link that has room, control frames first. */
bool gc__talk_poll_frame(gc_conversations *t, const gc_step *s, gc_mesh *m, gc_client_output *out);
/* Takes the news that a text which was refused can be sent now. */
bool gc__talk_poll_sendable(gc_conversations *t, const gc_step *s, gc_client_output *out);

#endif
