#include "sim/scenario_draw.h"
#include <stddef.h>

static void draw_people(sim_rng *r, sim_scenario *s) {
    s->persons = sim_rng_below(r, 25) == 0 ? 16 : sim_rng_between(r, 2, 8);
    s->persons += sim_rng_below(r, 8) == 0 && s->persons < 9 ? 4 : 0;
    s->room_size = sim_rng_chance(r, 850) ? 16 : (s->persons + 1) / 2;
    s->way = (sim_way)sim_rng_below(r, 3);
    s->guests = sim_rng_chance(r, 200) ? sim_rng_between(r, 1, s->persons / 2) : 0;
    s->join_ms =
        sim_rng_chance(r, 300) ? sim_rng_between(r, 1, 200) : sim_rng_between(r, 200, 20000);
    s->traffic_ms = sim_rng_between(r, 20000, 80000);
    s->send_ms = sim_rng_between(r, 400, 6000);
    s->text_bytes = sim_rng_chance(r, 100) ? 4000 : 100;
}

static void draw_network(sim_rng *r, sim_scenario *s) {
    s->latency_ms =
        sim_rng_chance(r, 800) ? sim_rng_between(r, 1, 150) : sim_rng_between(r, 150, 600);
    s->jitter_ms = sim_rng_chance(r, 500) ? sim_rng_below(r, 20) : sim_rng_below(r, 500);
    s->loss_permille = sim_rng_chance(r, 500) ? 0 : sim_rng_below(r, 300);
    s->rate_bytes_ms = sim_rng_chance(r, 800) ? 1000 : sim_rng_between(r, 10, 100);
}

static void draw_random(sim_scenario *s, uint64_t seed) {
    sim_rng r;
    sim_rng_init(&r, seed, 1);
    *s = (sim_scenario){.name = "random"};
    draw_people(&r, s);
    draw_network(&r, s);
    for (uint32_t kind = 0; kind < SIM_FAULT_PAIR; kind++) { /* in small worlds alone: below */
        uint32_t mean = sim_rng_between(&r, 2000, 30000);
        s->fault_ms[kind] = sim_rng_chance(&r, 350) ? mean : 0;
    }
}

/* A world as above, in one room, with a member who keeps to no rule. */
static void draw_hostile(sim_scenario *s, uint64_t seed) {
    sim_rng r;
    sim_rng_init(&r, seed, 7);
    draw_random(s, seed);
    s->name = "hostile";
    s->hostile = true;
    s->guests = 0;
    s->way = sim_rng_chance(&r, 800) ? SIM_WAY_NAME : s->way;
    s->room_size = 16;
    s->persons += s->persons < 16;
}

/* A room of at most 8 (sometimes two of them) over an unmodified PeerServer. */
static void draw_stock(sim_scenario *s, uint64_t seed) {
    sim_rng r;
    sim_rng_init(&r, seed, 5);
    *s = (sim_scenario){.name = "stock", .stock = true};
    s->persons = sim_rng_between(&r, 2, 8);
    s->room_size = sim_rng_chance(&r, 900) ? 8 : (s->persons + 1) / 2;
    s->way = (sim_way)sim_rng_below(&r, 3);
    s->guests = sim_rng_chance(&r, 150) ? sim_rng_between(&r, 1, s->persons / 2) : 0;
    s->join_ms =
        sim_rng_chance(&r, 400) ? sim_rng_between(&r, 1, 20) : sim_rng_between(&r, 100, 10000);
    s->send_ms = sim_rng_between(&r, 1000, 6000);
    s->text_bytes = 100;
    /* One way to the server; what members tell each other takes it twice, an offer and its answer
     * four times. Behind worse lines 15 s are not enough. */
    s->latency_ms = sim_rng_between(&r, 1, sim_rng_chance(&r, 800) ? 80 : 150);
    s->jitter_ms = sim_rng_below(&r, sim_rng_chance(&r, 800) ? 20 : 100);
    s->rate_bytes_ms = 1000;
    s->episodes = sim_rng_between(&r, 2, 4);
    s->liar = sim_rng_chance(&r, 250);
}

/* Three or four people in a room whose links are the whole native stack: each takes milliseconds of
 * OpenSSL, so the worlds are small. */
static void draw_native(sim_scenario *s, uint64_t seed) {
    static const sim_fault kinds[] = {
        SIM_FAULT_SOCKET_LOSS, SIM_FAULT_PARTITION, SIM_FAULT_SERVER_CUT, SIM_FAULT_SERVER_CRASH,
        SIM_FAULT_CRASH,       SIM_FAULT_LEAVE,     SIM_FAULT_FREEZE,     SIM_FAULT_CLOCK};
    sim_rng r;
    sim_rng_init(&r, seed, 9);
    *s = (sim_scenario){.name = "native", .native = true, .text_bytes = 100};
    s->persons = sim_rng_between(&r, 3, 4);
    s->way = (sim_way)sim_rng_below(&r, 3);
    s->join_ms = sim_rng_between(&r, 1, sim_rng_chance(&r, 300) ? 50 : 5000);
    s->traffic_ms = sim_rng_between(&r, 15000, 45000);
    s->send_ms = sim_rng_between(&r, 500, 3000);
    s->latency_ms = sim_rng_between(&r, 1, sim_rng_chance(&r, 800) ? 80 : 300);
    s->jitter_ms = sim_rng_below(&r, sim_rng_chance(&r, 700) ? 10 : 60);
    s->loss_permille = sim_rng_chance(&r, 300) ? 0 : sim_rng_below(&r, 150);
    s->late_permille = sim_rng_below(&r, 250);
    s->twice_permille = sim_rng_below(&r, 100);
    s->mtu_bytes = sim_rng_chance(&r, 500) ? 1500 : 1280;
    s->rate_bytes_ms = sim_rng_chance(&r, 700) ? 1000 : sim_rng_between(&r, 50, 200);
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint32_t mean = sim_rng_between(&r, 5000, 30000);
        s->fault_ms[kinds[i]] = sim_rng_chance(&r, 350) ? mean : 0;
    }
    s->spoofs_per_s = sim_rng_chance(&r, 250) ? sim_rng_between(&r, 100, 1000) : 0;
    s->handshakes = sim_rng_chance(&r, 300);
    s->fault_ms[SIM_FAULT_PAIR] = sim_rng_chance(&r, 250) ? sim_rng_between(&r, 5000, 30000) : 0;
    s->spoil_permille = sim_rng_chance(&r, 250) ? sim_rng_between(&r, 1, 20) : 0;
    s->hidden = sim_rng_chance(&r, 200) ? sim_rng_between(&r, 1, 15) : 0;
}

/* The same behind NATs, some of which change their address. */
static void draw_native_nat(sim_scenario *s, uint64_t seed) {
    sim_rng r;
    sim_rng_init(&r, seed, 10);
    draw_native(s, seed);
    s->name = "native-nat";
    s->spoofs_per_s = 0; /* NATs let few of them in */
    s->hidden = 0;       /* nobody beyond a NAT answers for a name */
    s->nats = SIM_NATS_MIXED;
    s->move_ms = sim_rng_chance(&r, 400) ? sim_rng_between(&r, 5000, 20000) : 0;
}

bool sim_scenario_is(const char *name, const char *other) {
    while (*name != 0 && *name == *other) {
        name++;
        other++;
    }
    return *name == *other;
}

bool sim_scenario_draw(const char *name, uint64_t seed, sim_scenario *out) {
    if (sim_scenario_is(name, "random")) {
        draw_random(out, seed);
    } else if (sim_scenario_is(name, "hostile")) {
        draw_hostile(out, seed);
    } else if (sim_scenario_is(name, "stock")) {
        draw_stock(out, seed);
    } else if (sim_scenario_is(name, "native")) {
        draw_native(out, seed);
    } else if (sim_scenario_is(name, "native-nat")) {
        draw_native_nat(out, seed);
    } else {
        return false;
    }
    return true;
}

const char *sim_scenario_drawn(uint32_t i) {
    static const char *const names[] = {"stock", "hostile", "native", "native-nat"};
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}
