// Preloaded into emulated programs where the emulator does not obey cache maintenance: qemu before 8.1 translates code
// once and takes `ic ivau` for a no-op, so that pages of a file go on executing what they held when they first ran. Real
// CPUs drop what is flushed (Arm ARM B2.2.5); so does qemu when a page is mapped again. This library maps flushed pages
// again, and only those: code that was not flushed stays stale, as it may on hardware.
//
// Flushes arrive in two ways: the native shim is linked with --wrap=__clear_cache, and the koffi host uses madvise.
#define _GNU_SOURCE

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct mapping {
  uintptr_t start;
  size_t size;
  int protection;
  int file;
  struct mapping *next;
};

// Shared, executable mappings of files. Nobody but our hosts makes any.
static struct mapping *mappings;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// Child processes may be programs of another machine, which cannot load this.
static __attribute__((constructor)) void keep_from_children(void)
{
  unsetenv("LD_PRELOAD");
}

static __attribute__((noreturn)) void fail(const char *what)
{
  perror(what);
  abort();
}

static void remember(void *address, size_t size, int protection, int file)
{
  struct mapping *made = malloc(sizeof *made);
  if (made == NULL)
    fail("coherence: malloc");
  pthread_mutex_lock(&lock);
  *made = (struct mapping){(uintptr_t)address, size, protection, file, mappings};
  mappings = made;
  pthread_mutex_unlock(&lock);
}

static void forget(void *address)
{
  pthread_mutex_lock(&lock);
  struct mapping **at = &mappings;
  while (*at != NULL && (*at)->start != (uintptr_t)address)
    at = &(*at)->next;
  struct mapping *gone = *at;
  if (gone != NULL)
    *at = gone->next;
  pthread_mutex_unlock(&lock);
  free(gone);
}

static void map_again(const struct mapping *mapping, uintptr_t start, uintptr_t end)
{
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t first = start - start % page;
  uintptr_t last = (end + page - 1) / page * page;
  long offset = (long)(first - mapping->start);
  int flags = MAP_SHARED | MAP_FIXED;
  if (syscall(SYS_mmap, first, last - first, mapping->protection, flags, mapping->file, offset) != (long)first)
    fail("coherence: mmap");
}

static void flush(uintptr_t start, uintptr_t end)
{
  pthread_mutex_lock(&lock);
  struct mapping *at = mappings;
  while (at != NULL && (start < at->start || start >= at->start + at->size))
    at = at->next;
  if (at != NULL && end > start)
    map_again(at, start, end);
  pthread_mutex_unlock(&lock);
}

void __wrap___clear_cache(void *start, void *end);
void __wrap___clear_cache(void *start, void *end)
{
  flush((uintptr_t)start, (uintptr_t)end);
}

int madvise(void *address, size_t size, int advice)
{
  int result = (int)syscall(SYS_madvise, address, size, advice);
  if (result == 0 && advice == MADV_DONTNEED)
    flush((uintptr_t)address, (uintptr_t)address + size);
  return result;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
  void *result = (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
  int is_code = file >= 0 && (protection & PROT_EXEC) != 0 && (flags & MAP_SHARED) != 0;
  if (is_code && result != MAP_FAILED)
    remember(result, size, protection, file);
  return result;
}

int munmap(void *address, size_t size)
{
  forget(address);
  return (int)syscall(SYS_munmap, address, size);
}
