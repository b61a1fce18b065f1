/* Reads test/vectors/{NAME}.json, so that one file serves the C tests and the tests against
 * core.wasm. Small and trusting: the files are ours, and anything odd in them ends the program.
 * Relative paths: unit tests run in the project's folder. */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wshadow"
#define JSMN_STATIC
#define JSMN_STRICT
#include <jsmn.h>
#pragma GCC diagnostic pop

#define VECTOR_BYTES_MAX 4096 /* one string or hex value, decoded */

typedef struct vectors {
    char *text;
    jsmntok_t *tokens;
    int count;
} vectors;

#define VECTORS_NEED(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: vectors: %s\n", __FILE__, __LINE__, #condition);               \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline vectors vectors_load(const char *path) {
    FILE *file = fopen(path, "rb");
    VECTORS_NEED(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long len = ftell(file);
    VECTORS_NEED(len > 0 && fseek(file, 0, SEEK_SET) == 0);
    vectors v = {.text = malloc((size_t)len)};
    VECTORS_NEED(v.text != NULL && fread(v.text, 1, (size_t)len, file) == (size_t)len);
    fclose(file);
    jsmn_parser parser;
    jsmn_init(&parser);
    int count = jsmn_parse(&parser, v.text, (size_t)len, NULL, 0);
    VECTORS_NEED(count > 0);
    v.tokens = calloc((size_t)count, sizeof(*v.tokens));
    VECTORS_NEED(v.tokens != NULL);
    jsmn_init(&parser);
    v.count = jsmn_parse(&parser, v.text, (size_t)len, v.tokens, (unsigned)count);
    VECTORS_NEED(v.count == count);
    return v;
}

static inline void vectors_free(vectors *v) {
    free(v->text);
    free(v->tokens);
}

/* The token behind a value and all that is in it. */
static inline int vectors_behind(const vectors *v, int token) {
    int end = v->tokens[token].end;
    do {
        token++;
    } while (token < v->count && v->tokens[token].start < end);
    return token;
}

/* The value of a key, or -1. */
static inline int vectors_get(const vectors *v, int object, const char *key) {
    VECTORS_NEED(v->tokens[object].type == JSMN_OBJECT);
    int token = object + 1;
    for (int i = 0; i < v->tokens[object].size; i++) {
        const jsmntok_t *t = &v->tokens[token];
        size_t len = (size_t)(t->end - t->start);
        if (len == strlen(key) && memcmp(v->text + t->start, key, len) == 0) {
            return token + 1;
        }
        token = vectors_behind(v, token + 1);
    }
    return -1;
}

/* for (int i = 0, t = list + 1; i < vectors_size(&v, list); i++, t = vectors_behind(&v, t)) */
static inline int vectors_size(const vectors *v, int list) {
    VECTORS_NEED(list >= 0 && v->tokens[list].type == JSMN_ARRAY && v->tokens[list].size > 0);
    return v->tokens[list].size;
}

static inline uint32_t vectors_hex_digit(char c) {
    const char *digits = "0123456789abcdef", *at = strchr(digits, c);
    VECTORS_NEED(c != 0 && at != NULL);
    return (uint32_t)(at - digits);
}

/* A string, unescaped to UTF-8 and ended by a zero; returns its bytes. */
static inline uint32_t vectors_string(const vectors *v, int token, char out[VECTOR_BYTES_MAX]) {
    VECTORS_NEED(token >= 0 && v->tokens[token].type == JSMN_STRING);
    const char *p = v->text + v->tokens[token].start, *end = v->text + v->tokens[token].end;
    uint32_t len = 0;
    while (p < end) {
        VECTORS_NEED(len < VECTOR_BYTES_MAX - 4);
        uint32_t c = (uint8_t)*p++;
        if (c != '\\') {
            out[len++] = (char)c;
            continue;
        }
        const char *names = "\"\\/bfnrt", *values = "\"\\/\b\f\n\r\t";
        if (*p != 'u') {
            const char *at = strchr(names, *p++);
            VECTORS_NEED(at != NULL);
            out[len++] = values[at - names];
            continue;
        }
        VECTORS_NEED(end - p >= 5);
        c = vectors_hex_digit(p[1]) << 12 | vectors_hex_digit(p[2]) << 8 |
            vectors_hex_digit(p[3]) << 4 | vectors_hex_digit(p[4]);
        VECTORS_NEED(c < 0x80); /* write others as they are */
        out[len++] = (char)c;
        p += 5;
    }
    out[len] = 0;
    return len;
}

/* A string of hex digits; returns the bytes. */
static inline uint32_t vectors_hex(const vectors *v, int token, uint8_t out[VECTOR_BYTES_MAX]) {
    VECTORS_NEED(token >= 0 && v->tokens[token].type == JSMN_STRING);
    const char *p = v->text + v->tokens[token].start;
    uint32_t chars = (uint32_t)(v->tokens[token].end - v->tokens[token].start);
    VECTORS_NEED(chars % 2 == 0 && chars / 2 <= VECTOR_BYTES_MAX);
    for (uint32_t i = 0; i < chars / 2; i++) {
        out[i] = (uint8_t)(vectors_hex_digit(p[2 * i]) << 4 | vectors_hex_digit(p[2 * i + 1]));
    }
    return chars / 2;
}

static inline uint64_t vectors_number(const vectors *v, int token) {
    VECTORS_NEED(token >= 0 && v->tokens[token].type == JSMN_PRIMITIVE);
    return strtoull(v->text + v->tokens[token].start, NULL, 10);
}

static inline bool vectors_true(const vectors *v, int token) {
    VECTORS_NEED(token >= 0 && v->tokens[token].type == JSMN_PRIMITIVE);
    char c = v->text[v->tokens[token].start];
    VECTORS_NEED(c == 't' || c == 'f');
    return c == 't';
}

static inline bool vectors_is(const vectors *v, int token, const char *word) {
    char text[VECTOR_BYTES_MAX];
    vectors_string(v, token, text);
    return strcmp(text, word) == 0;
}

#endif
