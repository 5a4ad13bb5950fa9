/* How lwIP is configured: its own defaults, and, with TCPROVE_FULL, everything that its TCP can do.
 *
 * What stands before the TCP options is what it takes to be driven from outside: no system, no
 * timers of its own, memory that does not run out, nothing but IP, ICMP and TCP. */
#ifndef TCPROVE_LWIPOPTS_H
#define TCPROVE_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_TIMERS 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

#define MEM_ALIGNMENT 8
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define mem_clib_malloc tcprove_malloc
#define mem_clib_calloc tcprove_calloc
#define mem_clib_free tcprove_free

#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_IPV6_REASS 0
#define LWIP_IPV6_FRAG 0
#define LWIP_IPV6_MLD 0
#define LWIP_IPV6_AUTOCONFIG 0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 0
#define LWIP_ARP 0
#define LWIP_ETHERNET 0
#define LWIP_RAW 0
#define LWIP_UDP 0
#define LWIP_STATS 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0

#define LWIP_HOOK_TCP_ISN tcprove_isn

#ifdef TCPROVE_FULL
#define TCP_MSS 1460
#define TCP_WND 98304
#define TCP_SND_BUF 32768
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 2
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_TCP_SACK_OUT 1
#define SO_REUSE 1
#define LWIP_TCP_KEEPALIVE 1
#define TCP_LISTEN_BACKLOG 1
#endif

#endif
