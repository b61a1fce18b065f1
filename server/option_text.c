#include "server/option_text.h"
#include "core/base/ascii.h"
#include "core/base/limits.h"

#include <stdlib.h>
#include <string.h>

char *gc_option_text_after_mark(char *text) {
    static const char mark[] = "\xef\xbb\xbf"; /* in UTF-8 */
    return strncmp(text, mark, strlen(mark)) == 0 ? text + strlen(mark) : text;
}

bool gc_option_text_number(const char *text, uint64_t *out) {
    uint64_t n = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (n > UINT64_MAX / 10 - 1) {
            return false;
        }
        n = n * 10 + (uint64_t)(*p - '0');
    }
    static const char units[] = "KMG";
    const char *unit = *p != 0 ? strchr(units, *p) : NULL;
    if (p == text || (*p != 0 && (unit == NULL || p[1] != 0))) {
        return false;
    }
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    if (n > UINT64_MAX >> shift) {
        return false;
    }
    *out = n << shift;
    return true;
}

static bool path_char(char c) {
    return gc_ascii_is_alphanumeric((uint8_t)c) ||
           (c != 0 && strchr("-._~!$&'()*+,;=:@/", c) != NULL);
}

/* The path has one '/' at both ends, no doubled one and no segment of dots: a browser would resolve
 * those away. */
bool gc_option_text_path(const char *text, char out[GC_OPTION_TEXT_PATH_BYTES]) {
    size_t at = 0;
    out[at++] = '/';
    while (*text == '/') {
        text++;
    }
    for (; *text != 0; text++) {
        if (!path_char(*text) || at + 2 >= GC_OPTION_TEXT_PATH_BYTES ||
            (text[0] == '/' && text[1] == '/')) {
            return false;
        }
        out[at++] = *text;
    }
    if (out[at - 1] != '/') {
        out[at++] = '/';
    }
    out[at] = 0;
    return strstr(out, "/./") == NULL && strstr(out, "/../") == NULL;
}

static bool host_name_char(char c) {
    return gc_ascii_is_alphanumeric((uint8_t)c) || c == '-' || c == '.';
}

bool gc_option_text_is_host(const char *host, size_t len) {
    if (len == 0 || len > 253) {
        return false;
    }
    bool brackets = host[0] == '[';
    if (brackets && (len < 4 || host[len - 1] != ']')) {
        return false;
    }
    for (size_t i = brackets; i < len - brackets; i++) {
        bool hex = memchr("0123456789abcdefABCDEF:.", host[i], 24) != NULL;
        if (host[i] == 0 || !(brackets ? hex : host_name_char(host[i]))) {
            return false;
        }
    }
    return true;
}

uint32_t gc_option_text_origin_len(const char *url) {
    size_t scheme = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
    size_t host = strcspn(url + scheme, ":/");
    const char *p = url + scheme + host;
    uint64_t port = 1;
    if (scheme == 0 || !gc_option_text_is_host(url + scheme, host) || url[scheme] == '[' ||
        strlen(url) >= GC_URL_BYTES_MAX - 1) {
        return 0;
    }
    if (*p == ':') {
        size_t digits = strspn(p + 1, "0123456789");
        port = digits >= 1 && digits <= 5 ? strtoul(p + 1, NULL, 10) : 0;
        p += 1 + digits;
    }
    uint32_t origin_len = (uint32_t)(p - url);
    if (port < 1 || port > 65535 || (*p != 0 && *p != '/')) {
        return 0;
    }
    while (path_char(*p) && *p != '@') {
        p++;
    }
    return *p == 0 ? origin_len : 0;
}

bool gc_option_text_listen(const char *text, char host[GC_OPTION_TEXT_HOST_BYTES], uint64_t *port) {
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    uint64_t n;
    if (len == 0 || len >= GC_OPTION_TEXT_HOST_BYTES || !gc_option_text_is_host(text, len) ||
        !gc_option_text_number(colon + 1, &n) || n > 65535) {
        return false;
    }
    bool brackets = text[0] == '[';
    memcpy(host, text + brackets, len - 2 * brackets);
    host[len - 2 * brackets] = 0;
    *port = n;
    return true;
}

/* Length of a host in a URL: in brackets, or letters, digits, '-', '.' and '_', all in lower case.
 */
static size_t origin_host_len(const char *text) {
    if (text[0] != '[') {
        return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-._");
    }
    size_t len = 1 + strspn(text + 1, "0123456789abcdef:.");
    return text[len] == ']' && len > 2 ? len + 1 : 0;
}

bool gc_option_text_is_origin(const char *text) {
    size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+-.");
    const char *host = text + scheme + 3;
    if (strcmp(text, "null") == 0) {
        return true;
    }
    if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0 || origin_host_len(host) == 0) {
        return false;
    }
    const char *port = host + origin_host_len(host);
    uint64_t n;
    if (*port == 0) {
        return true;
    }
    bool usual = (strncmp(text, "http:", 5) == 0 && strcmp(port, ":80") == 0) ||
                 (strncmp(text, "https:", 6) == 0 && strcmp(port, ":443") == 0);
    return *port == ':' && port[1] != '0' && strspn(port + 1, "0123456789") == strlen(port + 1) &&
           gc_option_text_number(port + 1, &n) && n <= 65535 && !usual;
}
