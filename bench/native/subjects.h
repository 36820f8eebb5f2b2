// What the native benchmark calls: for each signature the C function, the code that this library generated for it
// (images.h), and libffi's. All of it is called by calls.c.
#include <ffi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "images.h"
#include "types.h"

typedef void (*bound_code)(void *ret, void **args);
typedef void *(*entry_code)(void *env, void *info);

// What C calls on the other side of a callback: ours and libffi's hand over the same things.

static void on_ints(void *context, void *ret, void **args)
{
  (void)context;
  *(int *)ret = *(int *)args[0] + *(int *)args[1];
}

static void on_mixed(void *context, void *ret, void **args)
{
  (void)context;
  *(double *)ret = *(int *)args[0] + *(double *)args[1] + (double)*(int64_t *)args[2] + *(float *)args[3] +
                   *(int16_t *)args[4] + *(double *)args[5];
}

static void on_doubles(void *context, void *ret, void **args)
{
  (void)context;
  double sum = 0;
  for (int i = 0; i < 12; i++)
    sum += *(double *)args[i];
  *(double *)ret = sum;
}

static void on_points(void *context, void *ret, void **args)
{
  (void)context;
  struct point *a = args[0];
  struct point *b = args[1];
  *(struct point *)ret = (struct point){.x = a->x + b->x, .y = a->y + b->y};
}

static void ffi_on_ints(ffi_cif *cif, void *ret, void **args, void *context)
{
  (void)cif;
  int result;
  on_ints(context, &result, args);
  *(ffi_arg *)ret = (ffi_arg)result;
}

static void ffi_on_mixed(ffi_cif *cif, void *ret, void **args, void *context)
{
  (void)cif;
  on_mixed(context, ret, args);
}

static void ffi_on_doubles(ffi_cif *cif, void *ret, void **args, void *context)
{
  (void)cif;
  on_doubles(context, ret, args);
}

static void ffi_on_points(ffi_cif *cif, void *ret, void **args, void *context)
{
  (void)cif;
  on_points(context, ret, args);
}

// The generated code of one signature, where it runs, and libffi's for the same signature.

struct subject {
  /** The C function itself. */
  union {
    void *address;
    ints_type *ints;
    mixed_type *mixed;
    doubles_type *doubles;
    points_type *points;
  } pointer;
  forward_code forward;
  bound_code bound;
  void *adapter;
  entry_code entry;
  char *frame;
  void *reverse;
  ffi_cif cif;
  void *closure;
};

static struct subject ints, mixed, doubles, points;

/** A page of its own: the symbols are written, then it becomes executable. Null without an image. */
static void *place(const struct image *image, void *const addresses[SYMBOLS])
{
  if (image->size == 0)
    return NULL;
  size_t size = (image->size + 4095) & ~(size_t)4095;
  char *code = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED)
    abort();
  memcpy(code, image->bytes, image->size);
  for (int i = 0; i < SYMBOLS; i++)
    if (image->symbols[i] >= 0)
      memcpy(code + image->symbols[i], &addresses[i], sizeof(void *));
  if (mprotect(code, size, PROT_READ | PROT_EXEC) != 0)
    abort();
  return code;
}

static void set_up(struct subject *subject, const struct images *images, void *target, void *dispatcher,
                   void (*handler)(ffi_cif *, void *, void **, void *), ffi_type *result, unsigned count,
                   ffi_type **args)
{
  subject->pointer.address = target;
  subject->frame = aligned_alloc(64, 1024);
  void *const addresses[SYMBOLS] = {
      [SYMBOL_TARGET] = target,
      [SYMBOL_FRAME] = subject->frame,
      [SYMBOL_DISPATCHER] = dispatcher,
      [SYMBOL_CONTEXT] = subject,
  };
  subject->forward = (forward_code)place(&images->forward, addresses);
  subject->bound = (bound_code)place(&images->bound, addresses);
  subject->adapter = place(&images->adapter, addresses);
  subject->entry = (entry_code)place(&images->entry, addresses);
  subject->reverse = place(&images->reverse, addresses);
  if (ffi_prep_cif(&subject->cif, FFI_DEFAULT_ABI, count, result, args) != FFI_OK)
    abort();
  ffi_closure *closure = ffi_closure_alloc(sizeof(ffi_closure), &subject->closure);
  if (ffi_prep_closure_loc(closure, &subject->cif, handler, subject, subject->closure) != FFI_OK)
    abort();
}

static ffi_type *point_members[] = {&ffi_type_double, &ffi_type_double, NULL};
static ffi_type point_type = {.size = 0, .alignment = 0, .type = FFI_TYPE_STRUCT, .elements = point_members};

static void set_up_all(void)
{
  static ffi_type *int_args[] = {&ffi_type_sint, &ffi_type_sint};
  static ffi_type *mixed_args[] = {&ffi_type_sint,  &ffi_type_double, &ffi_type_sint64,
                                   &ffi_type_float, &ffi_type_sint16, &ffi_type_double};
  static ffi_type *double_args[12];
  static ffi_type *point_args[] = {&point_type, &point_type};
  for (int i = 0; i < 12; i++)
    double_args[i] = &ffi_type_double;
  set_up(&ints, &ints_images, add_ints, on_ints, ffi_on_ints, &ffi_type_sint, 2, int_args);
  set_up(&mixed, &mixed_images, add_mixed, on_mixed, ffi_on_mixed, &ffi_type_double, 6, mixed_args);
  set_up(&doubles, &doubles_images, add_12_doubles, on_doubles, ffi_on_doubles, &ffi_type_double, 12, double_args);
  set_up(&points, &points_images, add_points, on_points, ffi_on_points, &point_type, 2, point_args);
}
