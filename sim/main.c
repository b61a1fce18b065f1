/* The native command: runs seeds and scenarios, prints what broke. The only file of the simulator
 * that touches an operating system. */
#include "sim/sim.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define REPORTS_MAX 3 /* whole ones; of further failures only the first line */

typedef struct settings {
    uint64_t first, last;
    const char *scenario;
    bool verbose, hashes, outcome, stop;
} settings;

#define MEETING_GRAIN_MS 50
#define MEETING_GRAINS   2400 /* 120 s: no world allows more */

/* How long meetings took, by class: 0 all lines ended as they should, 1 a slot, a socket or a link
 * was dead without anybody knowing. */
typedef struct meetings {
    uint64_t count[MEETING_GRAINS];
    uint64_t all, ms_max;
} meetings;

typedef struct totals {
    meetings meetings[2];
    uint64_t passed, failed, events, shown, virtual_ms, meeting_ms_max, words_ms_max, prompt_ms_max,
        dial_ms_max;
} totals;

static sigjmp_buf after_trap;
static volatile sig_atomic_t running;

static void on_trap(int number) {
    if (running) {
        running = 0;
        siglongjmp(after_trap, number);
    }
    signal(number, SIG_DFL);
    raise(number);
}

/* gc_assert ends in a trap: it counts as a broken invariant of this seed, and the next one runs. */
static void catch_traps(void) {
    struct sigaction action = {.sa_handler = on_trap};
    sigemptyset(&action.sa_mask);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static void print_line(void *context, gc_span line) {
    (void)context;
    printf("  %.*s\n", (int)line.len, (const char *)line.data);
}

static void report(const sim_world *w, bool whole) {
    static uint8_t text[SIM_REPORT_BYTES];
    gc_writer out;
    gc_writer_init(&out, text, sizeof text);
    sim_report(w, &out);
    gc_span done = gc_writer_done(&out);
    const uint8_t *end = memchr(done.data, '\n', done.len);
    uint32_t len = whole || end == NULL ? done.len : (uint32_t)(end - done.data) + 1;
    printf("FAILED %.*s", (int)len, (const char *)done.data);
    printf("again: build/sim/sim --scenario %s --seed %llu --verbose\n", w->scenario.name,
           (unsigned long long)w->seed);
    fflush(stdout);
}

static void add(totals *t, const sim_result *r) {
    t->passed += r->broken == SIM_INVARIANT_NONE;
    t->failed += r->broken != SIM_INVARIANT_NONE;
    t->events += r->events;
    t->shown += r->shown;
    t->virtual_ms += r->end_ms;
    t->meeting_ms_max = r->meeting_ms > t->meeting_ms_max ? r->meeting_ms : t->meeting_ms_max;
    t->prompt_ms_max = r->prompt_ms > t->prompt_ms_max ? r->prompt_ms : t->prompt_ms_max;
    t->dial_ms_max = r->dial_ms > t->dial_ms_max ? r->dial_ms : t->dial_ms_max;
    t->words_ms_max = r->words_ms > t->words_ms_max ? r->words_ms : t->words_ms_max;
    for (uint32_t i = 0; i < r->meeting_count; i++) {
        meetings *m = &t->meetings[r->meetings[i].stale];
        uint32_t ms = r->meetings[i].ms, grain = ms / MEETING_GRAIN_MS;
        m->count[grain < MEETING_GRAINS ? grain : MEETING_GRAINS - 1]++;
        m->all++;
        m->ms_max = ms > m->ms_max ? ms : m->ms_max;
    }
}

/* The upper end of the grain in which the value of that rank lies. */
static uint64_t percentile(const meetings *m, uint32_t percent) {
    uint64_t rank = (m->all * percent + 99) / 100, seen = 0;
    for (uint32_t i = 0; i < MEETING_GRAINS; i++) {
        seen += m->count[i];
        if (seen >= rank) {
            return (i + 1) * MEETING_GRAIN_MS;
        }
    }
    return m->ms_max;
}

static void print_meetings(const totals *t) {
    static const char *const classes[2] = {"no holder crashed", "a holder crashed, or a dead line"};
    for (uint32_t i = 0; i < 2; i++) {
        const meetings *m = &t->meetings[i];
        if (m->all > 0) {
            printf("sim: all linked after the last change (%s): p50 %llu ms, p95 %llu ms, max %llu "
                   "ms, %llu times\n",
                   classes[i], (unsigned long long)percentile(m, 50),
                   (unsigned long long)percentile(m, 95), (unsigned long long)m->ms_max,
                   (unsigned long long)m->all);
        }
    }
}

static void run_one(void *memory, size_t bytes, const settings *s, uint64_t seed, totals *t) {
    sim_options options = {
        .seed = seed, .scenario = s->scenario, .print = s->verbose ? print_line : NULL};
    sim_result result = {0};
    int number = sigsetjmp(after_trap, 1);
    if (number == 0) {
        running = 1;
        sim_run(memory, bytes, &options, &result);
        running = 0;
    } else {
        sim_world *w = memory;
        w->trace.print = NULL;
        sim_fail(w, SIM_INVARIANT_TRAP, SIM_NO_NODE, (uint32_t)number, 0, 0);
        result.broken = SIM_INVARIANT_TRAP;
    }
    add(t, &result);
    if (s->hashes) {
        printf("%s %llu %016llx\n", s->scenario == NULL ? "random" : s->scenario,
               (unsigned long long)seed, (unsigned long long)result.hash);
    }
    if (s->outcome) {
        const sim_world *w = memory;
        printf("%s %llu %s %016llx\n", w->scenario.name, (unsigned long long)seed,
               sim_invariant_word(result.broken),
               (unsigned long long)sim_oracle_outcome(&w->oracle));
    } else if (result.broken != SIM_INVARIANT_NONE) {
        report(memory, t->failed <= REPORTS_MAX);
    }
}

static int run_all(const settings *s, totals *t) {
    size_t bytes = sim_memory_bytes(s->scenario);
    if (bytes == 0) {
        fprintf(stderr, "sim: no scenario is called %s (see --list)\n", s->scenario);
        return 2;
    }
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        fprintf(stderr, "sim: %zu bytes: %s\n", bytes, strerror(errno));
        return 2;
    }
    for (uint64_t seed = s->first; seed <= s->last; seed++) {
        run_one(memory, bytes, s, seed, t);
        if (t->failed > 0 && s->stop) {
            break;
        }
    }
    munmap(memory, bytes);
    return 0;
}

static int usage(FILE *out) {
    fputs("usage: sim [--seeds A-B | --seed N] [--scenario NAME|all] [--verbose] [--hashes]\n"
          "           [--outcome] [--stop] [--list]\n"
          "  --stop     end at the first seed that fails\n"
          "  --hashes   print scenario, seed and trace hash of each run\n"
          "  --outcome  print scenario, seed, broken invariant and a hash over who got what, in\n"
          "             which order of each sender\n",
          out);
    return out == stdout ? 0 : 2;
}

static bool read_seeds(const char *text, settings *s) {
    char *end = NULL;
    errno = 0;
    s->first = s->last = strtoull(text, &end, 10);
    if (*end == '-') {
        s->last = strtoull(end + 1, &end, 10);
    }
    return errno == 0 && end != text && *end == 0 && s->first <= s->last && s->last < UINT64_MAX;
}

static int run_scenarios(settings *s, totals *t) {
    if (s->scenario == NULL || strcmp(s->scenario, "all") != 0) {
        return run_all(s, t);
    }
    int status = 0;
    for (uint32_t i = 0; status == 0 && sim_scenario_name(i) != NULL && !(s->stop && t->failed > 0);
         i++) {
        s->scenario = sim_scenario_name(i);
        status = run_all(s, t);
    }
    return status;
}

int main(int argc, char **argv) {
    settings s = {.first = 1, .last = 1};
    totals t = {0};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--seeds") == 0 || strcmp(argv[i], "--seed") == 0) {
            if (!read_seeds(value, &s)) {
                return usage(stderr);
            }
            i++;
        } else if (strcmp(argv[i], "--scenario") == 0) {
            s.scenario = value;
            i++;
        } else if (strcmp(argv[i], "--verbose") == 0) {
            s.verbose = true;
        } else if (strcmp(argv[i], "--hashes") == 0) {
            s.hashes = true;
        } else if (strcmp(argv[i], "--outcome") == 0) {
            s.outcome = true;
        } else if (strcmp(argv[i], "--stop") == 0) {
            s.stop = true;
        } else if (strcmp(argv[i], "--list") == 0) {
            for (uint32_t k = 0; sim_scenario_name(k) != NULL; k++) {
                puts(sim_scenario_name(k));
            }
            return 0;
        } else {
            return usage(strcmp(argv[i], "--help") == 0 ? stdout : stderr);
        }
    }
    catch_traps();
    int status = run_scenarios(&s, &t);
    if (status != 0) {
        return status;
    }
    if (!s.hashes && !s.outcome) {
        printf("sim: %llu events, %llu messages shown, %llu virtual s; slowest meeting %llu ms, "
               "last words %llu ms; of native links when all was well: message %llu ms, dial %llu "
               "ms\n",
               (unsigned long long)t.events, (unsigned long long)t.shown,
               (unsigned long long)(t.virtual_ms / 1000), (unsigned long long)t.meeting_ms_max,
               (unsigned long long)t.words_ms_max, (unsigned long long)t.prompt_ms_max,
               (unsigned long long)t.dial_ms_max);
        print_meetings(&t);
        printf("sim: %llu passed, %llu failed\n", (unsigned long long)t.passed,
               (unsigned long long)t.failed);
    }
    return t.failed == 0 ? 0 : 1;
}
