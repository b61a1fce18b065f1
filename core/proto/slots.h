/* Slots: how the members of a room find one another on a server that knows no rooms, such as a
 * stock PeerServer. The slots are four ids that only those who have the room's secret can name. The
 * member that registers a slot is its holder and tells others who is there.
 *
 *   off --start--> registering slot 0 --OPEN--> holder
 *                                                  | back, and ID-TAKEN there
 *                                                  v
 *   registering slot i --ID-TAKEN, ERROR, 5 s--> knocking --answer--> member
 *      ^      ^                                  |  |  ^                | |
 *      |      '-- no answer: i + 1; the home: 0 -'  |  '-- asks again --' |
 *      |                    after slot 3 |          |                     |
 *      '------------ waiting <-----------+----------'---- home is gone ---'
 *
 * stop leads from each to off.
 *
 * A member's home is the holder that answered it. It knocks there again from time to time. A holder
 * knocks at the other slots, often after a change, so that two halves that met apart become one.
 * Every knock names those that the knocker is linked with; so does every answer. The noun decides
 * when and where; core/client/slot_room.c writes the messages, because the client knows the
 * members. Source: ghostchat-protocol.7, "Rooms without the additions". */
#ifndef GC_PROTO_SLOTS_H
#define GC_PROTO_SLOTS_H

#include "core/base/crypto.h"
#include "core/proto/signaling_client.h"
#include "core/proto/slot_text.h"

/* An answer takes two round trips of a signaling server at most; a holder that is slower is asked
 * again later by everybody's next knock. */
#define GC_SLOT_ANSWER_MS   2000
#define GC_SLOT_REGISTER_MS 5000
/* After all slots were silent. A holder that crashed blocks its slot for 60 to 90 s. */
#define GC_SLOT_REST_MS     3000
#define GC_SLOT_HOME_MS     5000  /* a home that is not linked with us by then is asked again */
#define GC_SLOT_HANDOVER_MS 1000  /* the home is gone: all others come, not all at once */
#define GC_SLOT_RETURN_MS   3000  /* a server that restarted is not knocked at by all at once */
#define GC_SLOT_PROBE_MS    5000  /* a holder knocks at the others at this interval ... */
#define GC_SLOT_RESTLESS_MS 60000 /* ... this long after a change, then at half to all of */
#define GC_SLOT_CALM_MS     120000
#define GC_SLOT_PUSH_MS     500 /* changes are sent together */

enum gc_slots_step {
    GC_SLOTS_OFF,
    GC_SLOTS_WAITING,
    GC_SLOTS_REGISTERING,
    GC_SLOTS_KNOCKING,
    GC_SLOTS_MEMBER,
    GC_SLOTS_HOLDER,
};

typedef struct gc_slots {
    uint8_t step;      /* gc_slots_step */
    uint8_t at;        /* slot that is tried, held, or where the home is */
    uint8_t knock_due; /* bits: slots at which to knock with `nonce` */
    bool push_due;     /* tell all linked members who is here */
    bool again;        /* knocking at our present home */
    bool home_open;    /* the home was linked with us */
    bool exhausted;    /* all slots were silent at least once, and nothing else happened since */
    uint32_t reason;   /* why the server refused the last slot; 0 */
    uint64_t at_ms;    /* when the step ends; holder: next probe */
    uint64_t push_ms;  /* GC_NEVER when no change is to be sent */
    uint64_t change_ms;
    uint8_t nonce[GC_NONCE_BYTES];
    uint8_t key[GC_SLOT_KEY_BYTES]; /* of proofs */
    uint8_t ids[GC_SLOTS_MAX][GC_SLOT_ID_CHARS];
    uint8_t home[GC_ID_BYTES_MAX]; /* own id of the holder that answered */
    uint32_t home_len;
    gc_signaling_client signaling; /* the socket of a slot */
} gc_slots;

/* Derives the ids and the key from the room's secret: off. Returns 0 or GC_E_CRYPTO. */
int gc_slots_init(gc_slots *s, const gc_crypto *crypto, const uint8_t secret[GC_SECRET_BYTES]);
/* Returns to the state before init: off, and no secret of a room is in it. */
void gc_slots_wipe(gc_slots *s);
/* Begins, or goes on, because our own socket is on (again) at a server without rooms. own: our own
 * socket, which says where to go; copied. q takes the outputs, d gives the randomness, now_ms is
 * monotonic, here and below. */
void gc_slots_start(gc_slots *s, const gc_signaling_client *own, gc_output_queue *q, gc_drbg *d,
                    uint64_t now_ms);
/* Ends the search for others: off. bye: the slot is given back to the server at once. */
void gc_slots_stop(gc_slots *s, gc_output_queue *q, bool bye);
/* Returns the socket of the slot, for what its host reports; valid as long as s. */
gc_signaling_client *gc_slots_line(gc_slots *s);

/* --- what the owner does after each input, whatever it was; neither waits for the deadline ---- */
/* Takes the slots at which to knock with `nonce` now, a bit for each. */
uint32_t gc_slots_take_knocks(gc_slots *s);
/* Takes the duty to tell all members who is here: returns whether it was there. */
bool gc_slots_take_push(gc_slots *s);

/* --- what came -------------------------------------------------------------------------------- */
/* Notes that the slot's socket is on, by OPEN or by our echo after a take-over. Returns true when
 * we hold the slot now and did not before. Knocks are due then. */
bool gc_slots_open(gc_slots *s, gc_drbg *d, uint64_t now_ms);
/* Takes ID-TAKEN or ERROR: somebody else has the slot, or nobody can. reason: gc_reason. */
void gc_slots_refused(gc_slots *s, gc_output_queue *q, gc_drbg *d, uint32_t reason,
                      uint64_t now_ms);
/* Takes an answer with this nonce from this peer (1..GC_ID_BYTES_MAX bytes), whose proof is right.
 * Returns true when we asked for it. */
bool gc_slots_answered(gc_slots *s, gc_drbg *d, const uint8_t nonce[GC_NONCE_BYTES], gc_span from,
                       uint64_t now_ms);
/* Notes whether our home is linked with us now; when it was and is not any more, another is looked
 * for. */
void gc_slots_home(gc_slots *s, gc_drbg *d, bool open, uint64_t now_ms);
/* Notes that the server has nobody under this id: if that is our home, and not linked with us,
 * another is looked for. */
void gc_slots_absent(gc_slots *s, gc_drbg *d, gc_span id, uint64_t now_ms);
/* Notes that a link to a member opened or ended. */
void gc_slots_changed(gc_slots *s, uint64_t now_ms);
/* Carries out what is due at now_ms. */
void gc_slots_tick(gc_slots *s, gc_output_queue *q, gc_drbg *d, uint64_t now_ms);
/* Returns when to tick next; GC_NEVER when off. */
uint64_t gc_slots_deadline(const gc_slots *s);

/* Puts the proof of a slot message from one id to another into m->proof. Returns 0 or GC_E_CRYPTO.
 */
int gc_slots_prove(const gc_slots *s, const gc_crypto *crypto, gc_span from, gc_span to,
                   gc_slot_message *m);
/* Tells whether the proof of a slot message that came is right. */
bool gc_slots_is_proved(const gc_slots *s, const gc_crypto *crypto, const gc_slot_message *m,
                        gc_span from, gc_span to);
/* Makes the proof of an OFFER between two members. Returns false where none is needed, because the
 * server has rooms. */
bool gc_slots_prove_offer(const gc_slots *s, const gc_crypto *crypto, gc_span from, gc_span to,
                          const uint8_t dial[GC_DIAL_BYTES], uint8_t proof[GC_PROOF_BYTES]);

/* Returns the id of a slot (0..GC_SLOTS_MAX-1), valid until wiped. */
gc_span gc_slots_id(const gc_slots *s, uint32_t slot);
/* Returns the home's own id, valid until the next change; empty when there is none. */
gc_span gc_slots_home_id(const gc_slots *s);
/* Returns why we are not in the room yet, for the user: gc_reason, 0 when there is nothing to say.
 */
uint32_t gc_slots_trouble(const gc_slots *s);
/* Asserts the invariants. */
void gc_slots_check(const gc_slots *s);

#endif
