// What Node-API does for each call of JavaScript, done for many: the handle of the function that is called, and the scope
// that lets go of results. Together they take a third of a callback's time.
//
//   JavaScript ─▶ enter ─▶ generated code ─▶ C ─▶ callback 1, 2, …         │ 1001, 1002, …
//                 the function's handle           each leaves its handle   │ each has a scope
//
// A scope for several callbacks could not be closed: C may have opened one of its own since then, if it is a part of
// another addon, and scopes are closed in the reverse order of their opening. So the first callbacks have none, and the
// handles that they leave are those of the bound call, or of C's scope.
#include "entering.h"

#include "arguments.h"
#include "exports.h"
#include "hints.h"
#include "invocations.h"

// How many callbacks leave a handle until the call returns: 8 KB, through which a garbage collection goes.
enum { SCOPELESS = 1000 };

static bool call_function(napi_env env, napi_value function)
{
  return napi_call_function(env, function, function, 0, NULL, NULL) == napi_ok;
}

static APART bool call_in_scope(napi_env env, napi_value function)
{
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok)
    return false;
  bool returned = call_function(env, function);
  return napi_close_handle_scope(env, scope) == napi_ok && returned;
}

bool enter_javascript(struct environment *environment)
{
  struct entered *entered = &environment->entered;
  if (entered->function == NULL)
    return call_javascript(environment, environment->invoke, 0, NULL);
  if (UNLIKELY(entered->scopeless == 0))
    return call_in_scope(environment->env, entered->function);
  entered->scopeless--;
  return call_function(environment->env, entered->function);
}

// The Node-API callback of functions that are expected to call back. Its data is the address of generated code. The call
// that this one runs within goes on with its own handle afterwards.
static napi_value enter(napi_env env, napi_callback_info info)
{
  void *code = NULL;
  void *data = NULL;
  if (refused(env, napi_get_cb_info(env, info, NULL, NULL, NULL, &code)) ||
      refused(env, napi_get_instance_data(env, &data)))
    return NULL;
  struct environment *environment = data;
  struct entered outer = environment->entered;
  struct entered entered = {.scopeless = SCOPELESS};
  if (environment->invoke != NULL &&
      napi_get_reference_value(env, environment->invoke, &entered.function) == napi_ok)
    environment->entered = entered;
  napi_value result = ((napi_callback)(uintptr_t)code)(env, info);
  environment->entered = outer;
  return result;
}

napi_value calling_entry(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *code = NULL;
  napi_value function = NULL;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &code))
    return NULL;
  if (code == NULL) {
    napi_throw_type_error(env, "ERR_ARGUMENT_KIND", "an entry has an address");
    return NULL;
  }
  return refused(env, napi_create_function(env, NULL, 0, enter, code, &function)) ? NULL : function;
}
