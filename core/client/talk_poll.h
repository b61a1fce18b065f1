/* Talk, polled: what is shown and told of conversations, and the frames that go out on their links.
 * Nothing is built before it is polled, so nothing can be lost half way. Each function fills *out
 * and returns true, or returns false when there is nothing. */
#ifndef GC_CLIENT_TALK_POLL_H
#define GC_CLIENT_TALK_POLL_H

#include "core/client/talk.h"

/* Takes the next message or gap of a peer of whom the user was told. */
bool gc__talk_poll_show(gc_talk *t, const gc_step *s, const gc_people *pp, gc_client_output *out);
/* Takes what became of a message of ours. */
bool gc__talk_poll_fate(gc_talk *t, const gc_step *s, gc_client_output *out);
/* Takes the next frame of a link that has room, control frames first. */
bool gc__talk_poll_frame(gc_talk *t, const gc_step *s, gc_mesh *m, gc_client_output *out);
/* Takes the news that a text which was refused can be sent now. */
bool gc__talk_poll_sendable(gc_talk *t, const gc_step *s, gc_client_output *out);

#endif
