// Runs generated functions against compiled code: runner INPUT ROUNDS.
//
// INPUT is a file of little-endian 32-bit words:
//   'IFXO', the ten words of struct shared, the convention of the compiled code (enum convention)
//   an image: the compiled code
//   case count, then for each: argument count, 1 if variadic, the offsets of callee, caller, forward, reverse, adapted,
//     received and kept in the compiled code, the result and the arguments as values
//   function count, then for each: case, kind (enum kind), convention of the other side, 1 if the address of the result
//     is echoed, x87 registers of the result, where the function begins in its image, what its context is ahead of the
//     usual one, frame size, frame offset of the result and of each argument, an image
// A value is: size, align, bool count, offset of each bool, the mask, filled up to a multiple of four bytes.
// An image is: size in bytes, symbol count, (symbol, offset) of each 8-byte literal to patch, the bytes, filled up.
// Every failure is one line on standard output, `fail INDEX KIND REASON; REASON…`; the last line is `done COUNT`.
#define _GNU_SOURCE
#include "runner.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAGIC = 0x4f584649, CODE_ALIGN = 64, MAX_DEATHS = 64, SECONDS_PER_CASE = 3 };
static const char *const kind_names[KINDS] = {"forward",  "bound", "entry",            "reverse",         "adapter",
                                              "receiver", "kept",  "compiled-forward", "compiled-reverse"};

struct shared shared;
size_t page_size;
static enum convention abi;
static struct call *calls;
static struct record *records;
static uint32_t record_count;
static char report[2048];
static size_t report_length;
static sigjmp_buf after_signal;
static const struct record *running;
static const uint32_t *words;
static size_t word_count, next_word;
static struct {
  unsigned char *start, *end;
} compiled;

static void die(const char *message) {
  fprintf(stderr, "runner: %s\n", message);
  exit(2);
}

void complain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char text[256];
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  const size_t room = sizeof report - report_length;
  const int written = snprintf(report + report_length, room, "%s%s", report_length == 0 ? "" : "; ", text);
  report_length += (size_t)written < room ? (size_t)written : room - 1;
}

static uint32_t word(void) {
  if (next_word >= word_count) die("the input is too short");
  return words[next_word++];
}

static const void *bytes(size_t size) {
  const void *start = words + next_word;
  next_word += (size + 3) / 4;
  if (next_word > word_count) die("the input is too short");
  return start;
}

static void open_input(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) die("cannot open the input");
  fseek(file, 0, SEEK_END);
  const size_t size = (size_t)ftell(file);
  rewind(file);
  uint32_t *memory = malloc(size);
  if (fread(memory, 1, size, file) != size) die("cannot read the input");
  fclose(file);
  words = memory;
  word_count = size / 4;
  if (word() != MAGIC) die("not an input of the oracle");
}

static void *pages(void *where, size_t size) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (where == NULL ? 0 : MAP_FIXED_NOREPLACE);
  void *memory = mmap(where, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED || (where != NULL && memory != where)) die("no memory");
  return memory;
}

static void read_shared(void) {
  memcpy(&shared, bytes(sizeof shared), sizeof shared);
  pages((void *)(uintptr_t)shared.base, shared.size);
  abi = word();
  if (gates_of(abi) == NULL) die("a convention of another processor");
}

static uint64_t symbol_value(uint32_t symbol, const struct record *record) {
  const struct gates *ours = gates_of(record->entry), *theirs = gates_of(record->abi);
  switch (symbol) {
  case 0: return (uintptr_t)theirs->target;
  case 1: return (uintptr_t)ours->dispatcher;
  case 2: return case_context;
  case 3: return case_frame_address(record->frame_size);
  case 4: return (uintptr_t)theirs->memcpy;
  case 5: return (uintptr_t)theirs->memset;
  default: die("unknown symbol"); return 0;
  }
}

// Reads one image to `code`, patched, and returns its size.
static uint32_t read_image(unsigned char *code, const struct record *record) {
  const uint32_t size = word(), symbol_count = word();
  const uint32_t *symbols = bytes(symbol_count * 2 * sizeof *symbols);
  memcpy(code, bytes(size), size);
  for (uint32_t i = 0; i < symbol_count; i++) {
    if (symbols[2 * i + 1] + 8 > size) die("a symbol outside its image");
    const uint64_t value = symbol_value(symbols[2 * i], record);
    memcpy(code + symbols[2 * i + 1], &value, sizeof value);
  }
  return size;
}

static void fill_traps(unsigned char *code, size_t size) {
  for (size_t at = 0; at < size; at += sizeof state_trap) memcpy(code + at, &state_trap, sizeof state_trap);
}

static void publish(unsigned char *code, size_t size, int protection) {
  __builtin___clear_cache((char *)code, (char *)code + size);
  if (mprotect(code, size, protection) != 0) die("no executable memory");
}

static void read_compiled(void) {
  const struct record record = {.entry = abi, .abi = abi};
  const size_t size = (words[next_word] + page_size) & ~(page_size - 1);
  compiled.start = pages(NULL, size);
  compiled.end = compiled.start + size;
  fill_traps(compiled.start, size);
  read_image(compiled.start, &record);
  publish(compiled.start, size, PROT_READ | PROT_EXEC);
}

static struct value read_value(void) {
  struct value value = {.size = word(), .align = word(), .bool_count = word()};
  value.bools = bytes(value.bool_count * sizeof *value.bools);
  value.mask = bytes(value.size);
  if (value.size > shared.slot) die("a value is larger than its slot");
  return value;
}

static void read_calls(void) {
  const uint32_t count = word();
  calls = calloc(count + 1, sizeof *calls);
  for (struct call *call = calls; call < calls + count; call++) {
    call->argc = word();
    call->variadic = word();
    if (call->argc > ORACLE_MAX_ARGS) die("too many arguments");
    call->callee = compiled.start + word();
    call->caller = compiled.start + word();
    call->forward = compiled.start + word();
    call->reverse = compiled.start + word();
    call->adapted = compiled.start + word();
    call->received = compiled.start + word();
    call->kept = compiled.start + word();
    call->result = read_value();
    for (uint32_t i = 0; i < call->argc; i++) call->args[i] = read_value();
  }
}

static void read_frame(struct record *record) {
  const struct call *call = &calls[record->index];
  record->frame_size = word();
  record->frame_ret = word();
  for (uint32_t i = 0; i < call->argc; i++) {
    record->frame_arg[i] = word();
    if (record->frame_size != 0 && record->frame_arg[i] + call->args[i].size > record->frame_size)
      die("argument outside the frame");
  }
}

// Our code is guarded where the processor has it: entering a function anywhere but at its landing pad is a fault.
static void read_records(void) {
  record_count = word();
  records = calloc(record_count + 1, sizeof *records);
  const size_t most = (word_count - next_word) * 4 + (size_t)(record_count + 1) * 2 * CODE_ALIGN;
  const size_t room = (most + page_size) & ~(page_size - 1);
  unsigned char *memory = pages(NULL, room);
  fill_traps(memory, room);
  unsigned char *end = memory;
  for (struct record *record = records; record < records + record_count; record++) {
    record->index = word();
    record->kind = word();
    record->entry = word();
    record->abi = abi;
    if (record->kind >= KINDS || gates_of(record->entry) == NULL) die("unknown kind or convention");
    record->echoes = word();
    record->x87 = word();
    record->start = word();
    record->brought = word();
    read_frame(record);
    record->code = end;
    record->code_size = read_image(end, record);
    end += ((size_t)record->code_size / CODE_ALIGN + 2) * CODE_ALIGN;
  }
  publish(memory, room, state_guarded_code);
}

static void on_signal(int number, siginfo_t *info, void *context) {
  const uintptr_t pc = state_pc(context);
  const uintptr_t offset = pc - (uintptr_t)running->code;
  char where[48] = "outside the code";
  if (offset < running->code_size) snprintf(where, sizeof where, "at code+%#zx", (size_t)offset);
  else if (pc >= (uintptr_t)compiled.start && pc < (uintptr_t)compiled.end)
    snprintf(where, sizeof where, "in compiled code+%#zx", (size_t)(pc - (uintptr_t)compiled.start));
  if (number == SIGALRM) complain("did not return within %d s", SECONDS_PER_CASE);
  else if (number != SIGSEGV && number != SIGBUS) complain("SIG%s %s", sigabbrev_np(number), where);
  else complain("SIG%s %s, address %p%s", sigabbrev_np(number), where, info->si_addr,
                case_describe_address((uintptr_t)info->si_addr));
  siglongjmp(after_signal, 1);
}

static void catch_signals(void) {
  static unsigned char stack[65536] __attribute__((aligned(16)));
  const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&action.sa_mask);
  const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGALRM};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
}

static void run_record(const struct record *record, uint32_t rounds) {
  static volatile uint32_t round; // static: it must survive siglongjmp
  report_length = 0;
  running = record;
  alarm(SECONDS_PER_CASE);
  for (round = 0; round < rounds && report_length == 0; round++) {
    if (sigsetjmp(after_signal, 1) == 0) case_run(record, &calls[record->index], round);
  }
  alarm(0);
  if (report_length == 0) return;
  state_recover();
  printf("fail %u %s %s\n", record->index, kind_names[record->kind], report);
  fflush(stdout);
}

// The functions run in a child: one that wrecks the child's memory is reported, and the next child goes on behind it.
static void run_all(uint32_t rounds) {
  uint32_t *next = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int deaths = 0; *next < record_count; deaths++) {
    if (deaths > MAX_DEATHS) die("too many functions wrecked the runner");
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      catch_signals();
      for (; *next < record_count; ++*next) run_record(&records[*next], rounds);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (*next >= record_count) break;
    printf("fail %u %s the runner died of %s\n", records[*next].index, kind_names[records[*next].kind],
           WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "an exit");
    ++*next;
  }
}

int main(int argc, char **argv) {
  if (argc != 3) die("usage: runner INPUT ROUNDS");
  page_size = (size_t)sysconf(_SC_PAGESIZE);
  open_input(argv[1]);
  read_shared();
  case_setup();
  read_compiled();
  read_calls();
  read_records();
  run_all((uint32_t)atoi(argv[2]));
  printf("done %u\n", record_count);
  return 0;
}
