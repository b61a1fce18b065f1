/* Limits of native links that more than one noun of rtc/ knows, each in one place. A bound that one
 * noun alone knows is in its header; those of the protocol and of the core are in
 * core/base/limits.h. */
#ifndef GC_RTC_LIMITS_H
#define GC_RTC_LIMITS_H

/* Longest message that is sent or taken: what our descriptions announce (a=max-message-size), and
 * what Chromium announces. */
#define GC_RTC_MESSAGE_BYTES_MAX 262144
/* UDP payload that every path carries (RFC 8831 5): the longest of a handshake, and of data at
 * first. */
#define GC_RTC_DATAGRAM_BYTES 1200
/* Longest UDP payload that is taken or given. Longer datagrams are ignored. */
#define GC_RTC_DATAGRAM_BYTES_MAX 9000
/* Added to what a datagram carries by its record of DTLS with AES-128-GCM: head 13, explicit nonce
 * 8, tag 16 (RFC 5288). */
#define GC_RTC_RECORD_BYTES 37
/* Sockets of the host, each bound to one own address. */
#define GC_RTC_BASES_MAX 8
/* Addresses of STUN servers, which tell how the network sees an own socket: of four names one of
 * each family. */
#define GC_RTC_SERVERS_MAX 8
/* Longest label of a channel that we open. */
#define GC_RTC_LABEL_BYTES_MAX 128
/* ICE username fragments and passwords of the other side, in characters (RFC 8839 5.4). */
#define GC_RTC_UFRAG_BYTES_MIN      4
#define GC_RTC_PWD_BYTES_MIN        22
#define GC_RTC_CREDENTIAL_BYTES_MAX 256
/* Port of both sides of an association, in packets and in descriptions (RFC 8841 6). */
#define GC_RTC_SCTP_PORT 5000
/* Longest INIT chunk in a description (a=sctp-init): ours has 40 bytes, Chromium's 30. */
#define GC_RTC_INIT_BYTES_MAX 256

#endif
