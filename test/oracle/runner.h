// What the parts of the runner share. Neutral: nothing here knows a register; what a processor knows is behind `gates_`
// and `state_`, implemented once per processor.
#ifndef INTERFIX_ORACLE_RUNNER_H
#define INTERFIX_ORACLE_RUNNER_H

#include <stddef.h>
#include <stdint.h>

enum { ORACLE_MAX_ARGS = 32 };

// ---- what the input file says ----

// The memory that compiled code and the runner share, at addresses fixed by whoever wrote the C; all are addresses but
// the two sizes. Argument i is `slot` bytes at given + i * slot, and at seen + i * slot.
struct shared {
  uint32_t base, size, slot;
  uint32_t given;      // what a caller passes
  uint32_t seen;       // what a callee or the dispatcher received
  uint32_t give;       // what a callee or the dispatcher returns
  uint32_t got;        // what a caller received
  uint32_t unextended; // 32 bits; bit i: the narrow argument i did not arrive extended to 32 bits
  uint32_t dispatcher; // the dispatcher that the compiler's own reverse functions call
  uint32_t context;    // and its context
};

struct value {
  uint32_t size, align, bool_count;
  const uint32_t *bools;     // offsets of bytes that hold 0 or 1
  const unsigned char *mask; // the bits that a copy of the value keeps; the others are padding
};

struct call {
  uint32_t argc, variadic;
  struct value result; // size 0: void
  struct value args[ORACLE_MAX_ARGS];
  unsigned char *callee;  // stores its arguments to `seen`, returns `give`
  unsigned char *caller;  // void (void *fn): calls fn with `given`, stores the result to `got`
  unsigned char *forward; // what a forward trampoline must do, written by the compiler
  unsigned char *reverse; // what a reverse trampoline must do, written by the compiler
  // void (void *fn): as `caller`, in the convention that an adapter is called with; `received` passes a receiver in front.
  unsigned char *adapted, *received;
  unsigned char *kept; // as `received`, but stores nothing: to it the adapter is a function without a result
};

enum kind { FORWARD, BOUND, ENTRY, REVERSE, ADAPTER, RECEIVER, KEPT, COMPILED_FORWARD, COMPILED_REVERSE, KINDS };
// The sides of a call that differ inside one processor. AArch64 has one set of gates: its conventions preserve the same.
enum convention { NATIVE, WINDOWS_X64, CONVENTIONS };

struct record { // one function to test; the frame is that of kinds ENTRY and KEPT
  uint32_t index, kind;
  enum convention entry; // what the trampoline is called with; for REVERSE, what it calls
  enum convention abi;   // of the compiled code
  uint32_t echoes;       // the result is in memory, and its address comes back in the result register
  uint32_t x87;          // how many values the result leaves on the x87 stack
  uint32_t start;        // where the function begins in its code: there may be many, that differ in their context
  uint32_t brought;      // what its context is ahead of case_context
  uint32_t code_size;
  unsigned char *code;
  uint32_t frame_size, frame_ret;
  uint32_t frame_arg[ORACLE_MAX_ARGS];
};

// ---- runner.c ----

// Adds a reason to the report of the running case.
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);
extern struct shared shared;
extern size_t page_size;

// ---- case.c ----

void case_setup(void);
void case_run(const struct record *record, const struct call *call, uint32_t round);
const char *case_describe_address(uintptr_t address);
uintptr_t case_frame_address(uint32_t frame_size);
extern const uint64_t case_context;
typedef void dispatcher_fn(void *context, void *ret, void **args);
void case_dispatch(void *context, void *ret, void **args);

// ---- gates-*.S, gates-*.c ----

// The code under test calls `target` and `dispatcher` instead of the callee and the dispatcher; a compiled caller calls
// `outer` instead of the trampoline. They check what must hold there, and leave stack arguments in place.
struct gates {
  // Calls code(a, b, c) with poison in every register that holds no argument; returns what it returned.
  uint64_t (*enter)(void *code, void *a, void *b, void *c);
  void *target, *dispatcher, *outer;
  void *dispatch;        // case_dispatch as a function of the convention
  void *memcpy, *memset; // for compiled code
};
// NULL where the processor has no such convention.
const struct gates *gates_of(enum convention convention);
// Resets what was seen; `inner` is what the target or dispatcher gate goes on to, `outer` what the outer gate goes on to.
void gates_begin(void *inner, void *outer);
// What the caller told a variadic function about its registers, as the target gate saw it.
int gates_variadic_mark(void);
// What must hold for a function that `entered` was called with, and whose target or dispatcher has `inner`. `mark`: what
// the compiler's own caller told; -1: not variadic.
void gates_check(enum convention entered, enum convention inner, int mark);
// `outer` is the convention of the call that went through the outer gate.
void gates_check_outer(const struct record *record, enum convention outer);
// Makes the processor state sane after a failure.
void state_recover(void);
uintptr_t state_pc(const void *ucontext);
// mprotect's bits for code that must have landing pads.
extern const int state_guarded_code;
// What code memory is filled with, so that running off the end of a function is a fault.
extern const uint32_t state_trap;

#endif
