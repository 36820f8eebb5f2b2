// What generated code of kind `forward` does, written in C and left to the compiler: how good code with that contract can
// be. In a file of its own, so that no caller sees what it does.
#include "types.h"

#define AT(index, type) (*(type *)args[index])

void ints_in_c(void *target, void *ret, void **args)
{
  *(int *)ret = ((ints_type *)target)(AT(0, int), AT(1, int));
}

void mixed_in_c(void *target, void *ret, void **args)
{
  *(double *)ret = ((mixed_type *)target)(AT(0, int), AT(1, double), AT(2, int64_t), AT(3, float), AT(4, int16_t),
                                          AT(5, double));
}

void doubles_in_c(void *target, void *ret, void **args)
{
  *(double *)ret = ((doubles_type *)target)(AT(0, double), AT(1, double), AT(2, double), AT(3, double), AT(4, double),
                                            AT(5, double), AT(6, double), AT(7, double), AT(8, double), AT(9, double),
                                            AT(10, double), AT(11, double));
}

void points_in_c(void *target, void *ret, void **args)
{
  *(struct point *)ret = ((points_type *)target)(AT(0, struct point), AT(1, struct point));
}
