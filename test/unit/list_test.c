#include "host/list.h"
#include "test/unit/unit.h"

typedef struct item {
    int number;
    gc_list_node place;
} item;

static void assert_numbers(const gc_list *list, const char *expected) {
    char forth[16], back[16];
    uint32_t count = 0;
    for (gc_list_node *n = list->first; n != NULL; n = n->next) {
        forth[count++] = (char)('0' + GC_LIST_OWNER(n, item, place)->number);
        assert_ptr_equal(n->list, list);
    }
    forth[count] = 0;
    assert_string_equal(forth, expected);
    assert_int_equal(list->count, count);
    back[count] = 0;
    for (gc_list_node *n = list->last; n != NULL; n = n->previous) {
        back[--count] = (char)('0' + GC_LIST_OWNER(n, item, place)->number);
    }
    assert_string_equal(back, expected);
}

static void nodes_stay_in_the_order_in_which_they_came(void **state) {
    (void)state;
    gc_list list = {0};
    item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
    assert_numbers(&list, "");
    for (int i = 0; i < 3; i++) {
        gc_list_append(&list, &items[i].place);
    }
    assert_numbers(&list, "123");
}

static void any_node_can_leave(void **state) {
    (void)state;
    static const char *const left[] = {"23", "13", "12"};
    for (int gone = 0; gone < 3; gone++) {
        gc_list list = {0};
        item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
        for (int i = 0; i < 3; i++) {
            gc_list_append(&list, &items[i].place);
        }
        gc_list_remove(&items[gone].place);
        assert_numbers(&list, left[gone]);
        assert_false(gc_list_has(&items[gone].place));
    }
}

static void a_node_can_leave_twice_and_come_back(void **state) {
    (void)state;
    gc_list list = {0}, other = {0};
    item a = {.number = 1}, b = {.number = 2};
    gc_list_append(&list, &a.place);
    gc_list_append(&list, &b.place);
    gc_list_remove(&a.place);
    gc_list_remove(&a.place);
    assert_numbers(&list, "2");
    gc_list_append(&list, &a.place);
    assert_numbers(&list, "21");
    gc_list_remove(&b.place);
    gc_list_append(&other, &b.place);
    assert_numbers(&list, "1");
    assert_numbers(&other, "2");
    gc_list_remove(&a.place);
    assert_numbers(&list, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_stay_in_the_order_in_which_they_came),
        cmocka_unit_test(any_node_can_leave),
        cmocka_unit_test(a_node_can_leave_twice_and_come_back),
    };
    return RUN(tests);
}
