// Executable pages on Linux: one anonymous file per region, mapped once, readable and executable, never writable.
//
// New bytes reach the pages through pwrite() to the file, which a MAP_SHARED mapping shows at once (mmap(2)). The usual
// dual mapping has a second, writable view that every thread can write through while it exists, and whose address an
// attacker may learn; here no such view exists at any time, and a published page never changes its protection, so
// code on it runs on undisturbed while its neighbour is written.
#define _GNU_SOURCE

#include "pages.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "landing.h"
#include "trap.h"

// Linux 6.3, memfd_create(2): we never execve the file, and vm.memfd_noexec=2 refuses files without this flag.
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

size_t pages_size(void)
{
  return (size_t)sysconf(_SC_PAGESIZE);
}

// pwrite(2) may write less than asked and may be interrupted.
static int write_all(int file, size_t offset, const uint8_t *bytes, size_t count)
{
  while (count > 0) {
    ssize_t written = pwrite(file, bytes, count, (off_t)offset);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return errno;
    bytes += written;
    offset += (size_t)written;
    count -= (size_t)written;
  }
  return 0;
}

static int fill(int file, size_t size)
{
  uint8_t traps[4096];
  memset(traps, TRAP, sizeof traps);
  for (size_t offset = 0; offset < size; offset += sizeof traps) {
    size_t rest = size - offset;
    int error = write_all(file, offset, traps, rest < sizeof traps ? rest : sizeof traps);
    if (error != 0)
      return error;
  }
  return 0;
}

static int open_file(void)
{
  int file = memfd_create("interfix", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
  // EINVAL: a kernel before 6.3 does not know the flag.
  return file < 0 && errno == EINVAL ? memfd_create("interfix", MFD_CLOEXEC) : file;
}

static int map_and_fill(int file, size_t size, struct code_pages *out)
{
  if (ftruncate(file, (off_t)size) != 0)
    return errno;
  int protection = PROT_READ | PROT_EXEC | landing_protection();
  void *address = mmap(NULL, size, protection, MAP_SHARED, file, 0);
  if (address == MAP_FAILED)
    return errno;
  int error = fill(file, size);
  if (error != 0) {
    munmap(address, size);
    return error;
  }
  *out = (struct code_pages){.address = address, .size = size, .file = file};
  return 0;
}

int pages_reserve(size_t size, struct code_pages *out)
{
  if (size == 0 || size % pages_size() != 0)
    return EINVAL;
  if (size > PAGES_LIMIT)
    return ENOMEM;
  int file = open_file();
  if (file < 0)
    return errno;
  int error = map_and_fill(file, size, out);
  if (error != 0)
    close(file);
  return error;
}

int pages_write(const struct code_pages *pages, size_t offset, const void *bytes, size_t count)
{
  int error = write_all((int)pages->file, offset, bytes, count);
  if (error != 0)
    return error;
  // Nothing on x64; on AArch64 the kernel's write is not visible to instruction fetch before this (Arm ARM B2.2.5).
  char *start = (char *)pages->address + offset;
  __builtin___clear_cache(start, start + count);
  return 0;
}

int pages_release(const struct code_pages *pages)
{
  int error = munmap(pages->address, pages->size) == 0 ? 0 : errno;
  close((int)pages->file);
  return error;
}

// A new mapping in place of the old one: there is no moment at which somebody else could get the addresses.
int pages_retire(const struct code_pages *pages)
{
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  void *nothing = mmap(pages->address, pages->size, PROT_NONE, flags, -1, 0);
  int error = nothing == MAP_FAILED ? errno : 0;
  close((int)pages->file);
  return error;
}
