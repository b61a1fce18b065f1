/* One seed, one world: a server, people with their clients, sockets, links, a clock, and an oracle
 * that watches. One thread; virtual time jumps to the next event.
 *
 *   faults and traffic --heal--> meeting --all meshed--> last words --all delivered--> leaving
 *        safety invariants hold all the time; each arrow after the first has a bound (liveness)
 *
 * Nouns are files: events (heap), pool, trace, rng, socket (a TCP stream that carries WebSocket
 * frames), server (the shell around gc_server), link (a pair of RTCPeerConnections), node (a
 * process around gc_client), datagram (STUN), user, hostile, faults, oracle, scenario. In native
 * worlds links are those of rtc/ instead: native (the handles), network (their datagrams), openssl
 * (its time and randomness), partial (channels that give messages up). */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "core/gc_client.h"
#include "core/gc_server.h"
#include "sim/events.h"
#include "sim/oracle.h"
#include "sim/peer_server.h"
#include "sim/pool.h"
#include "sim/scenario.h"
#include "sim/trace.h"
#include "core/wire/websocket.h"

#define SIM_NONE            UINT32_MAX
#define SIM_STUN_PER_SECOND 20 /* few, so that worlds meet the limit */
#define SIM_PERSONS_MAX     1024
#define SIM_PEERS_MAX       GC_PEERS_MAX /* peer indices that a client may use */
#define SIM_PARTITIONS      8
#define SIM_EPISODES_MAX    8
#define SIM_LINK_SILENT_MS  30000 /* RFC 7675: consent expires after 30 s */

/* --- sockets ---------------------------------------------------------------------------------- */

/* One direction of a TCP connection. */
typedef struct sim_stream {
    uint64_t next;      /* number of the next chunk to be sent */
    uint64_t want;      /* number of the next chunk to be delivered */
    uint64_t arrive_ms; /* of the last chunk */
    uint32_t in_flight; /* bytes */
    uint32_t kept_len;
    uint8_t *kept; /* an incomplete frame, as the decoder left it */
    gc_ws_decoder decoder;
} sim_stream;

typedef struct sim_socket {
    bool used;
    bool client;   /* the client's end lives */
    bool server;   /* the server's end lives */
    bool cut;      /* nothing passes any more */
    bool accepted; /* by the server; conn is valid */
    bool opened;   /* the client has seen the response head */
    bool paused;   /* the server does not read */
    bool closing;  /* the server closes once its bytes are written */
    uint32_t gen;
    uint32_t node;
    uint32_t kind;      /* gc_signaling_socket: which of its client's sockets */
    uint32_t entry;     /* stock server: whose messages these are, an entry + 1; 0: nobody's */
    uint64_t closed_ms; /* stock server: when it sent its close frame */
    gc_conn conn;
    uint32_t close_reason;
    sim_stream up, down;
} sim_socket;

/* --- links ------------------------------------------------------------------------------------ */

/* One end of a link: what an RTCPeerConnection with its two channels is to a page. */
typedef struct sim_end {
    bool used;
    bool offerer;
    bool described; /* the local description was given to the core */
    bool remote;    /* the remote description was set */
    bool connecting;
    bool open; /* the transport is through */
    bool told; /* and the core knows */
    bool report_due;
    bool lingering; /* closed by its core; what was queued still leaves */
    bool cut;
    bool forged; /* made by a hostile member beside its core */
    bool data;   /* a PeerJS data connection */
    uint32_t gen;
    uint32_t node;
    uint32_t link;             /* the core's number */
    uint32_t candidates;       /* of the other side, so far */
    uint64_t token;            /* names this end in descriptions */
    uint64_t peer_token;       /* as the remote description says; 0: none */
    uint64_t depart_ms;        /* when the pipe is free again */
    uint64_t next[2], want[2]; /* numbers of messages of a channel: sent, delivered */
    uint64_t arrive_ms;        /* of the last message on its way to the other end */
    uint32_t buffered, reported;
    uint32_t tries;
} sim_end;

/* --- people ----------------------------------------------------------------------------------- */

/* What a client has said about a peer index. */
typedef struct sim_peer {
    bool known;
    uint32_t life; /* whose, by its id; SIM_NONE when no process ever had it */
    uint32_t state;
    uint64_t open_ms; /* when it became GC_PEER_OPEN last */
    uint32_t id_len;
    uint8_t id[GC_ID_BYTES_MAX];
} sim_peer;

/* A person with a device: its process (a core and its glue) comes and goes. */
typedef struct sim_node {
    gc_client *client; /* NULL: no process runs */
    uint8_t *memory;
    uint32_t run;  /* number of the process */
    uint32_t life; /* of the oracle: one stay under one id; SIM_NONE when idle */
    uint32_t sockets[GC_SIGNALING_SOCKETS];
    uint64_t clock_ms; /* added to the world's time */
    uint64_t back_ms;  /* taken from it while the clock has fallen back */
    uint64_t back_until_ms;
    uint64_t seen_ms; /* the last time that was given to the core, clamped */
    uint64_t frozen_until_ms;
    uint64_t wake_at_ms;
    uint32_t wake;
    uint32_t inputs;
    uint32_t crash_after; /* outputs until the process ends in the middle of a drain; 0: not */
    uint32_t state, signaling, reason; /* as GC_CLIENT_STATE said last */
    /* its user */
    uint32_t room;
    bool guest, present; /* present: wants to be in the room */
    bool full;           /* the last send was refused with GC_E_FULL */
    uint32_t plan;       /* number of the user's plan: an older one is void */
    bool comes_back;     /* not here now, but will be */
    uint32_t words;      /* last words that are still to be said */
    uint32_t host_life;  /* of a guest: whose link it followed */
    uint32_t end_count;
    uint32_t ends[GC_LINKS_MAX + 24];
    sim_peer peers[SIM_PEERS_MAX];
} sim_node;

typedef struct sim_room {
    bool secret;
    uint32_t link_len; /* 0: nobody has made it yet */
    uint8_t link[GC_URL_BYTES_MAX];
} sim_room;

typedef struct sim_partition {
    bool active;
    bool one_way; /* from a to b only */
    bool server;  /* between the nodes of a and the server, and nothing else */
    bool within;  /* between the nodes of a alone */
    uint64_t a;   /* bit i: node with index % 64 == i */
} sim_partition;

/* --- the world -------------------------------------------------------------------------------- */

typedef enum sim_phase {
    SIM_PHASE_TRAFFIC,
    SIM_PHASE_MEETING,
    SIM_PHASE_WORDS,
    SIM_PHASE_LEAVING,
    SIM_PHASE_DONE
} sim_phase;

/* How long all needed to be linked after the last change. */
typedef struct sim_meeting {
    uint32_t ms;
    bool stale; /* a holder had crashed, or somebody's line was dead and nobody told him */
} sim_meeting;

typedef struct sim_server {
    gc_server *core;        /* NULL: crashed, or it is a stock one */
    sim_peer_server *stock; /* NULL: it is ours */
    bool up;
    uint8_t *memory;
    size_t bytes;
    gc_server_config config;
    uint64_t wake_at_ms;
    uint32_t wake;
    uint32_t inputs;
    uint32_t starts;
} sim_server;

/* A device that asks for its address, by the index of its node. */
typedef struct sim_asker {
    uint64_t number; /* of its last question */
    uint64_t mapped_ms;
    uint32_t port;
} sim_asker;

/* What the server owes an address: the oracle's own count. */
typedef struct sim_source {
    uint64_t seen_ms;
    uint64_t credit_ms;
    uint32_t starts; /* of which server */
} sim_source;

typedef struct sim_asks {
    sim_asker *askers; /* NULL: nobody asks */
    sim_source *sources;
    uint32_t per_second;       /* answers to one address */
    const sim_event *question; /* the server handles it now */
    uint32_t answers;          /* to it, so far */
} sim_asks;

typedef struct sim_world {
    uint64_t seed;
    uint64_t now_ms;
    sim_scenario scenario;
    gc_arena arena;
    sim_pool pool;
    sim_events events;
    sim_trace trace;
    sim_rng net, fault, users, evil;
    gc_crypto crypto;
    sim_phase phase;
    bool steady;       /* no open link may end: the scenario has nothing more against them */
    uint64_t phase_ms; /* when it began */
    bool unnoticed; /* what broke before healing is noticed by deadlines only: that takes longer */
    uint64_t meshed_ms; /* when all had met after healing; UINT64_MAX before */
    uint64_t traffic_end_ms;
    /* episodes */
    uint32_t episode;    /* from 1; 0: the scenario has none */
    bool calm;           /* nothing but joins, leaves and crashes */
    bool stale;          /* since the last change a slot or a client's socket was half open */
    uint64_t changed_ms; /* the last change that people or faults made */
    sim_meeting meetings[SIM_EPISODES_MAX];
    uint32_t meeting_count;
    uint64_t event_count;
    uint64_t healed_ms;            /* when the last fault had ended */
    uint64_t prompt_ms, dial_ms;   /* the longest that a message, a dial took then: figures */
    uint64_t meeting_ms, words_ms; /* how long they took: figures */
    sim_server server;
    sim_asks asks;
    sim_partition partitions[SIM_PARTITIONS];
    uint32_t node_count, socket_count, end_count, room_count;
    sim_node *nodes;
    sim_socket *sockets;
    sim_end *ends;
    sim_room *rooms;
    struct sim_native *native; /* NULL: links are the modelled ones of link.c */
    struct sim_network *network;
    struct sim_partial *partial; /* NULL: no channel gives messages up */
    uint64_t tokens;
    sim_oracle oracle;
} sim_world;

/* Something changed, or will have in `delay_ms`: the time in which all must meet begins. */
void sim_world_changed(sim_world *w, uint64_t delay_ms);
/* Plans an event `delay_ms` from now. */
void sim_world_plan(sim_world *w, uint64_t delay_ms, sim_event e);
/* Plans the event that is being handled once more; its data go with it. */
void sim_world_again(sim_world *w, uint64_t delay_ms, sim_event *e);
/* Adds a line to the trace. */
void sim_world_note(sim_world *w, uint32_t node, uint32_t mark, uint32_t a, uint32_t b,
                    uint64_t number, gc_span bytes);
/* One way through the network, in ms. */
uint32_t sim_world_latency(sim_world *w);

/* --- server.c --------------------------------------------------------------------------------- */
void sim_server_start(sim_world *w);
void sim_server_crash(sim_world *w);
/* After every input of the core: outputs are taken until there is none. */
void sim_server_drain(sim_world *w);
void sim_server_wake(sim_world *w, uint32_t wake);
/* Gives unsent bytes of a connection to its socket, as many as that takes. */
void sim_server_write(sim_world *w, sim_socket *s);
uint64_t sim_server_now(sim_world *w);

/* --- socket.c --------------------------------------------------------------------------------- */
/* By the client; kind: gc_signaling_socket. */
void sim_socket_connect(sim_world *w, uint32_t node, uint32_t kind, gc_span url);
void sim_socket_send(sim_world *w, uint32_t node, uint32_t kind, gc_span text);
void sim_socket_close(sim_world *w, uint32_t node, uint32_t kind);
void sim_socket_event(sim_world *w, sim_event *e);
/* The connection breaks. told_permille: how likely an end learns of it by itself. */
void sim_socket_cut(sim_world *w, uint32_t socket, uint32_t told_permille);
/* Both ends of every broken connection are told within 2 s (a stock server only of some); returns
 * when the clients will have been, in ms from now. */
uint32_t sim_socket_tell(sim_world *w);
void sim_socket_bytes(sim_world *w, sim_socket *s, bool up, gc_span bytes);
void sim_socket_server_closed(sim_world *w, sim_socket *s); /* the server has closed its end */
void sim_socket_server_died(sim_world *w, sim_socket *s);   /* its process ended */
/* The process ended: its sockets close, or (power loss) stay half open at the server. */
void sim_socket_abandon(sim_world *w, uint32_t node, bool silent);

/* --- link.c ----------------------------------------------------------------------------------- */
void sim_link_output(sim_world *w, uint32_t node, const gc_client_output *o);
void sim_link_event(sim_world *w, sim_event *e);
/* Reports bufferedAmount of one link of which that is due: an input of the core. False if none. */
bool sim_link_report(sim_world *w, uint32_t node);
/* A link passes nothing any more; its ends are told after some time each. */
void sim_link_cut(sim_world *w, uint32_t end, uint32_t told_ms, uint32_t peer_told_ms);
/* The process ended. */
void sim_link_abandon(sim_world *w, uint32_t node, bool silent);
/* The same for links. */
uint32_t sim_link_tell(sim_world *w);
/* Something broke: both ends of each link of a node (or of all, SIM_NONE) look at it later. */
void sim_link_suspect(sim_world *w, uint32_t node);
sim_end *sim_link_peer(sim_world *w, const sim_end *end);
/* Makes an end of a node that its core does not know, and writes the offer of it. NULL: there are
 * enough. */
sim_end *sim_link_forge(sim_world *w, uint32_t node, gc_writer *sdp);
/* Says anything on an open end, whatever its core thinks. channel: 0 or 1. */
void sim_link_say(sim_world *w, sim_end *end, uint32_t channel, gc_span bytes);

/* --- hostile.c -------------------------------------------------------------------------------- */
void sim_hostile_start(sim_world *w);
void sim_hostile_event(sim_world *w);
/* Tells whether this node is the hostile member; false for SIM_NONE. */
bool sim_is_hostile(const sim_world *w, uint32_t node);

/* --- datagram.c ------------------------------------------------------------------------------- */
void sim_datagrams_start(sim_world *w);
void sim_datagram_event(sim_world *w, const sim_event *e);
/* The server sends a datagram. */
void sim_datagram_output(sim_world *w, const gc_server_output *o);

/* --- node.c ----------------------------------------------------------------------------------- */
void sim_node_start(sim_world *w, uint32_t node);
void sim_node_crash(sim_world *w, uint32_t node, bool silent);
/* The time that this process reads; call once before each input. */
uint64_t sim_node_now(sim_world *w, uint32_t node);
/* The same for what is not its core. */
uint64_t sim_node_clock(const sim_world *w, uint32_t node);
/* When a process that waits until `at_ms` of its clock, and saw `seen_ms` last, looks again: later
 * where its clock stands still until then. */
uint64_t sim_node_when(const sim_world *w, uint32_t node, uint64_t seen_ms, uint64_t at_ms);
/* After every input of its core. The process may have ended when it returns. */
void sim_node_drain(sim_world *w, uint32_t node);
void sim_node_wake(sim_world *w, uint32_t node, uint32_t wake);

/* --- user.c ----------------------------------------------------------------------------------- */
void sim_user_event(sim_world *w, const sim_event *e);
void sim_user_join(sim_world *w, uint32_t node);
void sim_user_leave(sim_world *w, uint32_t node);
bool sim_user_send(sim_world *w, uint32_t node);
void sim_user_plan(sim_world *w, uint32_t node, uint32_t delay_ms);

/* --- faults.c --------------------------------------------------------------------------------- */
void sim_faults_start(sim_world *w);
void sim_fault_event(sim_world *w, const sim_event *e);
void sim_fault_step(sim_world *w, uint32_t step);
void sim_faults_heal(sim_world *w);
/* One fault of a kind, now. back_ms 0: for good. */
void sim_fault_crash(sim_world *w, uint32_t node, bool silent, uint32_t back_ms);
void sim_fault_leave(sim_world *w, uint32_t node);
void sim_fault_freeze(sim_world *w, uint32_t node, uint32_t for_ms);
void sim_fault_server(sim_world *w, uint32_t back_ms);
void sim_fault_socket(sim_world *w, uint32_t node, uint32_t kind, uint32_t told_permille);
void sim_fault_link(sim_world *w, uint32_t node, bool glare);
/* a: bit i = the nodes whose index % 64 is i; server: they are cut from it, not from the others. */
void sim_fault_partition(sim_world *w, uint64_t a, bool one_way, bool server, uint32_t for_ms);
bool sim_path_ok(const sim_world *w, uint32_t from, uint32_t to);
bool sim_server_path_ok(const sim_world *w, uint32_t node, bool up);
bool sim_node_frozen(const sim_world *w, uint32_t node);

/* --- changes.c: episodes of worlds with a stock server ---------------------------------------- */
/* The next episode: traffic again, and changes until w->traffic_end_ms. */
void sim_changes_begin(sim_world *w);
void sim_change_event(sim_world *w, const sim_event *e);

#endif
