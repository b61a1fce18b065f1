#include "host/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void gc_pages_give_back(const void *start, size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)start + page - 1) / page * page;
    uintptr_t to = ((uintptr_t)start + bytes) / page * page;
    if (from < to) {
        madvise((void *)from, to - from, MADV_DONTNEED);
    }
}
