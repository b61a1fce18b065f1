/* server/assets.c */
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "server/assets.h"

#define BYTES(literal) (const uint8_t *)(literal), NULL, sizeof(literal) - 1, 0

static const gc_asset embedded[] = {
    {"a.js", "text/javascript", "1111", BYTES("let a = '{{base}}';")},
    {"index.html", "text/html", "2222", BYTES("<a href=\"{{base}}x\">{{base}}{{bas{{base}}")},
    {"other.html", "text/html", "3333", BYTES("no place")},
};

static gc_asset_set set;

static int load(const char *path) {
    char error[128];
    return gc_assets_load(&set, embedded, 3, path, error, sizeof error);
}

static void contains(const char *name, const char *expected) {
    const gc_asset *a = gc_assets_find(&set, text_span(name));
    assert_non_null(a);
    assert_span(gc_span_of(a->raw, a->raw_bytes), text_span(expected));
}

/* What a set keeps for the life of the program. */
static void drop(void) {
    for (uint32_t i = 0; i < set.count; i++) {
        if (strstr(set.assets[i].name, ".html") != NULL) {
            gc_free((void *)set.assets[i].raw);
        }
    }
    gc_free(set.assets);
}

static void pages_alone_are_templates_and_have_a_tag(void **state) {
    (void)state;
    assert_int_equal(load("/a&'b/"), 0);
    contains("index.html", "<a href=\"/a&amp;&#39;b/x\">/a&amp;&#39;b/{{bas/a&amp;&#39;b/");
    contains("other.html", "no place");
    contains("a.js", "let a = '{{base}}';"); /* pages alone are templates */
    char etag[33];
    snprintf(etag, sizeof etag, "%s", gc_assets_find(&set, GC_SPAN("index.html"))->etag);
    assert_int_equal(strlen(etag), 32);
    drop();
    assert_int_equal(load("/"), 0); /* another page, another tag */
    assert_string_not_equal(etag, gc_assets_find(&set, GC_SPAN("index.html"))->etag);
    drop();
}

static void only_an_exact_path_is_found(void **state) {
    (void)state;
    assert_int_equal(load("/"), 0);
    assert_null(gc_assets_find(&set, GC_SPAN("")));
    assert_null(gc_assets_find(&set, GC_SPAN("a.j")));
    assert_null(gc_assets_find(&set, GC_SPAN("a.jsx")));
    assert_null(gc_assets_find(&set, gc_span_of("a.js\0", 5)));
    drop();
}

static void without_a_page_the_error_says_what_is_missing(void **state) {
    (void)state;
    char error[128] = "";
    assert_int_equal(gc_assets_load(&set, embedded, 1, "/", error, sizeof error), -1);
    assert_non_null(strstr(error, "index.html"));
    gc_free(set.assets);
    assert_int_equal(gc_assets_load_folder(&set, "/nonexistent", "/", error, sizeof error), -1);
    assert_non_null(strstr(error, "cannot read the folder"));
}

static void without_memory_nothing_is_loaded(void **state) {
    (void)state;
    char error[128] = "";
    gc_alloc_fail_at(1);
    int r = gc_assets_load(&set, embedded, 3, "/", error, sizeof error);
    gc_alloc_fail_at(0);
    assert_int_equal(r, -1);
    assert_string_equal(error, "no memory for the page");
    gc_alloc_fail_at(2);
    r = gc_assets_load(&set, embedded, 3, "/", error, sizeof error);
    gc_alloc_fail_at(0);
    assert_int_equal(r, -1);
    gc_free(set.assets);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_alone_are_templates_and_have_a_tag),
        cmocka_unit_test(only_an_exact_path_is_found),
        cmocka_unit_test(without_a_page_the_error_says_what_is_missing),
        cmocka_unit_test(without_memory_nothing_is_loaded),
    };
    return RUN(tests);
}
