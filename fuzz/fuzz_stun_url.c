/* URLs of STUN servers and lists of them: what is taken is a name or an address, with a port. */
#include "core/base/assert.h"
#include "core/base/error.h"
#include "rtc/stun_url.h"

#include <string.h>

static void check(const gc_stun_url *url) {
    size_t len = strlen(url->name);
    gc_assert(url->address.port != 0 && len <= GC_STUN_URL_NAME_CHARS_MAX);
    gc_assert((len == 0) == (url->address.family != 0));
    gc_assert(strspn(url->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.-_") == len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 4096) {
        return 0;
    }
    gc_span text = gc_span_of(data, (uint32_t)size);
    gc_stun_url one, list[3];
    int r = gc_stun_url_read(text, &one);
    gc_assert(r == 0 || r == GC_E_REFUSED || r == GC_E_SYNTAX);
    if (r == 0) {
        check(&one);
    }
    uint32_t count = gc_stun_url_read_list(text, list, 3);
    gc_assert(count <= 3);
    for (uint32_t i = 0; i < count; i++) {
        check(&list[i]);
    }
    return 0;
}
