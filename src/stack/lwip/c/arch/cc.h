/* What lwIP asks of a port: randomness, the end of a failed assertion, and names that the
 * configuration refers to. */
#ifndef TCPROVE_CC_H
#define TCPROVE_CC_H

#include <stddef.h>
#include <stdint.h>

void tcprove_fail(const char *what, const char *file, int line) __attribute__((noreturn));
uint32_t tcprove_rand(void);
void *tcprove_malloc(size_t len);
void *tcprove_calloc(size_t count, size_t len);
void tcprove_free(void *memory);

struct ip_addr;
uint32_t tcprove_isn(const struct ip_addr *local, uint16_t local_port, const struct ip_addr *remote,
                     uint16_t remote_port);

#define LWIP_RAND() tcprove_rand()
#define LWIP_PLATFORM_DIAG(x) do { } while (0)
#define LWIP_PLATFORM_ASSERT(x) tcprove_fail(x, __FILE__, __LINE__)

#endif
