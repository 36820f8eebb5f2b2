// Running invocations. Decides where an invocation's record lies, and calls JavaScript for it. How arguments are decoded
// and which function runs is decided in JavaScript, behind one function.
//
//   0        header: which invocation runs, and how it ended
//   16       record of the outermost running invocation: arguments and result, laid out by the callback's shape
//   ...      record of the one that its JavaScript caused, and so on
//   top      free
#include "invocations.h"

#include "environment.h"

// JavaScript sees it as four int32.
struct header {
  // The running callback; -1: there was no room for a record.
  int32_t id;
  // Where its record lies.
  int32_t base;
  int32_t how;
  // Set by JavaScript: it has dealt with an error itself, and C gets a zeroed result.
  int32_t failed;
};

enum { CALL_VALUES = 4 };

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

uint32_t invocation_push(const struct context *context)
{
  struct environment *environment = context->environment;
  if (context->record_size > INVOCATIONS_SIZE - environment->top)
    return 0;
  uint32_t base = environment->top;
  environment->top += context->record_size;
  environment->running++;
  return base;
}

void invocation_fill(const struct context *context, uint8_t *record, void *const *args)
{
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
}

// If a later invocation has not ended yet, native code switched stacks, or jumped out of one. Its record may still be in
// use, so the memory above ours is given back only when the last running invocation has ended.
bool invocation_pop(const struct context *context, uint32_t base)
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

bool invocation_run(const struct context *context, uint32_t base, enum how how)
{
  struct environment *environment = context->environment;
  struct header *header = (struct header *)environment->invocations;
  struct header outer = *header;
  *header = (struct header){.id = base == 0 ? -1 : context->gate.id, .base = (int32_t)base, .how = (int32_t)how};
  bool done = call_javascript(environment, environment->invoke, 0, NULL) && base != 0 && header->failed == 0;
  *header = outer;
  return done;
}
