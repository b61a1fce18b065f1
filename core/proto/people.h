/* People: those whom we know, by the id that signaling addresses. This table says who a person is;
 * the ways to a person are links (link.h), the messages a conversation (conversation.h). All three
 * use the same index, 0..GC_PEERS_MAX-1, which is theirs from gc_people_add() to gc_people_free().
 *
 *   free --add--> live --end--> ended --end reported---> free
 *
 * Our knowledge of a person's right to be here (standing):
 *
 *   guest --the server lists it--> member --a proof--> vouched
 *     |  \--a list with proof names it--> hearsay --heard from it directly-^
 *     '--our join link names it, or it answers for that one--> target
 *
 * And of its socket at the server (presence): unknown --came--> present --went--> unknown; the
 * server's word that nobody holds the id leads from either to absent, and coming from there to
 * present.
 * Source: ghostchat-protocol.7, "Rooms", "Rooms without the additions". */
#ifndef GC_PROTO_PEOPLE_H
#define GC_PROTO_PEOPLE_H

#include "core/base/map.h"
#include "core/base/set.h"
#include "core/base/span.h"
#include "core/proto/client_output.h"

enum gc_standing {
    GC_STANDING_GUEST,   /* of our direct link, or by a bare one */
    GC_STANDING_HEARSAY, /* a list with proof named it, and nothing has come from it itself */
    GC_STANDING_MEMBER,  /* the server lists it in our room */
    GC_STANDING_VOUCHED, /* a member that showed a proof, or that a member with a proof named */
    GC_STANDING_TARGET, /* the one that our join link names: not forgotten while it is looked for */
};

/* The right to a place in the table: a person with a lower one gives way to one with a higher one.
 */
enum gc_right {
    GC_RIGHT_HEARSAY,
    GC_RIGHT_GUEST,
    GC_RIGHT_TAG,    /* it knows the room's tag, or its secret: a member, by its own word */
    GC_RIGHT_LISTED, /* a member by the word of a server that counts them */
    GC_RIGHT_TARGET,
};

enum gc_presence {
    GC_PRESENCE_UNKNOWN,
    GC_PRESENCE_PRESENT, /* the server has, as far as we know, a socket of it */
    GC_PRESENCE_ABSENT,  /* the server said that nobody holds its id */
};

/* The news of a person that the user has not seen. */
enum gc_news { GC_NEWS_ALL, GC_NEWS_NICK, GC_NEWS_NONE };

typedef struct gc_person {
    uint8_t standing; /* gc_standing */
    uint8_t presence; /* gc_presence */
    uint8_t news;     /* gc_news: still to be reported */
    bool listed;      /* the server's last list of our room names it */
    bool has_tag;
    uint8_t tag[GC_TAG_BYTES]; /* under which it is dialled */
    uint8_t id[GC_ID_BYTES_MAX];
    uint32_t id_len;
    uint8_t nick[GC_NICK_BYTES_MAX]; /* cleaned */
    uint32_t nick_len;
    uint32_t trouble;    /* gc_reason: why there is no open link, or why it ended; 0 */
    uint64_t knocked_ms; /* when it knocked at our slot; GC_NEVER */
} gc_person;

/* Tables of gc_people: the map from ids to indices. */
#define GC_PEOPLE_CHAINS_MAX (2 * GC_PEERS_MAX) /* the next power of two is below it */
#define GC_PEOPLE_TABLE_BYTES                                                                      \
    (GC_PEOPLE_CHAINS_MAX * sizeof(uint32_t) + GC_PEERS_MAX * sizeof(uint32_t) +                   \
     GC_PEERS_MAX * sizeof(uint64_t) + 48)

typedef struct gc_people {
    gc_set live;
    gc_set ended;
    gc_set members; /* live: hearsay, member or vouched */
    gc_set hearsay; /* live */
    gc_set vouched; /* live: hearsay or vouched */
    gc_person persons[GC_PEERS_MAX];
    gc_map ids; /* live */
    _Alignas(16) uint8_t tables[GC_PEOPLE_TABLE_BYTES];
} gc_people;

/* Empties the table. */
void gc_people_init(gc_people *pp);
/* Adds a person under an id (1..GC_ID_BYTES_MAX bytes, copied) that nobody live has. Returns its
 * index, or GC_NONE when the table is full. */
uint32_t gc_people_add(gc_people *pp, gc_span id);
/* Finds the live person of this id; GC_NONE when there is none. */
uint32_t gc_people_find(const gc_people *pp, gc_span id);
/* Counts those who hold a place: live ones, and ended ones whose end is not reported. */
uint32_t gc_people_count(const gc_people *pp);
/* Returns a person's right to its place. */
enum gc_right gc_people_right(const gc_people *pp, uint32_t i);
/* Counts the live ones whose right is below this one. */
uint32_t gc_people_below(const gc_people *pp, enum gc_right right);
/* Finds the live person with the lowest right, if that is below `right`; among equals a person that
 * is not in `kept`, and of those the last. Returns GC_NONE when there is none. */
uint32_t gc_people_weakest(const gc_people *pp, enum gc_right right, const gc_set *kept);
/* Reads the person at a place in use; valid until that person is freed. */
const gc_person *gc_people_at(const gc_people *pp, uint32_t i);
/* Returns a person's id, borrowed while its place is in use. */
gc_span gc_people_id(const gc_people *pp, uint32_t i);
/* Tells whether `own` sorts before this person's id, byte by byte: then we dial first, and our
 * offer wins. */
bool gc_people_after(const gc_people *pp, uint32_t i, gc_span own);
/* Ends a live person: its id is free, its place stays until its end is reported. trouble:
 * gc_reason. */
void gc_people_end(gc_people *pp, uint32_t i, uint32_t trouble);
/* Wipes an ended person and frees its place. */
void gc_people_free(gc_people *pp, uint32_t i);

/* --- standing: each on a live person ---------------------------------------------------------- */
/* Makes a person a member of our room, who is present; tag: of the room, GC_TAG_BYTES or NULL. */
void gc_people_join(gc_people *pp, uint32_t i, const uint8_t *tag);
/* Notes that a server which counts the members of our room lists this one. It is so until
 * gc_people_went() or gc_people_miss(). */
void gc_people_list(gc_people *pp, uint32_t i);
/* Notes that a proof names this member. `itself`: it showed the proof itself, so it is not hearsay.
 * fresh: nothing was known of it before, so without `itself` it is hearsay. */
void gc_people_vouch(gc_people *pp, uint32_t i, bool itself, bool fresh);
/* Notes that something came from this person directly, so it is not hearsay any more.
 */
void gc_people_heard(gc_people *pp, uint32_t i);
/* Makes a person the one whom our join link names. */
void gc_people_aim(gc_people *pp, uint32_t i);
/* Sets the tag under which a person is dialled; NULL: none. */
void gc_people_set_tag(gc_people *pp, uint32_t i, const uint8_t *tag);

/* --- presence and the rest: each on a live person --------------------------------------------- */
/* Notes that the person's socket is at the server. */
void gc_people_came(gc_people *pp, uint32_t i);
/* Notes that the socket went. */
void gc_people_went(gc_people *pp, uint32_t i);
/* Notes the server's word that nobody holds this id. */
void gc_people_miss(gc_people *pp, uint32_t i);
/* Notes that the person knocked at our slot at now_ms. */
void gc_people_knock(gc_people *pp, uint32_t i, uint64_t now_ms);
/* Sets why there is no open link; GC_REASON_NONE once there is one. */
void gc_people_trouble(gc_people *pp, uint32_t i, uint32_t reason);
/* Takes a stranger's word for its name: cleaned, and reported when it changed. nick: valid UTF-8.
 */
void gc_people_rename(gc_people *pp, uint32_t i, gc_span nick);
/* Notes that this person, live or ended, was reported to the user with its name. */
void gc_people_told(gc_people *pp, uint32_t i);

/* Asserts the invariants. */
void gc_people_check(const gc_people *pp);

#endif
