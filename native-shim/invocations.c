// Running invocations. Decides where an invocation's record lies, and calls JavaScript for it. How arguments are decoded
// and which function runs is decided in JavaScript, behind one function.
//
//   0        header: which invocation runs, and how it ended
//   32       record of the outermost running invocation: arguments and result, laid out by the callback's shape
//   ...      record of the one that its JavaScript caused, and so on
//   top      free
#include "invocations.h"

#include "arguments.h"
#include "entering.h"
#include "environment.h"
#include "exports.h"
#include "hints.h"
#include "serving.h"

// JavaScript sees it as eight int32.
struct header {
  // The invocation that begins: its callback, where its record lies, and how it came; or NO_ROOM for a record.
  int32_t id;
  int32_t base;
  int32_t how;
  // Set by JavaScript as the last thing in an invocation of which C gets a zeroed result; one of the numbers below.
  int32_t failed;
  // Not zero: an exception waits for the bound call that native code returns to.
  int32_t pending;
  // Set around a call of which JavaScript was told that it calls no JavaScript, unless V8 makes that call itself.
  int32_t leaf;
  // How many invocations have begun and not ended. While it is zero, this thread is in no callback's code.
  int32_t running;
  int32_t reserved;
};

_Static_assert(sizeof(struct header) == INVOCATIONS_HEADER, "the header ends where the records begin");

// How an invocation failed: JavaScript has dealt with the error, or it is the function's property `thrown`.
enum failed { DEALT_WITH = 1, THREW = 2 };
enum pending { HELD = 1, CALLED_IN_LEAF = 2 };

// Beside the numbers of `enum how`.
enum { NO_ROOM = 3 };

enum { CALL_VALUES = 4 };

static struct header *header_of(const struct environment *environment)
{
  return (struct header *)environment->invocations;
}

// Every way out closes the scope: without one of its own, each invocation's handles would stay until the outermost
// bound call returns (Node-API, "Making handle lifespan shorter than that of the native method").
bool call_javascript(struct environment *environment, napi_ref reference, size_t count, const double *numbers)
{
  napi_env env = environment->env;
  napi_handle_scope scope;
  napi_value function = NULL;
  napi_value values[CALL_VALUES];
  if (reference == NULL || count > CALL_VALUES || napi_open_handle_scope(env, &scope) != napi_ok)
    return false;
  bool done = napi_get_reference_value(env, reference, &function) == napi_ok && function != NULL;
  for (size_t i = 0; done && i < count; i++)
    done = napi_create_double(env, numbers[i], &values[i]) == napi_ok;
  // While an exception is pending, or the environment is ending, napi_call_function runs nothing and says so.
  done = done && napi_call_function(env, function, function, count, values, NULL) == napi_ok;
  return napi_close_handle_scope(env, scope) == napi_ok && done;
}

// What is pending in this environment of Node-API's came from an invocation, which has said so in the header; JavaScript
// takes that back only when it throws the exception. So nearly always nobody needs to ask.
static bool is_held(const struct environment *environment)
{
  struct header *header = header_of(environment);
  bool pending = false;
  if (header->pending == 0)
    return false;
  if (napi_is_exception_pending(environment->env, &pending) != napi_ok || pending)
    return true;
  // Node-API has thrown it by itself.
  if (header->pending == HELD)
    header->pending = 0;
  return false;
}

// Makes what JavaScript has thrown Node-API's pending exception.
static void raise_thrown(const struct environment *environment)
{
  napi_env env = environment->env;
  napi_handle_scope scope;
  napi_value function = NULL;
  napi_value thrown = NULL;
  napi_value nothing = NULL;
  if (napi_open_handle_scope(env, &scope) != napi_ok)
    return;
  if (napi_get_reference_value(env, environment->invoke, &function) == napi_ok &&
      napi_get_named_property(env, function, "thrown", &thrown) == napi_ok &&
      napi_get_undefined(env, &nothing) == napi_ok &&
      napi_set_named_property(env, function, "thrown", nothing) == napi_ok)
    napi_throw(env, thrown);
  napi_close_handle_scope(env, scope);
}

// Without an invoker, or where it may run nothing, or may have to leave it to Node-API: that knows whether anything may run
// after V8 has ended a call by itself (the thread is to end, or a script has used up its time).
static APART bool call_otherwise(struct environment *environment)
{
  const struct invoker *invoker = &environment->invoker;
  if (invoker->call == NULL)
    return enter_javascript(environment);
  if (is_held(environment))
    return false;
  if (environment->escaped)
    environment->escaped = invoker->is_throwing(invoker->state) ||
                           !call_javascript(environment, environment->invoke, 0, NULL);
  else
    environment->escaped = !invoker->call(invoker->state);
  return !environment->escaped;
}

// The invoker is quicker than napi_call_function and to the same effect: it runs nothing while an exception is pending.
static inline bool call_invoke(struct environment *environment)
{
  const struct invoker *invoker = &environment->invoker;
  if (UNLIKELY(invoker->call == NULL || environment->escaped || header_of(environment)->pending != 0))
    return call_otherwise(environment);
  bool returned = invoker->call(invoker->state);
  if (UNLIKELY(!returned))
    environment->escaped = true;
  return returned;
}

// An invocation that threw, or was not run at all.
static APART void end_failed(struct environment *environment)
{
  struct header *header = header_of(environment);
  bool pending = false;
  if (header->failed == THREW)
    raise_thrown(environment);
  header->failed = 0;
  if (napi_is_exception_pending(environment->env, &pending) != napi_ok || pending)
    header->pending = HELD;
}

static inline uint32_t push(struct environment *environment, uint32_t size)
{
  uint32_t base = environment->top;
  if (size > INVOCATIONS_SIZE - base)
    return 0;
  environment->top = base + size;
  header_of(environment)->running++;
  return base;
}

// `size` is that of every argument, 0 if they differ.
static inline void fill_each(const struct shape *shape, uint8_t *record, void *const *args, uint32_t size)
{
  const struct field *fields = shape->args;
  uint32_t count = shape->count;
  for (uint32_t i = 0; i < count; i++) {
    // A value of no bytes has no address either.
    if (size != 0)
      copy(record + fields[i].offset, args[i], size);
    else if (fields[i].size > 0)
      copy(record + fields[i].offset, args[i], fields[i].size);
  }
}

static inline void fill(const struct shape *shape, uint8_t *record, void *const *args)
{
  static const uint8_t ZERO[8];
  if (shape->ret.size <= sizeof ZERO)
    copy(record + shape->ret.offset, ZERO, shape->ret.size);
  else
    memset(record + shape->ret.offset, 0, shape->ret.size);
  // With a size that is known, a copy is two instructions.
  if (shape->each == 4)
    fill_each(shape, record, args, 4);
  else if (shape->each == 8)
    fill_each(shape, record, args, 8);
  else
    fill_each(shape, record, args, 0);
}

// If a later invocation has not ended yet, native code switched stacks, or jumped out of one. Its record may still be in
// use, so the memory above ours is given back only when the last running invocation has ended.
static inline bool pop(struct environment *environment, uint32_t size, uint32_t base)
{
  bool ordered = environment->top == base + size;
  int32_t running = --header_of(environment)->running;
  if (ordered)
    environment->top = base;
  else
    environment->disordered++;
  if (running == 0)
    environment->top = INVOCATIONS_HEADER;
  return ordered;
}

static inline bool run(struct environment *environment, int32_t id, uint32_t base, enum how how)
{
  struct header *header = header_of(environment);
  header->id = id;
  header->base = (int32_t)base;
  header->how = UNLIKELY(base == 0) ? NO_ROOM : (int32_t)how;
  bool returned = call_invoke(environment);
  if (!UNLIKELY(!returned || header->failed != 0))
    return base != 0;
  end_failed(environment);
  return false;
}

uint32_t invocation_push(const struct context *context)
{
  return push(context->environment, shape_of(context)->record_size);
}

void invocation_fill(const struct context *context, uint8_t *record, void *const *args)
{
  fill(shape_of(context), record, args);
}

bool invocation_pop(const struct context *context, uint32_t base)
{
  return pop(context->environment, shape_of(context)->record_size, base);
}

bool invocation_run(const struct context *context, uint32_t base, enum how how)
{
  return run(context->environment, context->gate.id, base, how);
}

// Whether the C function that V8 is calling was said to call no JavaScript. Of calls that V8 makes itself only V8 knows;
// around all others the header's word is set.
static inline bool is_in_leaf(const struct environment *environment)
{
  const struct invoker *invoker = &environment->invoker;
  if (header_of(environment)->leaf != 0)
    return true;
  return invoker->target != NULL && UNLIKELY(*invoker->target != NULL) &&
         invoker->is_leaf(invoker->state, *invoker->target);
}

// Whether a call by this thread may not reach JavaScript at all.
static inline bool refuses(const struct environment *environment)
{
  return environment->invoke == NULL || is_in_leaf(environment);
}

static APART void refuse(const struct context *context, void *ret)
{
  struct header *header = header_of(context->environment);
  zero_result(context, ret);
  if (is_in_leaf(context->environment))
    header->pending = CALLED_IN_LEAF;
}

// JavaScript is called all the same: it throws ERR_CALLBACK, which is pending when native code returns to the bound call.
static APART void call_without_room(const struct context *context, void *ret)
{
  run(context->environment, context->gate.id, 0, SYNCHRONOUS);
  zero_result(context, ret);
  serve_blocked(context->environment);
}

// Everything of a call in one function: it is the hot one.
void invocation_call(const struct context *context, void *ret, void **args)
{
  struct environment *environment = context->environment;
  const struct shape *shape = shape_of(context);
  struct field result = shape->ret;
  if (UNLIKELY(refuses(environment))) {
    refuse(context, ret);
    return;
  }
  serve_blocked(environment);
  uint32_t size = shape->record_size;
  uint32_t base = push(environment, size);
  if (UNLIKELY(base == 0)) {
    call_without_room(context, ret);
    return;
  }
  uint8_t *record = environment->invocations + base;
  fill(shape, record, args);
  bool done = run(environment, context->gate.id, base, SYNCHRONOUS);
  done = pop(environment, size, base) && done;
  if (UNLIKELY(!done))
    zero_result(context, ret);
  else if (ret != NULL && result.size > 0)
    copy(ret, record + result.offset, result.size);
  serve_blocked(environment);
}

// Node-API throws what is pending when any of its functions returns.
napi_value rethrow(napi_env env, napi_callback_info info)
{
  (void)env;
  (void)info;
  return NULL;
}
