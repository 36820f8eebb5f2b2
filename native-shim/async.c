// C functions on other threads, as JavaScript asks for them. Decides what a valid call is; calls.c decides where it runs.
#include <errno.h>
#include <stdlib.h>

#include "arguments.h"
#include "environment.h"
#include "exports.h"
#include "serving.h"

// The addresses that describe a call, in this order.
enum { FORWARD, FUNCTION, RET, ARGS, CALL_LENGTH };

static bool read_call(const struct arguments *arguments, struct target *out)
{
  void *data = NULL;
  size_t length = 0;
  if (!read_array(arguments, 0, napi_biguint64_array, &data, &length))
    return false;
  const uint64_t *words = data;
  if (length != CALL_LENGTH || words[FORWARD] == 0) {
    napi_throw_range_error(arguments->env, "ERR_SIZE", "a call is described by four addresses");
    return false;
  }
  *out = (struct target){
      .forward = (void (*)(void *, void *, void **))(uintptr_t)words[FORWARD],
      .function = (void *)(uintptr_t)words[FUNCTION],
      .ret = (void *)(uintptr_t)words[RET],
      .args = (void **)(uintptr_t)words[ARGS],
  };
  return true;
}

napi_value hold_loop(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  bool on = false;
  if (!read_arguments(env, info, &arguments) || !read_boolean(&arguments, 0, &on) ||
      !environment_listen(arguments.environment))
    return NULL;
  if (!on && arguments.environment->holders == 0)
    napi_throw_range_error(env, "ERR_ARGUMENT_RANGE", "nobody holds the event loop");
  else
    environment_hold(arguments.environment, on);
  return NULL;
}

napi_value on_call(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  if (read_arguments(env, info, &arguments))
    read_function(&arguments, 0, &arguments.environment->settle);
  return NULL;
}

// The environment holds the event loop until the call is settled.
static int submit(struct environment *environment, uint32_t thread, const struct call *call)
{
  struct call *copy = malloc(sizeof *copy);
  if (copy == NULL)
    return ENOMEM;
  *copy = *call;
  // Held first: the call may have returned before this function does.
  environment_hold(environment, true);
  struct calls *calls = &environment->calls;
  int error = thread == 0 ? calls_submit(calls, copy) : calls_submit_to(calls, thread, copy);
  if (error == 0)
    return 0;
  environment_hold(environment, false);
  free(copy);
  return error;
}

napi_value call_async(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  struct call call = {0};
  uint32_t thread = 0;
  if (!read_arguments(env, info, &arguments) || !read_call(&arguments, &call.target) ||
      !read_index(&arguments, 1, &thread) || !read_index(&arguments, 2, &call.ticket) ||
      !environment_listen(arguments.environment))
    return NULL;
  if (thread != 0 && !calls_has_thread(&arguments.environment->calls, thread)) {
    napi_throw_range_error(env, "ERR_DISPOSED", "no such thread");
    return NULL;
  }
  return number_value(env, submit(arguments.environment, thread, &call));
}

napi_value cancel_call(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t ticket = 0;
  if (!read_arguments(env, info, &arguments) || !read_index(&arguments, 0, &ticket))
    return NULL;
  bool cancelled = calls_cancel(&arguments.environment->calls, ticket);
  if (cancelled)
    environment_hold(arguments.environment, false);
  return boolean_value(env, cancelled);
}

// The thread's handle, or an errno value with a minus sign.
napi_value create_thread(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t handle = 0;
  if (!read_arguments(env, info, &arguments) || !environment_listen(arguments.environment))
    return NULL;
  int error = calls_create_thread(&arguments.environment->calls, &handle);
  return number_value(env, error == 0 ? (double)handle : -error);
}

napi_value end_thread(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  uint32_t handle = 0;
  if (!read_arguments(env, info, &arguments) || !read_index(&arguments, 0, &handle))
    return NULL;
  return boolean_value(env, calls_end_thread(&arguments.environment->calls, handle));
}

// errno behind the call, or an errno value with a minus sign if there was no thread for it.
napi_value serve_call(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  struct call call = {.served = true};
  if (!read_arguments(env, info, &arguments) || !read_call(&arguments, &call.target) ||
      !environment_listen(arguments.environment))
    return NULL;
  int error = calls_submit(&arguments.environment->calls, &call);
  if (error != 0)
    return number_value(env, -error);
  serve_until(arguments.environment, &call.done);
  return number_value(env, call.error);
}

napi_value errno_address(napi_env env, napi_callback_info info)
{
  (void)info;
  return address_value(env, thread_error_address());
}
