// What must hold around a call in System V x86-64, decided from what the gates of sysv-x64.S recorded.
#define _GNU_SOURCE
#include "sysv-x64.h"
#include "runner.h"
#include <string.h>
#include <ucontext.h>

_Alignas(16) unsigned char oracle_gate[GATE_SIZE];
// Loaded into registers before every call: as pointers they are not canonical, as numbers they are odd. 0 to 5 stand in
// the callee-saved ones.
const uint64_t oracle_poison[18] = {
    0xdead000000000b0b, 0xdead000000000b9b, 0xdead00000000c12c, 0xdead00000000c13c, 0xdead00000000c14c,
    0xdead00000000c15c, 0xdeadbeefdead0106, 0xdeadbeefdead0107, 0xdeadbeefdead0108, 0xdeadbeefdead0109,
    0xdeadbeefdead010a, 0xdeadbeefdead010b, 0xdeadbeefdead010c, 0xdeadbeefdead010d, 0xdeadbeefdead010e,
    0xdeadbeefdead01ff, 0xdeadbeefdead0110, 0xdeadbeefdead0111,
};
static const char *const saved_names[] = {"rbx", "rbp", "r12", "r13", "r14", "r15"};
enum { DIRECTION_FLAG = 1 << 10, FX_CONTROL = 0, FX_TAGS = 4, FX_MXCSR = 24 };
enum { DEFAULT_CONTROL = 0x037f, DEFAULT_MXCSR = 0x1f80 };

static uint64_t gate(int field) {
  uint64_t value;
  memcpy(&value, oracle_gate + field, sizeof value);
  return value;
}

static void set_gate(int field, uint64_t value) { memcpy(oracle_gate + field, &value, sizeof value); }

void convention_begin(void *inner, void *outer) {
  memset(oracle_gate, 0, sizeof oracle_gate);
  set_gate(INNER_CODE, (uint64_t)(uintptr_t)inner);
  set_gate(OUTER_CODE, (uint64_t)(uintptr_t)outer);
}

int convention_variadic_mark(void) { return (int)(gate(INNER_RAX) & 0xff); }

// psABI 3.2.1: DF is clear and the x87 stack empty on entry and return; the control bits of MXCSR and the x87 control
// word are callee-saved. fxsave abridges the tag word: a set bit is a register in use (SDM vol. 1, 10.5.1.1).
static void check_state(const char *where, int flags, int fx) {
  uint32_t mxcsr;
  uint16_t control;
  memcpy(&mxcsr, oracle_gate + fx + FX_MXCSR, sizeof mxcsr);
  memcpy(&control, oracle_gate + fx + FX_CONTROL, sizeof control);
  if (gate(flags) & DIRECTION_FLAG) complain("DF set %s", where);
  if (oracle_gate[fx + FX_TAGS] != 0) complain("x87 stack not empty %s", where);
  if ((mxcsr & 0xffc0) != DEFAULT_MXCSR) complain("MXCSR %#x %s", mxcsr, where);
  if (control != DEFAULT_CONTROL) complain("x87 control word %#x %s", (unsigned)control, where);
}

// psABI 3.2.1: rbx, rbp, rsp and r12 to r15 belong to the caller.
static void check_saved(const char *where, int saved) {
  for (int i = 0; i < 6; i++) {
    if (gate(saved + 8 * i) != oracle_poison[i])
      complain("%s not restored %s: %#llx", saved_names[i], where, (unsigned long long)gate(saved + 8 * i));
  }
}

void convention_check(int mark) {
  const int al = convention_variadic_mark();
  if (gate(INNER_CALLS) != 1) {
    complain("target or dispatcher called %llu times", (unsigned long long)gate(INNER_CALLS));
  } else {
    // psABI 3.2.2: rsp + 8 is a multiple of 16 when control enters a function.
    if (gate(INNER_RSP) % 16 != 8) complain("stack misaligned at the call");
    check_state("at the call", INNER_FLAGS, INNER_FX);
    // psABI 3.2.3: AL is an upper bound on the number of vector registers used, and in the range 0 to 8.
    if (mark >= 0 && al < mark) complain("AL is %d, but %d vector registers are used", al, mark);
    if (mark >= 0 && al > 8) complain("AL is %d, more than 8", al);
  }
  if (gate(ENTER_RSP_AFTER) != gate(ENTER_RSP)) complain("rsp not restored");
  check_saved("on return", ENTER_SAVED);
  check_state("on return", ENTER_FLAGS, ENTER_FX);
}

void convention_check_outer(uint32_t result_size) {
  if (gate(OUTER_CALLS) != 1) {
    complain("caller called %llu times", (unsigned long long)gate(OUTER_CALLS));
    return;
  }
  if (gate(OUTER_RSP_AFTER) != gate(OUTER_RSP) + 8) complain("rsp not restored by the trampoline");
  check_saved("by the trampoline", OUTER_SAVED);
  check_state("on return of the trampoline", OUTER_FLAGS, OUTER_FX);
  // psABI 3.2.3: a result in memory comes back with its address, which the caller passed in rdi, in rax. Without x87
  // and wide vectors that is every result of more than two eightbytes.
  if (result_size > 16 && gate(OUTER_RAX) != gate(OUTER_RDI)) complain("rax is not the address of the result");
}

void convention_recover(void) {
  const uint32_t mxcsr = DEFAULT_MXCSR;
  __asm__ volatile("cld\n\tfninit\n\tldmxcsr %0" ::"m"(mxcsr) : "memory");
}

uintptr_t convention_pc(const void *context) {
  return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}
