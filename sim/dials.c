#include "sim/dials.h"
#include "core/base/assert.h"
#include "sim/rng.h"
#include <stddef.h>

static uint64_t hash(gc_span text) {
    uint64_t h = text.len;
    for (uint32_t i = 0; i < text.len; i++) {
        h = sim_mix(h ^ text.data[i]);
    }
    return h;
}

static sim_dial *find(sim_dials *d, uint32_t link) {
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->dials[i].link == link) {
            return &d->dials[i];
        }
    }
    return NULL;
}

void sim_dials_end(sim_dials *d, uint32_t link) {
    sim_dial *dial = find(d, link);
    if (dial != NULL) {
        *dial = d->dials[--d->count];
    }
}

static void set_remote(sim_dials *d, uint32_t link, uint64_t now_ms, gc_span text) {
    sim_dial *dial = find(d, link);
    if (dial != NULL) {
        dial->remote = hash(text);
        dial->remote_ms = now_ms;
    }
}

static void begin(sim_dials *d, uint32_t link) {
    sim_dials_end(d, link);
    gc_assert(d->count < GC_LINKS_MAX);
    d->dials[d->count++] = (sim_dial){.link = link};
}

void sim_dials_output(sim_dials *d, uint64_t now_ms, const gc_client_output *o) {
    switch (o->type) {
    case GC_CLIENT_LINK_OFFER:
        begin(d, o->link);
        break;
    case GC_CLIENT_LINK_ANSWER:
        begin(d, o->link);
        set_remote(d, o->link, now_ms, o->text);
        break;
    case GC_CLIENT_LINK_REMOTE:
        set_remote(d, o->link, now_ms, o->text);
        break;
    case GC_CLIENT_LINK_CLOSE:
        sim_dials_end(d, o->link);
        break;
    default:
        break;
    }
}

void sim_dials_report(sim_dials *d, const gc_rtc_output *o) {
    sim_dial *dial = find(d, o->link);
    if (o->type == GC_RTC_DESCRIPTION && dial != NULL) {
        dial->local = hash(o->bytes);
    } else if (o->type == GC_RTC_OPENED || o->type == GC_RTC_CLOSED) {
        sim_dials_end(d, o->link);
    }
}

const sim_dial *sim_dials_match(const sim_dials *d, const sim_dial *other) {
    for (uint32_t i = 0; i < d->count; i++) {
        const sim_dial *dial = &d->dials[i];
        if (other->remote != 0 && dial->remote != 0 && dial->local == other->remote &&
            dial->remote == other->local) {
            return dial;
        }
    }
    return NULL;
}
