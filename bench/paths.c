/* paths: what the native peer makes of long, lossy and shared paths, beside modelled TCPs on the
 * same path and what the path carries. Two whole peers (bench/path_pair.h) in virtual time: the
 * same figures on every machine.
 *
 *   paths [long] [lossy] [beside] [queue] [worst]      without a name: all
 */
#include "bench/path_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MBIT_S(n)   (1000000ull / 8 * (n))
#define CONNECT_MS  15000
#define BULK_BYTES  262144
#define CONNECTIONS 200
#define TALKS       10
#define SHARES      8

static path_pair pair;
static tcp rival;

static double mbit_s(uint64_t bytes, uint64_t ms) {
    return (double)bytes * 8 / 1000 / (double)ms;
}

static void begin(uint64_t seed, uint64_t rate_bytes_s, uint64_t rtt_ms, uint64_t queue_ms,
                  uint32_t permille) {
    path_pair_begin(&pair, seed, rate_bytes_s, rtt_ms, queue_ms, permille);
    if (!path_pair_connect(&pair, CONNECT_MS)) {
        fprintf(stderr, "paths: no connection\n");
        exit(1);
    }
}

/* Bulk alone from the start, for ms: ours, then each TCP. */
static void alone(const char *name, uint64_t rate, uint64_t rtt_ms, uint64_t queue_ms,
                  uint32_t permille, uint64_t ms, double goal) {
    double others[2];
    for (uint32_t cubic = 0; cubic < 2; cubic++) {
        begin(1, rate, rtt_ms, queue_ms, permille);
        path_pair_rival(&pair, &rival, cubic == 1);
        path_pair_run(&pair, ms);
        others[cubic] = mbit_s(rival.acked * TCP_SEGMENT_BYTES, ms);
        path_pair_end(&pair);
    }
    begin(1, rate, rtt_ms, queue_ms, permille);
    pair.bulk_bytes = BULK_BYTES;
    path_pair_run(&pair, ms);
    printf("%s, %llu s from the start:\n", name, (unsigned long long)ms / 1000);
    printf("  ours %.1f Mbit/s (goal >= %.0f); NewReno %.1f, CUBIC %.1f, the line %.0f\n",
           mbit_s(pair.ends[1].bytes, ms), goal, others[0], others[1], mbit_s(rate, 1000));
    printf("  queue: mean %.1f ms, 99 %% below %u ms; %llu packets dropped\n",
           path_wait_mean_ms(&pair.there), path_wait_ms(&pair.there, 990) + 1,
           (unsigned long long)pair.there.dropped);
    path_pair_end(&pair);
}

static void long_path(void) {
    alone("1 Gbit/s, 100 ms, no loss", MBIT_S(1000), 100, 100, 0, 20000, 400);
    path_pair_search(false);
    alone("the same, UDP payloads of 1,200 bytes", MBIT_S(1000), 100, 100, 0, 20000, 400);
    path_pair_search(true);
}

static void lossy(void) {
    alone("100 Mbit/s, 50 ms, 1 % random loss", MBIT_S(100), 50, 50, 10, 20000, 50);
}

/* Returns our part of what both got in a minute, in percent, after both have run for a while.
 * ours_first: the other one comes 5 s later. */
static double share(uint64_t seed, uint64_t queue_ms, bool ours_first) {
    begin(seed, MBIT_S(20), 40, queue_ms, 0);
    if (!ours_first) {
        path_pair_rival(&pair, &rival, true);
        path_pair_run(&pair, 5000);
    }
    pair.bulk_bytes = BULK_BYTES;
    if (ours_first) {
        path_pair_run(&pair, 5000);
        path_pair_rival(&pair, &rival, true);
    }
    path_pair_run(&pair, 10000);
    uint64_t ours = pair.ends[1].bytes, theirs = rival.acked;
    path_pair_run(&pair, 60000);
    double a = (double)(pair.ends[1].bytes - ours);
    double b = (double)((rival.acked - theirs) * TCP_SEGMENT_BYTES);
    path_pair_end(&pair);
    return 100 * a / (a + b);
}

static void beside(void) {
    printf("20 Mbit/s drop-tail, 40 ms, beside one CUBIC, our part (goal: neither below 25 %%):\n");
    static const uint64_t queues_ms[] = {20, 40, 100, 250};
    for (uint32_t i = 0; i < sizeof queues_ms / sizeof *queues_ms; i++) {
        double sum = 0, least = 100, most = 0;
        for (uint32_t run = 0; run < SHARES; run++) {
            double percent = share(run / 2 + 1, queues_ms[i], run % 2 == 0);
            sum += percent;
            least = percent < least ? percent : least;
            most = percent > most ? percent : most;
        }
        printf("  queue of %llu ms: mean %.0f %%, %.0f to %.0f %% in %u runs of a minute\n",
               (unsigned long long)queues_ms[i], sum / SHARES, least, most, SHARES);
    }
}

static void print_queue(const char *who) {
    printf("  %s: mean %.1f ms, half below %u, 95 %% below %u ms\n", who,
           path_wait_mean_ms(&pair.there), path_wait_ms(&pair.there, 500) + 1,
           path_wait_ms(&pair.there, 950) + 1);
}

/* Bulk for 5 s, then half a minute that counts, with a chat message each 100 ms. */
static void chat_beside(uint32_t bulk_bytes) {
    begin(1, MBIT_S(20), 40, 250, 0);
    pair.bulk_bytes = bulk_bytes;
    path_pair_run(&pair, 5000);
    path_waits_clear(&pair.there);
    pair.chat_bytes = 100;
    pair.chat_every_us = 100000;
    pair.chats_max = 300;
    uint64_t before = pair.ends[1].bytes;
    path_pair_run(&pair, 30000);
    double rate = mbit_s(pair.ends[1].bytes - before, 30000);
    pair.bulk_bytes = 0;
    path_pair_run(&pair, 5000);
    print_queue("queue of ours (goal of the mean <= 25)");
    printf("  %u KiB messages at %.1f Mbit/s, chat beside them: half within %u, p99 %u ms"
           " (goal <= 120)\n",
           bulk_bytes / 1024, rate, path_pair_chat_ms(&pair, 500), path_pair_chat_ms(&pair, 990));
    path_pair_end(&pair);
}

static void queue(void) {
    printf("20 Mbit/s, 40 ms, drop-tail of 250 ms:\n");
    chat_beside(BULK_BYTES);
    chat_beside(16384);
    begin(1, MBIT_S(20), 40, 250, 0);
    path_pair_rival(&pair, &rival, true);
    path_pair_run(&pair, 5000);
    path_waits_clear(&pair.there);
    path_pair_run(&pair, 30000);
    print_queue("CUBIC's");
    path_pair_end(&pair);
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void connections(void) {
    static uint32_t ms[CONNECTIONS];
    for (uint32_t i = 0; i < CONNECTIONS; i++) {
        path_pair_begin(&pair, i + 1, MBIT_S(100), 50, 50, 300);
        uint64_t from_us = pair.now_us;
        bool opened = path_pair_connect(&pair, CONNECT_MS);
        ms[i] = opened ? (uint32_t)((pair.opened_us - from_us) / 1000) : UINT32_MAX;
        path_pair_end(&pair);
    }
    qsort(ms, CONNECTIONS, sizeof *ms, compare);
    printf("  connect, %u times: half within %u, p95 %u ms (goal <= 5000), all within %u\n",
           CONNECTIONS, ms[CONNECTIONS / 2], ms[CONNECTIONS * 95 / 100], ms[CONNECTIONS - 1]);
}

/* One after the other, each by its own seed; those that cannot connect are counted above. */
static void talks(void) {
    uint32_t worst_ms = 0, missing = 0;
    bool disorder = false;
    for (uint32_t i = 0; i < TALKS; i++) {
        path_pair_begin(&pair, i + 1, MBIT_S(100), 50, 50, 300);
        if (path_pair_connect(&pair, CONNECT_MS)) {
            pair.chat_bytes = 100;
            pair.chat_every_us = 100000;
            pair.chats_max = 1000;
            path_pair_run(&pair, 120000);
            uint32_t p99_ms = path_pair_chat_ms(&pair, 990);
            worst_ms = p99_ms > worst_ms ? p99_ms : worst_ms;
            missing += 1000 - pair.chats_came;
            disorder = disorder || pair.disorder;
        }
        path_pair_end(&pair);
    }
    printf("  1,000 messages at 10 a second, %u times: %u missing, %s, the worst p99 %u ms"
           " (goal <= 2000)\n",
           TALKS, missing, disorder ? "OUT OF ORDER" : "in order", worst_ms);
}

static void worst(void) {
    printf("30 %% loss both ways, 50 ms:\n");
    connections();
    talks();
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {{"long", long_path},
                 {"lossy", lossy},
                 {"beside", beside},
                 {"queue", queue},
                 {"worst", worst}};
    for (uint32_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        bool wanted = argc == 1;
        for (int arg = 1; arg < argc; arg++) {
            wanted = wanted || strcmp(argv[arg], parts[i].name) == 0;
        }
        if (wanted) {
            parts[i].run();
            fflush(stdout);
        }
    }
    return 0;
}
