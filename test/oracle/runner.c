// Runs generated functions against a library of compiled callees and callers: runner LIBRARY CODE ROUNDS.
//
// LIBRARY exports `const struct oracle_case oracle_cases[]` (runner.h). CODE is a file of little-endian 32-bit words:
//   'IFXO' count, then for each function
//   index into oracle_cases, kind (enum oracle_kind), code size in bytes, symbol count,
//   frame size, frame offset of the result, argument count, (frame offset, size) of each argument   [entry; else 0 0 0]
//   (symbol, offset) of each literal to patch: 0 target, 1 dispatcher, 2 context, 3 frame
//   the code, filled up to a multiple of four bytes.
// Every failure is one line on standard output, `fail INDEX KIND REASON; REASON…`; the last line is `done COUNT`.
#define _GNU_SOURCE
#include "runner.h"
#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAGIC = 0x4f584649, CODE_ALIGN = 64, MAX_SYMBOLS = 8, MAX_DEATHS = 64, SECONDS_PER_CASE = 3 };
static const char *const kind_names[] = {"forward", "bound",            "entry",
                                         "reverse", "compiled-forward", "compiled-reverse"};

static char report[2048];
static size_t report_length;
static sigjmp_buf after_signal;
static const struct record *running;
static const uint32_t *words;
static size_t word_count, next_word;

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
  if (next_word >= word_count) die("code file is too short");
  return words[next_word++];
}

static void open_code(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) die("cannot open the code file");
  fseek(file, 0, SEEK_END);
  const size_t size = (size_t)ftell(file);
  rewind(file);
  uint32_t *memory = malloc(size);
  if (fread(memory, 1, size, file) != size) die("cannot read the code file");
  fclose(file);
  words = memory;
  word_count = size / 4;
  if (word() != MAGIC) die("not a code file");
}

static uintptr_t symbol_value(uint32_t symbol, const struct record *record) {
  switch (symbol) {
  case 0: return (uintptr_t)convention_gate_target;
  case 1: return (uintptr_t)convention_gate_dispatcher;
  case 2: return case_context;
  case 3: return case_frame_address(record->frame_size);
  default: die("unknown symbol"); return 0;
  }
}

static void read_frame(struct record *record, const struct oracle_case *oracle_case) {
  record->frame_size = word();
  record->frame_ret = word();
  record->argc = word();
  if (record->frame_size > ORACLE_FRAME - ORACLE_SLOT || record->argc > ORACLE_MAX_ARGS) die("bad frame");
  for (uint32_t i = 0; i < record->argc; i++) {
    record->frame_arg[i] = word();
    if (word() != oracle_case->args[i].size) die("the frame and the compiler disagree about the size of an argument");
    if (record->frame_arg[i] + oracle_case->args[i].size > record->frame_size) die("argument outside the frame");
  }
}

// Reads one function into `code`, patched, and returns where the next may begin.
static unsigned char *read_record(struct record *record, const struct oracle_case *cases, unsigned char *code) {
  uint32_t symbols[MAX_SYMBOLS][2];
  record->index = word();
  record->kind = word();
  record->code_size = word();
  const uint32_t symbol_count = word();
  if (symbol_count > MAX_SYMBOLS) die("too many symbols");
  read_frame(record, &cases[record->index]);
  for (uint32_t i = 0; i < symbol_count; i++) {
    symbols[i][0] = word();
    symbols[i][1] = word();
  }
  if (next_word + (record->code_size + 3) / 4 > word_count) die("code file is too short");
  memcpy(code, words + next_word, record->code_size);
  next_word += (record->code_size + 3) / 4;
  for (uint32_t i = 0; i < symbol_count; i++) {
    const uint64_t value = symbol_value(symbols[i][0], record);
    memcpy(code + symbols[i][1], &value, sizeof value);
  }
  record->code = code;
  return code + ((size_t)record->code_size / CODE_ALIGN + 2) * CODE_ALIGN;
}

static struct record *read_records(const struct oracle_case *cases, uint32_t count) {
  struct record *records = calloc(count + 1, sizeof *records);
  const size_t room = word_count * 4 + (size_t)count * 2 * CODE_ALIGN + ORACLE_SLOT;
  unsigned char *memory = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) die("no memory");
  memset(memory, 0xcc, room); // int3: running off the end of a function is a fault
  unsigned char *end = memory;
  for (uint32_t i = 0; i < count; i++) end = read_record(&records[i], cases, end);
  if (mprotect(memory, room, PROT_READ | PROT_EXEC) != 0) die("no executable memory");
  return records;
}

static void on_signal(int number, siginfo_t *info, void *context) {
  const uintptr_t pc = convention_pc(context);
  const uintptr_t offset = pc - (uintptr_t)running->code;
  char where[48] = "outside the code";
  if (offset < running->code_size) snprintf(where, sizeof where, "at code+%#zx", (size_t)offset);
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

static void run_record(const struct record *record, const struct oracle_case *oracle_case, uint32_t rounds) {
  static volatile uint32_t round; // static: it must survive siglongjmp
  report_length = 0;
  running = record;
  for (round = 0; round < rounds && report_length == 0; round++) {
    alarm(SECONDS_PER_CASE);
    if (sigsetjmp(after_signal, 1) == 0) case_run(record, oracle_case, round);
    else convention_recover();
    alarm(0);
  }
  if (report_length != 0) printf("fail %u %s %s\n", record->index, kind_names[record->kind], report);
  fflush(stdout);
}

// The functions run in a child: one that wrecks the child's memory is reported, and the next child goes on behind it.
static void run_all(const struct record *records, uint32_t count, const struct oracle_case *cases, uint32_t rounds) {
  uint32_t *next = mmap(NULL, ORACLE_SLOT, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int deaths = 0; *next < count; deaths++) {
    if (deaths > MAX_DEATHS) die("too many functions wrecked the runner");
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      catch_signals();
      for (; *next < count; ++*next) run_record(&records[*next], &cases[records[*next].index], rounds);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (*next >= count) break;
    printf("fail %u %s the runner died of %s\n", records[*next].index, kind_names[records[*next].kind],
           WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "an exit");
    ++*next;
  }
}

int main(int argc, char **argv) {
  if (argc != 4) die("usage: runner LIBRARY CODE ROUNDS");
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) die(dlerror());
  const struct oracle_case *cases = dlsym(library, "oracle_cases");
  if (cases == NULL) die(dlerror());
  case_setup();
  open_code(argv[2]);
  const uint32_t count = word();
  const struct record *records = read_records(cases, count);
  run_all(records, count, cases, (uint32_t)atoi(argv[3]));
  printf("done %u\n", count);
  return 0;
}
