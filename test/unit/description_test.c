/* core/wire/description.c */
#include "core/wire/description.h"
#include "test/unit/unit.h"

static void check(const char *sdp, uint32_t max, const char *expected, uint32_t left) {
    uint8_t bytes[512];
    uint32_t kept = 99, len = (uint32_t)strlen(sdp);
    assert_true(len <= sizeof bytes);
    memcpy(bytes, sdp, len);
    len = gc_description_cut_candidates(bytes, len, max, &kept);
    assert_span(gc_span_of(bytes, len), text_span(expected));
    assert_int_equal(kept, left);
    assert_int_equal(gc_description_has_candidate(text_span(sdp)), strlen(sdp) > len || left > 0);
}

static void what_is_within_the_limit_stays(void **state) {
    const char *sdp = "v=0\r\na=candidate:1\r\na=mid:0\r\na=candidate:2\r\n";
    (void)state;
    check(sdp, 2, sdp, 2);
    check(sdp, 3, sdp, 2);
    check("", 1, "", 0);
    check("v=0", 0, "v=0", 0);
    check("\r\n\n\r x a=candidate:1\r\n", 0, "\r\n\n\r x a=candidate:1\r\n", 0);
}

static void what_is_over_it_goes(void **state) {
    (void)state;
    check("v=0\r\na=candidate:1\r\na=mid:0\r\na=candidate:2\r\ns=-\r\n", 1,
          "v=0\r\na=candidate:1\r\na=mid:0\r\ns=-\r\n", 1);
    check("a=candidate:1\r\na=candidate:2\r\na=candidate:3", 0, "", 0);
    check("a=candidate:1\na=candidate:2\nx", 1, "a=candidate:1\nx", 1);
}

static void no_line_end_hides_one(void **state) {
    (void)state;
    check("s=-\ra=candidate:1\ra=candidate:2\r", 1, "s=-\ra=candidate:1\r", 1);
    check("s=-\r\r\na=candidate:1\n\ra=candidate:2", 0, "s=-\r\r\n", 0);
}

static void no_form_that_a_reader_takes_is_missed(void **state) {
    static const char *const forms[] = {"a=CANDIDATE:1",   "a=Candidate:1",  "a= candidate:1",
                                        "a=\tcandidate:1", "a=candidate :1", " a=candidate:1",
                                        "A=candidate:1",   "a =candidate:1"};
    (void)state;
    for (uint32_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        check(forms[i], 0, "", 0);
        check(forms[i], 1, forms[i], 1);
    }
    check("a=candidat:1\r\nb=candidate:1\r\na\r\n=candidate\r\na=", 0,
          "a=candidat:1\r\nb=candidate:1\r\na\r\n=candidate\r\na=", 0);
}

/* Each differs from a candidate in one byte. */
static void what_only_resembles_one_stays(void **state) {
    static const char *const lines[] = {"a:candidate:1", "a candidate:1", "aa=candidate:1",
                                        "a=bandidate:1", "a=candidata:1", "!=candidate:1",
                                        "a==candidate:1"};
    (void)state;
    for (uint32_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        check(lines[i], 0, lines[i], 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_within_the_limit_stays),
        cmocka_unit_test(what_is_over_it_goes),
        cmocka_unit_test(no_line_end_hides_one),
        cmocka_unit_test(no_form_that_a_reader_takes_is_missed),
        cmocka_unit_test(what_only_resembles_one_stays),
    };
    return RUN(tests);
}
