// The contexts of callbacks, in blocks: what JavaScript says when it creates and gives up one. Decides what is a valid
// block, not what happens when one of its callbacks is called.
#include <stdalign.h>
#include <stdlib.h>

#include "arguments.h"
#include "callbacks.h"
#include "environment.h"
#include "exports.h"

napi_value on_invoke(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  if (read_arguments(env, info, &arguments))
    read_function(&arguments, 0, &arguments.environment->invoke);
  return NULL;
}

// Only the environment that the invoker was made for uses it. Once, like on_invoke.
napi_value use_invoker(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *call = NULL;
  void *is_throwing = NULL;
  void *release = NULL;
  void *state = NULL;
  void *target = NULL;
  void *is_leaf = NULL;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &call) ||
      !read_address(&arguments, 1, &is_throwing) || !read_address(&arguments, 2, &release) ||
      !read_address(&arguments, 3, &state) || !read_address(&arguments, 4, &target) ||
      !read_address(&arguments, 5, &is_leaf))
    return NULL;
  struct invoker *invoker = &arguments.environment->invoker;
  bool complete = call != NULL && is_throwing != NULL && release != NULL && target != NULL && is_leaf != NULL;
  if (!complete || invoker->call != NULL) {
    napi_throw_error(env, "ERR_ARGUMENT_RANGE", "no invoker, or the second one");
    return NULL;
  }
  *(void **)&invoker->call = call;
  *(void **)&invoker->is_throwing = is_throwing;
  *(void **)&invoker->release = release;
  *(void **)&invoker->is_leaf = is_leaf;
  invoker->target = target;
  invoker->state = state;
  return NULL;
}

napi_value on_report(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  if (read_arguments(env, info, &arguments))
    read_function(&arguments, 0, &arguments.environment->report);
  return NULL;
}

enum { CONTEXTS_MAX = 1 << 16 };

static bool inside(struct field field, size_t size)
{
  return field.offset <= size && field.size <= size - field.offset;
}

// The record of one call: `fields` holds offset and size of the result, then of each argument.
struct layout {
  size_t size;
  const uint32_t *fields;
  size_t length;
};

static bool is_valid(const struct layout *layout)
{
  bool valid = layout->size % 16 == 0 && layout->size <= INVOCATIONS_SIZE - INVOCATIONS_HEADER && layout->length >= 2 &&
               layout->length % 2 == 0;
  for (size_t i = 0; valid && i < layout->length; i += 2)
    valid = inside((struct field){.offset = layout->fields[i], .size = layout->fields[i + 1]}, layout->size);
  return valid;
}

struct options {
  uint32_t first_id;
  uint32_t length;
  uint32_t mode;
  uint32_t limit;
  uint32_t when_full;
  uint32_t timeout;
};

static bool read_options(const struct arguments *arguments, struct options *out)
{
  if (!read_index(arguments, 0, &out->first_id) || !read_index(arguments, 1, &out->length) ||
      !read_index(arguments, 4, &out->mode) || !read_index(arguments, 5, &out->limit) ||
      !read_index(arguments, 6, &out->when_full) || !read_index(arguments, 7, &out->timeout))
    return false;
  bool counted = out->length > 0 && out->length <= CONTEXTS_MAX && out->first_id <= INT32_MAX - out->length;
  if (counted && out->mode < MODES && out->limit > 0 && out->when_full <= 1)
    return true;
  napi_throw_range_error(arguments->env, "ERR_ARGUMENT_RANGE", "no such number, mode, bound or policy of callbacks");
  return false;
}

static uint32_t size_of_each(const struct shape *shape)
{
  uint32_t size = shape->count == 0 ? 0 : shape->args[0].size;
  for (uint32_t i = 1; i < shape->count; i++) {
    if (shape->args[i].size != size)
      return 0;
  }
  return size;
}

static void open_contexts(struct shape *shape, struct environment *environment, uint32_t first_id)
{
  for (uint32_t i = 0; i < shape->length; i++) {
    shape->contexts[i].environment = environment;
    gate_open(&shape->contexts[i].gate, &shape->block, (int32_t)(first_id + i));
  }
}

// NULL if there is no memory.
static struct shape *build_shape(struct environment *environment, const struct layout *layout,
                                 const struct options *options)
{
  size_t count = layout->length / 2 - 1;
  size_t head = sizeof(struct shape) + count * sizeof(struct field);
  head = (head + alignof(struct context) - 1) / alignof(struct context) * alignof(struct context);
  struct shape *shape = calloc(1, head + options->length * sizeof(struct context));
  if (shape == NULL)
    return NULL;
  block_open(&shape->block);
  shape->block.limit = options->limit;
  shape->block.waits = options->when_full == 1;
  shape->block.timeout = options->timeout;
  shape->mode = (enum mode)options->mode;
  shape->record_size = (uint32_t)layout->size;
  shape->ret = (struct field){.offset = layout->fields[0], .size = layout->fields[1]};
  shape->count = (uint32_t)count;
  for (size_t i = 0; i < count; i++)
    shape->args[i] = (struct field){.offset = layout->fields[2 * i + 2], .size = layout->fields[2 * i + 3]};
  shape->each = size_of_each(shape);
  shape->length = options->length;
  shape->contexts = (struct context *)((char *)shape + head);
  open_contexts(shape, environment, options->first_id);
  return shape;
}

napi_value create_contexts(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  struct options options;
  struct layout layout = {0};
  uint32_t index = 0;
  void *fields = NULL;
  if (!read_arguments(env, info, &arguments) || !read_options(&arguments, &options) ||
      !read_size(&arguments, 2, &layout.size) ||
      !read_array(&arguments, 3, napi_uint32_array, &fields, &layout.length) ||
      !environment_listen(arguments.environment))
    return NULL;
  layout.fields = fields;
  if (!is_valid(&layout)) {
    napi_throw_range_error(env, "ERR_SIZE", "a field lies outside the record, or the record is too large");
    return NULL;
  }
  struct shape *shape = build_shape(arguments.environment, &layout, &options);
  if (shape == NULL || !table_add(&arguments.environment->contexts, shape, &index)) {
    free(shape);
    napi_throw_error(env, "ENOMEM", "no memory for callback contexts");
    return NULL;
  }
  return number_value(env, index);
}

static bool read_shape(napi_env env, napi_callback_info info, struct arguments *arguments, uint32_t *index,
                       struct shape **out)
{
  if (!read_arguments(env, info, arguments) || !read_index(arguments, 0, index))
    return false;
  *out = table_get(&arguments->environment->contexts, *index);
  if (*out == NULL)
    napi_throw_range_error(env, "ERR_DISPOSED", "no such contexts");
  return *out != NULL;
}

napi_value contexts_address(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct shape *shape = NULL;
  return read_shape(env, info, &arguments, &index, &shape) ? address_value(env, shape->contexts) : NULL;
}

// More references than the table's: threads inside the dispatcher, or records.
napi_value contexts_busy(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct shape *shape = NULL;
  if (!read_shape(env, info, &arguments, &index, &shape))
    return NULL;
  return boolean_value(env, atomic_load(&shape->block.references) > 1);
}

napi_value close_context(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  uint32_t which = 0;
  struct shape *shape = NULL;
  if (!read_shape(env, info, &arguments, &index, &shape) || !read_index(&arguments, 1, &which))
    return NULL;
  if (which < shape->length)
    queue_shut(&arguments.environment->queue, &shape->block, &shape->contexts[which].gate);
  else
    napi_throw_range_error(env, "ERR_ARGUMENT_RANGE", "no such context");
  return NULL;
}

napi_value release_contexts(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct shape *shape = NULL;
  if (!read_shape(env, info, &arguments, &index, &shape))
    return NULL;
  struct environment *environment = arguments.environment;
  for (uint32_t i = 0; i < shape->length; i++)
    atomic_store_explicit(&shape->contexts[i].gate.closed, 1, memory_order_relaxed);
  queue_shut(&environment->queue, &shape->block, NULL);
  queue_forget(&environment->queue, &shape->block);
  table_take(&environment->contexts, index);
  block_release(&shape->block);
  return NULL;
}

napi_value count_refused(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  if (!read_arguments(env, info, &arguments))
    return NULL;
  return number_value(env, (double)atomic_load_explicit(&arguments.environment->refused, memory_order_relaxed));
}

napi_value count_disordered(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  if (!read_arguments(env, info, &arguments))
    return NULL;
  return number_value(env, (double)arguments.environment->disordered);
}
