/* Drives one lwIP by its raw API: one entry, `call`, and no way out but `fail`.
 *
 * A socket is what a program on lwIP holds: nothing, a listener, or a connection. A listener takes
 * one connection and is closed as it accepts it. While its connection is in SYN-RECEIVED, of which
 * lwIP tells no program, it stands aside, so that the socket is one thing at a time. */
#define _GNU_SOURCE
#include <link.h>
#include <string.h>

#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"
#include "shim.h"

enum { SOCKETS = 3, CLASSES = 24, LEAST = 5 };
enum { TICK_US = TCP_TMR_INTERVAL * 1000, SENT_HEAD = 12 };
#define NEVER UINT64_MAX

struct held {
  struct held *next;
  struct pbuf *p;
};

struct socket {
  /* At most one of these two, but for a listener whose connection is in SYN-RECEIVED. */
  struct tcp_pcb *listener;
  struct tcp_pcb *pcb;
  /* The listener is not on lwIP's list at the moment. */
  int aside;
  int end;
  int error;
  /* What arrived and was not read; of the first, so many octets were. */
  struct held *first;
  struct held **last;
  size_t read;
};

#ifdef TCPROVE_SANITIZED
/* AddressSanitizer knows what of the arena is nobody's, and is in the program that loads this. */
void __asan_poison_memory_region(const volatile void *memory, size_t len);
void __asan_unpoison_memory_region(const volatile void *memory, size_t len);
#define NOBODYS(memory, len) __asan_poison_memory_region(memory, len)
#define LENT(memory, len) __asan_unpoison_memory_region(memory, len)
enum { REUSED_AT_ONCE = 0 };
#else
#define NOBODYS(memory, len) ((void)0)
#define LENT(memory, len) ((void)0)
enum { REUSED_AT_ONCE = 1 };
#endif

/* Everything from here on that is not constant is put back by RESET. */
static struct tcprove_host *host;
static void (*give_up)(const char *why);
static struct netif netif;
static struct socket sockets[SOCKETS];
static uint64_t now;
static uint64_t ticks;
static uint32_t random_state;
static uint32_t opened;
static size_t arena_used;
static void *unused[CLASSES];
static uint8_t *globals;
static size_t globals_len;

/* The end */

void tcprove_fail(const char *what, const char *file, int line) {
  static char why[256];
  const char *slash = strrchr(file, '/');
  snprintf(why, sizeof why, "asserts at %s:%d: %s", slash != NULL ? slash + 1 : file, line, what);
  give_up(why);
  __builtin_trap();
}

/* Memory: blocks of 2^n octets out of the arena, each behind eight octets that say its class. Where
 * a sanitizer watches, what was given back is used again only when there is nothing else. */

void *tcprove_malloc(size_t len) {
  unsigned class = LEAST;
  uint8_t *block;
  while (((size_t)1 << class) < len + 8) {
    class++;
  }
  if (class >= CLASSES) {
    return NULL;
  }
  int is_room = host->arena_len - arena_used >= ((size_t)1 << class);
  block = unused[class];
  if (block != NULL && (REUSED_AT_ONCE || !is_room)) {
    memcpy(&unused[class], block + 8, sizeof(void *));
  } else if (is_room) {
    block = host->arena + arena_used;
    arena_used += (size_t)1 << class;
  } else {
    return NULL;
  }
  LENT(block + 8, len);
  memset(block + 8, 0xa5, len);
  block[0] = (uint8_t)class;
  return block + 8;
}

void *tcprove_calloc(size_t count, size_t len) {
  void *memory = tcprove_malloc(count * len);
  if (memory != NULL) {
    memset(memory, 0, count * len);
  }
  return memory;
}

void tcprove_free(void *memory) {
  uint8_t *block = (uint8_t *)memory - 8;
  memcpy(memory, &unused[block[0]], sizeof(void *));
  unused[block[0]] = block;
  NOBODYS(memory, ((size_t)1 << block[0]) - 8);
}

/* Clock and chance, both from the seed */

static uint64_t mixed(uint64_t n) {
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
  n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
  return n ^ (n >> 31);
}

uint32_t tcprove_rand(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

u32_t sys_now(void) { return (u32_t)(mixed(host->seed) + now / 1000); }

/* As RFC 6528 has it, a clock of four microseconds and a secret for each pair of ports; and a step
 * for each connection, as lwIP takes an ISN of its own one lower where it opens actively. */
uint32_t tcprove_isn(const struct ip_addr *local, uint16_t local_port, const struct ip_addr *remote,
                     uint16_t remote_port) {
  uint64_t ports = (uint64_t)local_port << 16 | remote_port;
  (void)local;
  (void)remote;
  return (uint32_t)(mixed(host->seed ^ mixed(ports)) + now / 4) + 64000 * opened++;
}

/* The wire */

static err_t put(struct netif *nif, struct pbuf *p) {
  uint8_t *head = host->sent + host->sent_len;
  uint32_t len = p->tot_len;
  (void)nif;
  if (host->sent_size - host->sent_len < SENT_HEAD + len) {
    give_up("sends without end in answer to one input");
  }
  memcpy(head, &now, 8);
  memcpy(head + 8, &len, 4);
  pbuf_copy_partial(p, head + SENT_HEAD, p->tot_len, 0);
  host->sent_len += SENT_HEAD + len;
  return ERR_OK;
}

static err_t put_v4(struct netif *nif, struct pbuf *p, const ip4_addr_t *to) {
  (void)to;
  return put(nif, p);
}

static err_t put_v6(struct netif *nif, struct pbuf *p, const ip6_addr_t *to) {
  (void)to;
  return put(nif, p);
}

static err_t begin_netif(struct netif *nif) {
  nif->output = put_v4;
  nif->output_ip6 = put_v6;
  nif->mtu = 1500;
  return ERR_OK;
}

static void address(ip_addr_t *addr, const uint8_t *octets) {
  memset(addr, 0, sizeof *addr);
  if (host->ipv6) {
    memcpy(ip_2_ip6(addr)->addr, octets, 16);
    IP_SET_TYPE(addr, IPADDR_TYPE_V6);
  } else {
    memcpy(&ip_2_ip4(addr)->addr, octets, 4);
    IP_SET_TYPE(addr, IPADDR_TYPE_V4);
  }
}

/* A packet that is longer than lwIP can count is cut, which leaves out what pads it. */
static void deliver(const struct tcprove_call *call) {
  u16_t len = (u16_t)LWIP_MIN(call->in_len, 0xffff);
  struct pbuf *p = pbuf_alloc(PBUF_RAW, len, PBUF_POOL);
  if (p == NULL) {
    return;
  }
  pbuf_take(p, call->in, len);
  if (ip_input(p, &netif) != ERR_OK) {
    pbuf_free(p);
  }
}

/* What lwIP tells a program */

static void forget(struct socket *socket) {
  while (socket->first != NULL) {
    struct held *held = socket->first;
    socket->first = held->next;
    pbuf_free(held->p);
    tcprove_free(held);
  }
  socket->last = &socket->first;
  socket->read = 0;
  socket->end = 0;
  socket->error = ERR_OK;
}

static err_t on_recv(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err) {
  struct socket *socket = arg;
  (void)pcb;
  (void)err;
  if (p == NULL) {
    socket->end = 1;
    return ERR_OK;
  }
  struct held *held = tcprove_malloc(sizeof *held);
  held->next = NULL;
  held->p = p;
  *socket->last = held;
  socket->last = &held->next;
  return ERR_OK;
}

static void on_error(void *arg, err_t err) {
  struct socket *socket = arg;
  socket->pcb = NULL;
  if (socket->listener == NULL) {
    socket->error = err;
  }
}

/* What the user asks for of the IP header. */
static void serve(struct tcp_pcb *pcb) {
  if (host->ttl != 0) {
    pcb->ttl = host->ttl;
  }
  if (host->dscp != 0) {
    pcb->tos = (u8_t)(host->dscp << 2);
  }
}

static void hold(struct socket *socket, struct tcp_pcb *pcb) {
  if (socket->pcb != pcb) {
    serve(pcb);
  }
  socket->pcb = pcb;
  tcp_arg(pcb, socket);
  tcp_recv(pcb, on_recv);
  tcp_err(pcb, on_error);
  if (!host->nagle) {
    tcp_nagle_disable(pcb);
  }
}

static void close_listener(struct socket *socket) {
  struct tcp_pcb *listener = socket->listener;
  socket->listener = NULL;
  socket->aside = 0;
  tcp_close(listener);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err) {
  struct socket *socket = arg;
  if (err != ERR_OK || pcb == NULL) {
    return ERR_VAL;
  }
  hold(socket, pcb);
  close_listener(socket);
  return ERR_OK;
}

static int is_listed(const struct tcp_pcb *list, const struct tcp_pcb *pcb) {
  while (list != NULL && list != pcb) {
    list = list->next;
  }
  return list != NULL;
}

/* After lwIP has run: learns what it tells no program. Connections that a listener has in
 * SYN-RECEIVED, and those that are gone without a word at the end of TIME-WAIT. */
static void look(void) {
  for (struct socket *socket = sockets; socket < sockets + SOCKETS; socket++) {
    struct tcp_pcb *pcb = socket->pcb;
    if (pcb != NULL && !is_listed(tcp_active_pcbs, pcb) && !is_listed(tcp_tw_pcbs, pcb)) {
      socket->pcb = NULL;
    }
    if (socket->listener == NULL) {
      continue;
    }
    if (socket->pcb == NULL) {
      for (pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
        if (pcb->state == SYN_RCVD && pcb->listener == (struct tcp_pcb_listen *)socket->listener) {
          hold(socket, pcb);
          break;
        }
      }
    }
    if (socket->pcb != NULL && !socket->aside) {
      socket->aside = 1;
      TCP_RMV(&tcp_listen_pcbs.pcbs, socket->listener);
    } else if (socket->pcb == NULL && socket->aside) {
      socket->aside = 0;
      TCP_REG(&tcp_listen_pcbs.pcbs, socket->listener);
    }
  }
}

/* Time */

#if LWIP_TCP_KEEPALIVE
#define KEEP_INTERVAL(pcb) ((pcb)->keep_intvl)
#else
#define KEEP_INTERVAL(pcb) TCP_KEEPINTVL_DEFAULT
#endif

/* In how many of its slow ticks, at the earliest, lwIP does something about a connection. */
static uint32_t slow_ticks(const struct tcp_pcb *pcb) {
  uint32_t least = UINT32_MAX;
  uint32_t age = tcp_ticks - pcb->tmr;
#define AFTER(n)                                                                                   \
  do {                                                                                             \
    int64_t left = (int64_t)(n);                                                                   \
    left = left < 1 ? 1 : left;                                                                    \
    least = (uint64_t)left < least ? (uint32_t)left : least;                                       \
  } while (0)
  switch (pcb->state) {
  case TIME_WAIT:
    AFTER(2 * TCP_MSL / TCP_SLOW_INTERVAL + 1 - (int64_t)age);
    return least;
  case LAST_ACK:
    AFTER(2 * TCP_MSL / TCP_SLOW_INTERVAL + 1 - (int64_t)age);
    break;
  case SYN_RCVD:
    AFTER(TCP_SYN_RCVD_TIMEOUT / TCP_SLOW_INTERVAL + 1 - (int64_t)age);
    break;
  default:
    break;
  }
  if (pcb->nrtx >= TCP_MAXRTX || (pcb->state == SYN_SENT && pcb->nrtx >= TCP_SYNMAXRTX)) {
    AFTER(1);
  } else if (pcb->persist_backoff > 0) {
    int wait = 3 << (pcb->persist_backoff - 1);
    AFTER(LWIP_MIN(wait, 120) - pcb->persist_cnt);
  } else if (pcb->rtime >= 0) {
    AFTER(pcb->rto - pcb->rtime);
  } else if (pcb->unsent != NULL) {
    AFTER(1);
  }
  if (pcb->ooseq != NULL) {
    AFTER((int64_t)pcb->rto * TCP_OOSEQ_TIMEOUT - age);
  }
  if (ip_get_option(pcb, SOF_KEEPALIVE) && (pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT)) {
    int64_t idle = (int64_t)pcb->keep_idle + (int64_t)pcb->keep_cnt_sent * KEEP_INTERVAL(pcb);
    AFTER(idle / TCP_SLOW_INTERVAL + 1 - age);
  }
#undef AFTER
  return least;
}

/* The tick of lwIP's timer, counted from 1, at which it next does something, or NEVER. */
static uint64_t next_tick(void) {
  uint64_t least = NEVER;
  uint32_t slow = UINT32_MAX;
  for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
    uint32_t n = slow_ticks(pcb);
    slow = n < slow ? n : slow;
    if ((pcb->flags & (TF_ACK_DELAY | TF_CLOSEPEND)) || pcb->refused_data != NULL) {
      least = ticks + 1;
    }
  }
  for (const struct tcp_pcb *pcb = tcp_tw_pcbs; pcb != NULL; pcb = pcb->next) {
    uint32_t n = slow_ticks(pcb);
    slow = n < slow ? n : slow;
  }
  if (slow != UINT32_MAX) {
    /* Every tick of an odd number is a slow one too. */
    uint64_t first = ticks % 2 == 0 ? ticks + 1 : ticks + 2;
    uint64_t then = first + 2 * ((uint64_t)slow - 1);
    least = then < least ? then : least;
  }
  return least;
}

static void advance(uint64_t to) {
  while ((ticks + 1) * TICK_US <= to) {
    uint64_t left = to / TICK_US - ticks;
    if (left >= 2 && next_tick() == NEVER) {
      /* Nothing but lwIP's clock moves. */
      tcp_ticks += (u32_t)(left / 2);
      ticks += left / 2 * 2;
      continue;
    }
    ticks++;
    now = ticks * TICK_US;
    tcp_tmr();
    look();
  }
  now = to;
}

/* Calls of the user */

static int32_t failed(err_t err) {
  switch (err) {
  case ERR_OK:
    return 0;
  case ERR_RST:
    return TCPROVE_WAS_RESET;
  case ERR_ABRT:
    return TCPROVE_WAS_ABORTED;
  case ERR_CLSD:
    return TCPROVE_CLOSING;
  case ERR_USE:
  case ERR_ISCONN:
    return TCPROVE_EXISTS;
  case ERR_MEM:
    return TCPROVE_NONE;
  default:
    return TCPROVE_INVALID;
  }
}

/* A connection to be, bound to its port. */
static int32_t bound(struct tcp_pcb **pcb, uint16_t port) {
  *pcb = tcp_new_ip_type(host->ipv6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4);
  if (*pcb == NULL) {
    return TCPROVE_NONE;
  }
#if SO_REUSE
  ip_set_option(*pcb, SOF_REUSEADDR);
#endif
  serve(*pcb);
#if LWIP_TCP_KEEPALIVE
  if (host->keep_alive_ms != 0) {
    ip_set_option(*pcb, SOF_KEEPALIVE);
    (*pcb)->keep_idle = (u32_t)host->keep_alive_ms;
    (*pcb)->keep_intvl = (u32_t)host->keep_alive_ms;
  }
#endif
  err_t err = tcp_bind(*pcb, host->ipv6 ? IP6_ADDR_ANY : IP4_ADDR_ANY, port);
  if (err != ERR_OK) {
    tcp_close(*pcb);
  }
  return failed(err);
}

static int32_t open_passive(struct socket *socket, const struct tcprove_call *call) {
  struct tcp_pcb *pcb;
  err_t err;
  if (socket->listener != NULL || socket->pcb != NULL) {
    return TCPROVE_EXISTS;
  }
  int32_t result = bound(&pcb, call->local_port);
  if (result != 0) {
    return result;
  }
  struct tcp_pcb *listener =
      tcp_listen_with_backlog_and_err(pcb, TCP_DEFAULT_LISTEN_BACKLOG, &err);
  if (listener == NULL) {
    tcp_close(pcb);
    return failed(err);
  }
  forget(socket);
  socket->listener = listener;
  tcp_arg(listener, socket);
  tcp_accept(listener, on_accept);
  return 0;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err) {
  (void)arg;
  (void)pcb;
  return err;
}

static int32_t open_active(struct socket *socket, const struct tcprove_call *call) {
  struct tcp_pcb *pcb;
  ip_addr_t remote;
  if (socket->listener != NULL) {
    return TCPROVE_UNSUPPORTED;
  }
  if (socket->pcb != NULL) {
    return TCPROVE_EXISTS;
  }
  int32_t result = bound(&pcb, call->local_port);
  if (result != 0) {
    return result;
  }
  address(&remote, call->remote);
  err_t err = tcp_connect(pcb, &remote, call->remote_port, on_connected);
  if (err != ERR_OK) {
    tcp_close(pcb);
    return failed(err);
  }
  forget(socket);
  hold(socket, pcb);
  return 0;
}

static int32_t send(struct socket *socket, const struct tcprove_call *call) {
  struct tcp_pcb *pcb = socket->pcb;
  if (socket->listener != NULL) {
    return TCPROVE_UNSUPPORTED;
  }
  if (pcb == NULL) {
    return socket->error != ERR_OK ? failed((err_t)socket->error) : TCPROVE_NONE;
  }
  uint32_t len = LWIP_MIN(call->in_len, tcp_sndbuf(pcb));
  err_t err = tcp_write(pcb, call->in, (u16_t)LWIP_MIN(len, 0xffff), TCP_WRITE_FLAG_COPY);
  if (err == ERR_MEM) {
    return 0;
  }
  if (err != ERR_OK) {
    return TCPROVE_CLOSING;
  }
  tcp_output(pcb);
  return (int32_t)len;
}

static int32_t receive(struct socket *socket, const struct tcprove_call *call) {
  uint32_t done = 0;
  while (done < call->room_len && socket->first != NULL) {
    struct held *held = socket->first;
    size_t len = LWIP_MIN(call->room_len - done, held->p->tot_len - socket->read);
    pbuf_copy_partial(held->p, call->room + done, (u16_t)len, (u16_t)socket->read);
    done += (uint32_t)len;
    socket->read += len;
    if (socket->read == held->p->tot_len) {
      socket->first = held->next;
      socket->read = 0;
      if (socket->first == NULL) {
        socket->last = &socket->first;
      }
      pbuf_free(held->p);
      tcprove_free(held);
    }
  }
  if (done > 0) {
    if (socket->pcb != NULL && socket->listener == NULL) {
      tcp_recved(socket->pcb, (u16_t)done);
    }
    return (int32_t)done;
  }
  if (socket->first != NULL) {
    return TCPROVE_EMPTY;
  }
  if (socket->end) {
    return TCPROVE_END;
  }
  if (socket->listener != NULL || socket->pcb != NULL) {
    return TCPROVE_EMPTY;
  }
  return socket->error != ERR_OK ? failed((err_t)socket->error) : TCPROVE_NONE;
}

static int32_t shut(struct socket *socket) {
  struct tcp_pcb *pcb = socket->pcb;
  if (socket->listener != NULL) {
    /* Of a connection in SYN-RECEIVED a program on lwIP knows nothing. */
    if (pcb != NULL) {
      return TCPROVE_UNSUPPORTED;
    }
    close_listener(socket);
    return 0;
  }
  if (pcb == NULL) {
    return TCPROVE_NONE;
  }
  switch (pcb->state) {
  case SYN_SENT:
    socket->pcb = NULL;
    return failed(tcp_close(pcb));
  case SYN_RCVD:
  case ESTABLISHED:
  case CLOSE_WAIT:
    return failed(tcp_shutdown(pcb, 0, 1));
  default:
    return TCPROVE_CLOSING;
  }
}

static int32_t abandon(struct socket *socket) {
  struct tcp_pcb *pcb = socket->pcb;
  if (socket->listener != NULL) {
    return shut(socket);
  }
  if (pcb == NULL) {
    return TCPROVE_NONE;
  }
  tcp_abort(pcb);
  socket->pcb = NULL;
  return 0;
}

static int32_t status(const struct socket *socket) {
  if (socket->pcb != NULL) {
    return (int32_t)socket->pcb->state;
  }
  return socket->listener != NULL ? LISTEN : CLOSED;
}

static int32_t set_dscp(const struct socket *socket, uint8_t dscp) {
  if (socket->pcb == NULL) {
    return socket->listener != NULL ? TCPROVE_UNSUPPORTED : TCPROVE_NONE;
  }
  socket->pcb->tos = (u8_t)(dscp << 2);
  return 0;
}

static int32_t remote(const struct socket *socket, struct tcprove_call *call) {
  const struct tcp_pcb *pcb = socket->pcb;
  if (pcb == NULL) {
    return TCPROVE_NONE;
  }
  memcpy(call->remote, &pcb->remote_ip, host->ipv6 ? 16 : 4);
  call->remote_port = pcb->remote_port;
  return 0;
}

/* Octet by octet: a sanitizer has marks between the globals, which its own memcpy minds. */
static void copy(uint8_t *to, const uint8_t *from, size_t len) {
#ifdef TCPROVE_SANITIZED
  for (size_t i = 0; i < len; i++) {
    to[i] = from[i];
    __asm__ volatile("" ::: "memory");
  }
#else
  memcpy(to, from, len);
#endif
}

/* A fresh instance: all globals as they were, the interface as the scenario has it. */
static void reset(void) {
  struct tcprove_host *kept = host;
  size_t used = arena_used;
  copy(globals, kept->image, globals_len);
  NOBODYS(host->arena + arena_used, used - arena_used);
  random_state = (uint32_t)mixed(host->seed + 1);
  netif.mtu = host->mtu;
  netif.mtu6 = host->mtu;
  ip_addr_t local;
  address(&local, host->local);
  if (host->ipv6) {
    netif_ip6_addr_set(&netif, 0, ip_2_ip6(&local));
    netif_ip6_addr_set_state(&netif, 0, IP6_ADDR_PREFERRED);
  } else {
    ip4_addr_t mask;
    IP4_ADDR(&mask, 255, 255, 255, 0);
    netif_set_addr(&netif, ip_2_ip4(&local), &mask, NULL);
  }
  host->sent_len = 0;
}

static void call(struct tcprove_call *call) {
  struct socket *socket = &sockets[call->socket % SOCKETS];
  if (call->op != TCPROVE_ADVANCE) {
    now = call->at;
  }
  switch ((enum tcprove_op)call->op) {
  case TCPROVE_RESET:
    reset();
    break;
  case TCPROVE_DELIVER:
    deliver(call);
    break;
  case TCPROVE_ADVANCE:
    advance(call->at);
    break;
  case TCPROVE_NEXT_TIMER: {
    uint64_t tick = next_tick();
    call->at = tick == NEVER ? NEVER : tick * TICK_US;
    return;
  }
  case TCPROVE_LISTEN:
    call->result = open_passive(socket, call);
    break;
  case TCPROVE_CONNECT:
    call->result = open_active(socket, call);
    break;
  case TCPROVE_SEND:
    call->result = send(socket, call);
    break;
  case TCPROVE_RECEIVE:
    call->result = receive(socket, call);
    break;
  case TCPROVE_CLOSE:
    call->result = shut(socket);
    break;
  case TCPROVE_ABORT:
    call->result = abandon(socket);
    break;
  case TCPROVE_STATUS:
    call->result = status(socket);
    return;
  case TCPROVE_REMOTE:
    call->result = remote(socket, call);
    return;
  case TCPROVE_SET_DSCP:
    call->result = set_dscp(socket, (uint8_t)call->local_port);
    break;
  case TCPROVE_ASSERT:
    LWIP_ASSERT("asked for by a test", 0);
    break;
  case TCPROVE_CRASH:
    *(volatile int *)(uintptr_t)call->in_len = 0;
    break;
  case TCPROVE_SPIN:
    for (volatile int round = 0;; round++) {
    }
  }
  look();
}

/* Finds the writable part of this object that is not sealed after loading: its globals. */
static int find(struct dl_phdr_info *info, size_t size, void *unused_arg) {
  uintptr_t begin = 0, end = 0, sealed = 0;
  uintptr_t mine = (uintptr_t)&globals;
  (void)size;
  (void)unused_arg;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    uintptr_t at = info->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_LOAD && at <= mine && mine < at + part->p_memsz) {
      begin = at;
      end = at + part->p_memsz;
    }
    if (part->p_type == PT_GNU_RELRO) {
      sealed = at + part->p_memsz;
    }
  }
  if (begin == 0) {
    return 0;
  }
  if (begin < sealed && sealed <= end) {
    begin = sealed;
  }
  globals = (uint8_t *)begin;
  globals_len = end - begin;
  return 1;
}

static size_t init(struct tcprove_host *lent, void (*fail)(const char *why)) {
  host = lent;
  give_up = fail;
#ifdef TCPROVE_COUNTED
  tcprove_count(host->counters, host->counters_len);
#endif
  NOBODYS(host->arena, host->arena_len);
  lwip_init();
  netif_add_noaddr(&netif, NULL, begin_netif, ip_input);
  netif_set_default(&netif);
  netif_set_up(&netif);
  netif_set_link_up(&netif);
  for (int i = 0; i < SOCKETS; i++) {
    sockets[i].last = &sockets[i].first;
  }
  if (!dl_iterate_phdr(find, NULL) || globals_len > host->image_size) {
    return 0;
  }
  copy(host->image, globals, globals_len);
  return globals_len;
}

__attribute__((visibility("default"))) const struct tcprove_lwip tcprove_lwip = {
    .window = TCP_WND,
    .send_buffer = TCP_SND_BUF,
    .msl_ms = TCP_MSL,
    .mss = TCP_MSS,
    .init = init,
    .call = call,
};
