/* What a run is made of: who is there, how the network is, which faults come how often, and steps
 * at fixed times. `random` draws all of it from the seed; the others are rows of a table. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "sim/rng.h"

#define SIM_FAULTS(X)                                                                              \
    X(SOCKET_LOSS, "socket-loss")   /* a signaling connection ends, or is half open */             \
    X(LINK_LOSS, "link-loss")       /* one link passes nothing any more */                         \
    X(PARTITION, "partition")       /* some peers cannot reach the others, both ways or one way */ \
    X(SERVER_CUT, "server-cut")     /* some peers cannot reach the server */                       \
    X(SERVER_CRASH, "server-crash") /* restarts at the same address, empty */                      \
    X(CRASH, "crash")               /* a process ends without a word; a new one, with a new id */  \
    X(LEAVE, "leave")               /* a user leaves, and perhaps comes back */                    \
    X(FREEZE, "freeze")             /* a process stands still, then goes on (sleep, SIGSTOP) */    \
    X(CLOCK, "clock")               /* a clock jumps forward, or falls back */                     \
    X(GLARE, "glare")               /* both ends of a link lose it, so that their dials cross */   \
    X(PAIR, "pair")                 /* two people cannot reach each other, and all others can */

typedef enum sim_fault {
#define X(name, word) SIM_FAULT_##name,
    SIM_FAULTS(X)
#undef X
        SIM_FAULT_COUNT
} sim_fault;

typedef enum sim_way { SIM_WAY_NAME, SIM_WAY_SECRET, SIM_WAY_MIXED } sim_way;

typedef enum sim_nats {
    SIM_NATS_NONE,
    SIM_NATS_MIXED, /* most of them behind NATs of several kinds */
    SIM_NATS_CONE   /* all behind NATs that let everybody in: whoever moves can be found */
} sim_nats;

typedef enum sim_action {
    SIM_STEP_END = 0,
    SIM_STEP_JOIN,          /* who joins its room */
    SIM_STEP_SEND,          /* who sends `value` messages */
    SIM_STEP_LEAVE,         /* who leaves */
    SIM_STEP_CRASH,         /* who's process ends; `value` ms later it starts again (0: never) */
    SIM_STEP_VANISH,        /* the same without a word: its sockets stay half open */
    SIM_STEP_FREEZE,        /* who stands still for `value` ms */
    SIM_STEP_SERVER_CRASH,  /* the server is back after `value` ms */
    SIM_STEP_CUT,           /* who's signaling connection is cut for both ends */
    SIM_STEP_CUT_TOLD,      /* the same, and both ends learn of it within 5 s */
    SIM_STEP_ISOLATE,       /* who reaches no other peer for `value` ms */
    SIM_STEP_ISOLATE_IN,    /* nobody reaches who for `value` ms; who reaches all */
    SIM_STEP_LINKS,         /* all links of who are lost */
    SIM_STEP_GLARE,         /* the same, told so that both ends dial in one moment */
    SIM_STEP_CLOCK,         /* who's clock goes `value` ms forward */
    SIM_STEP_MTU,           /* datagrams are at most `value` bytes from now on */
    SIM_STEP_EXPECT_WIDEST, /* the longest that came since the last such step has `value` bytes */
    SIM_STEP_EXPECT_MESHED, /* by now all who are here are linked */
    SIM_STEP_EXPECT_STEADY, /* from now on no open link ends before healing */
    SIM_STEP_EXPECT_AWAY,   /* who has been told that somebody is away */
    SIM_STEP_EXPECT_ALONE,  /* who shows nobody any more */
    SIM_STEP_EXPECT_REASON, /* who has been told the reason `value` */
    SIM_STEP_EXPECT_MAPPED, /* all devices have been told their address lately */
} sim_action;

#define SIM_ALL UINT32_MAX /* who: everybody */

typedef struct sim_step {
    uint32_t at_ms;
    sim_action action;
    uint32_t who;
    uint32_t value;
} sim_step;

#define SIM_STEPS_MAX 24

typedef struct sim_scenario {
    const char *name;
    uint32_t persons;
    uint32_t room_size; /* persons of one room; the last ones may be fewer */
    sim_way way;
    uint32_t guests;        /* of `persons`: come by person 0's own link instead of a room */
    uint32_t join_ms;       /* users come within this time; 0 with steps that join */
    uint32_t traffic_ms;    /* faults and traffic, then healing */
    uint32_t send_ms;       /* mean time between two messages of a user; 0: only by steps */
    uint32_t text_bytes;    /* of most messages, at most; one in 16 is up to the protocol's limit */
    uint32_t latency_ms;    /* one way, at least */
    uint32_t jitter_ms;     /* and up to this more; on channel 1 it reorders */
    uint32_t loss_permille; /* of packets: costs a retransmission */
    uint32_t rate_bytes_ms; /* what a link carries */
    uint32_t ask_ms;        /* mean time between two STUN requests of a device; 0: none asks */
    uint32_t fault_ms[SIM_FAULT_COUNT]; /* mean time between two faults of a kind; 0: never */
    bool stock;                         /* the server is an unmodified PeerServer */
    uint32_t concurrent_max;            /* of it; 0: enough */
    bool hostile;                       /* the last person is a hostile member (sim/hostile.c) */
    bool liar;                          /* its operator answers knocks, without a proof */
    bool bad_key;                       /* people have a key that it does not know */
    uint32_t episodes;       /* how often all that changes comes to rest (sim/changes.c) */
    bool native;             /* links are those of rtc/, over datagrams, of which */
    uint32_t late_permille;  /* so many are overtaken */
    uint32_t twice_permille; /* come twice */
    uint32_t spoil_permille; /* have one wrong bit */
    uint32_t mtu_bytes;      /* larger ones, with their IP and UDP headers, are lost */
    uint32_t search_bytes;   /* datagrams may become so long, without heads; 0: 1,200 */
    sim_nats nats;           /* what hosts are behind */
    uint32_t move_ms;        /* mean time between two changes of a NAT's address; 0: never */
    uint32_t own_permille;   /* so many of these change the host's own address instead */
    bool handshakes;       /* descriptions lose their INIT: SCTP has its handshake (sim/native.c) */
    uint32_t hidden;       /* bit i: person i gives names for its addresses (sim/names.c) */
    uint32_t spoofs_per_s; /* datagrams of strangers, to all hosts together (sim/strangers.c) */
    bool partial;          /* channels that give messages up, beside the links (sim/partial.c) */
    bool lossless;         /* nobody may be told that a message was not delivered */
    sim_step steps[SIM_STEPS_MAX];
} sim_scenario;

/* The scenario of that name; false when there is none. `random`, `stock` and the like are
 * filled from the seed. */
bool sim_scenario_get(const char *name, uint64_t seed, sim_scenario *out);
/* Names for --help: NULL at the end. */
const char *sim_scenario_name(uint32_t i);

#endif
