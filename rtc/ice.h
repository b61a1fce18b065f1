/* ICE agent: finds the way on which datagrams of one link reach its peer, and notices when it is
 * gone. Full ICE with trickle, host, server- and peer-reflexive and relay candidates, and consent.
 * It owns no socket: datagrams, texts and the time go in, datagrams and events come out by poll.
 *
 *   CHECKING --first valid pair--> CONNECTED --no valid pair is left: GONE--> ENDED
 *      |                          (SELECTED whenever the pair in use changes)
 *      +---- not connected by the owner's deadline: TIMEOUT, ICE_FAILED ----> ENDED
 *
 * The side that offered is controlling: it nominates the first pair that works. The other side
 * follows, also later. Checks begin as soon as there are the peer's credentials and a pair; checks
 * of the peer are answered before that, for our password proves them. Datagrams that are not
 * authentic change nothing and are not answered.
 *
 * After each input call gc_ice_poll() until it returns false: one answer at most is kept between
 * two inputs. Memory is the struct alone, which may not move. All times are monotonic milliseconds;
 * a step back is clamped. Source: RFC 8445, 8838 (trickle), 7675 (consent), 8421 (two families). */
#ifndef GC_RTC_ICE_H
#define GC_RTC_ICE_H

#include "rtc/ice_state.h"

/* Starts an agent with new random credentials in memory that need not be zero. config: copied; its
 * drbg and gate stay the owner's, who ends neither before the agent. The agent allocates nothing,
 * so nothing ends it. Source: RFC 8445 5.3. */
void gc_ice_init(gc_ice *ice, uint64_t now_ms, const gc_ice_config *config);
/* Returns our credentials as a description of now tells them, borrowed until gc_ice_restart() or
 * gc_ice_remote(). */
const gc_ice_credentials *gc_ice_local(const gc_ice *ice);

/* Adds an own address, copied, which is a host candidate by that. base: the caller's number for the
 * socket, 0..GC_ICE_BASES_MAX-1, not in use (asserted); the lower, the more preferred. With
 * relay_only nothing happens: the base stays free, so that no candidate, check or question comes of
 * it, and what comes to it is for nobody. Returns 0, or GC_E_REFUSED if no candidate may have this
 * address; 0 also after the agent has ended. Source: RFC 8445 5.1.1.1. */
int gc_ice_add_base(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *addr);
/* Adds an address that a TURN server relays for us, copied: a relay candidate, from which the peer
 * is checked last; also with relay_only. base, result: as above; what SEND says of this base goes
 * through the server. Source: RFC 8445 5.1.1.2. */
int gc_ice_add_relay(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *addr);
/* Removes an own address that is gone, with its pairs. base: 0..GC_ICE_BASES_MAX-1 (asserted);
 * nothing happens if it is not in use. */
void gc_ice_drop_base(gc_ice *ice, uint64_t now_ms, uint32_t base);

/* Adds the address of a STUN server, copied, which tells how the network sees our bases of its
 * family, also those that come later. Returns 0; GC_E_REFUSED for an address that no server may
 * have (that of a group, of this machine but for `loopback`, port 0), for one that is known, and
 * when GC_ICE_SERVERS_MAX are: then nothing changed. Source: RFC 8445 5.1.1.2. */
int gc_ice_add_server(gc_ice *ice, uint64_t now_ms, const gc_addr *server);

/* Takes the peer's credentials, copied: checks begin. Returns 0; GC_E_SYNTAX for lengths or
 * characters that are not allowed; GC_E_STATE if others are known already (the same again: 0), and
 * after gc_ice_restart() for those that are known. Then nothing changed. Source: RFC 8839 5.4. */
int gc_ice_remote(gc_ice *ice, uint64_t now_ms, gc_span ufrag, gc_span pwd);
/* Begins a restart: gc_ice_local() returns new credentials, CANDIDATE follows again for each own
 * address, and STUN servers are asked. The agent goes on as it is until gc_ice_remote() brings new
 * credentials of the peer: then its other candidates are forgotten, checks begin anew, and SELECTED
 * tells the first pair that works. Returns 0; GC_E_STATE before the first credentials of the peer
 * and while a restart is under way; GC_E_CLOSED if the agent has ended. Source: RFC 8445 9. */
int gc_ice_restart(gc_ice *ice, uint64_t now_ms);
/* Returns true between gc_ice_restart() and gc_ice_remote(). */
bool gc_ice_restarting(const gc_ice *ice);
/* Takes the pace in ms that the peer proposes (a=ice-pacing) for new checks, any number; 0: it
 * proposes none. Source: RFC 8839 5.5. */
void gc_ice_pace(gc_ice *ice, uint32_t theirs_ms);
/* Takes a candidate of the peer, also before its credentials. Returns 0, also for a known one;
 * GC_E_ARGUMENT for a name, which must be resolved first; GC_E_REFUSED for an address that no
 * candidate may have, and when GC_ICE_REMOTES_MAX are held: skip it. */
int gc_ice_add_candidate(gc_ice *ice, uint64_t now_ms, const gc_candidate *c);

/* Takes a datagram that begins as STUN does (first byte 0..3), borrowed for the call, which came to
 * this base from this address. Returns 0 if it was for this agent and authentic; GC_E_NOT_FOUND if
 * it is not for this agent (ask the next one); GC_E_SYNTAX if it is not STUN; GC_E_REFUSED if it
 * names this agent but is not authentic; GC_E_FULL if outputs were not drained; GC_E_CLOSED if the
 * agent has ended. Nothing has changed then, but that time has passed. */
int gc_ice_datagram(gc_ice *ice, uint64_t now_ms, uint32_t base, const gc_addr *from,
                    gc_span datagram);
/* Returns the datagram of DTLS that was in the authentic check for which gc_ice_datagram() returned
 * 0 just now, borrowed from that check; empty: none. */
gc_span gc_ice_passenger_came(const gc_ice *ice);
/* Takes a datagram of DTLS that goes along with checks from now on (rtc/ice_passenger.h), as long
 * as no pair is in use, in the place of the one before. One that is too long goes along with none.
 */
void gc_ice_carry(gc_ice *ice, gc_span datagram);
/* Does what is due. Call it when gc_ice_deadline() has come, and poll then; sooner does no harm. */
void gc_ice_tick(gc_ice *ice, uint64_t now_ms);
/* Has the pair in use checked now, unless a check of it is under way: the owner's data go
 * unanswered. Nothing happens without a pair. Poll then. */
void gc_ice_ask(gc_ice *ice, uint64_t now_ms);
/* Takes that data came on another pair than the one in use: if the latter does not answer a check
 * now, a VALID one takes its place (ice_choice.h). Poll then. */
void gc_ice_elsewhere(gc_ice *ice, uint64_t now_ms);
/* Takes the next output, which borrows from ice until the next call. Returns false, with *out in
 * any state, when there is none. */
bool gc_ice_poll(gc_ice *ice, gc_ice_output *out);
/* Returns when gc_ice_tick() must be called next; GC_NEVER. After a drain it is in the future. */
uint64_t gc_ice_deadline(const gc_ice *ice);

/* Returns true if datagrams that are not STUN may be taken from this address at this base: an
 * authentic check came from there, or one of ours was answered. */
bool gc_ice_accepts(const gc_ice *ice, uint32_t base, const gc_addr *from);
/* Returns true while a pair is in use: after a restart, one of the new credentials. */
bool gc_ice_connected(const gc_ice *ice);
/* Returns the round trip of the newest answer on the pair in use, in ms: 1 at least, also where the
 * answer came within the millisecond. 0: not known, for no pair is in use. */
uint32_t gc_ice_rtt_ms(const gc_ice *ice);

#endif
