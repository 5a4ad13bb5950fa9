/* Loads private copies of lwIP, and calls into them so that neither an assertion, nor a crash, nor
 * an endless loop takes the process down.
 *
 * This part is in the program itself, once. Whatever goes wrong in a copy jumps back to here, over
 * frames of C only; the copy is not called again. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

enum { FAULTS = 4, WHY = 256 };

/* A call that has used so much processor time, in seconds, has no end. */
enum { PATIENCE = 2 };

static const int faults[FAULTS] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
static const char *const fault_names[FAULTS] = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL"};
static struct sigaction before[FAULTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The call under way on this thread. Signal handlers read it. */
static __thread sigjmp_buf *volatile under_way __attribute__((tls_model("initial-exec")));
static __thread volatile int went_wrong __attribute__((tls_model("initial-exec")));
/* How many calls this thread has made, and how many it had made at the last tick of its clock. */
static __thread volatile uint64_t calls __attribute__((tls_model("initial-exec")));
static __thread volatile uint64_t calls_seen __attribute__((tls_model("initial-exec")));
static __thread volatile unsigned ticks_seen __attribute__((tls_model("initial-exec")));
static __thread int has_clock;
static __thread char why_failed[WHY];

static int watchdog_signal(void) { return SIGRTMIN + 7; }

static void jump(int wrong) {
  sigjmp_buf *back = under_way;
  under_way = NULL;
  went_wrong = wrong;
  siglongjmp(*back, 1);
}

static void on_fault(int number, siginfo_t *info, void *context) {
  (void)info;
  (void)context;
  if (under_way != NULL) {
    jump(number);
  }
  /* Not ours: whoever was there before meets it, as the instruction is tried again. */
  for (int i = 0; i < FAULTS; i++) {
    if (faults[i] == number) {
      sigaction(number, &before[i], NULL);
    }
  }
}

static void on_tick(int number) {
  if (under_way == NULL || calls != calls_seen) {
    calls_seen = calls;
    ticks_seen = 0;
  } else if (++ticks_seen >= PATIENCE) {
    ticks_seen = 0;
    jump(number);
  }
}

static void install(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  action.sa_sigaction = on_fault;
#ifndef TCPROVE_LEAVE_FAULTS
  for (int i = 0; i < FAULTS; i++) {
    sigaction(faults[i], &action, &before[i]);
  }
#endif
  action.sa_flags = SA_RESTART | SA_ONSTACK | SA_NODEFER;
  action.sa_handler = on_tick;
  sigaction(watchdog_signal(), &action, NULL);
}

/* A clock that ticks once for each second that this thread computes. It dies with the process; a
 * thread that has ended computes no more. */
static void give_clock(void) {
  struct sigevent event;
  struct itimerspec every = {{1, 0}, {1, 0}};
  timer_t clock;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = watchdog_signal();
#ifdef sigev_notify_thread_id
  event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
#else
  event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
#endif
  if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &clock) == 0) {
    timer_settime(clock, 0, &every, NULL);
  }
  has_clock = 1;
}

/* A copy gives up: a failed assertion, or no end of packets. */
static void fail(const char *why) {
  snprintf(why_failed, sizeof why_failed, "%s", why);
  jump(0);
}

struct start {
  const struct tcprove_lwip *lwip;
  struct tcprove_host *host;
  size_t image_size;
};

/* Calls `lwip` with `call`, or begins with `start`. Gives NULL when it came back, else what went
 * wrong, which holds until this thread's next call. */
static const char *guarded(const struct tcprove_lwip *lwip, struct tcprove_call *call,
                           struct start *start) {
  sigjmp_buf back;
  if (!has_clock) {
    give_clock();
  }
  calls++;
  if (sigsetjmp(back, 0) == 0) {
    under_way = &back;
    if (call != NULL) {
      lwip->call(call);
    } else {
      start->image_size = lwip->init(start->host, fail);
    }
    under_way = NULL;
    return NULL;
  }
  if (went_wrong == watchdog_signal()) {
    return "computes without end";
  }
  for (int i = 0; i < FAULTS; i++) {
    if (faults[i] == went_wrong) {
      snprintf(why_failed, sizeof why_failed, "crashed: %s", fault_names[i]);
    }
  }
  return why_failed;
}

/* Loads a copy of the shared object `image` that shares nothing with any other. Gives a handle for
 * `tcprove_unload`, or NULL with the reason in `why`. The file stays open for as long as the copy is
 * loaded: an object is known by its path, so no two copies may have one. */
void *tcprove_load(const uint8_t *image, size_t len, int *file, const struct tcprove_lwip **lwip,
                   const char **why) {
  char path[64];
  pthread_once(&once, install);
  *why = "a file in memory cannot be made (memfd_create)";
  *file = memfd_create("lwip", MFD_CLOEXEC);
  if (*file < 0) {
    return NULL;
  }
  for (size_t done = 0; done < len;) {
    ssize_t n = write(*file, image + done, len - done);
    if (n <= 0) {
      close(*file);
      *why = "a file in memory cannot be written";
      return NULL;
    }
    done += (size_t)n;
  }
  snprintf(path, sizeof path, "/proc/self/fd/%d", *file);
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  *lwip = handle != NULL ? (const struct tcprove_lwip *)dlsym(handle, "tcprove_lwip") : NULL;
  if (*lwip == NULL) {
    *why = dlerror();
    close(*file);
    return NULL;
  }
  return handle;
}

const char *tcprove_begin(const struct tcprove_lwip *lwip, struct tcprove_host *host,
                          size_t *image_size) {
  struct start start = {lwip, host, 0};
  const char *why = guarded(lwip, NULL, &start);
  *image_size = start.image_size;
  return why;
}

const char *tcprove_call(const struct tcprove_lwip *lwip, struct tcprove_call *call) {
  return guarded(lwip, call, NULL);
}

void tcprove_unload(void *handle, int file) {
  dlclose(handle);
  close(file);
}
