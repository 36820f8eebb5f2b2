// Calls of generated code beside calls of the compiler's own and of libffi's, in one program without JavaScript.
//
//   calls count <n>      n calls of each under callgrind, which writes one file for each
//   calls time <n> <r>   r rounds of n calls: one line `<name> <nanoseconds>` for each
//
// Each loop puts its arguments where the call wants them every time, and adds up the results in a register: a variable
// in memory would be measured too, by processors that forward stores to loads slower than they call. The C functions
// stand in a shared library, as those do that a program binds, and at such a distance.
#define _GNU_SOURCE
#include <stdio.h>
#include <time.h>
#include <valgrind/callgrind.h>

#include "subjects.h"

/** What the last loop added up. */
static double total;

// One function for each loop: what happens once, with the variable `i`, and is added to `sum`.
#define LOOP(name, type, ...)                                                                                          \
  static __attribute__((noinline)) void name(long n)                                                                   \
  {                                                                                                                    \
    type sum = 0;                                                                                                      \
    for (long i = 0; i < n; i++) {                                                                                     \
      __VA_ARGS__                                                                                                      \
    }                                                                                                                  \
    total = sum;                                                                                                       \
  }

#define FIELD(subject, offset, type) (*(type *)((subject).frame + (offset)))

// int (int, int)
#define INT_ARGS                                                                                                       \
  int a = (int)i, b = (int)i + 1;                                                                                      \
  void *args[] = {&a, &b};
LOOP(ints_direct, int, sum += add_ints((int)i, (int)i + 1);)
LOOP(ints_pointer, int, sum += ints.pointer.ints((int)i, (int)i + 1);)
LOOP(ints_forward, int, INT_ARGS int r; ints.forward(add_ints, &r, args); sum += r;)
LOOP(ints_in_c_forward, int, INT_ARGS int r; ints_in_c(add_ints, &r, args); sum += r;)
LOOP(ints_bound, int, INT_ARGS int r; ints.bound(&r, args); sum += r;)
LOOP(ints_adapter, int, sum += ((int (*)(void *, int, int))ints.adapter)(NULL, (int)i, (int)i + 1);)
LOOP(ints_entry, int, FIELD(ints, INTS_ARG_0, int) = (int)i; FIELD(ints, INTS_ARG_1, int) = (int)i + 1;
     ints.entry(NULL, NULL); sum += FIELD(ints, INTS_RET, int);)
LOOP(ints_reverse, int, sum += ((ints_type *)ints.reverse)((int)i, (int)i + 1);)
LOOP(ints_ffi_call, int, INT_ARGS ffi_arg r; ffi_call(&ints.cif, FFI_FN(add_ints), &r, args); sum += (int)r;)
LOOP(ints_ffi_closure, int, sum += ((ints_type *)ints.closure)((int)i, (int)i + 1);)

// double (int, double, int64_t, float, int16_t, double)
#define MIXED (int)i, 0.5, i, 0.25f, 3, 2.5
#define MIXED_ARGS                                                                                                     \
  int a = (int)i;                                                                                                      \
  double b = 0.5;                                                                                                      \
  int64_t c = i;                                                                                                       \
  float d = 0.25f;                                                                                                     \
  int16_t e = 3;                                                                                                       \
  double f = 2.5;                                                                                                      \
  void *args[] = {&a, &b, &c, &d, &e, &f};
LOOP(mixed_direct, double, sum += add_mixed(MIXED);)
LOOP(mixed_pointer, double, sum += mixed.pointer.mixed(MIXED);)
LOOP(mixed_forward, double, MIXED_ARGS double r; mixed.forward(add_mixed, &r, args); sum += r;)
LOOP(mixed_in_c_forward, double, MIXED_ARGS double r; mixed_in_c(add_mixed, &r, args); sum += r;)
LOOP(mixed_bound, double, MIXED_ARGS double r; mixed.bound(&r, args); sum += r;)
LOOP(mixed_adapter, double, sum += ((double (*)(void *, int, double, int64_t, float, int16_t, double))mixed.adapter)(
                        NULL, MIXED);)
LOOP(mixed_entry, double, FIELD(mixed, MIXED_ARG_0, int) = (int)i; FIELD(mixed, MIXED_ARG_1, double) = 0.5;
     FIELD(mixed, MIXED_ARG_2, int64_t) = i; FIELD(mixed, MIXED_ARG_3, float) = 0.25f;
     FIELD(mixed, MIXED_ARG_4, int16_t) = 3; FIELD(mixed, MIXED_ARG_5, double) = 2.5; mixed.entry(NULL, NULL);
     sum += FIELD(mixed, MIXED_RET, double);)
LOOP(mixed_reverse, double, sum += ((mixed_type *)mixed.reverse)(MIXED);)
LOOP(mixed_ffi_call, double, MIXED_ARGS double r; ffi_call(&mixed.cif, FFI_FN(add_mixed), &r, args); sum += r;)
LOOP(mixed_ffi_closure, double, sum += ((mixed_type *)mixed.closure)(MIXED);)

// double (double × 12)
#define DOUBLES (double)i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
#define DOUBLES_ARGS                                                                                                   \
  double v[] = {DOUBLES};                                                                                              \
  void *args[] = {v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7, v + 8, v + 9, v + 10, v + 11};
LOOP(doubles_direct, double, sum += add_12_doubles(DOUBLES);)
LOOP(doubles_pointer, double, sum += doubles.pointer.doubles(DOUBLES);)
LOOP(doubles_forward, double, DOUBLES_ARGS double r; doubles.forward(add_12_doubles, &r, args); sum += r;)
LOOP(doubles_in_c_forward, double, DOUBLES_ARGS double r; doubles_in_c(add_12_doubles, &r, args); sum += r;)
LOOP(doubles_bound, double, DOUBLES_ARGS double r; doubles.bound(&r, args); sum += r;)
LOOP(doubles_adapter, double,
     sum += ((double (*)(void *, double, double, double, double, double, double, double, double, double, double,
                                double, double))doubles.adapter)(NULL, DOUBLES);)
LOOP(doubles_entry, double,
     FIELD(doubles, DOUBLES_ARG_0, double) = (double)i; FIELD(doubles, DOUBLES_ARG_1, double) = 2;
     FIELD(doubles, DOUBLES_ARG_2, double) = 3; FIELD(doubles, DOUBLES_ARG_3, double) = 4;
     FIELD(doubles, DOUBLES_ARG_4, double) = 5; FIELD(doubles, DOUBLES_ARG_5, double) = 6;
     FIELD(doubles, DOUBLES_ARG_6, double) = 7; FIELD(doubles, DOUBLES_ARG_7, double) = 8;
     FIELD(doubles, DOUBLES_ARG_8, double) = 9; FIELD(doubles, DOUBLES_ARG_9, double) = 10;
     FIELD(doubles, DOUBLES_ARG_10, double) = 11; FIELD(doubles, DOUBLES_ARG_11, double) = 12;
     doubles.entry(NULL, NULL); sum += FIELD(doubles, DOUBLES_RET, double);)
LOOP(doubles_reverse, double, sum += ((doubles_type *)doubles.reverse)(DOUBLES);)
LOOP(doubles_ffi_call, double, DOUBLES_ARGS double r; ffi_call(&doubles.cif, FFI_FN(add_12_doubles), &r, args);
     sum += r;)
LOOP(doubles_ffi_closure, double, sum += ((doubles_type *)doubles.closure)(DOUBLES);)

// struct point (struct point, struct point)
#define POINTS                                                                                                         \
  struct point a = {.x = (double)i, .y = 2}, b = {.x = 3, .y = 4};
LOOP(points_direct, double, POINTS sum += add_points(a, b).x;)
LOOP(points_pointer, double, POINTS sum += points.pointer.points(a, b).x;)
LOOP(points_forward, double, POINTS struct point r; void *args[] = {&a, &b}; points.forward(add_points, &r, args);
     sum += r.x;)
LOOP(points_in_c_forward, double, POINTS struct point r; void *args[] = {&a, &b}; points_in_c(add_points, &r, args);
     sum += r.x;)
LOOP(points_bound, double, POINTS struct point r; void *args[] = {&a, &b}; points.bound(&r, args); sum += r.x;)
LOOP(points_entry, double, POINTS FIELD(points, POINTS_ARG_0, struct point) = a;
     FIELD(points, POINTS_ARG_1, struct point) = b;
     points.entry(NULL, NULL); sum += FIELD(points, POINTS_RET, struct point).x;)
LOOP(points_reverse, double, POINTS sum += ((points_type *)points.reverse)(a, b).x;)
LOOP(points_ffi_call, double, POINTS struct point r; void *args[] = {&a, &b};
     ffi_call(&points.cif, FFI_FN(add_points), &r, args);
     sum += r.x;)
LOOP(points_ffi_closure, double, POINTS sum += ((points_type *)points.closure)(a, b).x;)

static void *always = &always;

static const struct {
  const char *name;
  void (*run)(long n);
  /** Whether there is such code. */
  void **code;
} loops[] = {
    {"ints direct", ints_direct, &always},
    {"ints pointer", ints_pointer, &always},
    {"ints forward", ints_forward, (void **)&ints.forward},
    {"ints in_c", ints_in_c_forward, &always},
    {"ints bound", ints_bound, (void **)&ints.bound},
    {"ints adapter", ints_adapter, &ints.adapter},
    {"ints entry", ints_entry, (void **)&ints.entry},
    {"ints reverse", ints_reverse, &ints.reverse},
    {"ints ffi_call", ints_ffi_call, &always},
    {"ints ffi_closure", ints_ffi_closure, &ints.closure},
    {"mixed direct", mixed_direct, &always},
    {"mixed pointer", mixed_pointer, &always},
    {"mixed forward", mixed_forward, (void **)&mixed.forward},
    {"mixed in_c", mixed_in_c_forward, &always},
    {"mixed bound", mixed_bound, (void **)&mixed.bound},
    {"mixed adapter", mixed_adapter, &mixed.adapter},
    {"mixed entry", mixed_entry, (void **)&mixed.entry},
    {"mixed reverse", mixed_reverse, &mixed.reverse},
    {"mixed ffi_call", mixed_ffi_call, &always},
    {"mixed ffi_closure", mixed_ffi_closure, &mixed.closure},
    {"doubles direct", doubles_direct, &always},
    {"doubles pointer", doubles_pointer, &always},
    {"doubles forward", doubles_forward, (void **)&doubles.forward},
    {"doubles in_c", doubles_in_c_forward, &always},
    {"doubles bound", doubles_bound, (void **)&doubles.bound},
    {"doubles adapter", doubles_adapter, &doubles.adapter},
    {"doubles entry", doubles_entry, (void **)&doubles.entry},
    {"doubles reverse", doubles_reverse, &doubles.reverse},
    {"doubles ffi_call", doubles_ffi_call, &always},
    {"doubles ffi_closure", doubles_ffi_closure, &doubles.closure},
    {"points direct", points_direct, &always},
    {"points pointer", points_pointer, &always},
    {"points forward", points_forward, (void **)&points.forward},
    {"points in_c", points_in_c_forward, &always},
    {"points bound", points_bound, (void **)&points.bound},
    {"points entry", points_entry, (void **)&points.entry},
    {"points reverse", points_reverse, &points.reverse},
    {"points ffi_call", points_ffi_call, &always},
    {"points ffi_closure", points_ffi_closure, &points.closure},
};
enum { LOOPS = sizeof loops / sizeof *loops };

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/** All of them add up the same numbers: a call that does something else is found here, and not in the times. */
static void check_all(void)
{
  double expected = 0;
  for (int i = 0; i < LOOPS; i++) {
    if (*loops[i].code == NULL)
      continue;
    loops[i].run(100);
    if (strstr(loops[i].name, " direct") != NULL)
      expected = total;
    if (total == expected)
      continue;
    fprintf(stderr, "%s: the sum is %g, not %g\n", loops[i].name, total, expected);
    exit(1);
  }
}

static void count_all(long n)
{
  for (int i = 0; i < LOOPS; i++) {
    if (*loops[i].code == NULL)
      continue;
    CALLGRIND_ZERO_STATS;
    CALLGRIND_TOGGLE_COLLECT;
    loops[i].run(n);
    CALLGRIND_TOGGLE_COLLECT;
    CALLGRIND_DUMP_STATS_AT(loops[i].name);
  }
}

static void time_all(long n, int rounds)
{
  for (int round = 0; round < rounds; round++)
    for (int i = 0; i < LOOPS; i++) {
      if (*loops[i].code == NULL)
        continue;
      loops[i].run(n / 10);
      double start = now();
      loops[i].run(n);
      printf("%s %.3f\n", loops[i].name, (now() - start) / n);
    }
}

int main(int argc, char **argv)
{
  set_up_all();
  check_all();
  if (argc == 3 && strcmp(argv[1], "count") == 0)
    count_all(atol(argv[2]));
  else if (argc == 4 && strcmp(argv[1], "time") == 0)
    time_all(atol(argv[2]), atoi(argv[3]));
  else
    return 2;
  return 0;
}
