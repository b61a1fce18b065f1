/* Outputs of an ICE agent: everything that its parts have to say, in a fixed order. */
#ifndef GC_RTC_ICE_OUTPUTS_H
#define GC_RTC_ICE_OUTPUTS_H

#include "rtc/ice_state.h"

/* Gives the next output of the agent: gc_ice_poll(). */
bool gc_ice_outputs_next(gc_ice *ice, gc_ice_output *out);

#endif
