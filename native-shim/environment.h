// What one JavaScript environment (the main thread, or one worker) owns natively. Nothing of it is shared; the only
// thing that is static in the shim is the quarantine of environments that have ended.
#ifndef INTERFIX_ENVIRONMENT_H
#define INTERFIX_ENVIRONMENT_H

#include <node_api.h>
#include <stdatomic.h>

#include "calls.h"
#include "invoker.h"
#include "queue.h"
#include "table.h"

// The stack of running invocations: memory that JavaScript sees too. Its first bytes are the header of invocations.c.
enum { INVOCATIONS_SIZE = 1 << 20, INVOCATIONS_HEADER = 32 };

// What a bound call that is expected to call back keeps for its callbacks (entering.c).
struct entered {
  // Of environment->invoke. NULL outside of such calls.
  napi_value function;
  // How many callbacks may still leave a handle each.
  uint32_t scopeless;
};

struct environment {
  napi_env env;
  // Identity of the thread that runs this environment's JavaScript.
  uintptr_t thread;
  struct table regions;
  // Of blocks of callbacks.
  struct table contexts;

  napi_ref buffer;
  uint8_t *invocations;
  uint32_t top;
  // The JavaScript functions behind onInvoke, onReport and onCall.
  napi_ref invoke;
  // V8's own way to call the first of them; `call` is NULL where there is none.
  struct invoker invoker;
  // The invoker's last call was ended by V8 itself.
  bool escaped;
  // Of the innermost such call that runs.
  struct entered entered;
  napi_ref report;
  napi_ref settle;

  struct queue queue;
  struct calls calls;
  // How the queue asks the event loop; NULL until something can.
  napi_threadsafe_function wakeup;
  // Who wants the event loop to go on: see hold_loop.
  uint32_t holders;

  // Set when the environment ends. After that only foreign threads come here, and look at nothing else but `in_flight`
  // and the queue's mutex.
  atomic_bool closed;
  // Foreign threads inside the dispatcher.
  atomic_uint in_flight;
  // Invocations refused because a foreign thread made them.
  atomic_ullong refused;
  // Invocations that did not end in the reverse order of their beginning.
  uint64_t disordered;
};

// NULL with an exception pending on failure. The environment is closed and released when `env` is torn down.
struct environment *environment_create(napi_env env, napi_value *invocations);

// Makes it possible for other threads to ask the event loop to serve(env, environment). False with an exception pending
// on failure.
bool environment_listen(struct environment *environment);
// Adds a holder of the event loop or, with false, takes one away. Only of an environment that listens.
void environment_hold(struct environment *environment, bool on);
// Frees the memory, and unmaps the code. Nobody uses it any more.
void environment_free(struct environment *environment);

#endif
