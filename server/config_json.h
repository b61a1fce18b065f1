/* config.json, which tells the page how this server is set up, and the ICE servers that clients get
 * with OPEN. */
#ifndef GC_SERVER_CONFIG_JSON_H
#define GC_SERVER_CONFIG_JSON_H

#include "core/base/writer.h"
#include "server/service.h"

/* Writes RTCIceServer objects as a JSON array. host: as the client named us in its request, with or
 * without a port, or empty; --external-address replaces it. */
void gc_config_ice_servers(const gc_service *service, gc_span host, gc_writer *w);
/* Writes config.json. host: the same. */
void gc_config_json(const gc_service *service, gc_span host, gc_writer *w);

#endif
