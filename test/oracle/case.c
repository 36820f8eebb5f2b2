// Runs one generated function against compiled code: places the values, makes the call, and says what differed.
#define _GNU_SOURCE
#include "runner.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { CANARY = 0xc5, UNTOUCHED = 0xa5, CANARY_SIZE = 64 };
const uint64_t case_context = 0x0123456789abcdef;

// Memory that ends at a page nobody may touch: what the code under test reads or writes past the end is a fault.
struct guarded {
  unsigned char *end;
  const char *name;
};
static struct guarded arg_memory[ORACLE_MAX_ARGS], pointer_memory, ret_memory, frame_memory;
static unsigned char *frame_before;
static size_t frame_room;
static const struct call *current;
static const struct record *running;
static uint64_t random_state;
static uint32_t value_round;

static unsigned char *at(uint32_t address) { return (unsigned char *)(uintptr_t)address; }
static unsigned char *given(uint32_t i) { return at(shared.given) + (size_t)i * shared.slot; }
static unsigned char *seen(uint32_t i) { return at(shared.seen) + (size_t)i * shared.slot; }

static unsigned char *reserve(size_t size) {
  void *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) __builtin_trap();
  return memory;
}

static struct guarded guarded(size_t size, const char *name) {
  const size_t room = (size + CANARY_SIZE + page_size - 1) & ~(page_size - 1);
  unsigned char *memory = reserve(room + 2 * page_size);
  mprotect(memory + page_size, room, PROT_READ | PROT_WRITE);
  return (struct guarded){memory + page_size + room, name};
}

void case_setup(void) {
  static char names[ORACLE_MAX_ARGS][16];
  for (int i = 0; i < ORACLE_MAX_ARGS; i++) {
    snprintf(names[i], sizeof names[i], "argument %d", i);
    arg_memory[i] = guarded(shared.slot, names[i]);
  }
  frame_room = (size_t)shared.slot * (ORACLE_MAX_ARGS + 1);
  pointer_memory = guarded(ORACLE_MAX_ARGS * sizeof(void *), "args");
  ret_memory = guarded(shared.slot, "the result");
  frame_memory = guarded(frame_room, "the frame");
  frame_before = guarded(frame_room, "").end - frame_room;
}

const char *case_describe_address(uintptr_t address) {
  static char text[64];
  const struct guarded *all[ORACLE_MAX_ARGS + 3] = {&pointer_memory, &ret_memory, &frame_memory};
  for (int i = 0; i < ORACLE_MAX_ARGS; i++) all[i + 3] = &arg_memory[i];
  for (int i = 0; i < ORACLE_MAX_ARGS + 3; i++) {
    if (address - (uintptr_t)all[i]->end < page_size) {
      snprintf(text, sizeof text, " (%u bytes past the end of %s)", (unsigned)(address - (uintptr_t)all[i]->end + 1),
               all[i]->name);
      return text;
    }
  }
  return "";
}

// A frame begins at a multiple of 16, so up to 15 bytes lie between its end and the guard page: they are canary too.
uintptr_t case_frame_address(uint32_t size) {
  if (size > frame_room - 16) __builtin_trap();
  return ((uintptr_t)frame_memory.end - size) & ~(uintptr_t)15;
}

static uint64_t random_word(void) { // xorshift64* (Marsaglia 2003; Vigna 2016)
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return random_state * 0x2545f4914f6cdd1du;
}

// Random bytes, padding too; only _Bool may not hold just anything (C11 6.2.6.1: trap representations). Every second
// set of values is negative, so that an extension by zeros shows.
static void fill(const struct value *value, unsigned char *bytes) {
  const uint64_t signs = value_round % 2 == 1 ? 0x8080808080808080u : 0;
  for (uint32_t i = 0; i < value->size; i += 8) {
    const uint64_t word = random_word() | signs;
    memcpy(bytes + i, &word, value->size - i < 8 ? value->size - i : 8);
  }
  for (uint32_t i = 0; i < value->bool_count; i++) bytes[value->bools[i]] &= 1;
}

static void compare(const char *what, const struct value *value, const unsigned char *expected,
                    const unsigned char *got) {
  char text[2][40] = {"", ""};
  for (uint32_t i = 0; i < value->size; i++) {
    if (((expected[i] ^ got[i]) & value->mask[i]) == 0) continue;
    const uint32_t from = i & ~7u, to = from + 8 < value->size ? from + 8 : value->size;
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
  for (uint32_t i = 0; i < current->argc; i++) compare(arg_memory[i].name, &current->args[i], given(i), seen(i));
  uint32_t unextended;
  memcpy(&unextended, at(shared.unextended), sizeof unextended);
  for (uint32_t i = 0; i < current->argc; i++)
    if (unextended >> i & 1) complain("argument %u not extended to 32 bits", i);
}

// Leftovers of earlier calls would make a value that was never written look right.
__attribute__((noinline)) static void scribble_stack(void) {
  unsigned char deep[16384];
  memset(deep, 0xdb, sizeof deep);
  __asm__ volatile("" ::"r"(deep) : "memory");
}

// A call as the unbound and bound contracts have it: args[i] points at the value, and everything ends at a guard page.
static void call_pointers(void *code, enum convention entry, int bound) {
  const struct gates *ours = gates_of(entry);
  const uint32_t size = current->result.size;
  unsigned char *ret = size == 0 ? NULL : ret_memory.end - size;
  void **args = (void **)(void *)(pointer_memory.end - current->argc * sizeof(void *));
  memset(ret_memory.end - size - CANARY_SIZE, CANARY, CANARY_SIZE);
  memset(ret_memory.end - size, UNTOUCHED, size);
  for (uint32_t i = 0; i < current->argc; i++) {
    args[i] = arg_memory[i].end - current->args[i].size;
    memset((unsigned char *)args[i] - CANARY_SIZE, CANARY, CANARY_SIZE);
    memcpy(args[i], given(i), current->args[i].size);
  }
  scribble_stack();
  if (bound) ours->enter(code, ret, args, (void *)0xdeadbeefdead0001);
  else ours->enter(code, gates_of(running->abi)->target, ret, args);
  check_canary("the result", ret_memory.end - size - CANARY_SIZE, ret_memory.end - size);
  if (size != 0) compare("the result", &current->result, at(shared.give), ret);
  for (uint32_t i = 0; i < current->argc; i++) {
    unsigned char *bytes = arg_memory[i].end - current->args[i].size;
    check_canary("an argument", bytes - CANARY_SIZE, bytes);
    if (memcmp(bytes, given(i), current->args[i].size) != 0) complain("wrote to the memory of argument %u", i);
  }
}

static unsigned char *fresh_frame(void) {
  unsigned char *frame = (unsigned char *)case_frame_address(running->frame_size);
  memset(frame - CANARY_SIZE, CANARY, (size_t)(frame_memory.end - frame) + CANARY_SIZE);
  memset(frame, UNTOUCHED, running->frame_size);
  return frame;
}

// The result is there, and nothing else has changed since `frame_before`.
static void check_frame(const unsigned char *frame) {
  const uint32_t size = running->frame_size, ret = running->frame_ret;
  check_canary("the frame", frame - CANARY_SIZE, frame);
  check_canary("the frame", frame + size, frame_memory.end);
  for (uint32_t i = 0; i < size; i++) {
    if (frame[i] == frame_before[i] || (i >= ret && i < ret + current->result.size)) continue;
    complain("wrote to the frame outside the result, at byte %u", i);
    break;
  }
  if (current->result.size != 0) compare("the result", &current->result, at(shared.give), frame + ret);
}

static void call_frame(void) {
  unsigned char *frame = fresh_frame();
  for (uint32_t i = 0; i < current->argc; i++) memcpy(frame + running->frame_arg[i], given(i), current->args[i].size);
  memcpy(frame_before, frame, running->frame_size);
  scribble_stack();
  const struct gates *ours = gates_of(running->entry);
  const uint64_t value = ours->enter(running->code, (void *)0xdeadbeefdead0002, (void *)0xdeadbeefdead0003, NULL);
  if (value != 0) complain("entry returned %#llx, not NULL", (unsigned long long)value);
  check_frame(frame);
}

// What JavaScript's side of a callback does, in C: takes the arguments, gives the result.
void case_dispatch(void *context, void *ret, void **args) {
  if ((uintptr_t)context != case_context + running->brought) complain("context is %p", context);
  for (uint32_t i = 0; i < current->argc; i++) {
    if ((uintptr_t)args[i] % current->args[i].align != 0) complain("argument %u handed over misaligned", i);
    memcpy(seen(i), args[i], current->args[i].size);
  }
  if (current->result.size == 0) return;
  if ((uintptr_t)ret % current->result.align != 0) complain("result buffer misaligned");
  memcpy(ret, at(shared.give), current->result.size);
}

// The dispatcher is of the convention `entry`, the caller that knows nothing of the trampoline of the compiled code's.
static void run_reverse(void *trampoline, enum convention entry) {
  const struct gates *theirs = gates_of(running->abi);
  gates_begin(gates_of(entry)->dispatch, trampoline);
  memset(at(shared.got), UNTOUCHED, current->result.size);
  scribble_stack();
  theirs->enter(current->caller, theirs->outer, NULL, NULL);
  if (current->result.size != 0) compare("the result", &current->result, at(shared.give), at(shared.got));
  check_arguments();
  gates_check(running->abi, entry, -1);
  gates_check_outer(running, running->abi);
}

static void untouched(void) {
  for (uint32_t i = 0; i < current->argc; i++) memset(seen(i), UNTOUCHED, current->args[i].size);
  memset(at(shared.unextended), 0, sizeof(uint32_t));
}

// How the compiler's own caller marks a call of this variadic function.
static int compiled_mark(void) {
  gates_begin(current->callee, NULL);
  call_pointers(current->forward, running->abi, 0);
  return gates_variadic_mark();
}

// Compiled code calls the adapter with the convention `entry`, and the adapter calls the callee with the compiled code's.
// The result is where the caller has stored it, or in the frame.
static void run_adapter(void *caller, int mark) {
  const struct gates *ours = gates_of(running->entry), *theirs = gates_of(running->abi);
  unsigned char *frame = running->kind == KEPT ? fresh_frame() : NULL;
  if (frame != NULL) memcpy(frame_before, frame, running->frame_size);
  gates_begin(current->callee, running->code);
  memset(at(shared.got), UNTOUCHED, current->result.size);
  scribble_stack();
  theirs->enter(caller, ours->outer, NULL, NULL);
  if (frame != NULL) check_frame(frame);
  else if (current->result.size != 0) compare("the result", &current->result, at(shared.give), at(shared.got));
  check_arguments();
  gates_check(running->abi, running->abi, mark);
  gates_check_outer(running, running->entry);
}

static void prepare(const struct record *record, const struct call *call, uint32_t round) {
  const uint64_t dispatcher = (uintptr_t)gates_of(record->abi)->dispatcher;
  current = call;
  running = record;
  value_round = round;
  random_state = (record->index + 1) * 0x9e3779b97f4a7c15u + round;
  for (uint32_t i = 0; i < call->argc; i++) fill(&call->args[i], given(i));
  fill(&call->result, at(shared.give));
  memcpy(at(shared.dispatcher), &dispatcher, sizeof dispatcher);
  memcpy(at(shared.context), &case_context, sizeof case_context);
  untouched();
}

void case_run(const struct record *record, const struct call *call, uint32_t round) {
  prepare(record, call, round);
  if (record->kind == REVERSE) return run_reverse(record->code + record->start, record->entry);
  if (record->kind == COMPILED_REVERSE) return run_reverse(current->reverse, record->abi);
  const int mark = current->variadic ? compiled_mark() : -1;
  untouched();
  if (record->kind == ADAPTER) return run_adapter(current->adapted, mark);
  if (record->kind == RECEIVER) return run_adapter(current->received, mark);
  if (record->kind == KEPT) return run_adapter(current->kept, mark);
  gates_begin(current->callee, NULL);
  const enum convention entry = record->kind == COMPILED_FORWARD ? record->abi : record->entry;
  if (record->kind == ENTRY) call_frame();
  else call_pointers(record->kind == COMPILED_FORWARD ? current->forward : record->code, entry, record->kind == BOUND);
  check_arguments();
  gates_check(entry, record->abi, mark);
}
