// Executable pages: what the operating system is asked for. Decides nothing about slots or trampolines.
#ifndef INTERFIX_PAGES_H
#define INTERFIX_PAGES_H

#include <stddef.h>
#include <stdint.h>

// A larger region is refused with ENOMEM before anything is mapped: its fill would cost real memory.
#define PAGES_LIMIT ((size_t)1 << 30)

struct code_pages {
  uint8_t *address;
  size_t size;
  intptr_t file;
};

size_t pages_size(void);

// All of these return 0 or an errno value; a failed reserve leaves nothing behind.

// Maps `size` bytes, a multiple of the page size, filled with instructions that trap.
int pages_reserve(size_t size, struct code_pages *out);
// Writes and makes the bytes visible to instruction fetch. The caller has checked the bounds.
int pages_write(const struct code_pages *pages, size_t offset, const void *bytes, size_t count);
int pages_release(const struct code_pages *pages);
// As release, but the addresses stay taken, without memory behind them: whoever still jumps there traps, for ever.
int pages_retire(const struct code_pages *pages);

#endif
