#include "sim/scenario.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "sim/scenario_draw.h"
#include <stddef.h>

/* After a quiet start (joins within 2 s) all are linked long before a redial or a deadline could
 * have helped; from then on no link ends. */
#define MESHED(at)        .at_ms = (at), .action = SIM_STEP_EXPECT_MESHED
#define STEADY(at)        .at_ms = (at), .action = SIM_STEP_EXPECT_STEADY
#define STEP(at, what, w) .at_ms = (at), .action = SIM_STEP_##what, .who = (w)

static const sim_scenario table[] = {
    {.name = "two", .persons = 2, .lossless = true, .steps = {{MESHED(3000)}, {STEADY(3000)}}},
    {.name = "room-of-16",
     .persons = 16,
     .lossless = true,
     .steps = {{MESHED(3500)}, {STEADY(3500)}}},
#if GC_ROOM_MEMBERS_MAX >= 40
    {.name = "room-of-40",
     .persons = 40,
     .room_size = 40,
     .traffic_ms = 6000,
     .send_ms = 4000,
     .lossless = true,
     .steps = {{MESHED(4500)}, {STEADY(4500)}}},
#endif
    {.name = "private",
     .persons = 5,
     .way = SIM_WAY_SECRET,
     .lossless = true,
     .steps = {{MESHED(3000)}, {STEADY(3000)}}},
    {.name = "direct-guests",
     .persons = 4,
     .guests = 3,
     .lossless = true,
     .steps = {{MESHED(3000)}, {STEADY(3000)}}},
    {.name = "all-at-once",
     .persons = 8,
     .lossless = true,
     .steps = {{STEP(10, JOIN, SIM_ALL)}, {MESHED(2000)}, {STEADY(2000)}}},
    /* Links end, last so that all dial each other in one moment: that costs nobody a deadline. */
    {.name = "glare",
     .persons = 6,
     .lossless = true,
     .steps = {{MESHED(3000)},
               {STEP(9000, LINKS, 0)},
               {MESHED(15000)},
               {STEP(20000, GLARE, 1)},
               {MESHED(26000)}}},
    /* Open chats go on when the server dies. */
    {.name = "server-restart",
     .persons = 8,
     .lossless = true,
     .steps = {{STEADY(5000)}, {STEP(10000, SERVER_CRASH, 0), .value = 8000}}},
    /* Nor when somebody's connection to it ends, and all are told that he left. */
    {.name = "signaling-lost",
     .persons = 5,
     .lossless = true,
     .steps = {{STEADY(5000)},
               {STEP(8000, CUT_TOLD, 1)},
               {STEP(15000, CUT, 2)},
               {STEP(20000, CUT_TOLD, SIM_ALL)}}},
    /* The server is away while links end: people meet again by what the new one tells them. */
    {.name = "restart-and-lost-links",
     .persons = 5,
     .traffic_ms = 60000,
     .steps = {{STEP(10000, SERVER_CRASH, 0), .value = 6000},
               {STEP(12000, LINKS, 1)},
               {MESHED(40000)}}},
    /* The inviter sleeps; the guest is told, waits, and is connected when the inviter is back. */
    {.name = "guest-waits",
     .persons = 2,
     .guests = 1,
     .traffic_ms = 60000,
     .steps = {{STEP(10, JOIN, 0)},
               {STEP(1000, CUT_TOLD, 0)},
               {STEP(1001, FREEZE, 0), .value = 40000},
               {STEP(7000, JOIN, 1)},
               {STEP(8000, EXPECT_AWAY, 1)},
               {MESHED(45000)},
               {STEP(50000, SEND, 1), .value = 3}}},
    {.name = "crash-and-return",
     .persons = 5,
     .traffic_ms = 60000,
     .steps = {{STEP(8000, CRASH, 2), .value = 3000},
               {STEP(20000, CRASH, 0), .value = 100},
               {MESHED(30000)}}},
    {.name = "one-way",
     .persons = 4,
     .traffic_ms = 60000,
     .steps = {{STEP(8000, ISOLATE_IN, 1), .value = 10000},
               {STEP(30000, ISOLATE, 2), .value = 20000}}},
    /* Messages grow too old all the time, also while a new link says what can still come. */
    {.name = "undelivered",
     .persons = 3,
     .traffic_ms = 120000,
     .send_ms = 200,
     .latency_ms = 300,
     .jitter_ms = 50,
     .steps = {{STEP(8000, ISOLATE, 1), .value = 90000}}},
    /* More than windows and buffers hold, over a thin line. */
    {.name = "burst",
     .persons = 4,
     .traffic_ms = 60000,
     .rate_bytes_ms = 40,
     .text_bytes = 16384,
     .jitter_ms = 300,
     .lossless = true,
     .steps = {{STEADY(7000)}, {STEP(8000, SEND, SIM_ALL), .value = 14}}},
    {.name = "sleep",
     .persons = 4,
     .traffic_ms = 80000,
     .steps = {{STEP(8000, FREEZE, 1), .value = 20000}, {STEP(40000, CLOCK, 2), .value = 3600000}}},
    /* Devices ask for their address, two of them much too often; people do not notice. */
    {.name = "stun",
     .persons = 6,
     .traffic_ms = 40000,
     .ask_ms = 15,
     .loss_permille = 150,
     .jitter_ms = 60,
     .steps = {{STEP(9000, EXPECT_MAPPED, 0)},
               {STEP(15000, SERVER_CRASH, 0), .value = 2000},
               {STEP(30000, EXPECT_MAPPED, 0)}}},
    {.name = "thousand",
     .persons = 1024,
     .room_size = 8,
     .join_ms = 5000,
     .traffic_ms = 20000,
     .send_ms = 4000,
     .way = SIM_WAY_MIXED,
     .lossless = true,
     .steps = {{MESHED(7000)}, {STEADY(7000)}}},
    {.name = "thousand-restart",
     .persons = 1024,
     .room_size = 4,
     .join_ms = 5000,
     .traffic_ms = 30000,
     .send_ms = 5000,
     .steps = {{STEADY(7000)}, {STEP(12000, SERVER_CRASH, 0), .value = 3000}}},
    /* A stock PeerServer. Direct links need no more than it has. */
    {.name = "stock-guests",
     .stock = true,
     .persons = 4,
     .guests = 3,
     .lossless = true,
     .steps = {{MESHED(4000)}, {STEADY(4000)}}},
    /* The guest learns by EXPIRE that the inviter is away; nobody tells it that he is back. */
    {.name = "stock-guest-waits",
     .stock = true,
     .persons = 2,
     .guests = 1,
     .traffic_ms = 90000,
     .steps = {{STEP(10, JOIN, 0)},
               {STEP(1000, CUT_TOLD, 0)},
               {STEP(1001, FREEZE, 0), .value = 30000},
               {STEP(8000, JOIN, 1)},
               {STEP(16000, EXPECT_AWAY, 1)},
               {MESHED(75000)},
               {STEP(80000, SEND, 1), .value = 3}}},
    /* A room of it: its slots cost a registration and a knock more. */
    {.name = "stock-room",
     .stock = true,
     .persons = 5,
     .way = SIM_WAY_MIXED,
     .lossless = true,
     .steps = {{MESHED(5000)}, {STEADY(5000)}}},
    {.name = "stock-at-once",
     .stock = true,
     .persons = 8,
     .lossless = true,
     .steps = {{STEP(10, JOIN, SIM_ALL)}, {MESHED(4000)}, {STEADY(4000)}}},
    /* The one who held the slot leaves; who comes next finds those who stayed. */
    {.name = "stock-hand-over",
     .stock = true,
     .persons = 4,
     .steps = {{STEP(10, JOIN, 0)},
               {STEP(1500, JOIN, 1)},
               {STEP(2000, JOIN, 2)},
               {MESHED(5000)},
               {STEP(8000, LEAVE, 0)},
               {STEP(8500, JOIN, 3)},
               {MESHED(13000)}}},
    /* Its power fails: the slot stays taken for a minute, so the newcomer takes another. The one
     * who was linked with it notices after half of that, and finds the newcomer there. */
    {.name = "stock-second-slot",
     .stock = true,
     .persons = 3,
     .traffic_ms = 60000,
     .steps = {{STEP(10, JOIN, 0)},
               {STEP(1500, JOIN, 1)},
               {STEP(8000, VANISH, 0)},
               {STEP(9000, JOIN, 2)},
               {MESHED(50000)}}},
    /* Chats go on without the server; a newcomer finds them when it is back, and empty. */
    {.name = "stock-restart",
     .stock = true,
     .persons = 5,
     .traffic_ms = 40000,
     .lossless = true,
     .steps = {{STEP(10, JOIN, 0)},
               {STEP(10, JOIN, 1)},
               {STEP(500, JOIN, 2)},
               {STEP(900, JOIN, 3)},
               {MESHED(5000)},
               {STEADY(5000)},
               {STEP(10000, SERVER_CRASH, 0), .value = 5000},
               {STEP(12000, JOIN, 4)},
               {MESHED(32000)}}},
    /* Those who crashed are asked for a while, then forgotten: members name to each other only
     * those whom they are linked with. */
    {.name = "stock-forgotten",
     .stock = true,
     .persons = 4,
     .traffic_ms = 400000,
     .send_ms = 20000,
     .steps = {{STEP(10, JOIN, SIM_ALL)},
               {MESHED(5000)},
               {STEP(8000, CRASH, 2)},
               {STEP(12000, CRASH, 3)},
               {STEP(300000, CRASH, 1)},
               {STEP(399000, EXPECT_ALONE, 0)}}},
    /* It refuses, and people are told why. */
    {.name = "stock-bad-key",
     .stock = true,
     .bad_key = true,
     .persons = 2,
     .traffic_ms = 10000,
     .steps = {{STEP(2600, EXPECT_REASON, SIM_ALL), .value = GC_REASON_BAD_KEY}}},
    /* Two people and a slot fill it; the third comes in when the first one leaves. */
    {.name = "stock-full",
     .stock = true,
     .concurrent_max = 3,
     .persons = 3,
     .traffic_ms = 60000,
     .steps = {{STEP(10, JOIN, 0)},
               {STEP(2000, JOIN, 1)},
               {STEP(4000, JOIN, 2)},
               {STEP(9000, EXPECT_REASON, 2), .value = GC_REASON_SERVER_FULL},
               {STEP(10000, LEAVE, 0)},
               {MESHED(40000)}}},
    /* Native links. Nothing is lost: the first message takes round trips, as few as there can be,
     * and no timer. */
    {.name = "native-quiet",
     .native = true,
     .persons = 3,
     .latency_ms = 50,
     .jitter_ms = 1,
     .lossless = true,
     .steps = {{STEP(10, JOIN, SIM_ALL)}, {MESHED(600)}, {STEADY(600)}}},
    /* Three in ten datagrams are lost each way. */
    {.name = "native-loss",
     .native = true,
     .persons = 2,
     .latency_ms = 50,
     .loss_permille = 300,
     .traffic_ms = 60000,
     .lossless = true,
     .steps = {{STEP(10, JOIN, SIM_ALL)}, {MESHED(25000)}, {STEADY(25000)}}},
    /* The same where no side learns the other's INIT of SCTP from its description. */
    {.name = "native-loss-handshake",
     .native = true,
     .handshakes = true,
     .persons = 2,
     .latency_ms = 50,
     .loss_permille = 300,
     .traffic_ms = 60000,
     .lossless = true,
     .steps = {{STEP(10, JOIN, SIM_ALL)}, {MESHED(25000)}, {STEADY(25000)}}},
    /* A blackout that is shorter than the core's patience ends no link. */
    {.name = "native-blackout",
     .native = true,
     .persons = 3,
     .traffic_ms = 120000,
     .steps = {{STEADY(5000)}, {STEP(8000, ISOLATE, 1), .value = 18000}, {MESHED(27000)}}},
    /* More than windows and buffers hold, over a thin line. */
    {.name = "native-burst",
     .native = true,
     .persons = 3,
     .traffic_ms = 60000,
     .rate_bytes_ms = 100,
     .text_bytes = 16384,
     .late_permille = 200,
     .twice_permille = 50,
     .lossless = true,
     .steps = {{STEADY(7000)}, {STEP(8000, SEND, SIM_ALL), .value = 14}}},
    /* Addresses change all the time: data follow, without signaling. Two who move between two
     * questions of each other would not find each other again. */
    {.name = "native-move",
     .native = true,
     .nats = SIM_NATS_CONE,
     .persons = 3,
     .move_ms = 14000,
     .own_permille = 500,
     .traffic_ms = 60000,
     .steps = {{STEADY(5000)}}},
    /* All hide their addresses behind names, as browsers do. */
    {.name = "native-names",
     .native = true,
     .persons = 3,
     .hidden = 7,
     .lossless = true,
     .steps = {{STEP(10, JOIN, SIM_ALL)}, {MESHED(2500)}, {STEADY(2500)}}},
    /* Paths of frames of 9,000 bytes, as on many local networks: who sends much finds out. */
    {.name = "native-wide",
     .native = true,
     .persons = 3,
     .text_bytes = 16384,
     .mtu_bytes = 9000,
     .search_bytes = 9000,
     .lossless = true,
     .steps = {{STEADY(7000)},
               {STEP(9000, SEND, SIM_ALL), .value = 6},
               {STEP(18000, EXPECT_WIDEST, 0), .value = 9000}, /* a probe, perhaps */
               {STEP(19000, SEND, SIM_ALL), .value = 6},
               {STEP(28000, EXPECT_WIDEST, 0), .value = 9000}}},
    /* The least that IPv6 allows, and all look for more. */
    {.name = "native-narrow",
     .native = true,
     .persons = 3,
     .text_bytes = 16384,
     .mtu_bytes = 1280,
     .search_bytes = 9000,
     .traffic_ms = 45000,
     .lossless = true,
     .steps = {{STEADY(7000)},
               {STEP(8000, SEND, SIM_ALL), .value = 6},
               {STEP(40000, EXPECT_WIDEST, 0), .value = 1280}}},
    /* In the middle of a transfer paths become narrower, and no word of it comes back. */
    {.name = "native-black-hole",
     .native = true,
     .persons = 3,
     .text_bytes = 16384,
     .rate_bytes_ms = 200,
     .mtu_bytes = 9000,
     .search_bytes = 9000,
     .traffic_ms = 45000,
     .lossless = true,
     .steps = {{STEADY(7000)},
               {STEP(9000, SEND, SIM_ALL), .value = 6},
               {STEP(18000, EXPECT_WIDEST, 0), .value = 9000},
               {STEP(19000, SEND, SIM_ALL), .value = 10},
               {STEP(19200, MTU, 0), .value = 1280},
               {STEP(21000, SEND, SIM_ALL), .value = 6}}},
    /* Channels that give messages up, beside those that do not, and two blackouts. */
    {.name = "native-partial",
     .native = true,
     .partial = true,
     .persons = 3,
     .latency_ms = 30,
     .jitter_ms = 10,
     .loss_permille = 50,
     .late_permille = 100,
     .twice_permille = 20,
     .traffic_ms = 45000,
     .lossless = true,
     .steps = {{STEADY(5000)},
               {STEP(12000, ISOLATE, 1), .value = 4000},
               {STEP(22000, ISOLATE_IN, 2), .value = 15000}}},
    /* A hundred thousand datagrams of strangers end no link, and hold up none that is made. */
    {.name = "native-spoofed",
     .native = true,
     .persons = 3,
     .spoofs_per_s = 5000,
     .traffic_ms = 20000,
     .lossless = true,
     .steps = {{MESHED(3000)}, {STEADY(3000)}}},
};

#define TABLE_COUNT ((uint32_t)(sizeof table / sizeof table[0]))

static bool has_step(const sim_scenario *s, sim_action action) {
    for (uint32_t i = 0; i < SIM_STEPS_MAX; i++) {
        if (s->steps[i].action == action) {
            return true;
        }
    }
    return false;
}

static void set(uint32_t *field, uint32_t value) {
    *field = *field == 0 ? value : *field;
}

/* What a row leaves out: a quiet network and talkative people in one room, who come by themselves
 * and speak by themselves unless there are steps for that. */
static void fill(sim_scenario *s) {
    set(&s->room_size, 16);
    set(&s->join_ms, has_step(s, SIM_STEP_JOIN) ? 0 : 2000);
    set(&s->traffic_ms, 30000);
    set(&s->send_ms, has_step(s, SIM_STEP_SEND) ? 0 : 2000);
    set(&s->text_bytes, 100);
    set(&s->latency_ms, 20);
    set(&s->jitter_ms, 5);
    set(&s->rate_bytes_ms, 1000);
    set(&s->mtu_bytes, 1500);
}

/* Of the scenarios that a seed draws, those with native links leave things out as rows do. */
bool sim_scenario_get(const char *name, uint64_t seed, sim_scenario *out) {
    if (sim_scenario_draw(name == NULL ? "random" : name, seed, out)) {
        if (out->native) {
            fill(out);
        }
        return true;
    }
    for (uint32_t i = 0; i < TABLE_COUNT; i++) {
        if (sim_scenario_is(name, table[i].name)) {
            *out = table[i];
            fill(out);
            return true;
        }
    }
    return false;
}

const char *sim_scenario_name(uint32_t i) {
    return i < TABLE_COUNT ? table[i].name : sim_scenario_drawn(i - TABLE_COUNT);
}
