#include "core/base/encoding.h"
#include "core/base/error.h"
#include "test/unit/unit.h"

typedef void write_function(gc_writer *w, gc_span bytes);
typedef int read_function(gc_span text, uint8_t *out, uint32_t out_len);

static void assert_written(write_function *write, const char *bytes, const char *text) {
    uint8_t out[64];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    write(&w, text_span(bytes));
    assert_false(w.failed);
    assert_span(gc_writer_done(&w), text_span(text));
}

/* RFC 4648 10. */
static void vectors_of_the_rfc(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *base64, *base64url, *base32, *hex;
    } vectors[] = {
        {"", "", "", "", ""},
        {"f", "Zg==", "Zg", "my", "66"},
        {"fo", "Zm8=", "Zm8", "mzxq", "666f"},
        {"foo", "Zm9v", "Zm9v", "mzxw6", "666f6f"},
        {"foob", "Zm9vYg==", "Zm9vYg", "mzxw6yq", "666f6f62"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE", "mzxw6ytb", "666f6f6261"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172"},
        {"\xff\xef\xbe", "/+++", "_---", "77x34", "ffefbe"},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint8_t out[16];
        uint32_t len = (uint32_t)strlen(vectors[i].bytes);
        assert_written(gc_base64_write, vectors[i].bytes, vectors[i].base64);
        assert_written(gc_base64url_write, vectors[i].bytes, vectors[i].base64url);
        assert_written(gc_base32_write, vectors[i].bytes, vectors[i].base32);
        assert_written(gc_hex_write, vectors[i].bytes, vectors[i].hex);
        assert_int_equal(gc_base64_read(text_span(vectors[i].base64), out, len), 0);
        assert_memory_equal(out, vectors[i].bytes, len);
        assert_int_equal(gc_base64url_read(text_span(vectors[i].base64url), out, len), 0);
        assert_memory_equal(out, vectors[i].bytes, len);
        assert_int_equal(gc_hex_read(text_span(vectors[i].hex), out, len), 0);
        assert_memory_equal(out, vectors[i].bytes, len);
    }
}

static void assert_refused(read_function *read, const char *text, uint32_t out_len) {
    uint8_t out[16], before[16];
    memset(out, 0x5a, sizeof out);
    memcpy(before, out, sizeof out);
    assert_int_equal(read(text_span(text), out, out_len), GC_E_SYNTAX);
    assert_memory_equal(out, before, sizeof out);
}

static void strict_about_base64(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "Zm8", "Zm8=\n", "Zm9=", "Zm8==", "Z=8=", "Zm-=", " m8=", "Zm8A", "", "====", "Zm\x80="};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_refused(gc_base64_read, wrong[i], 2);
    }
    static const char *const unused_bits[] = {"Zh==", "Zi==", "Zk==", "Zo=="}; /* must be 0 */
    for (int i = 0; i < 4; i++) {
        assert_refused(gc_base64_read, unused_bits[i], 1);
    }
    assert_refused(gc_base64_read, "Zm+=", 2);
    assert_refused(gc_base64_read, "Zm9v", 2);
    assert_refused(gc_base64_read, "Zm8=", 3);
    assert_refused(gc_base64_read, "Zm8=", UINT32_MAX);
}

static void strict_about_base64url(void **state) {
    (void)state;
    static const char *const wrong[] = {"Zm8=", "Zm",  "Zm-", "Zm9v", "Zm9",
                                        "Zm+",  "Zm/", "Z 8", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_refused(gc_base64url_read, wrong[i], 2);
    }
    assert_refused(gc_base64url_read, "Zh", 1);
    assert_refused(gc_base64url_read, "Z", 1);
    assert_refused(gc_base64url_read, "Zg", 0);
}

static void strict_about_hex(void **state) {
    (void)state;
    uint8_t out[2];
    assert_int_equal(gc_hex_read(GC_SPAN("aBcD"), out, 2), 0);
    assert_memory_equal(out, "\xab\xcd", 2);
    static const char *const wrong[] = {"",     "ab",   "abc",  "abcde", "abcg",
                                        "ab:d", "ab@d", "ab`d", "0x00"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_refused(gc_hex_read, wrong[i], 2);
    }
}

/* Of all 256 bytes exactly the alphabet's are digits, and every value comes back. */
static void alphabets_are_exact(void **state) {
    (void)state;
    static const struct {
        write_function *write;
        read_function *read;
        uint32_t bytes, chars, digits;
    } forms[] = {{gc_base64_write, gc_base64_read, 3, 4, 64},
                 {gc_base64url_write, gc_base64url_read, 3, 4, 64},
                 {gc_hex_write, gc_hex_read, 1, 2, 22}};
    for (size_t f = 0; f < 3; f++) {
        uint32_t digits = 0;
        for (int c = 0; c < 256; c++) {
            uint8_t text[4] = {'0', '0', '0', '0'}, out[3], again[4];
            text[forms[f].chars - 1] = (uint8_t)c;
            if (forms[f].read(gc_span_of(text, forms[f].chars), out, forms[f].bytes) == 0) {
                digits++;
                gc_writer w;
                gc_writer_init(&w, again, sizeof again);
                forms[f].write(&w, gc_span_of(out, forms[f].bytes));
                if (c < 'A' || c > 'F' || forms[f].bytes != 1) { /* hex is written small */
                    assert_memory_equal(text, again, forms[f].chars);
                }
            }
        }
        assert_int_equal(digits, forms[f].digits);
    }
}

static void own_ids_have_26_characters(void **state) {
    (void)state;
    static const uint8_t bytes[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    uint8_t out[26];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    gc_base32_write(&w, gc_span_of(bytes, 16));
    assert_false(w.failed);
    assert_span(gc_writer_done(&w), GC_SPAN("7777777777777777777777777"
                                            "4"));
}

static void single_digits_are_hexadecimal(void **state) {
    (void)state;
    uint32_t digits = 0;
    for (uint32_t c = 0; c < 256; c++) {
        int value = gc_hex_value((uint8_t)c);
        if (value >= 0) {
            digits++;
            assert_true(c == gc_hex_digit((uint32_t)value) || c == gc_hex_capital((uint32_t)value));
        }
    }
    assert_int_equal(digits, 22);
    assert_int_equal(gc_hex_digit(0xab), 'b'); /* the low half alone */
    assert_int_equal(gc_hex_capital(0xab), 'B');
}

static void a_uuid_says_its_version_and_variant(void **state) {
    (void)state;
    uint8_t random[16], out[36];
    memset(random, 0xff, sizeof random);
    random[0] = 0x0a;
    gc_uuid_write(random, out);
    assert_memory_equal(out, "0affffff-ffff-4fff-bfff-ffffffffffff", sizeof out);
    memset(random, 0, sizeof random);
    gc_uuid_write(random, out);
    assert_memory_equal(out, "00000000-0000-4000-8000-000000000000", sizeof out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_rfc),
        cmocka_unit_test(strict_about_base64),
        cmocka_unit_test(strict_about_base64url),
        cmocka_unit_test(strict_about_hex),
        cmocka_unit_test(alphabets_are_exact),
        cmocka_unit_test(single_digits_are_hexadecimal),
        cmocka_unit_test(own_ids_have_26_characters),
        cmocka_unit_test(a_uuid_says_its_version_and_variant),
    };
    return RUN(tests);
}
