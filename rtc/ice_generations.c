#include "rtc/ice_generations.h"
#include "core/base/error.h"

void gc_ice_generations_init(gc_ice_generations *g, gc_drbg *drbg) {
    gc_ice_credentials_make(&g->current.local, drbg);
}

bool gc_ice_generations_restarting(const gc_ice_generations *g) {
    return gc_ice_credentials_known(&g->next.local);
}

int gc_ice_generations_restart(gc_ice_generations *g, gc_drbg *drbg) {
    if (!gc_ice_credentials_known(&g->current.remote) || gc_ice_generations_restarting(g)) {
        return GC_E_STATE;
    }
    gc_ice_credentials_make(&g->next.local, drbg);
    return 0;
}

const gc_ice_credentials *gc_ice_generations_local(const gc_ice_generations *g) {
    return gc_ice_generations_restarting(g) ? &g->next.local : &g->current.local;
}

static bool are(const gc_ice_credentials *c, gc_span ufrag, gc_span pwd) {
    return gc_span_equal(ufrag, gc_ice_credentials_ufrag(c)) &&
           gc_span_equal(pwd, gc_ice_credentials_pwd(c));
}

int gc_ice_generations_remote(gc_ice_generations *g, gc_span ufrag, gc_span pwd, bool *news) {
    bool restarts = gc_ice_generations_restarting(g);
    *news = restarts || !gc_ice_credentials_known(&g->current.remote);
    if (gc_ice_credentials_known(&g->current.remote) &&
        are(&g->current.remote, ufrag, pwd) == restarts) {
        return GC_E_STATE;
    }
    if (!*news) {
        return 0;
    }
    gc_ice_generation *into = restarts ? &g->next : &g->current;
    int result = gc_ice_credentials_set(&into->remote, ufrag, pwd);
    if (result == 0 && restarts) {
        g->former = g->current;
        g->current = g->next;
        g->next = (gc_ice_generation){0};
    }
    return result;
}

int gc_ice_generations_read(const gc_ice_generations *g, const gc_stun_message *m,
                            gc_ice_check *check, uint32_t *code, const gc_ice_generation **which) {
    const gc_ice_generation *all[] = {&g->current, &g->next, &g->former};
    for (uint32_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *which = all[i];
        int result = GC_E_NOT_FOUND;
        if (gc_ice_credentials_known(&all[i]->local)) {
            result = gc_ice_message_read_check(m, &all[i]->local, &all[i]->remote, check, code);
        }
        if (result != GC_E_NOT_FOUND) {
            return result;
        }
    }
    return GC_E_NOT_FOUND;
}
