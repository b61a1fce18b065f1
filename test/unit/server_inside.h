/* The inside of a gc_server, for tests: the only place of theirs that knows how the
 * server is built. Most of it damages a server, so that a test can see gc_server_check() notice.
 *
 * slot: the place of a connection. The first client to connect has slot 0, the next one 1. */
#ifndef GC_TEST_SERVER_INSIDE_H
#define GC_TEST_SERVER_INSIDE_H

#include "core/gc_server.h"

/* Slots that were used at least once. */
uint32_t server_slots_touched(const gc_server *s);

/* --- damage ----------------------------------------------------------------------------------- */

/* The connection in slot 0 is open and has no id. */
void server_loses_an_id(gc_server *s);
/* One block more is in use than the pool says. */
void server_loses_a_block(gc_server *s);
/* The queue of slot 0 has a byte more than it says. */
void server_loses_a_byte(gc_server *s);
/* Slot 0 has no timer. */
void server_loses_a_timer(gc_server *s);
/* Slot 0 is a member of a room and does not know it. */
void server_loses_a_room(gc_server *s);
/* Somebody waits for the id of slot 1, which does not know it. */
void server_loses_a_waiter(gc_server *s);
/* Slot 0 has unsent bytes and is not among those that have. */
void server_loses_unsent_bytes(gc_server *s);
/* Slot 0 has unsent bytes, and the host was not told to write. */
void server_loses_a_write(gc_server *s);
/* A message is held that is not counted. */
void server_loses_a_held_message(gc_server *s);
/* The address of slot 0 has no count. */
void server_loses_an_address(gc_server *s);
/* One connection more is counted than there are. */
void server_counts_one_connection_too_many(gc_server *s);
/* Slot 0 is marked as ended, and the input is over. */
void server_forgets_to_settle(gc_server *s);

#endif
