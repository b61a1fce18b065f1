#include "core/proto/people.h"
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "core/base/reason.h"
#include "core/base/secret.h"
#include "core/base/siphash.h"
#include "core/base/timers.h"
#include "core/base/utf8.h"

void gc_people_init(gc_people *pp) {
    gc_arena a;
    memset(pp, 0, sizeof *pp);
    gc_arena_init(&a, pp->tables, sizeof pp->tables);
    gc_map_init(&pp->ids, &a, GC_PEERS_MAX);
    gc_assert(pp->ids.hashes != NULL);
}

/* Strangers choose their ids, but the table is so small that ids which collide cost at most
 * GC_PEERS_MAX comparisons: the key need not be secret. */
static uint64_t hash_of(gc_span id) {
    static const uint8_t key[16] = {0};
    return gc_siphash(key, id);
}

static gc_span id_of(const gc_person *p) {
    return gc_span_of(p->id, p->id_len);
}

uint32_t gc_people_find(const gc_people *pp, gc_span id) {
    uint32_t i = gc_map_first(&pp->ids, hash_of(id));
    while (i != GC_MAP_END && !gc_span_equal(id_of(&pp->persons[i]), id)) {
        i = gc_map_next(&pp->ids, i);
    }
    return i == GC_MAP_END ? GC_NONE : i;
}

uint32_t gc_people_add(gc_people *pp, gc_span id) {
    gc_assert(id.len > 0 && id.len <= GC_ID_BYTES_MAX);
    gc_set used = gc_set_or(&pp->live, &pp->ended);
    uint32_t i = gc_set_gap(&used, GC_PEERS_MAX);
    if (i == GC_SET_END) {
        return GC_NONE;
    }
    gc_person *p = &pp->persons[i];
    *p = (gc_person){.knocked_ms = GC_NEVER, .id_len = id.len};
    memcpy(p->id, id.data, id.len);
    gc_set_add(&pp->live, i);
    gc_map_add(&pp->ids, hash_of(id), i);
    return i;
}

uint32_t gc_people_count(const gc_people *pp) {
    return gc_set_count(&pp->live) + gc_set_count(&pp->ended);
}

const gc_person *gc_people_at(const gc_people *pp, uint32_t i) {
    gc_assert(gc_set_has(&pp->live, i) || gc_set_has(&pp->ended, i));
    return &pp->persons[i];
}

gc_span gc_people_id(const gc_people *pp, uint32_t i) {
    return id_of(gc_people_at(pp, i));
}

bool gc_people_after(const gc_people *pp, uint32_t i, gc_span own) {
    gc_span id = gc_people_id(pp, i);
    uint32_t common = own.len < id.len ? own.len : id.len;
    int order = memcmp(own.data, id.data, common);
    return order < 0 || (order == 0 && own.len < id.len);
}

/* --- places ----------------------------------------------------------------------------------- */

enum gc_right gc_people_right(const gc_people *pp, uint32_t i) {
    const gc_person *p = gc_people_at(pp, i);
    switch (p->standing) {
    case GC_STANDING_TARGET:
        return GC_RIGHT_TARGET;
    case GC_STANDING_GUEST:
        return GC_RIGHT_GUEST;
    case GC_STANDING_HEARSAY:
        return GC_RIGHT_HEARSAY;
    default:
        return p->listed ? GC_RIGHT_LISTED : GC_RIGHT_TAG;
    }
}

uint32_t gc_people_below(const gc_people *pp, enum gc_right right) {
    uint32_t n = 0;
    for (uint32_t i = gc_set_first(&pp->live); i != GC_SET_END; i = gc_set_next(&pp->live, i + 1)) {
        n += gc_people_right(pp, i) < right;
    }
    return n;
}

uint32_t gc_people_weakest(const gc_people *pp, enum gc_right right, const gc_set *kept) {
    uint32_t best = GC_NONE, best_rank = 2 * (uint32_t)right;
    for (uint32_t i = gc_set_first(&pp->live); i != GC_SET_END; i = gc_set_next(&pp->live, i + 1)) {
        uint32_t rank = 2 * (uint32_t)gc_people_right(pp, i) + gc_set_has(kept, i);
        if (rank < 2 * (uint32_t)right && rank <= best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

static gc_person *live(gc_people *pp, uint32_t i) {
    gc_assert(gc_set_has(&pp->live, i));
    return &pp->persons[i];
}

/* The sets of standings follow from the standing alone. */
static void file(gc_people *pp, uint32_t i, bool alive) {
    uint8_t s = pp->persons[i].standing;
    bool hearsay = alive && s == GC_STANDING_HEARSAY;
    bool vouched = hearsay || (alive && s == GC_STANDING_VOUCHED);
    gc_set_put(&pp->hearsay, i, hearsay);
    gc_set_put(&pp->vouched, i, vouched);
    gc_set_put(&pp->members, i, vouched || (alive && s == GC_STANDING_MEMBER));
}

static void stand(gc_people *pp, uint32_t i, enum gc_standing standing) {
    pp->persons[i].standing = (uint8_t)standing;
    file(pp, i, true);
}

void gc_people_end(gc_people *pp, uint32_t i, uint32_t trouble) {
    gc_person *p = live(pp, i);
    p->trouble = trouble;
    file(pp, i, false);
    gc_map_remove(&pp->ids, hash_of(id_of(p)), i);
    gc_set_remove(&pp->live, i);
    gc_set_add(&pp->ended, i);
}

void gc_people_free(gc_people *pp, uint32_t i) {
    gc_assert(gc_set_has(&pp->ended, i));
    gc_set_remove(&pp->ended, i);
    gc_bytes_wipe(&pp->persons[i], sizeof pp->persons[i]);
}

/* --- standing --------------------------------------------------------------------------------- */

void gc_people_join(gc_people *pp, uint32_t i, const uint8_t *tag) {
    if (live(pp, i)->standing == GC_STANDING_GUEST) {
        stand(pp, i, GC_STANDING_MEMBER);
    }
    gc_people_came(pp, i);
    gc_people_set_tag(pp, i, tag);
}

void gc_people_list(gc_people *pp, uint32_t i) {
    live(pp, i)->listed = true;
}

void gc_people_vouch(gc_people *pp, uint32_t i, bool itself, bool fresh) {
    bool hearsay = live(pp, i)->standing == GC_STANDING_HEARSAY;
    stand(pp, i, !itself && (fresh || hearsay) ? GC_STANDING_HEARSAY : GC_STANDING_VOUCHED);
}

void gc_people_heard(gc_people *pp, uint32_t i) {
    if (live(pp, i)->standing == GC_STANDING_HEARSAY) {
        stand(pp, i, GC_STANDING_VOUCHED);
    }
}

void gc_people_aim(gc_people *pp, uint32_t i) {
    (void)live(pp, i);
    stand(pp, i, GC_STANDING_TARGET);
}

void gc_people_set_tag(gc_people *pp, uint32_t i, const uint8_t *tag) {
    gc_person *p = live(pp, i);
    p->has_tag = tag != NULL;
    if (tag != NULL) {
        memcpy(p->tag, tag, GC_TAG_BYTES);
    }
}

/* --- presence and the rest -------------------------------------------------------------------- */

void gc_people_came(gc_people *pp, uint32_t i) {
    live(pp, i)->presence = GC_PRESENCE_PRESENT;
}

void gc_people_went(gc_people *pp, uint32_t i) {
    gc_person *p = live(pp, i);
    p->listed = false;
    if (p->presence == GC_PRESENCE_PRESENT) {
        p->presence = GC_PRESENCE_UNKNOWN;
    }
}

void gc_people_miss(gc_people *pp, uint32_t i) {
    gc_person *p = live(pp, i);
    p->listed = false;
    p->presence = GC_PRESENCE_ABSENT;
}

void gc_people_knock(gc_people *pp, uint32_t i, uint64_t now_ms) {
    live(pp, i)->knocked_ms = now_ms;
}

void gc_people_trouble(gc_people *pp, uint32_t i, uint32_t reason) {
    live(pp, i)->trouble = reason;
}

void gc_people_rename(gc_people *pp, uint32_t i, gc_span nick) {
    gc_person *p = live(pp, i);
    uint8_t clean[GC_NICK_BYTES_MAX];
    uint32_t len = gc_utf8_clean_line(nick, clean, sizeof clean);
    if (!gc_span_equal(gc_span_of(clean, len), gc_span_of(p->nick, p->nick_len))) {
        memcpy(p->nick, clean, len);
        p->nick_len = len;
        p->news = p->news == GC_NEWS_NONE ? GC_NEWS_NICK : p->news;
    }
}

void gc_people_told(gc_people *pp, uint32_t i) {
    gc_assert(gc_set_has(&pp->live, i) || gc_set_has(&pp->ended, i));
    pp->persons[i].news = GC_NEWS_NONE;
}

void gc_people_check(const gc_people *pp) {
    gc_set both = gc_set_and(&pp->live, &pp->ended);
    gc_assert(gc_set_is_empty(&both) && pp->ids.count == gc_set_count(&pp->live));
    for (uint32_t i = 0; i < GC_PEERS_MAX; i++) {
        const gc_person *p = &pp->persons[i];
        bool alive = gc_set_has(&pp->live, i);
        bool hearsay = alive && p->standing == GC_STANDING_HEARSAY;
        bool vouched = hearsay || (alive && p->standing == GC_STANDING_VOUCHED);
        gc_assert(!alive || gc_people_find(pp, id_of(p)) == i);
        gc_assert(gc_set_has(&pp->hearsay, i) == hearsay);
        gc_assert(gc_set_has(&pp->vouched, i) == vouched);
        gc_assert(gc_set_has(&pp->members, i) ==
                  (vouched || (alive && p->standing == GC_STANDING_MEMBER)));
        gc_assert(alive || gc_set_has(&pp->ended, i) || p->id_len == 0);
    }
}
