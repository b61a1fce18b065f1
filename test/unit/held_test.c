#include "test/unit/noun.h"

#include "core/proto/held.h"

#define BLOCKS    512
#define BLOCKS_IN 256
#define EXPIRE_MS 5000

typedef struct fixture {
    gc_held h;
    gc_block_pool pool;
    gc_arena arena;
    void *memory;
} fixture;

static void init(fixture *f) {
    gc_held_init(&f->h, &f->arena, BLOCKS_IN, EXPIRE_MS);
    gc_block_pool_init(&f->pool, &f->arena, BLOCKS);
}

static void start(fixture *f) {
    NOUN_PLACE(f->memory, f->arena, init(f));
}

/* Ids hash to their first byte here: the box must compare the whole id. */
static uint64_t hash_of(const char *id) {
    return (uint64_t)id[0];
}

static uint32_t find(const fixture *f, const char *id) {
    return gc_held_find(&f->h, hash_of(id), text_span(id));
}

static bool add(fixture *f, const char *id, uint32_t from, uint32_t bytes, uint64_t now_ms) {
    static const uint8_t zeros[70000];
    if (!gc_held_has_share(&f->h, from % GC_HELD_ORIGINS, bytes) ||
        !gc_held_fits(&f->h, &f->pool, find(f, id), from % GC_HELD_ORIGINS, bytes)) {
        return false;
    }
    gc_held_message m = {.at_ms = now_ms, .from_hash = from, .from = from, .bytes = bytes};
    m.origin = (uint16_t)(from % GC_HELD_ORIGINS);
    gc_block_queue *q = gc_held_add(&f->h, hash_of(id), text_span(id), &m);
    uint32_t before = q->blocks;
    gc_block_queue_put(&f->pool, q, gc_span_of(zeros, bytes));
    gc_held_written(&f->h, before, q);
    gc_held_check(&f->h, &f->pool);
    return true;
}

#define PART_BYTES (GC_HELD_BYTES_PER_ID_MAX / GC_HELD_SHARES) /* of one box, for one address */
#define MANY       16384                                       /* blocks: 16 MiB */

static void init_large(fixture *f) {
    gc_held_init(&f->h, &f->arena, MANY, EXPIRE_MS);
    gc_block_pool_init(&f->pool, &f->arena, 2 * MANY);
}

static uint32_t expire(fixture *f, uint64_t now_ms, uint32_t *boxes);

static uint32_t fill(fixture *f, uint32_t from, uint32_t bytes) {
    uint32_t count = 0;
    char id[16];
    for (;; count++) {
        snprintf(id, sizeof id, "%c%u.%u", 'a' + (int)(count % 20), from, count / 3);
        if (!add(f, id, from, bytes, 1000)) {
            return count;
        }
        assert_true(count < MANY);
    }
}

/* One address, whatever its connections send and how they come and go, takes an eighth. */
static void one_origin_takes_no_more_than_its_share(void **state) {
    static const uint32_t sizes[] = {1, 1000, 20000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        fixture f;
        uint32_t boxes;
        uint64_t cost = sizes[i] < GC_BLOCK_BYTES ? GC_BLOCK_BYTES : sizes[i];
        NOUN_PLACE(f.memory, f.arena, init_large(&f));
        uint32_t count = fill(&f, 7, sizes[i]);
        assert_true(count * cost <= MANY * GC_BLOCK_BYTES / 8);
        assert_true((count + 1) * cost > MANY * GC_BLOCK_BYTES / 8);
        assert_int_equal(fill(&f, 8, sizes[i]), count); /* others have theirs */
        assert_int_equal(expire(&f, 1000 + EXPIRE_MS + GC_HELD_BATCH_MS, &boxes), 2 * count);
        assert_int_equal(fill(&f, 7, sizes[i]), count);
        free(f.memory);
    }
}

static uint32_t expire(fixture *f, uint64_t now_ms, uint32_t *boxes) {
    uint32_t box, messages = 0;
    gc_held_message m;
    *boxes = 0;
    while (gc_held_due(&f->h, now_ms, &box)) {
        ++*boxes;
        while (gc_held_expire(&f->h, &f->pool, box, now_ms, &m)) {
            messages++;
        }
        gc_held_settle(&f->h, box);
        gc_held_check(&f->h, &f->pool);
    }
    return messages;
}

static void expiry_is_by_message_and_in_batches(void **state) {
    (void)state;
    fixture f;
    uint32_t boxes;
    start(&f);
    assert_int_equal(gc_held_deadline(&f.h), GC_NEVER);
    add(&f, "a", 1, 100, 1000);
    add(&f, "a", 1, 100, 1900);  /* within a second: the same batch */
    add(&f, "a", 1, 100, 2500);  /* a batch of its own */
    add(&f, "ab", 1, 100, 1500); /* another id with the same hash */
    assert_int_equal(gc_held_deadline(&f.h), 7000);
    assert_int_equal(expire(&f, 6999, &boxes), 0);
    assert_int_equal(boxes, 0);
    assert_int_equal(expire(&f, 7000, &boxes), 2);
    assert_int_equal(boxes, 1);
    assert_int_equal(gc_held_deadline(&f.h), 7500);
    assert_int_equal(expire(&f, 7500, &boxes), 1);
    assert_int_equal(find(&f, "ab"), GC_HELD_NONE);
    assert_int_equal(gc_held_deadline(&f.h), 8500);
    assert_int_equal(expire(&f, 9000, &boxes), 1);
    assert_int_equal(f.h.count + f.h.blocks + f.h.map.count + f.pool.used, 0);
    assert_int_equal(f.h.bytes, 0);
    assert_int_equal(gc_held_deadline(&f.h), GC_NEVER);
    free(f.memory);
}

static void an_id_has_a_limit_of_held_messages(void **state) {
    (void)state;
    fixture f;
    start(&f);
    for (uint32_t i = 0; i < GC_HELD_PER_ID_MAX; i++) {
        assert_true(add(&f, "a", 1 + i % GC_HELD_SHARES, 5, 0));
    }
    assert_false(add(&f, "a", 9, 5, 0));
    assert_int_equal(f.h.blocks, 1); /* small ones share a block */
    for (uint32_t from = 1; from <= GC_HELD_SHARES; from++) {
        assert_true(add(&f, "b", from, PART_BYTES - 5, 0));
        assert_true(add(&f, "b", from, 5, 0));
    }
    assert_false(add(&f, "b", 9, 1, 0));
    free(f.memory);
}

/* What one address sends to an absent id leaves room for the others, and expires for them alike. */
static void nobody_fills_the_box_of_an_absent_id_alone(void **state) {
    (void)state;
    fixture f;
    start(&f);
    for (uint32_t i = 0; i < GC_HELD_PER_ID_MAX / GC_HELD_SHARES; i++) {
        assert_true(add(&f, "a", 1, 10, i));
    }
    assert_false(add(&f, "a", 1, 10, 100));
    assert_false(add(&f, "a", 1 + GC_HELD_ORIGINS, 10, 100)); /* another client of the address */
    assert_true(add(&f, "a", 2, 10, 100));
    assert_true(add(&f, "b", 1, PART_BYTES, 100));
    assert_false(add(&f, "b", 1, 1, 100));
    assert_true(add(&f, "b", 2, 3000, 100));
    assert_false(add(&f, "c", 1, PART_BYTES + 1, 100));
    assert_int_equal(find(&f, "c"), GC_HELD_NONE);
    uint32_t boxes = 0;
    assert_true(expire(&f, EXPIRE_MS + GC_HELD_BATCH_MS, &boxes) > 0);
    assert_true(add(&f, "a", 1, 10, EXPIRE_MS + GC_HELD_BATCH_MS));
    free(f.memory);
}

static void the_server_has_a_limit_of_held_messages(void **state) {
    (void)state;
    fixture f;
    start(&f);
    uint32_t held = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        char id[8];
        snprintf(id, sizeof id, "x%u", i);
        held += add(&f, id, i, 10, 0);
    }
    assert_int_equal(held, BLOCKS_IN); /* a block each */
    assert_int_equal(f.h.blocks, BLOCKS_IN);
    /* the pool's own end counts too */
    uint32_t boxes;
    expire(&f, 100000, &boxes);
    gc_block_queue q = {0};
    static const uint8_t bytes[GC_BLOCK_DATA_BYTES];
    while (gc_block_pool_left(&f.pool) > 1) {
        gc_block_queue_put(&f.pool, &q, gc_span_of(bytes, sizeof bytes));
    }
    assert_false(add(&f, "y", 1, GC_BLOCK_DATA_BYTES + 1, 0));
    assert_true(add(&f, "y", 1, GC_BLOCK_DATA_BYTES, 0));
    assert_false(add(&f, "z", 1, 1, 0));
    free(f.memory);
}

static void what_is_held_is_taken_whole(void **state) {
    (void)state;
    fixture f;
    start(&f);
    add(&f, "a", 1, 3000, 10);
    add(&f, "a", 2, 50, 20);
    uint32_t box = find(&f, "a");
    gc_held_message m;
    assert_true(gc_held_take(&f.h, box, &m));
    assert_int_equal(m.from, 1);
    assert_true(gc_held_take(&f.h, box, &m));
    assert_int_equal(m.from, 2);
    assert_false(gc_held_take(&f.h, box, &m));
    gc_block_queue to = {0};
    gc_held_empty(&f.h, &f.pool, box, &to);
    gc_held_check(&f.h, &f.pool);
    assert_int_equal(to.len, 3050);
    assert_int_equal(f.h.blocks, 0);
    assert_int_equal(f.pool.used, to.blocks);
    assert_int_equal(find(&f, "a"), GC_HELD_NONE);
    assert_int_equal(gc_held_deadline(&f.h), GC_NEVER);
    /* and its place is used again */
    add(&f, "b", 1, 10, 30);
    assert_int_equal(f.h.boxes_touched, 1);
    assert_int_equal(f.h.messages_touched, 2);
    free(f.memory);
}

static void many_steps_at_random_do_as_a_model_does(void **state) {
    (void)state;
    fixture f;
    start(&f);
    uint64_t rng = 77, now = 0;
    uint32_t added = 0, gone = 0, boxes;
    for (int i = 0; i < 20000; i++) {
        char id[4];
        snprintf(id, sizeof id, "%u", chance(&rng, 40));
        now += chance(&rng, 200);
        added += add(&f, id, chance(&rng, 5), 1 + chance(&rng, 3000), now);
        gone += expire(&f, now, &boxes);
        uint32_t box = find(&f, id);
        if (box != GC_HELD_NONE && chance(&rng, 10) == 0) {
            gc_held_message m;
            gc_block_queue to = {0};
            while (gc_held_take(&f.h, box, &m)) {
                gone++;
            }
            gc_held_empty(&f.h, &f.pool, box, &to);
            gc_block_queue_clear(&f.pool, &to);
        }
        assert_int_equal(added - gone, f.h.count);
    }
    assert_true(added > 10000);
    gone += expire(&f, now + EXPIRE_MS + GC_HELD_BATCH_MS, &boxes);
    assert_int_equal(added, gone);
    assert_int_equal(f.pool.used, 0);
    free(f.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_origin_takes_no_more_than_its_share),
        cmocka_unit_test(expiry_is_by_message_and_in_batches),
        cmocka_unit_test(an_id_has_a_limit_of_held_messages),
        cmocka_unit_test(nobody_fills_the_box_of_an_absent_id_alone),
        cmocka_unit_test(the_server_has_a_limit_of_held_messages),
        cmocka_unit_test(what_is_held_is_taken_whole),
        cmocka_unit_test(many_steps_at_random_do_as_a_model_does),
    };
    return RUN(tests);
}
