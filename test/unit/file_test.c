/* host/file.c */
#include "test/unit/unit.h"

#include "host/alloc.h"
#include "host/file.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int setup(void **state) {
    (void)state;
    strcpy(folder, "/tmp/file_test.XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static const char *path_of(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const char *text, uint32_t len) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

static void refused(const char *path, const char *why) {
    char expected[256], error[256] = "";
    char *bytes = NULL;
    uint32_t len = 7;
    snprintf(expected, sizeof expected, "%s %s", path, why);
    assert_int_equal(gc_file_read(path, 10, &bytes, &len, error, sizeof error), -1);
    assert_string_equal(error, expected);
    assert_null(bytes);
    assert_int_equal(len, 7);
}

static void a_whole_file_is_read(void **state) {
    (void)state;
    const char *path = path_of("a");
    const char *texts[] = {"", "x", "0123456789"};
    for (uint32_t i = 0; i < 3; i++) {
        char *bytes;
        char error[256];
        uint32_t len;
        write_file(path, texts[i], (uint32_t)strlen(texts[i]));
        assert_int_equal(gc_file_read(path, 10, &bytes, &len, error, sizeof error), 0);
        assert_int_equal(len, strlen(texts[i]));
        assert_string_equal(bytes, texts[i]);
        gc_file_free(bytes, len);
    }
    write_file(path, "0123456789a", 11);
    refused(path, "is too large");
    gc_file_free(NULL, 0);
    unlink(path);
}

/* Opening a FIFO waits for its writer, reading a terminal for a person. */
static void what_would_wait_is_refused(void **state) {
    (void)state;
    const char *path = path_of("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    refused(path, "is not a plain file");
    unlink(path);
    refused(path, "does not exist");
    refused(folder, "is not a plain file");
    refused("/dev/zero", "is not a plain file");
    refused("/dev/null/x", "does not exist");
    if (geteuid() != 0) {
        write_file(path, "x", 1);
        chmod(path, 0);
        refused(path, "may not be read by the user of this process");
        unlink(path);
    }
}

static void without_memory_nothing_is_read(void **state) {
    (void)state;
    const char *path = path_of("b");
    write_file(path, "x", 1);
    gc_alloc_fail_at(1);
    refused(path, "cannot be read: no memory");
    gc_alloc_fail_at(0);
    unlink(path);
}

static int teardown(void **state) {
    (void)state;
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_read),
        cmocka_unit_test(what_would_wait_is_refused),
        cmocka_unit_test(without_memory_nothing_is_read),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
