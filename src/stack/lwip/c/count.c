/* Counts the branches that lwIP takes, in a build for a fuzzer. The compiler puts a call at each; the
 * place of the call in the object says which counter is its own. */
#include "shim.h"

/* A call takes five octets or four, so that each place has its counter, if there are enough. */
enum { PLACES_SHIFT = 2 };

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static uint8_t *counted;
static size_t counted_len;

void tcprove_count(uint8_t *counters, size_t len) {
  counted = counters;
  counted_len = len;
}

void __sanitizer_cov_trace_pc(void) {
  if (counted == NULL) {
    return;
  }
  uintptr_t place = (uintptr_t)__builtin_return_address(0) - (uintptr_t)__ehdr_start;
  uint8_t *counter = &counted[(place >> PLACES_SHIFT) % counted_len];
  if (*counter < 255) {
    ++*counter;
  }
}
