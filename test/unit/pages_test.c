#include "test/unit/unit.h"

#include "host/pages.h"

#include <sys/mman.h>
#include <unistd.h>

/* Only what lies in the range, and whole pages of it, is lost. */
static void whole_pages_within_are_given_back(void **state) {
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *memory =
        mmap(NULL, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    memset(memory, 1, 8 * page);
    gc_pages_give_back(memory + page + 1, 4 * page);
    for (size_t i = 0; i < 8 * page; i++) {
        assert_int_equal(memory[i], i < 2 * page || i >= 5 * page);
    }
    munmap(memory, 8 * page);
}

static void less_than_a_page_stays(void **state) {
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *memory =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    memset(memory, 1, 2 * page);
    gc_pages_give_back(memory + 1, page);
    gc_pages_give_back(memory + 1, 0);
    gc_pages_give_back(memory + page - 1, page);
    for (size_t i = 0; i < 2 * page; i++) {
        assert_int_equal(memory[i], 1);
    }
    munmap(memory, 2 * page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_pages_within_are_given_back),
        cmocka_unit_test(less_than_a_page_stays),
    };
    return RUN(tests);
}
