/* Dialogues with one gc_client as tables of steps: what is put in, and all that comes out, each
 * output as one line of words. The client is real, its server, transport and user are the table.
 * gc_client_check() runs after every step. Times are ms since the start of the script.
 *
 * Ids of strangers begin with '0' (smaller than any id of ours) or '~' (larger). In texts
 * %DIAL0% ... %DIAL9% stand for the dial of the link in that slot, %ID% for our own id. */
#ifndef GC_TEST_CLIENT_SCRIPT_H
#define GC_TEST_CLIENT_SCRIPT_H

#include "core/base/assert.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/wire/frame.h"
#include "host/crypto.h"
#include "test/unit/client_inside.h"
#include "test/unit/unit.h"

#define SCRIPT_LINES_MAX 262144

typedef struct script {
    gc_client *c;
    uint64_t now;
    char lines[SCRIPT_LINES_MAX]; /* outputs of the last step, one a line */
    size_t len;
    char ws[2000];     /* last URL */
    char signal[1024]; /* the beginning of the last message to the server */
    bool no_acks;      /* leave ACK frames out of the lines */
    bool throws;       /* the transport refuses what goes to stock peers: nothing is reported */
    uint32_t sent_on[GC_LINKS_MAX]; /* by slot: 1 + link of a stock peer that got frames; or 0 */
} script;

#define COFFEE "29935b41b9a63fe8f9dd6864f4193aa7" /* tag of the open room "coffee" */
#define SERVER "https://chat.example/base"

extern const uint8_t peer_session[GC_SESSION_BYTES];
extern const gc_client_options script_options; /* SERVER, and the nick Ann */

/* --- driving ---------------------------------------------------------------------------------- */

/* Polls all outputs into the lines, reporting as the page does after each drain what is buffered
 * towards stock peers. */
void drain(script *s);
/* The lines of the last step are these, each ending with a newline. */
void expect(script *s, const char *lines);
/* An input that must succeed: checks its result and drains. */
void put(script *s, int result);
/* A client that has not joined anything, at 1,000 ms. The caller frees it by script_free(). */
script *script_new(void);
void script_free(script *s);
/* Writes `text` to `out`, the placeholders replaced. */
gc_span expand(script *s, const char *text, char *out, size_t size);
/* A message at our own socket; placeholders are replaced. */
void server_says(script *s, const char *text);
/* The number of the link that has this slot now. */
uint32_t link_of(script *s, uint32_t slot);
/* The transport has our description, a candidate (`found`), an open channel, or an end. */
void described(script *s, uint32_t slot);
void found(script *s, uint32_t slot, const char *candidate);
void opened(script *s, uint32_t slot);
void transport_ended(script *s, uint32_t slot, uint32_t reason);
/* A frame of the peer on the link in `slot`; returns what the client said to it. */
int give_frame(script *s, uint32_t slot, const gc_frame *f);
/* The same, which must be taken. */
void frame(script *s, uint32_t slot, const gc_frame *f);
/* START of a peer called Bob that knows our session. */
gc_frame start_of_peer(script *s, uint64_t base, uint64_t ack);
void peer_starts(script *s, uint32_t slot, uint64_t base, uint64_t ack);
void peer_sends(script *s, uint32_t slot, uint64_t seq, const char *text);
void peer_acks(script *s, uint32_t slot, uint64_t ack);
/* The user sends a text, which becomes number `seq`. */
void user_sends(script *s, const char *text, uint64_t seq);
/* Lets time pass up to `ms` from now, waking at each deadline as a host does. All outputs of the
 * way stand in the lines afterwards. */
void pass(script *s, uint64_t ms);

/* --- ways to get somewhere -------------------------------------------------------------------- */

/* In the room "coffee", the server having named these members (a JSON array). */
void enter_coffee(script *s, const char *members);
/* Again after the socket was lost. */
void enter_again(script *s, const char *members);
/* An OFFER of a member of coffee. dial: 22 characters of base64url. */
void offer_from(script *s, const char *id, const char *dial);
/* An ANSWER to our dial in `slot`. */
void answer_from(script *s, const char *id, uint32_t slot);
/* GC-JOINED and GC-LEFT of coffee. */
void joined(script *s, const char *id);
void left(script *s, const char *id);
/* In coffee with one open link, in slot 0, to the member `id`, who is peer 0. */
void meet(script *s, const char *id);
/* A new client that has met `id`. */
script *script_met(const char *id);

#endif
