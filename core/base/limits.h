/* Every limit of the protocol and of the server, in one place. A limit that is an option of
 * ghostchatd is named after it; the value here is its default. */
#ifndef GC_BASE_LIMITS_H
#define GC_BASE_LIMITS_H

/* --- identifiers ---------------------------------------------------------------------------- */
#define GC_ID_BYTES_MAX            128  /* peer id; our own have 27 characters */
#define GC_TOKEN_BYTES_MAX         128  /* what lets a socket take over an id; ours: 128 bits */
#define GC_KEY_BYTES_MAX           64   /* --key */
#define GC_TAG_BYTES               16   /* room tag: BLAKE2b of the room's secret */
#define GC_SECRET_BYTES            32   /* secret of a private room or a join link */
#define GC_DIAL_BYTES              16   /* random id of one attempt to link */
#define GC_SESSION_BYTES           16   /* random id of one life of a peer's conversation state */
#define GC_NONCE_BYTES             16   /* of a knock at a slot */
#define GC_PROOF_BYTES             16   /* that its sender has the room's secret */
#define GC_OWN_ID_CHARS            27   /* g and base32 of 16 bytes: keyed_id.h */
#define GC_OWN_TOKEN_CHARS         26   /* base32 of 16 random bytes */
#define GC_SLOT_ID_CHARS           26   /* base32 of 16 bytes */
#define GC_SIGN_KEY_BYTES          32   /* Ed25519: a seed, and a public key */
#define GC_FINGERPRINT_BYTES       32   /* SHA-256 of a certificate of DTLS */
#define GC_INVITE_ID_CHARS_MAX     64   /* peer id inside a link */
#define GC_CONNECTION_ID_BYTES_MAX 64   /* of a PeerJS data connection; stock ones have 14 */
#define GC_URL_BYTES_MAX           1280 /* any link or server address that the client takes */

/* --- rooms ---------------------------------------------------------------------------------- */
#define GC_ROOM_NAME_BYTES_MAX      256  /* UTF-8, as typed; three times that in a link */
#define GC_ROOM_CANONICAL_BYTES_MAX 1024 /* UTF-8, the form that the tag is made of */
#define GC_ROOM_NAME_ROUNDS_MAX     4    /* of NFKC and folding, until nothing changes */
/* Full mesh; more needs an overlay. Tables and budgets follow from this number, so it is the only
 * one to change; `make ROOM=64` does that for one build. */
#ifndef GC_ROOM_MEMBERS_MAX
#define GC_ROOM_MEMBERS_MAX 16
#endif
#define GC_SLOTS_MAX 4 /* ids of a room under which a newcomer asks, at a server without rooms */

/* --- chat ----------------------------------------------------------------------------------- */
#define GC_SEQ_MAX             0x1fffffffffffffULL /* 2^53 - 1: exact in JavaScript */
#define GC_TEXT_BYTES_MAX      16384               /* one chat message */
#define GC_NICK_BYTES_MAX      256                 /* UTF-8, a person's name */
#define GC_FRAME_BYTES_MAX     16640  /* GC_TEXT_BYTES_MAX, its head and 200 bytes of fields */
#define GC_OUTBOX_BYTES_MAX    262144 /* texts kept until acknowledged: bounds every link's queue */
#define GC_OUTBOX_MESSAGES_MAX 1024
#define GC_WINDOW_BYTES        65536 /* held for one link while a gap is open (reassembly) */
#define GC_WINDOW_MESSAGES     256
#define GC_LINK_BUFFERED_MAX   65536 /* bufferedAmount above which a link is not writable */
#define GC_UNDELIVERED_MS      60000 /* a message not acknowledged by then is said to be lost */
#define GC_STALLED_MS          10000 /* without an ACK for this time a peer holds up nobody */

/* The work that one peer may cause, in frames: a burst, and then a rate per second; a peer that
 * exceeds them loses its link. A paste of 200 of the longest messages fits into the burst. */
#define GC_PEER_BUDGET            4096
#define GC_PEER_BUDGET_PER_SECOND 256
#define GC_PEER_BUDGET_BYTES      1024 /* a frame costs 1 more for each such piece of it */
#define GC_PEER_BUDGET_NEWS       8    /* for PROFILE and BASE instead of 1: the user sees them */
#define GC_PEER_BUDGET_OWN        2048 /* of it we use ourselves, at a peer of ours */
/* Of ours comes back a little less: so a peer whose clock is slower, or slept, gains on us. */
#define GC_PEER_BUDGET_OWN_PER_SECOND 240
#define GC_PEER_PAUSE_MS              250 /* that a peer gets nothing for, once this much is used */

/* --- peers and links ------------------------------------------------------------------------ */
#define GC_GUESTS_MAX 4 /* direct guests for whom a full room leaves places */
/* Room members and direct guests that a client knows. */
#define GC_PEERS_MAX           (GC_ROOM_MEMBERS_MAX + GC_GUESTS_MAX)
#define GC_LINKS_MAX           (2 * GC_PEERS_MAX) /* the new link replaces the old */
#define GC_CANDIDATES_MAX      20                 /* kept and sent for one link */
#define GC_SDP_BYTES_MAX       8192               /* largest stock data SDP seen: 2 kB */
#define GC_CANDIDATE_BYTES_MAX 512
#define GC_LINK_HELD_BYTES     3072  /* of candidates: 20 of the usual 100-150 bytes */
#define GC_ICE_BYTES_MAX       4096  /* JSON array of ICE servers in OPEN */
#define GC_LINK_OPEN_MS        15000 /* from dial or offer to both channels open */
#define GC_LINK_PING_MS        15000 /* silence after which the side that sent the OFFER asks */
#define GC_LINK_PING_LATER_MS  20000 /* the other side waits longer: one question serves both */
#define GC_LINK_SILENT_MS      25000 /* without a frame for this time the link is dead */
#define GC_LINK_PROBE_MS       2000 /* the same, once the server said that the peer's socket went */
#define GC_DIAL_EXPECT_MS      4000 /* a peer that expects a dial dials itself after this */
#define GC_REDIAL_MS_MIN       1000
#define GC_REDIAL_MS_MAX       30000
#define GC_SIGNALING_OPEN_MS   10000 /* from connect to OPEN */
#define GC_SIGNALING_BEAT_MS   20000 /* HEARTBEAT to our server */
#define GC_SIGNALING_SILENT_MS 30000 /* our server answers every HEARTBEAT */
#define GC_RECONNECT_MS_MIN    250
#define GC_RECONNECT_MS_MAX    8000

/* --- ghostchatd: defaults of its options ----------------------------------------------------- */
#define GC_MESSAGE_BYTES_MAX       65536  /* --message-limit: one WebSocket message */
#define GC_HEAD_BYTES_MAX          8192   /* request line and headers */
#define GC_HANDSHAKE_MS            10000  /* from accept to the whole request */
#define GC_QUEUE_BYTES_MAX         262144 /* --queue-limit: unsent to one client, then it is cut */
#define GC_CONCURRENT_MAX          5000   /* --concurrent-limit: ids */
#define GC_SPARE_CONNECTIONS       1024   /* sockets without an id: requests, handshakes */
#define GC_PER_ADDRESS_MAX         256    /* --per-address-limit; IPv6 by /64 */
#define GC_CONNECTS_PER_SECOND     200    /* --connect-rate: of one address; penalties.h */
#define GC_CONNECTS_AHEAD          8      /* times --per-address-limit may come at once */
#define GC_OFFENCE_CONNECTS        8      /* what a malformed request or frame counts for */
#define GC_PENALTY_MS_MIN          1000   /* how long an address over that is refused */
#define GC_PENALTY_MS_MAX          60000  /* after doubling each time */
#define GC_STALL_MS_MAX            2000   /* a sender waits for a slow receiver */
#define GC_RATE_PER_SECOND         200    /* --rate: messages of one client */
#define GC_RATE_BURST_SECONDS      10     /* what a client may send ahead of its rate */
#define GC_ALIVE_MS                90000  /* --alive-timeout */
#define GC_PING_MS_MAX             25000  /* ping every min(alive / 3, this) */
#define GC_EXPIRE_MS               5000   /* --expire-timeout */
#define GC_TAKEOVER_WAIT_MS        20000 /* the kernel of a holder whose id is asked for is silent */
#define GC_TAKEOVER_MEASURE_MS     1000  /* how often the host looks at that kernel meanwhile */
#define GC_TAKEOVERS_MAX           10    /* of one id in GC_TAKEOVERS_MS, then it waits */
#define GC_TAKEOVERS_MS            10000
#define GC_HELD_PER_ID_MAX         128 /* messages for one absent id */
#define GC_HELD_BYTES_PER_ID_MAX   131072
#define GC_HELD_SHARES             2         /* one address has this part of both: a half */
#define GC_HELD_BYTES_FEW          16384     /* of one sender, beside the share of its address */
#define GC_HELD_BYTES_PER_FROM_MAX 262144    /* of one sender for all absent ids */
#define GC_MEMORY_BYTES_MAX        268435456 /* --memory-limit */
#define GC_BLOCK_BYTES             1024      /* of the pool for all queues */
#define GC_JSON_DEPTH_MAX          64
#define GC_STUN_RATE_PER_SECOND    2000 /* --stun-rate: Binding requests of one address */
#define GC_STUN_BURST_SECONDS      2    /* of that rate may come at once */

#endif
