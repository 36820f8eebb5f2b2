// The contexts of callbacks: what JavaScript says when it creates and gives up one. Decides what is a valid context, not
// what happens when one is called.
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

napi_value on_report(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  if (read_arguments(env, info, &arguments))
    read_function(&arguments, 0, &arguments.environment->report);
  return NULL;
}

static bool inside(struct field field, size_t size)
{
  return field.offset <= size && field.size <= size - field.offset;
}

// `fields` holds offset and size of the result, then of each argument. NULL with an exception pending on failure.
static struct context *build_context(const struct arguments *arguments, size_t size, const uint32_t *fields,
                                     size_t length)
{
  bool valid = size % 16 == 0 && size <= INVOCATIONS_SIZE - INVOCATIONS_HEADER && length >= 2 && length % 2 == 0;
  size_t count = valid ? length / 2 - 1 : 0;
  for (size_t i = 0; valid && i <= count; i++)
    valid = inside((struct field){.offset = fields[2 * i], .size = fields[2 * i + 1]}, size);
  if (!valid) {
    napi_throw_range_error(arguments->env, "ERR_SIZE", "a field lies outside the record, or the record is too large");
    return NULL;
  }
  struct context *context = calloc(1, sizeof *context + count * sizeof context->args[0]);
  if (context == NULL) {
    napi_throw_error(arguments->env, "ENOMEM", "no memory for a callback context");
    return NULL;
  }
  context->environment = arguments->environment;
  context->record_size = (uint32_t)size;
  context->count = (uint32_t)count;
  context->ret = (struct field){.offset = fields[0], .size = fields[1]};
  for (size_t i = 0; i < count; i++)
    context->args[i] = (struct field){.offset = fields[2 * i + 2], .size = fields[2 * i + 3]};
  return context;
}

struct options {
  uint32_t id;
  uint32_t mode;
  uint32_t limit;
  uint32_t when_full;
  uint32_t timeout;
};

static bool read_options(const struct arguments *arguments, struct options *out)
{
  if (!read_index(arguments, 0, &out->id) || !read_index(arguments, 3, &out->mode) ||
      !read_index(arguments, 4, &out->limit) || !read_index(arguments, 5, &out->when_full) ||
      !read_index(arguments, 6, &out->timeout))
    return false;
  if (out->mode < MODES && out->limit > 0 && out->when_full <= 1)
    return true;
  napi_throw_range_error(arguments->env, "ERR_ARGUMENT_RANGE", "no such mode, bound or policy of a callback");
  return false;
}

static void apply_options(struct context *context, const struct options *options)
{
  gate_open(&context->gate, (int32_t)options->id);
  context->mode = (enum mode)options->mode;
  context->gate.limit = options->limit;
  context->gate.waits = options->when_full == 1;
  context->gate.timeout = options->timeout;
}

napi_value create_context(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  struct options options;
  uint32_t index = 0;
  size_t size = 0;
  size_t length = 0;
  void *fields = NULL;
  if (!read_arguments(env, info, &arguments) || !read_size(&arguments, 1, &size) ||
      !read_array(&arguments, 2, napi_uint32_array, &fields, &length) || !read_options(&arguments, &options) ||
      !environment_listen(arguments.environment))
    return NULL;
  struct context *context = build_context(&arguments, size, fields, length);
  if (context == NULL)
    return NULL;
  apply_options(context, &options);
  if (!table_add(&arguments.environment->contexts, context, &index)) {
    free(context);
    napi_throw_error(env, "ENOMEM", "no memory for a callback context");
    return NULL;
  }
  return number_value(env, index);
}

static bool read_context(napi_env env, napi_callback_info info, struct arguments *arguments, uint32_t *index,
                         struct context **out)
{
  if (!read_arguments(env, info, arguments) || !read_index(arguments, 0, index))
    return false;
  *out = table_get(&arguments->environment->contexts, *index);
  if (*out == NULL)
    napi_throw_range_error(env, "ERR_DISPOSED", "no such context");
  return *out != NULL;
}

napi_value context_address(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct context *context = NULL;
  return read_context(env, info, &arguments, &index, &context) ? address_value(env, context) : NULL;
}

napi_value context_stats(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct context *context = NULL;
  napi_value list = NULL;
  if (!read_context(env, info, &arguments, &index, &context) ||
      refused(env, napi_create_array_with_length(env, REPORTS, &list)))
    return NULL;
  for (uint32_t kind = 0; kind < REPORTS; kind++) {
    unsigned long long count = atomic_load_explicit(&context->gate.counts[kind], memory_order_relaxed);
    napi_value number = number_value(env, (double)count);
    if (number == NULL || refused(env, napi_set_element(env, list, kind, number)))
      return NULL;
  }
  return list;
}

// More references than the table's: threads inside the dispatcher, or records.
napi_value context_busy(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct context *context = NULL;
  if (!read_context(env, info, &arguments, &index, &context))
    return NULL;
  return boolean_value(env, atomic_load(&context->gate.references) > 1);
}

napi_value close_context(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct context *context = NULL;
  if (read_context(env, info, &arguments, &index, &context))
    queue_shut(&arguments.environment->queue, &context->gate);
  return NULL;
}

napi_value release_context(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  struct context *context = NULL;
  if (!read_context(env, info, &arguments, &index, &context))
    return NULL;
  struct environment *environment = arguments.environment;
  queue_shut(&environment->queue, &context->gate);
  queue_forget(&environment->queue, &context->gate);
  table_take(&environment->contexts, index);
  gate_release(&context->gate);
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
