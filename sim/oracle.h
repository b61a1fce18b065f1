/* The oracle knows what every user typed and saw, and which invariant that breaks.
 *   I1 "delivered" is said only of what the recipient's application has shown, and it stays shown
 *   I2 none is shown twice
 *   I3 per sender the order is that of sending; what is missing is said to be missing
 *   I7 every send ends within 60 s for each peer known then: delivered or undelivered, never silent
 *   sender: the shown sender is who typed it; the text is what was typed
 *   mesh, words, gone, empty: after healing all meet, hear each other, and are forgotten at the end
 */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include "core/base/limits.h"
#include "core/gc_client.h"

#define SIM_INVARIANTS(X)                                                                          \
    X(NONE, "none", "")                                                                            \
    X(I1, "I1", "said to be delivered, but the recipient never showed it")                         \
    X(I2, "I2", "shown twice")                                                                     \
    X(I3, "I3", "out of order, or a gap that nobody marked")                                       \
    X(I7, "I7", "a send that did not end in time")                                                 \
    X(ENDS, "ends", "a send that ended twice, or for somebody it was not sent to")                 \
    X(SENDER, "sender", "the shown sender is not who typed it")                                    \
    X(TEXT, "text", "a text that nobody typed so")                                                 \
    X(STRANGER, "stranger", "a peer that nobody is, or a message from before it was known")        \
    X(LOST, "lost", "given up although nothing was wrong")                                         \
    X(LATE, "late", "said to be not delivered in the end, but the recipient showed it")            \
    X(MESH, "mesh", "after healing two members found no link in time")                             \
    X(WORDS, "words", "after healing a message did not arrive in time")                            \
    X(GONE, "gone", "a peer that is gone is still shown as open")                                  \
    X(EMPTY, "empty", "all have left, but the server still keeps something")                       \
    X(STATE, "state", "the state shown does not fit the links")                                    \
    X(TIMER, "timer", "a deadline in the past: the host would spin")                               \
    X(DESCRIPTION, "description", "a transport got what does not belong to it")                    \
    X(EXPECT, "expect", "not what the scenario expects at this time")                              \
    X(STEADY, "steady", "a link ended although nothing was wrong with it")                         \
    X(JOIN, "join", "a user could not join")                                                       \
    X(FRAME, "frame", "bytes that the other end's decoder refuses")                                \
    X(TRAP, "trap", "an assertion of the core failed")                                             \
    X(MAPPED, "mapped", "a STUN answer with an address that is not the asker's")                   \
    X(PROMPT, "prompt", "a message took long although nothing was wrong any more")                 \
    X(DIAL, "dial", "a link took long to open although nothing was wrong any more")                \
    X(ANSWERS, "answers", "a STUN request over the rate was answered, or one below it was not")    \
    X(PARTIAL, "partial", "a channel that gives messages up gave them up too early, or for good")

typedef enum sim_invariant {
#define X(name, word, text) SIM_INVARIANT_##name,
    SIM_INVARIANTS(X)
#undef X
        SIM_INVARIANT_COUNT
} sim_invariant;

typedef enum sim_send_state { SIM_PENDING, SIM_DELIVERED, SIM_UNDELIVERED } sim_send_state;

typedef struct sim_recipient {
    uint32_t life; /* whose, or SIM_NONE: an id that no process has held */
    uint32_t peer; /* the sender's number for it */
    uint8_t state; /* sim_send_state, as the sender was told */
    bool shown;
    bool gap;  /* the recipient was told that it never comes */
    bool over; /* one of the two forgot the other since: nothing can be corrected */
} sim_recipient;

/* One send of one user. */
typedef struct sim_message {
    uint32_t life; /* the sender's */
    uint32_t len;
    uint64_t seq;
    uint64_t hash;
    uint64_t sent_ms;       /* on the sender's clock */
    uint64_t sent_world_ms; /* the world's */
    uint32_t count;
    uint32_t pending;
    bool late; /* seen unfinished after its time once; twice is too often */
    sim_recipient to[GC_PEERS_MAX];
} sim_message;

/* What a recipient expects of a sender. */
typedef struct sim_expect {
    uint32_t life;
    uint64_t next; /* 0: nothing was shown yet */
    uint64_t last; /* shown, over all entries of this sender */
    uint64_t told; /* a hash of the texts shown and of those said to be missing, in their order */
} sim_expect;

#define SIM_EXPECTS_MAX 64

/* One stay of one process in a room, under one id. */
typedef struct sim_life {
    uint32_t node;
    bool alive;
    bool left; /* ended by its user, not by a crash */
    uint64_t ended_ms;
    uint32_t id_len;
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t expect_count;
    sim_expect expects[SIM_EXPECTS_MAX];
} sim_life;

typedef struct sim_oracle {
    sim_invariant broken;
    uint32_t broken_node;
    uint64_t broken_ms;
    sim_life *lives;
    sim_message *messages;
    uint32_t life_count, life_max;
    uint32_t message_count, message_max;
    uint32_t first_pending;
    uint64_t shown, delivered, undelivered, gaps;
} sim_oracle;

struct sim_world;

void sim_oracle_init(struct sim_world *w);
/* The first broken invariant counts; the run ends. numbers and text are for the reader. */
void sim_fail(struct sim_world *w, sim_invariant broken, uint32_t node, uint32_t a, uint32_t b,
              uint64_t number);
void sim_oracle_joined(struct sim_world *w, uint32_t node);
void sim_oracle_ended(struct sim_world *w, uint32_t node, bool left);
/* A send was accepted. index: what sim_oracle_next() was when its text was made. */
void sim_oracle_sent(struct sim_world *w, uint32_t node, gc_span text, uint64_t seq);
uint32_t sim_oracle_next(const struct sim_world *w);
/* An output for the user. */
void sim_oracle_output(struct sim_world *w, uint32_t node, const gc_client_output *o);
/* After a drain. */
void sim_oracle_drained(struct sim_world *w, uint32_t node);
/* What a scenario expects: all who are here are linked; `node` shows somebody as away. */
void sim_oracle_expect_meshed(struct sim_world *w);
void sim_oracle_expect_away(struct sim_world *w, uint32_t node);
void sim_oracle_expect_alone(struct sim_world *w, uint32_t node);
void sim_oracle_expect_reason(struct sim_world *w, uint32_t node, uint32_t reason);
/* All have been told their own address a short time ago (sim/datagram.c). */
void sim_oracle_expect_mapped(struct sim_world *w);
/* Looks at all that must not wait; moves the world from phase to phase. */
void sim_oracle_sweep(struct sim_world *w);

/* Hashes who got what: for each stay of each process, and for each sender it heard, the texts shown
 * and the texts said to be missing, in their order. Times and the order between senders do not
 * count, nor do numbers that a client gives to its peers: two cores that treat their users alike
 * have equal outcomes, also where their traces differ. */
uint64_t sim_oracle_outcome(const sim_oracle *o);

const char *sim_invariant_word(sim_invariant i);
const char *sim_invariant_text(sim_invariant i);

#endif
