/* server/option_table.c: what each row must have for server/options.c to take it. */
#include "server/option_table.h"
#include "test/unit/unit.h"

#include <string.h>

static void every_option_is_found_by_its_names(void **state) {
    (void)state;
    const gc_option *o;
    size_t i = 0;
    for (; (o = gc_option_table_at(i)) != NULL; i++) {
        assert_ptr_equal(gc_option_table_find(o->name, strlen(o->name)), o);
        if (o->alias != NULL) {
            assert_ptr_equal(gc_option_table_find(o->alias, strlen(o->alias)), o);
        }
        if (o->letter != 0) {
            assert_ptr_equal(gc_option_table_find_letter(o->letter), o);
        }
        assert_true(o->kind == GC_OPTION_LATER || o->help != NULL);
        assert_true(o->min <= o->max);
    }
    assert_true(i > 20);
    assert_null(gc_option_table_at(i));
}

static void dashes_and_underscores_are_the_same(void **state) {
    (void)state;
    const gc_option *o = gc_option_table_find("tls-cert", 8);
    assert_non_null(o);
    assert_ptr_equal(gc_option_table_find("tls_cert=x", 8), o);
    assert_null(gc_option_table_find("tls-cert", 7));
    assert_null(gc_option_table_find("tls-certs", 9));
    assert_null(gc_option_table_find("", 0));
    assert_null(gc_option_table_find_letter(0));
    assert_null(gc_option_table_find_letter('?'));
}

/* options.c takes the name of a secret without its end for the option whose text the file holds. */
static void a_secret_is_the_text_of_another_option(void **state) {
    (void)state;
    const gc_option *o;
    size_t secrets = 0;
    for (size_t i = 0; (o = gc_option_table_at(i)) != NULL; i++) {
        size_t len = strlen(o->name);
        if (o->kind != GC_OPTION_SECRET) {
            continue;
        }
        secrets++;
        assert_true(len > strlen("-file"));
        assert_string_equal(o->name + len - strlen("-file"), "-file");
        const gc_option *named = gc_option_table_find(o->name, len - strlen("-file"));
        assert_non_null(named);
        assert_int_equal(named->kind, GC_OPTION_TEXT);
        assert_int_not_equal(named->at, o->at);
        assert_true(o->max > 0);
    }
    assert_true(secrets > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_found_by_its_names),
        cmocka_unit_test(dashes_and_underscores_are_the_same),
        cmocka_unit_test(a_secret_is_the_text_of_another_option),
    };
    return RUN(tests);
}
