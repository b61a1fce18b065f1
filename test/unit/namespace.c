#include "test/unit/namespace.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 24

/* Returns the exit status of `ip`; 127: there is none. */
static int run(char **words) {
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("PATH", "/usr/sbin:/sbin:/usr/bin:/bin", 1);
        execvp("ip", words);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool namespace_enter(void) {
    char *words[] = {"ip", "link", "set", "lo", "down", NULL};
    return unshare(CLONE_NEWNET | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) == 0 && run(words) == 0;
}

void namespace_ip(const char *line) {
    char copy[256], *rest = NULL, *words[WORDS_MAX] = {"ip"};
    size_t count = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        assert_true(count < WORDS_MAX - 1);
        words[count++] = word;
    }
    assert_int_equal(run(words), 0);
}

void namespace_cable(const char *name) {
    char line[256];
    snprintf(line, sizeof line, "link add %s type veth peer name %sfar", name, name);
    namespace_ip(line);
    for (int end = 0; end < 2; end++) {
        snprintf(line, sizeof line, "link set %s%s addrgenmode none up", name, end ? "far" : "");
        namespace_ip(line);
    }
}

void namespace_set(const char *name, const char *value) {
    char path[256];
    snprintf(path, sizeof path, "/proc/sys/net/%s", name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(value, file) >= 0);
    assert_int_equal(fclose(file), 0);
}
