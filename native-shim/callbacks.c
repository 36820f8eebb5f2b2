// C calls JavaScript. Decides who may call, where an invocation's record lies and what the caller gets when JavaScript
// fails. How arguments are decoded and which function runs is decided in JavaScript, behind one function.
//
//   0        int32 id of the running callback (-1: there was no room for a record), int32 base of its record
//   16       record of the outermost running invocation: arguments and result, laid out by the callback's shape
//   ...      record of the one that its JavaScript caused, and so on
//   top      free
#include "callbacks.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "environment.h"
#include "thread.h"

struct field {
  uint32_t offset;
  uint32_t size;
};

// What a reverse trampoline hands over. Never changes, so that a foreign thread may read it.
struct context {
  struct environment *environment;
  int32_t id;
  uint32_t record_size;
  uint32_t count;
  struct field ret;
  struct field args[];
};

struct header {
  int32_t id;
  int32_t base;
};

// Nearly every value has one of these sizes; a copy of a size that is not known costs a call.
static inline void copy(void *to, const void *from, uint32_t size)
{
  if (size == 4)
    memcpy(to, from, 4);
  else if (size == 8)
    memcpy(to, from, 8);
  else
    memcpy(to, from, size);
}

static void zero_result(const struct context *context, void *ret)
{
  if (ret != NULL && context->ret.size > 0)
    memset(ret, 0, context->ret.size);
}

// Returns the record's base, or 0 if it does not fit.
static uint32_t push(const struct context *context, void *const *args)
{
  struct environment *environment = context->environment;
  if (context->record_size > INVOCATIONS_SIZE - environment->top)
    return 0;
  uint32_t base = environment->top;
  environment->top += context->record_size;
  environment->running++;
  uint8_t *record = environment->invocations + base;
  static const uint8_t ZERO[8];
  if (context->ret.size <= sizeof ZERO)
    copy(record + context->ret.offset, ZERO, context->ret.size);
  else
    memset(record + context->ret.offset, 0, context->ret.size);
  for (uint32_t i = 0; i < context->count; i++) {
    // A value of no bytes has no address either.
    if (context->args[i].size > 0)
      copy(record + context->args[i].offset, args[i], context->args[i].size);
  }
  return base;
}

// False if a later invocation has not ended yet: native code switched stacks, or jumped out of one. Its record may
// still be in use, so the memory above ours is given back only when the last running invocation has ended.
static bool pop(const struct context *context, uint32_t base)
{
  struct environment *environment = context->environment;
  bool ordered = environment->top == base + context->record_size;
  environment->running--;
  if (ordered)
    environment->top = base;
  else
    environment->disordered++;
  if (environment->running == 0)
    environment->top = INVOCATIONS_HEADER;
  return ordered;
}

// Every way out closes the scope: without one of its own, each invocation's handles would stay until the outermost
// bound call returns (Node-API, "Making handle lifespan shorter than that of the native method").
static bool call_javascript(struct environment *environment)
{
  napi_env env = environment->env;
  napi_handle_scope scope;
  napi_value function = NULL;
  if (napi_open_handle_scope(env, &scope) != napi_ok)
    return false;
  // While an exception is pending, or the environment is ending, napi_call_function runs nothing and says so.
  bool done = napi_get_reference_value(env, environment->invoke, &function) == napi_ok && function != NULL &&
              napi_call_function(env, function, function, 0, NULL, NULL) == napi_ok;
  return napi_close_handle_scope(env, scope) == napi_ok && done;
}

void dispatcher(void *pointer, void *ret, void **args)
{
  const struct context *context = pointer;
  struct environment *environment = context->environment;
  // Nothing else of the environment may be looked at before this test, and the VM not at all on a foreign thread.
  if (environment->thread != thread_identity()) {
    atomic_fetch_add_explicit(&environment->refused, 1, memory_order_relaxed);
    zero_result(context, ret);
    return;
  }
  if (environment->invoke == NULL) {
    zero_result(context, ret);
    return;
  }
  struct header *header = (struct header *)environment->invocations;
  struct header outer = *header;
  uint32_t base = push(context, args);
  // Without a record JavaScript is called all the same: it throws ERR_CALLBACK, which is pending when native code
  // returns to the bound call.
  *header = (struct header){.id = base == 0 ? -1 : context->id, .base = (int32_t)base};
  bool done = call_javascript(environment) && base != 0;
  *header = outer;
  if (base != 0)
    done = pop(context, base) && done;
  if (!done)
    zero_result(context, ret);
  else if (ret != NULL && context->ret.size > 0)
    copy(ret, environment->invocations + base + context->ret.offset, context->ret.size);
}

napi_value on_invoke(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  napi_valuetype type;
  if (!read_arguments(env, info, &arguments) || refused(env, napi_typeof(env, arguments.values[0], &type)))
    return NULL;
  if (type != napi_function) {
    napi_throw_type_error(env, "ERR_ARGUMENT_KIND", "argument 1 must be a function");
    return NULL;
  }
  if (arguments.environment->invoke != NULL) {
    napi_throw_error(env, "ERR_INTERNAL", "onInvoke was called before");
    return NULL;
  }
  refused(env, napi_create_reference(env, arguments.values[0], 1, &arguments.environment->invoke));
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
  struct context *context = malloc(sizeof *context + count * sizeof context->args[0]);
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

napi_value create_context(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t id = 0;
  uint32_t index = 0;
  size_t size = 0;
  size_t length = 0;
  void *fields = NULL;
  if (!read_arguments(env, info, &arguments) || !read_index(&arguments, 0, &id) || !read_size(&arguments, 1, &size) ||
      !read_array(&arguments, 2, napi_uint32_array, &fields, &length))
    return NULL;
  struct context *context = build_context(&arguments, size, fields, length);
  if (context == NULL)
    return NULL;
  context->id = (int32_t)id;
  if (!table_add(&arguments.environment->contexts, context, &index)) {
    free(context);
    napi_throw_error(env, "ENOMEM", "no memory for a callback context");
    return NULL;
  }
  return number_value(env, index);
}

napi_value context_address(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  if (!read_arguments(env, info, &arguments) || !read_index(&arguments, 0, &index))
    return NULL;
  return address_value(env, table_get(&arguments.environment->contexts, index));
}

napi_value release_context(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t index = 0;
  if (!read_arguments(env, info, &arguments) || !read_index(&arguments, 0, &index))
    return NULL;
  free(table_take(&arguments.environment->contexts, index));
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
