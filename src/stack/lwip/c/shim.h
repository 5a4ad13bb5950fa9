/* What passes between the adapter, the loader and a loaded lwIP. src/stack/lwip/library.rs has the
 * same, field for field. */
#ifndef TCPROVE_SHIM_H
#define TCPROVE_SHIM_H

#include <stddef.h>
#include <stdint.h>

enum tcprove_op {
  TCPROVE_RESET,
  TCPROVE_DELIVER,
  TCPROVE_ADVANCE,
  TCPROVE_NEXT_TIMER,
  TCPROVE_LISTEN,
  TCPROVE_CONNECT,
  TCPROVE_SEND,
  TCPROVE_RECEIVE,
  TCPROVE_CLOSE,
  TCPROVE_ABORT,
  TCPROVE_STATUS,
  TCPROVE_REMOTE,
  /* The codepoint in the place of the local port. */
  TCPROVE_SET_DSCP,
  /* For tests of the guard. */
  TCPROVE_ASSERT,
  TCPROVE_CRASH,
  TCPROVE_SPIN
};

/* How a call ended; from 0 on, a number of octets or a state of lwIP's `enum tcp_state`. */
enum tcprove_result {
  TCPROVE_EMPTY = -1,
  TCPROVE_END = -2,
  TCPROVE_UNSUPPORTED = -3,
  TCPROVE_NONE = -4,
  TCPROVE_EXISTS = -5,
  TCPROVE_CLOSING = -6,
  TCPROVE_WAS_RESET = -7,
  TCPROVE_WAS_ABORTED = -8,
  TCPROVE_INVALID = -9
};

/* One call into lwIP, and what comes of it. */
struct tcprove_call {
  uint32_t op;
  uint32_t socket;
  /* An instant in microseconds: when the call is made; with ADVANCE until when time passes; after
     NEXT_TIMER when the next timer fires, or all ones. */
  uint64_t at;
  /* A packet, or what SEND hands over. */
  const uint8_t *in;
  /* Where RECEIVE puts what it delivers. */
  uint8_t *room;
  uint32_t in_len;
  uint32_t room_len;
  /* Ports and the remote address, in the octets of the wire. */
  uint8_t remote[16];
  uint16_t local_port;
  uint16_t remote_port;
  int32_t result;
};

/* What the adapter lends to a loaded lwIP for as long as it lives. */
struct tcprove_host {
  /* Memory that lwIP allocates from. */
  uint8_t *arena;
  size_t arena_len;
  /* Packets sent since the adapter last emptied it: each an instant (8 octets), a length (4), and
     the packet. */
  uint8_t *sent;
  size_t sent_size;
  size_t sent_len;
  /* The globals as they were after initialisation. */
  uint8_t *image;
  size_t image_size;
  /* Counters of the branches that are taken, where lwIP was built for a fuzzer; NULL for none. */
  uint8_t *counters;
  size_t counters_len;
  /* How a scenario has it. */
  uint64_t seed;
  uint64_t keep_alive_ms;
  uint16_t mtu;
  uint8_t ipv6;
  uint8_t nagle;
  uint8_t local[16];
  /* Time to live and codepoint that a connection gets; 0 for lwIP's own. */
  uint8_t ttl;
  uint8_t dscp;
};

/* What a loaded lwIP shows: its only symbol is `tcprove_lwip`. */
struct tcprove_lwip {
  /* How it was configured. */
  uint32_t window;
  uint32_t send_buffer;
  uint32_t msl_ms;
  uint32_t mss;
  /* Begins; `fail` never returns. Gives the octets that an image of the globals takes, or 0 when
     they cannot be found. */
  size_t (*init)(struct tcprove_host *host, void (*fail)(const char *why));
  void (*call)(struct tcprove_call *call);
};

/* In a build for a fuzzer: where branches are counted from now on; count.c. */
void tcprove_count(uint8_t *counters, size_t len);

#endif
