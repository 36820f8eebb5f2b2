// Executable pages on macOS. Not run: no macOS machine has compiled or executed this file.
//
// Apple silicon has one view, mapped with MAP_JIT, whose pages are writable or executable per thread and never both:
// while this thread writes, every other one may still execute ("Porting just-in-time compilers to Apple silicon").
// Intel Macs have no such switch: their MAP_JIT pages are writable and executable at once, and are refused.
#include "pages.h"

#include <errno.h>
#include <libkern/OSCacheControl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trap.h"

size_t pages_size(void)
{
  return (size_t)sysconf(_SC_PAGESIZE);
}

// No code of a MAP_JIT page may run on this thread between the two switches; nothing here calls any.
static void write_code(uint8_t *to, const void *bytes, size_t count)
{
  pthread_jit_write_protect_np(0);
  memcpy(to, bytes, count);
  pthread_jit_write_protect_np(1);
  sys_icache_invalidate(to, count);
}

static void fill(uint8_t *address, size_t size)
{
  pthread_jit_write_protect_np(0);
  memset(address, TRAP, size);
  pthread_jit_write_protect_np(1);
  sys_icache_invalidate(address, size);
}

int pages_reserve(size_t size, struct code_pages *out)
{
  if (size == 0 || size % pages_size() != 0)
    return EINVAL;
  if (size > PAGES_LIMIT)
    return ENOMEM;
  if (!pthread_jit_write_protect_supported_np())
    return ENOTSUP;
  int protection = PROT_READ | PROT_WRITE | PROT_EXEC;
  void *address = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANON | MAP_JIT, -1, 0);
  if (address == MAP_FAILED)
    return errno;
  fill(address, size);
  *out = (struct code_pages){.address = address, .size = size, .file = -1};
  return 0;
}

int pages_write(const struct code_pages *pages, size_t offset, const void *bytes, size_t count)
{
  write_code(pages->address + offset, bytes, count);
  return 0;
}

int pages_release(const struct code_pages *pages)
{
  return munmap(pages->address, pages->size) == 0 ? 0 : errno;
}

int pages_retire(const struct code_pages *pages)
{
  int flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE | MAP_FIXED;
  return mmap(pages->address, pages->size, PROT_NONE, flags, -1, 0) == MAP_FAILED ? errno : 0;
}
