// Birth and death of an environment's native state. Decides what is released at teardown, not what it is used for.
#include "environment.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "pages.h"
#include "thread.h"

// Runs once, on the environment's own thread, after its last JavaScript (Node-API, "Environment life cycle APIs").
// Only this environment's tables are walked, so a worker that ends takes nothing from the others. Libraries stay open:
// one that has started threads or registered exit handlers must not be unmapped behind its own back.
static void environment_destroy(napi_env env, void *data, void *hint)
{
  (void)hint;
  struct environment *environment = data;
  // A reference belongs to whoever created it; the environment does not free it (Node-API, "napi_create_reference").
  if (environment->buffer != NULL)
    napi_delete_reference(env, environment->buffer);
  if (environment->invoke != NULL)
    napi_delete_reference(env, environment->invoke);
  for (uint32_t i = 0; i < environment->regions.length; i++) {
    struct code_pages *pages = table_get(&environment->regions, i);
    if (pages != NULL)
      pages_release(pages);
    free(pages);
  }
  for (uint32_t i = 0; i < environment->contexts.length; i++)
    free(table_get(&environment->contexts, i));
  table_clear(&environment->regions);
  table_clear(&environment->contexts);
  free(environment);
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

struct environment *environment_create(napi_env env, napi_value *invocations)
{
  struct environment *environment = calloc(1, sizeof *environment);
  if (environment == NULL) {
    napi_throw_error(env, "ENOMEM", "no memory for the native state");
    return NULL;
  }
  environment->env = env;
  environment->thread = thread_identity();
  atomic_init(&environment->refused, 0);
  if (refused(env, napi_set_instance_data(env, environment, environment_destroy, NULL))) {
    free(environment);
    return NULL;
  }
  return create_invocations(environment, invocations) ? environment : NULL;
}
