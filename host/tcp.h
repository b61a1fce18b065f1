/* TCP: figures that the kernel has of a TCP socket and libuv does not report. Source: tcp(7),
 * linux/tcp.h.
 */
#ifndef GC_HOST_TCP_H
#define GC_HOST_TCP_H

#include <stdint.h>

/* Returns how many packets have come from the peer of a TCP socket so far, acknowledgements among
 * them, modulo 2^32; 0 where the kernel does not say (before Linux 4.2), or when fd is not such a
 * socket.
 */
uint32_t gc_tcp_packets(int fd);

#endif
