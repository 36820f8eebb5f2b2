// What must hold around a call on AArch64, decided from what the gates of gates-aarch64.S recorded.
#define _GNU_SOURCE
#include "gates-aarch64.h"
#include "runner.h"
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

_Alignas(16) unsigned char oracle_gate[GATE_SIZE];

// PROT_BTI of Linux: an indirect branch to anything but a landing pad is SIGILL.
const int state_guarded_code = PROT_READ | PROT_EXEC | 0x10;
const uint32_t state_trap = 0xd4200000; // brk #0

uint64_t oracle_enter(void *code, void *a, void *b, void *c);
extern char oracle_target[], oracle_dispatcher[], oracle_outer[];

#define ADDRESS(function) ((void *)(uintptr_t)(function))

const struct gates *gates_of(enum convention convention) {
  static struct gates gates;
  gates = (struct gates){oracle_enter,           oracle_target,   oracle_dispatcher, oracle_outer,
                         ADDRESS(case_dispatch), ADDRESS(memcpy), ADDRESS(memset)};
  return convention == NATIVE ? &gates : NULL;
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

int gates_variadic_mark(void) { return -1; }

// AAPCS64 6.1.1, 6.1.2: x19 to x29 and the low halves of v8 to v15 belong to the caller. x18 belongs to the platform on
// Apple and Windows, and trampolines leave it alone everywhere.
static void check_saved(const char *where, int saved) {
  for (unsigned n = 18; n <= 29; n++) {
    const uint64_t value = gate(saved + 8 * (int)(n - 18));
    if (value == POISON_HIGH + n) continue;
    complain("x%u %s %s: %#llx", n, n == 18 ? "changed" : "not restored", where, (unsigned long long)value);
  }
  for (unsigned n = 8; n <= 15; n++) {
    const uint64_t value = gate(saved + SAVED_X + 8 * (int)(n - 8));
    if (value != (0xa0 + n) * 0x0101010101010101u)
      complain("d%u not restored %s: %#llx", n, where, (unsigned long long)value);
  }
}

// AAPCS64 6.1.2: the control bits of FPCR are preserved; they are zero in every process.
static void check_fpcr(const char *where, int field) {
  if (gate(field) != 0) complain("FPCR %#llx %s", (unsigned long long)gate(field), where);
}

static void check_above(void) {
  for (int i = 0; i < ABOVE_WORDS; i++) {
    if (gate(ENTER_ABOVE + 8 * i) == POISON_HIGH + 15) continue;
    complain("wrote to the stack of its caller, %d bytes above the stack pointer", 8 * i);
    return;
  }
}

void gates_check(enum convention entered, enum convention inner, int mark) {
  (void)entered;
  (void)inner;
  (void)mark;
  if (gate(INNER_CALLS) != 1) {
    complain("target or dispatcher called %llu times", (unsigned long long)gate(INNER_CALLS));
  } else {
    // AAPCS64 6.4.5.1: sp is a multiple of 16. The processor may check it; emulators do not.
    if (gate(INNER_SP) % 16 != 0) complain("stack misaligned at the call");
    if (gate(INNER_X18) != POISON_HIGH + 18) complain("x18 changed at the call");
    check_fpcr("at the call", INNER_FPCR);
  }
  if (gate(ENTER_SP_AFTER) != gate(ENTER_SP)) complain("sp not restored");
  check_saved("on return", ENTER_SAVED);
  check_fpcr("on return", ENTER_FPCR);
  check_above();
}

// The address of a result in memory is passed in x8 and comes back nowhere (AAPCS64 6.9).
void gates_check_outer(const struct record *record, enum convention outer) {
  (void)outer;
  if (gate(OUTER_CALLS) != 1) {
    complain("caller called %llu times", (unsigned long long)gate(OUTER_CALLS));
    return;
  }
  if (record->echoes || record->x87) complain("the input expects what AArch64 does not have");
  if (gate(OUTER_SP_AFTER) != gate(OUTER_SP)) complain("sp not restored by the trampoline");
  check_saved("by the trampoline", OUTER_SAVED);
  check_fpcr("on return of the trampoline", OUTER_FPCR);
}

void state_recover(void) {
  const uint64_t fpcr = 0;
  __asm__ volatile("msr fpcr, %0" ::"r"(fpcr));
}

uintptr_t state_pc(const void *context) { return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.pc; }
