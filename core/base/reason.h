/* The one table of reasons: why a link, a peer, a connection or an attempt ended or was refused.
 * The number travels in BYE frames and, plus 4000, as WebSocket close code; the word is used in
 * ERROR payloads, JSON events and the labels of /metrics; the text is what the page shows. Numbers
 * are part of the protocol (ghostchat-protocol.7): never reuse one.
 * Not given yet: 26, 37, 41. (A link of another form is GC_E_SYNTAX for the caller.) */
#ifndef GC_BASE_REASON_H
#define GC_BASE_REASON_H

#include <stdint.h>

#define GC_REASONS(X)                                                                              \
    X(GC_REASON_NONE, 0, "none", "")                                                               \
    X(GC_REASON_LEFT, 1, "left", "Left.")                                                          \
    X(GC_REASON_GONE, 2, "gone", "The connection to this person was lost.")                        \
    X(GC_REASON_TIMEOUT, 3, "timeout",                                                             \
      "No direct connection could be established. A firewall may "                                 \
      "block it; try another network.")                                                            \
    X(GC_REASON_ICE_FAILED, 4, "ice-failed",                                                       \
      "The two networks let no direct connection through. "                                        \
      "Try another network.")                                                                      \
    X(GC_REASON_ABSENT, 5, "absent",                                                               \
      "This person is away. You will be connected automatically when "                             \
      "they return.")                                                                              \
    X(GC_REASON_REPLACED, 6, "replaced", "This page was opened again somewhere else.")             \
    X(GC_REASON_PROTOCOL, 7, "protocol", "The other side does not follow the protocol.")           \
    X(GC_REASON_ROOM_FULL, 8, "room-full", "This room is full.")                                   \
    X(GC_REASON_SERVER_FULL, 9, "server-full", "The server has no room for another person.")       \
    X(GC_REASON_SERVER_UNREACHABLE, 10, "server-unreachable", "The server cannot be reached.")     \
    X(GC_REASON_SERVER_RESTART, 11, "server-restart", "The server restarts.")                      \
    X(GC_REASON_ID_TAKEN, 12, "id-taken", "Another page holds this address.")                      \
    X(GC_REASON_BAD_KEY, 13, "bad-key", "The server does not know this key.")                      \
    X(GC_REASON_SLOW, 14, "slow", "Reads too slowly: too much was waiting.")                       \
    X(GC_REASON_TOO_BIG, 15, "too-big", "A message was over the limit.")                           \
    X(GC_REASON_BAD_FRAME, 16, "bad-frame", "A WebSocket frame was malformed.")                    \
    X(GC_REASON_BAD_JSON, 17, "bad-json", "A message was not JSON.")                               \
    X(GC_REASON_BAD_UTF8, 18, "bad-utf8", "A text was not valid UTF-8.")                           \
    X(GC_REASON_HANDSHAKE_TIMEOUT, 19, "handshake-timeout", "The request did not come in time.")   \
    X(GC_REASON_ADDRESS_LIMIT, 20, "address-limit", "Too many connections from one address.")      \
    X(GC_REASON_SILENT, 21, "silent", "No sign of life.")                                          \
    X(GC_REASON_MEMORY, 22, "memory", "The server's memory limit was reached.")                    \
    X(GC_REASON_ORIGIN, 23, "origin", "The server does not serve this page's origin.")             \
    X(GC_REASON_BAD_REQUEST, 24, "bad-request", "The request was malformed.")                      \
    X(GC_REASON_HELD_LIMIT, 25, "held-limit", "Too many messages wait for an absent person.")      \
    X(GC_REASON_LINK_FORM, 26, "link-form", "This is not an invite link.")                         \
    X(GC_REASON_UNDELIVERED, 27, "undelivered", "Not delivered in time.")                          \
    X(GC_REASON_PEERS_FULL, 28, "peers-full", "Too many people are connected.")                    \
    X(GC_REASON_REFUSED, 29, "refused", "The other side takes no connection under this link.")     \
    X(GC_REASON_SERVER_REFUSED, 30, "server-refused", "The server refused the connection.")        \
    X(GC_REASON_ROOM_SILENT, 31, "room-silent", "Somebody holds this room, but does not answer.")  \
    X(GC_REASON_NO_ADDRESS, 32, "no-address",                                                      \
      "This browser gives out no address: a privacy setting or "                                   \
      "extension forbids direct connections (WebRTC).")                                            \
    X(GC_REASON_PEER_NO_ADDRESS, 33, "peer-no-address",                                            \
      "The browser of this person gives out no address: a privacy "                                \
      "setting or extension there forbids direct connections (WebRTC).")                           \
    X(GC_REASON_TURN_REFUSED, 34, "turn-refused",                                                  \
      "Direct connections are switched off, and there is no relay.")                               \
    X(GC_REASON_AUTH_SECRET, 35, "auth-secret",                                                    \
      "The other side does not hold this link's secret, or somebody is in between. "               \
      "Nothing was shown.")                                                                        \
    X(GC_REASON_AUTH_SIGNATURE, 36, "auth-signature",                                              \
      "Somebody who holds the link posed as somebody else.")                                       \
    X(GC_REASON_AUTH_FINGERPRINT, 37, "auth-fingerprint",                                          \
      "The certificate is not the one that was announced.")                                        \
    X(GC_REASON_AUTH_IDENTITY, 38, "auth-identity",                                                \
      "Somebody answered in the place of this person. Nothing was shown.")                         \
    X(GC_REASON_AUTH_PROTOCOL, 39, "auth-protocol",                                                \
      "The other side does not follow the protocol of authentication.")                            \
    X(GC_REASON_AUTH_TIMEOUT, 40, "auth-timeout", "The other side never proved who it is.")        \
    X(GC_REASON_CODE_FORM, 41, "code-form", "This is not a code: 7-482-9315 is one.")              \
    X(GC_REASON_CODE_WRONG, 42, "code-wrong",                                                      \
      "Wrong code, or somebody interfered. Ask for a new code.")                                   \
    X(GC_REASON_CODE_GONE, 43, "code-gone", "This code is used up. Ask for a new code.")

enum gc_reason {
#define X(name, value, word, text) name = value,
    GC_REASONS(X)
#undef X
        GC_REASON_COUNT /* numbers are given without a gap */
};

/* RFC 6455 7.4.2: 4000-4999 are for private use. */
#define GC_REASON_CLOSE_CODE_BASE 4000

/* Each returns a constant, the word or the text of a reason; "unknown" for a number that is not in
 * the table. */
const char *gc_reason_word(uint32_t reason);
const char *gc_reason_text(uint32_t reason);

#endif
