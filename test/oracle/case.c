// Runs one generated function against compiled code: places the values, makes the call, and says what differed.
#define _GNU_SOURCE
#include "runner.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

unsigned char oracle_given[ORACLE_MAX_ARGS][ORACLE_SLOT] __attribute__((aligned(64)));
unsigned char oracle_seen[ORACLE_MAX_ARGS][ORACLE_SLOT] __attribute__((aligned(64)));
unsigned char oracle_give[ORACLE_SLOT] __attribute__((aligned(64)));
unsigned char oracle_got[ORACLE_SLOT] __attribute__((aligned(64)));
uint32_t oracle_unextended;
oracle_dispatcher_fn *oracle_dispatcher = (oracle_dispatcher_fn *)(void *)convention_gate_dispatcher;
void *oracle_context;
const uintptr_t case_context = 0x0123456789abcdef;

enum { CANARY = 0xc5, UNTOUCHED = 0xa5, CANARY_SIZE = 64 };

// Memory that ends at a page nobody may touch: what the code under test reads or writes past the end is a fault.
struct guarded {
  unsigned char *end;
  const char *name;
};
static struct guarded arg_memory[ORACLE_MAX_ARGS], pointer_memory, ret_memory, frame_memory;
static unsigned char arg_mask[ORACLE_MAX_ARGS][ORACLE_SLOT], ret_mask[ORACLE_SLOT];
static const struct oracle_case *current;
static uint64_t random_state;
static uint32_t value_round;

static struct guarded guarded(size_t size, const char *name) {
  unsigned char *memory = mmap(NULL, size + 2 * ORACLE_SLOT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory + ORACLE_SLOT, size, PROT_READ | PROT_WRITE);
  return (struct guarded){memory + ORACLE_SLOT + size, name};
}

void case_setup(void) {
  static char names[ORACLE_MAX_ARGS][16];
  for (int i = 0; i < ORACLE_MAX_ARGS; i++) {
    snprintf(names[i], sizeof names[i], "argument %d", i);
    arg_memory[i] = guarded(ORACLE_SLOT, names[i]);
  }
  pointer_memory = guarded(ORACLE_SLOT, "args");
  ret_memory = guarded(ORACLE_SLOT, "the result");
  frame_memory = guarded(ORACLE_FRAME, "the frame");
}

const char *case_describe_address(uintptr_t address) {
  static char text[64];
  const struct guarded *all[ORACLE_MAX_ARGS + 3] = {&pointer_memory, &ret_memory, &frame_memory};
  for (int i = 0; i < ORACLE_MAX_ARGS; i++) all[i + 3] = &arg_memory[i];
  for (int i = 0; i < ORACLE_MAX_ARGS + 3; i++) {
    if (address - (uintptr_t)all[i]->end < ORACLE_SLOT) {
      snprintf(text, sizeof text, " (%u bytes past the end of %s)", (unsigned)(address - (uintptr_t)all[i]->end + 1),
               all[i]->name);
      return text;
    }
  }
  return "";
}

// A frame begins at a multiple of 16, so up to 15 bytes lie between its end and the guard page: they are canary too.
uintptr_t case_frame_address(uint32_t size) { return ((uintptr_t)frame_memory.end - size) & ~(uintptr_t)15; }

static uint8_t random_byte(void) { // xorshift64 (Marsaglia 2003)
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint8_t)(random_state >> 32);
}

// Random bytes, padding too; only _Bool may not hold just anything (C11 6.2.6.1: trap representations). Every second
// set of values is negative, so that an extension by zeros shows.
static void fill(const struct oracle_value *value, unsigned char *bytes, unsigned char *mask) {
  memset(mask, 0, value->size);
  const uint8_t sign = value_round % 2 == 1 ? 0x80 : 0;
  for (uint32_t i = 0; i < value->size; i++) bytes[i] = random_byte() | sign;
  for (uint32_t i = 0; i < value->leaf_count; i++) {
    const struct oracle_leaf *leaf = &value->leaves[i];
    memset(mask + leaf->offset, 0xff, leaf->size);
    if (leaf->is_bool) bytes[leaf->offset] &= 1;
  }
}

static void compare(const char *what, uint32_t size, const unsigned char *expected, const unsigned char *got,
                    const unsigned char *mask) {
  char text[2][40] = {"", ""};
  for (uint32_t i = 0; i < size; i++) {
    if (((expected[i] ^ got[i]) & mask[i]) == 0) continue;
    const uint32_t from = i & ~7u, to = from + 8 < size ? from + 8 : size;
    for (uint32_t k = from; k < to; k++) {
      snprintf(text[0] + 3 * (k - from), 4, " %02x", expected[k]);
      snprintf(text[1] + 3 * (k - from), 4, " %02x", got[k]);
    }
    complain("%s differs at byte %u:%s expected,%s got", what, i, text[0], text[1]);
    return;
  }
}

static void check_canary(const char *what, const unsigned char *from, const unsigned char *to) {
  for (; from < to; from++) {
    if (*from != CANARY) {
      complain("wrote outside %s", what);
      return;
    }
  }
}

static void check_arguments(void) {
  for (uint32_t i = 0; i < current->argc; i++)
    compare(arg_memory[i].name, current->args[i].size, oracle_given[i], oracle_seen[i], arg_mask[i]);
  for (uint32_t i = 0; i < current->argc; i++)
    if (oracle_unextended >> i & 1) complain("argument %u not extended to 32 bits", i);
}

// Leftovers of earlier calls would make a value that was never written look right.
__attribute__((noinline)) static void scribble_stack(void) {
  unsigned char deep[16384];
  memset(deep, 0xdb, sizeof deep);
  __asm__ volatile("" ::"r"(deep) : "memory");
}

// A call as the unbound and bound contracts have it: args[i] points at the value, and everything ends at a guard page.
static void call_pointers(void *code, int bound) {
  const uint32_t size = current->result.size;
  unsigned char *ret = size == 0 ? NULL : ret_memory.end - size;
  void **args = (void **)(void *)(pointer_memory.end - current->argc * sizeof(void *));
  memset(ret_memory.end - size - CANARY_SIZE, CANARY, CANARY_SIZE);
  memset(ret_memory.end - size, UNTOUCHED, size);
  for (uint32_t i = 0; i < current->argc; i++) {
    args[i] = arg_memory[i].end - current->args[i].size;
    memset((unsigned char *)args[i] - CANARY_SIZE, CANARY, CANARY_SIZE);
    memcpy(args[i], oracle_given[i], current->args[i].size);
  }
  scribble_stack();
  if (bound) convention_enter(code, ret, args, (void *)0xdeadbeefdead0001);
  else convention_enter(code, convention_gate_target, ret, args);
  check_canary("the result", ret_memory.end - size - CANARY_SIZE, ret_memory.end - size);
  if (size != 0) compare("the result", size, oracle_give, ret, ret_mask);
  for (uint32_t i = 0; i < current->argc; i++) {
    unsigned char *bytes = arg_memory[i].end - current->args[i].size;
    check_canary("an argument", bytes - CANARY_SIZE, bytes);
    if (memcmp(bytes, oracle_given[i], current->args[i].size) != 0) complain("wrote to the memory of argument %u", i);
  }
}

static void call_frame(const struct record *record) {
  static unsigned char before[ORACLE_FRAME];
  unsigned char *frame = (unsigned char *)case_frame_address(record->frame_size);
  const uint32_t ret_end = record->frame_ret + current->result.size;
  memset(frame - CANARY_SIZE, CANARY, (size_t)(frame_memory.end - frame) + CANARY_SIZE);
  memset(frame, UNTOUCHED, record->frame_size);
  for (uint32_t i = 0; i < current->argc; i++)
    memcpy(frame + record->frame_arg[i], oracle_given[i], current->args[i].size);
  memcpy(before, frame, record->frame_size);
  scribble_stack();
  const uint64_t value = convention_enter(record->code, (void *)0xdeadbeefdead0002, (void *)0xdeadbeefdead0003, NULL);
  if (value != 0) complain("entry returned %#llx, not NULL", (unsigned long long)value);
  check_canary("the frame", frame - CANARY_SIZE, frame);
  check_canary("the frame", frame + record->frame_size, frame_memory.end);
  for (uint32_t i = 0; i < record->frame_size; i++) {
    if (frame[i] == before[i] || (i >= record->frame_ret && i < ret_end)) continue;
    complain("wrote to the frame outside the result, at byte %u", i);
    break;
  }
  if (current->result.size != 0)
    compare("the result", current->result.size, oracle_give, frame + record->frame_ret, ret_mask);
}

// What JavaScript's side of a callback does, in C: takes the arguments, gives the result.
static void dispatch(void *context, void *ret, void **args) {
  if ((uintptr_t)context != case_context) complain("context is %p", context);
  for (uint32_t i = 0; i < current->argc; i++) {
    if ((uintptr_t)args[i] % current->args[i].align != 0) complain("argument %u handed over misaligned", i);
    memcpy(oracle_seen[i], args[i], current->args[i].size);
  }
  if (current->result.size == 0) return;
  if ((uintptr_t)ret % current->result.align != 0) complain("result buffer misaligned");
  memcpy(ret, oracle_give, current->result.size);
}

static void run_reverse(void *trampoline) {
  convention_begin((void *)(uintptr_t)dispatch, trampoline);
  memset(oracle_got, UNTOUCHED, current->result.size);
  scribble_stack();
  convention_enter(current->caller, convention_gate_outer, NULL, NULL);
  if (current->result.size != 0) compare("the result", current->result.size, oracle_give, oracle_got, ret_mask);
  check_arguments();
  convention_check(-1);
  convention_check_outer(current->result.size);
}

// How the compiler's own caller marks a call of this variadic function.
static int compiled_mark(void) {
  convention_begin(current->callee, NULL);
  call_pointers(current->forward, 0);
  return convention_variadic_mark();
}

void case_run(const struct record *record, const struct oracle_case *oracle_case, uint32_t round) {
  current = oracle_case;
  value_round = round;
  random_state = (record->index + 1) * 0x9e3779b97f4a7c15u + round;
  for (uint32_t i = 0; i < current->argc; i++) {
    fill(&current->args[i], oracle_given[i], arg_mask[i]);
    memset(oracle_seen[i], UNTOUCHED, current->args[i].size);
  }
  if (current->result.size != 0) fill(&current->result, oracle_give, ret_mask);
  oracle_context = (void *)case_context;
  oracle_unextended = 0;
  if (record->kind == REVERSE) return run_reverse(record->code);
  if (record->kind == COMPILED_REVERSE) return run_reverse(current->reverse);
  const int mark = current->variadic_from < 0 ? -1 : compiled_mark();
  for (uint32_t i = 0; i < current->argc; i++) memset(oracle_seen[i], UNTOUCHED, current->args[i].size);
  convention_begin(current->callee, NULL);
  oracle_unextended = 0;
  if (record->kind == ENTRY) call_frame(record);
  else call_pointers(record->kind == COMPILED_FORWARD ? current->forward : record->code, record->kind == BOUND);
  check_arguments();
  convention_check(mark);
}
