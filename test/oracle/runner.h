// What the generated C of a batch is compiled against, and what the parts of the runner share. Neutral: nothing here
// knows a register; the few functions named convention_* are implemented once per calling convention.
#ifndef INTERFIX_ORACLE_RUNNER_H
#define INTERFIX_ORACLE_RUNNER_H

#include <stddef.h>
#include <stdint.h>

enum { ORACLE_MAX_ARGS = 16, ORACLE_SLOT = 4096, ORACLE_FRAME = 65536 };

// ---- the batch: tables written by the generated C, so that sizes, offsets and padding are the compiler's word ----

struct oracle_leaf { // a scalar inside a value; the bytes that no leaf covers are padding
  uint32_t offset, size, is_bool;
};
struct oracle_value {
  uint32_t size, align, leaf_count;
  const struct oracle_leaf *leaves;
};
struct oracle_case {
  uint32_t argc;
  int32_t variadic_from; // -1: not variadic
  const struct oracle_value *args;
  struct oracle_value result; // size 0: void
  void *callee;               // stores its arguments to oracle_seen, returns oracle_give
  void *caller;               // void (void *fn): calls fn with oracle_given, stores the result to oracle_got
  void *forward;              // what a forward trampoline must do, written by the compiler
  void *reverse;              // what a reverse trampoline must do, written by the compiler
};

extern unsigned char oracle_given[ORACLE_MAX_ARGS][ORACLE_SLOT]; // what a caller passes
extern unsigned char oracle_seen[ORACLE_MAX_ARGS][ORACLE_SLOT];  // what a callee or the dispatcher received
extern unsigned char oracle_give[ORACLE_SLOT];                   // what a callee or the dispatcher returns
extern unsigned char oracle_got[ORACLE_SLOT];                    // what a caller received
extern uint32_t oracle_unextended; // bit i: the narrow argument i did not arrive extended to 32 bits

typedef void oracle_dispatcher_fn(void *context, void *ret, void **args);
extern oracle_dispatcher_fn *oracle_dispatcher; // for the compiler's own reverse functions
extern void *oracle_context;

// ---- inside the runner ----

enum oracle_kind { FORWARD, BOUND, ENTRY, REVERSE, COMPILED_FORWARD, COMPILED_REVERSE };

struct record { // one function to test; the frame is that of kind ENTRY
  uint32_t index, kind, code_size;
  unsigned char *code;
  uint32_t frame_size, frame_ret, argc;
  uint32_t frame_arg[ORACLE_MAX_ARGS];
};

// Adds a reason to the report of the running case.
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

void case_setup(void);
void case_run(const struct record *record, const struct oracle_case *oracle_case, uint32_t round);
const char *case_describe_address(uintptr_t address);
uintptr_t case_frame_address(uint32_t frame_size);
extern const uintptr_t case_context;

// The gates: the code under test calls these instead of the callee and the dispatcher; a compiled caller calls
// convention_gate_outer instead of the trampoline. They check what must hold there, and leave stack arguments in place.
extern char convention_gate_target[], convention_gate_dispatcher[], convention_gate_outer[];
// Resets all records; `inner` is what the target or dispatcher gate goes on to, `outer` what the outer gate goes on to.
void convention_begin(void *inner, void *outer);
// Calls code(a, b, c) with poison in every register that holds no argument; returns what it returned.
uint64_t convention_enter(void *code, void *a, void *b, void *c);
// What the caller told a variadic function about its registers, as the target gate saw it.
int convention_variadic_mark(void);
// `mark`: what the compiler's own caller told; -1: not variadic.
void convention_check(int mark);
void convention_check_outer(uint32_t result_size);
// Makes the processor state sane after a signal.
void convention_recover(void);
uintptr_t convention_pc(const void *ucontext);

#endif
