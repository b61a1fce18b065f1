#include "host/file.h"
#include "core/base/secret.h"
#include "host/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *path, const char *what, char *error, size_t error_bytes) {
    snprintf(error, error_bytes, "%s %s", path, what);
    return -1;
}

static int fail_to_open(const char *path, int number, char *error, size_t error_bytes) {
    if (number == ENOENT || number == ENOTDIR) {
        return fail(path, "does not exist", error, error_bytes);
    }
    if (number == EACCES || number == EPERM) {
        return fail(path, "may not be read by the user of this process", error, error_bytes);
    }
    snprintf(error, error_bytes, "%s cannot be opened: %s", path, strerror(number));
    return -1;
}

/* Reads until the end, at most size bytes. Returns how many, or -1. */
static int64_t read_all(int fd, char *out, uint32_t size) {
    uint32_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, out + len, size - len);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n < 0 ? -1 : (int64_t)len;
        }
        len += (uint32_t)n;
    }
    return len;
}

static int read_open(int fd, const char *path, uint32_t bytes_max, char **out, uint32_t *len,
                     char *error, size_t error_bytes) {
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        return fail(path, "is not a plain file", error, error_bytes);
    }
    uint32_t size = bytes_max + 1; /* one more, so that a longer file is noticed */
    char *bytes = gc_alloc((size_t)size + 1);
    if (bytes == NULL) {
        return fail(path, "cannot be read: no memory", error, error_bytes);
    }
    int64_t n = read_all(fd, bytes, size);
    if (n < 0 || n == size) {
        gc_file_free(bytes, n < 0 ? 0 : size);
        return fail(path, n < 0 ? "cannot be read" : "is too large", error, error_bytes);
    }
    bytes[n] = 0;
    *out = bytes;
    *len = (uint32_t)n;
    return 0;
}

int gc_file_read(const char *path, uint32_t bytes_max, char **out, uint32_t *len, char *error,
                 size_t error_bytes) {
    /* O_NONBLOCK: opening a FIFO would wait for its writer. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return fail_to_open(path, errno, error, error_bytes);
    }
    int r = read_open(fd, path, bytes_max, out, len, error, error_bytes);
    close(fd);
    return r;
}

void gc_file_free(char *bytes, uint32_t len) {
    if (bytes != NULL) {
        gc_bytes_wipe(bytes, len);
        gc_free(bytes);
    }
}
