// What must hold around a call on x86-64, decided from what the gates of gates-x64.S recorded.
#define _GNU_SOURCE
#include "gates-x64.h"
#include "runner.h"
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

_Alignas(16) unsigned char oracle_gate[GATE_SIZE];
// Loaded into registers before every call: as pointers they are not canonical, as numbers they are odd. 0 to 7 stand in
// the callee-saved ones; vector register n holds the words n and n + 1.
const uint64_t oracle_poison[18] = {
    0xdead000000000b0b, 0xdead000000000b9b, 0xdead00000000c12c, 0xdead00000000c13c, 0xdead00000000c14c,
    0xdead00000000c15c, 0xdead00000000d1d1, 0xdead0000000051d1, 0xdeadbeefdead0108, 0xdeadbeefdead0109,
    0xdeadbeefdead010a, 0xdeadbeefdead010b, 0xdeadbeefdead010c, 0xdeadbeefdead010d, 0xdeadbeefdead010e,
    0xdeadbeefdead01ff, 0xdeadbeefdead0110, 0xdeadbeefdead0111,
};
uint8_t oracle_has_avx;
static const char *const saved_names[] = {"rbx", "rbp", "r12", "r13", "r14", "r15", "rdi", "rsi"};
enum { DIRECTION_FLAG = 1 << 10, FX_CONTROL = 0, FX_TAGS = 4, FX_MXCSR = 24, FX_XMM = 160 };
enum { DEFAULT_CONTROL = 0x037f, DEFAULT_MXCSR = 0x1f80, HOME_WORDS = 4 };

const int state_guarded_code = PROT_READ | PROT_EXEC;
const uint32_t state_trap = 0xcccccccc; // int3

#define ENTER(name) uint64_t name(void *code, void *a, void *b, void *c)
ENTER(oracle_enter);
ENTER(oracle_enter_win);
extern char oracle_target[], oracle_target_win[], oracle_dispatcher[], oracle_dispatcher_win[];
extern char oracle_outer[], oracle_outer_win[];

// They keep xmm6 to xmm15 on the stack, aligned, and a stack that is not is the gate's to report.
#define WINDOWS __attribute__((ms_abi, force_align_arg_pointer))
static WINDOWS void dispatch_win(void *context, void *ret, void **args) { case_dispatch(context, ret, args); }
static WINDOWS void *memcpy_win(void *to, const void *from, size_t size) { return memcpy(to, from, size); }
static WINDOWS void *memset_win(void *to, int byte, size_t size) { return memset(to, byte, size); }

__attribute__((constructor)) static void look_at_processor(void) {
  oracle_has_avx = __builtin_cpu_supports("avx") != 0;
}

#define ADDRESS(function) ((void *)(uintptr_t)(function))

const struct gates *gates_of(enum convention convention) {
  static struct gates all[CONVENTIONS];
  all[NATIVE] = (struct gates){oracle_enter,           oracle_target,   oracle_dispatcher, oracle_outer,
                               ADDRESS(case_dispatch), ADDRESS(memcpy), ADDRESS(memset)};
  all[WINDOWS_X64] = (struct gates){oracle_enter_win,      oracle_target_win,   oracle_dispatcher_win, oracle_outer_win,
                                    ADDRESS(dispatch_win), ADDRESS(memcpy_win), ADDRESS(memset_win)};
  return convention < CONVENTIONS ? &all[convention] : NULL;
}

static uint64_t gate(int field) {
  uint64_t value;
  memcpy(&value, oracle_gate + field, sizeof value);
  return value;
}

static void set_gate(int field, const void *value) { memcpy(oracle_gate + field, &value, sizeof value); }

void gates_begin(void *inner, void *outer) {
  memset(oracle_gate, 0, sizeof oracle_gate);
  set_gate(INNER_CODE, inner);
  set_gate(OUTER_CODE, outer);
}

int gates_variadic_mark(void) { return (int)(gate(INNER_RAX) & 0xff); }

// psABI 3.2.1: DF is clear and the x87 stack empty on entry and return, but for results; the control bits of MXCSR and
// the x87 control word are callee-saved. Microsoft's x64 convention has the same rules. fxsave abridges the tag word: a
// set bit is a register in use (SDM vol. 1, 10.5.1.1).
static void check_state(const char *where, int flags, int fx, uint32_t x87) {
  uint32_t mxcsr;
  uint16_t control;
  memcpy(&mxcsr, oracle_gate + fx + FX_MXCSR, sizeof mxcsr);
  memcpy(&control, oracle_gate + fx + FX_CONTROL, sizeof control);
  const uint32_t used = (uint32_t)__builtin_popcount(oracle_gate[fx + FX_TAGS]);
  if (gate(flags) & DIRECTION_FLAG) complain("DF set %s", where);
  if (x87 == 0 && used != 0) complain("x87 stack not empty %s", where);
  else if (used != x87) complain("%u values on the x87 stack %s, not %u", used, where, x87);
  if ((mxcsr & 0xffc0) != DEFAULT_MXCSR) complain("MXCSR %#x %s", mxcsr, where);
  if (control != DEFAULT_CONTROL) complain("x87 control word %#x %s", (unsigned)control, where);
}

// psABI 3.2.1: rbx, rbp, rsp and r12 to r15 belong to the caller; on Windows rdi, rsi and xmm6 to xmm15 too.
static void check_saved(const char *where, int saved, int fx, enum convention convention) {
  for (int i = 0; i < (convention == WINDOWS_X64 ? 8 : 6); i++) {
    if (gate(saved + 8 * i) != oracle_poison[i])
      complain("%s not restored %s: %#llx", saved_names[i], where, (unsigned long long)gate(saved + 8 * i));
  }
  for (int n = 6; n < (convention == WINDOWS_X64 ? 16 : 0); n++) {
    if (memcmp(oracle_gate + fx + FX_XMM + 16 * n, &oracle_poison[n], 16) != 0)
      complain("xmm%d not restored %s", n, where);
  }
}

// What lies above the return address is the caller's, but for the home space of Windows.
static void check_above(enum convention convention) {
  for (int i = convention == WINDOWS_X64 ? HOME_WORDS : 0; i < ABOVE_WORDS; i++) {
    if (gate(ENTER_ABOVE + 8 * i) == oracle_poison[15]) continue;
    complain("wrote to the stack of its caller, %d bytes above the return address", 8 * i);
    return;
  }
}

void gates_check(enum convention entered, enum convention inner, int mark) {
  const int al = gates_variadic_mark();
  if (gate(INNER_CALLS) != 1) {
    complain("target or dispatcher called %llu times", (unsigned long long)gate(INNER_CALLS));
  } else {
    // psABI 3.2.2: rsp + 8 is a multiple of 16 when control enters a function; on Windows too.
    if (gate(INNER_RSP) % 16 != 8) complain("stack misaligned at the call");
    check_state("at the call", INNER_FLAGS, INNER_FX, 0);
    // psABI 3.2.3: AL is an upper bound on the number of vector registers used, and in the range 0 to 8.
    if (inner == NATIVE && mark >= 0 && al < mark) complain("AL is %d, but %d vector registers are used", al, mark);
    if (inner == NATIVE && mark >= 0 && al > 8) complain("AL is %d, more than 8", al);
  }
  if (gate(ENTER_RSP_AFTER) != gate(ENTER_RSP)) complain("rsp not restored");
  check_saved("on return", ENTER_SAVED, ENTER_FX, entered);
  check_state("on return", ENTER_FLAGS, ENTER_FX, 0);
  check_above(entered);
}

void gates_check_outer(const struct record *record, enum convention outer) {
  if (gate(OUTER_CALLS) != 1) {
    complain("caller called %llu times", (unsigned long long)gate(OUTER_CALLS));
    return;
  }
  if (gate(OUTER_RSP_AFTER) != gate(OUTER_RSP) + 8) complain("rsp not restored by the trampoline");
  check_saved("by the trampoline", OUTER_SAVED, OUTER_FX, outer);
  check_state("on return of the trampoline", OUTER_FLAGS, OUTER_FX, record->x87);
  // psABI 3.2.3: a result in memory comes back with its address in rax; Microsoft's x64 convention, return values: too.
  if (record->echoes && gate(OUTER_RAX) != gate(OUTER_HIDDEN)) complain("rax is not the address of the result");
}

void state_recover(void) {
  const uint32_t mxcsr = DEFAULT_MXCSR;
  __asm__ volatile("cld\n\tfninit\n\tldmxcsr %0" ::"m"(mxcsr) : "memory");
}

uintptr_t state_pc(const void *context) {
  return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}
