#include "server/config_file.h"
#include "server/option_text.h"

#include <stddef.h>
#include <string.h>

#define WHITE " \t\r"

bool gc_config_file_begin(gc_config_file *f, char *text, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i];
        bool ends_line = c == '\r' && (text[i + 1] == '\n' || i + 1 == len);
        if ((c < ' ' && c != '\t' && c != '\n' && !ends_line) || c == 0x7f) {
            return false;
        }
    }
    *f = (gc_config_file){.at = gc_option_text_after_mark(text)};
    return true;
}

/* Cuts white space off both ends, in place. */
static char *trim(char *text) {
    text += strspn(text, WHITE);
    size_t len = strlen(text);
    while (len > 0 && strchr(WHITE, text[len - 1]) != NULL) {
        len--;
    }
    text[len] = 0;
    return text;
}

/* Takes a line off the text. Returns NULL at its end. */
static char *take_line(gc_config_file *f) {
    if (*f->at == 0) {
        return NULL;
    }
    char *line = f->at;
    size_t len = strcspn(line, "\n");
    f->at += len + (line[len] == '\n');
    line[len] = 0;
    f->line++;
    return trim(line);
}

bool gc_config_file_next(gc_config_file *f, const char **name, const char **value) {
    char *line;
    do {
        line = take_line(f);
    } while (line != NULL && (*line == 0 || *line == '#'));
    if (line == NULL) {
        return false;
    }
    line += strspn(line, "-");
    size_t len = strcspn(line, "=" WHITE);
    char *rest = trim(line + len + (line[len] != 0));
    rest += *rest == '=' && line[len] != '=';
    bool alone = line[len] == 0;
    line[len] = 0;
    *name = line;
    *value = alone ? NULL : trim(rest);
    return true;
}
