// Birth and end of an environment's native state. Decides what is released when.
//
//   environment_create ─▶ listen, with the first callback or call ─▶ close ─▶ end ─┬▶ free
//                                                                                  └▶ quarantine, if C may still call
//
// `close` is a cleanup hook. Hooks run in the reverse order of their registration (Node-API, "Cleanup on exit of the
// current Node.js environment"), so ours runs while the thread-safe function, which has one of its own, still lives:
// foreign threads use it only under the queue's mutex and before `close`.
#include "environment.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "pages.h"
#include "quarantine.h"
#include "serving.h"
#include "thread.h"

void environment_free(struct environment *environment)
{
  for (uint32_t i = 0; i < environment->regions.length; i++) {
    struct code_pages *pages = table_get(&environment->regions, i);
    if (pages != NULL)
      pages_release(pages);
    free(pages);
  }
  for (uint32_t i = 0; i < environment->contexts.length; i++) {
    struct block *block = table_get(&environment->contexts, i);
    if (block != NULL)
      block_release(block);
  }
  table_clear(&environment->regions);
  table_clear(&environment->contexts);
  queue_destroy(&environment->queue);
  free(environment);
}

// Threads that wait for an answer get none, and running calls are waited for: their frames are JavaScript's memory.
static void close(void *pointer)
{
  struct environment *environment = pointer;
  atomic_store(&environment->closed, true);
  queue_close(&environment->queue);
  if (environment->wakeup != NULL)
    napi_release_threadsafe_function(environment->wakeup, napi_tsfn_release);
  environment->wakeup = NULL;
  calls_close(&environment->calls);
}

// Runs once, on the environment's own thread, after its last JavaScript (Node-API, "Environment life cycle APIs").
// Libraries stay open: one that has started threads or registered exit handlers must not be unmapped behind its own
// back.
static void end(napi_env env, void *data, void *hint)
{
  (void)hint;
  struct environment *environment = data;
  if (!atomic_load(&environment->closed))
    close(environment);
  // A reference belongs to whoever created it; the environment does not free it (Node-API, "napi_create_reference").
  napi_ref references[] = {environment->buffer, environment->invoke, environment->report, environment->settle};
  for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
    if (references[i] != NULL)
      napi_delete_reference(env, references[i]);
  }
  if (environment->invoker.release != NULL)
    environment->invoker.release(environment->invoker.state);
  environment->invoker = (struct invoker){0};
  if (table_is_empty(&environment->contexts) && atomic_load(&environment->in_flight) == 0)
    environment_free(environment);
  else
    quarantine_add(environment);
}

bool environment_listen(struct environment *environment)
{
  napi_env env = environment->env;
  napi_value name = NULL;
  if (environment->wakeup != NULL)
    return true;
  if (refused(env, napi_create_string_utf8(env, "interfix", NAPI_AUTO_LENGTH, &name)) ||
      refused(env, napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, NULL, NULL, environment, serve_task,
                                                   &environment->wakeup)))
    return false;
  if (refused(env, napi_unref_threadsafe_function(env, environment->wakeup)) ||
      refused(env, napi_add_env_cleanup_hook(env, close, environment))) {
    napi_release_threadsafe_function(environment->wakeup, napi_tsfn_release);
    environment->wakeup = NULL;
    return false;
  }
  queue_listen(&environment->queue, serve_wake, environment);
  return true;
}

void environment_hold(struct environment *environment, bool on)
{
  if (environment->wakeup == NULL)
    return;
  environment->holders += on ? 1U : -1U;
  if (on && environment->holders == 1)
    napi_ref_threadsafe_function(environment->env, environment->wakeup);
  else if (!on && environment->holders == 0)
    napi_unref_threadsafe_function(environment->env, environment->wakeup);
}

static bool create_invocations(struct environment *environment, napi_value *buffer)
{
  napi_env env = environment->env;
  void *memory = NULL;
  if (refused(env, napi_create_arraybuffer(env, INVOCATIONS_SIZE, &memory, buffer)))
    return false;
  if ((uintptr_t)memory % 16 != 0) {
    napi_throw_error(env, "ERR_INTERNAL", "the invocation stack is not aligned to 16 bytes");
    return false;
  }
  // Keeps the memory in place until the environment ends.
  if (refused(env, napi_create_reference(env, *buffer, 1, &environment->buffer)))
    return false;
  memset(memory, 0, INVOCATIONS_HEADER);
  environment->invocations = memory;
  environment->top = INVOCATIONS_HEADER;
  return true;
}

static struct environment *allocate(napi_env env)
{
  struct environment *environment = calloc(1, sizeof *environment);
  if (environment == NULL)
    return NULL;
  if (queue_create(&environment->queue) != 0) {
    free(environment);
    return NULL;
  }
  environment->env = env;
  environment->thread = thread_identity();
  calls_open(&environment->calls, &environment->queue);
  atomic_init(&environment->closed, false);
  atomic_init(&environment->in_flight, 0);
  atomic_init(&environment->refused, 0);
  return environment;
}

struct environment *environment_create(napi_env env, napi_value *invocations)
{
  struct environment *environment = allocate(env);
  if (environment == NULL) {
    napi_throw_error(env, "ENOMEM", "no memory for the native state");
    return NULL;
  }
  if (refused(env, napi_set_instance_data(env, environment, end, NULL))) {
    environment_free(environment);
    return NULL;
  }
  return create_invocations(environment, invocations) ? environment : NULL;
}
