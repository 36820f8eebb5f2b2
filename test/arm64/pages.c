// native-shim/pages_posix.c under emulation: page sizes, traps, rewritten code, landing pads. Prints what it saw, one
// line for each question; test/arm64/pages.test.ts knows the answers.
#define _GNU_SOURCE

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../native-shim/pages.h"

typedef int function(void);

static sigjmp_buf before;

static void on_signal(int number)
{
  siglongjmp(before, number);
}

// The result of the code at an address, or the signal that it ended with as a negative number. All calls are the same
// instruction: the emulator translates code once for each kind of branch that leads there.
static __attribute__((noinline)) int call(const uint8_t *address)
{
  int number = sigsetjmp(before, 1);
  if (number != 0)
    return -number;
  return ((function *)(uintptr_t)address)();
}

// bti c; mov w0, #value; ret
static void with_pad(const struct code_pages *pages, size_t offset, uint32_t value)
{
  uint32_t code[] = {0xd503245f, 0x52800000 | value << 5, 0xd65f03c0};
  if (pages_write(pages, offset, code, sizeof code) != 0)
    printf("cannot write at %zu\n", offset);
}

// mov w0, #value; ret
static void without_pad(const struct code_pages *pages, size_t offset, uint32_t value)
{
  uint32_t code[] = {0x52800000 | value << 5, 0xd65f03c0};
  if (pages_write(pages, offset, code, sizeof code) != 0)
    printf("cannot write at %zu\n", offset);
}

static const char *name(int result)
{
  static char text[20];
  snprintf(text, sizeof text, "%d", result);
  if (result == -SIGILL)
    return "SIGILL";
  return result == -SIGSEGV ? "SIGSEGV" : text;
}

static int write_to(uint8_t *address)
{
  int number = sigsetjmp(before, 1);
  if (number != 0)
    return -number;
  *(volatile uint8_t *)address = 1;
  return 0;
}

int main(void)
{
  signal(SIGILL, on_signal);
  signal(SIGSEGV, on_signal);
  size_t page = pages_size();
  struct code_pages pages;
  printf("page %zu\n", page);
  printf("reserve %d\n", pages_reserve(2 * page, &pages));
  printf("unwritten %s\n", name(call(pages.address + page + page / 2)));
  with_pad(&pages, 0, 41);
  with_pad(&pages, page - 4, 42);
  without_pad(&pages, 64, 43);
  printf("first %s\n", name(call(pages.address)));
  printf("across pages %s\n", name(call(pages.address + page - 4)));
  printf("without landing pad %s\n", name(call(pages.address + 64)));
  with_pad(&pages, 0, 44);
  printf("rewritten %s\n", name(call(pages.address)));
  printf("store %s\n", name(write_to(pages.address)));
  printf("half a page %s\n", pages_reserve(page / 2, &pages) == 0 ? "mapped" : "refused");
  printf("release %d\n", pages_release(&pages));
  printf("released %s\n", name(call(pages.address)));
  return 0;
}
