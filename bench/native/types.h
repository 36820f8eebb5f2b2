// The C functions that are called (fixtures/c/bench.c), and their types.
#ifndef INTERFIX_BENCH_TYPES_H
#define INTERFIX_BENCH_TYPES_H

#include <stdint.h>

struct point {
  double x;
  double y;
};

int add_ints(int a, int b);
double add_mixed(int a, double b, int64_t c, float d, int16_t e, double f);
double add_12_doubles(double a, double b, double c, double d, double e, double f, double g, double h, double i,
                      double j, double k, double l);
struct point add_points(struct point a, struct point b);

typedef int ints_type(int, int);
typedef double mixed_type(int, double, int64_t, float, int16_t, double);
typedef double doubles_type(double, double, double, double, double, double, double, double, double, double, double,
                            double);
typedef struct point points_type(struct point, struct point);

typedef void forward_type(void *target, void *ret, void **args);
typedef forward_type *forward_code;

// in-c.c
forward_type ints_in_c, mixed_in_c, doubles_in_c, points_in_c;

#endif
