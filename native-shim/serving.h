// The JavaScript thread's side of the queue.
#ifndef INTERFIX_SERVING_H
#define INTERFIX_SERVING_H

#include <node_api.h>
#include <stdbool.h>

#include "environment.h"
#include "hints.h"

// The event loop's task: reports, one call that has returned, one record.
void serve_task(napi_env env, napi_value function, void *environment, void *data);
// Asks the event loop for that task; any thread, under the queue's mutex.
void serve_wake(void *environment);
// Answers threads that wait for a result; see serve_blocked.
void serve_waiting(struct environment *environment);

// Cheap if no thread waits.
static inline void serve_blocked(struct environment *environment)
{
  if (UNLIKELY(atomic_load_explicit(&environment->queue.blocked, memory_order_relaxed) != 0))
    serve_waiting(environment);
}

// Answers and delivers whatever comes until `*done`, which belongs to the queue's mutex.
void serve_until(struct environment *environment, const bool *done);

#endif
