// What one JavaScript environment (the main thread, or one worker) owns natively. Nothing of it is shared or static.
#ifndef INTERFIX_ENVIRONMENT_H
#define INTERFIX_ENVIRONMENT_H

#include <node_api.h>
#include <stdatomic.h>

#include "table.h"

// The stack of running invocations: memory that JavaScript sees too. The first bytes tell the JavaScript side which
// callback runs (int32[0]) and where its record lies (int32[1]).
enum { INVOCATIONS_SIZE = 1 << 20, INVOCATIONS_HEADER = 16 };

struct environment {
  napi_env env;
  // Identity of the thread that runs this environment's JavaScript.
  uintptr_t thread;
  struct table regions;
  struct table contexts;

  napi_ref buffer;
  uint8_t *invocations;
  uint32_t top;
  uint32_t running;
  napi_ref invoke;

  // Invocations refused because a foreign thread made them. The only field that another thread writes.
  atomic_ullong refused;
  // Invocations that did not end in the reverse order of their beginning.
  uint64_t disordered;
};

// NULL with an exception pending on failure. The environment is freed when `env` is torn down.
struct environment *environment_create(napi_env env, napi_value *invocations);

#endif
