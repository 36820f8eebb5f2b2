// The JavaScript thread serves the queue. Decides when, in which order and how much at a time.
//
//   from the event loop   reports, one call that has returned, one record; each record is a task of its own, so that
//                         JavaScript's microtasks run between two posted calls
//   inside a callback     if threads are blocked: the records in front of them too, which keeps each thread's order
//   inside a call that serves   everything that comes
#include "serving.h"

#include <string.h>

#include "invocations.h"

static bool exception_is_pending(const struct environment *environment)
{
  bool pending = false;
  return napi_is_exception_pending(environment->env, &pending) != napi_ok || pending;
}

static bool run(struct record *record)
{
  const struct context *context = context_of(record->gate);
  const struct shape *shape = shape_of(context);
  uint8_t *invocations = context->environment->invocations;
  uint32_t base = invocation_push(context);
  if (base == 0) {
    atomic_fetch_add_explicit(&context->environment->refused, 1, memory_order_relaxed);
    queue_count(&context->environment->queue, record->gate, REFUSED);
    return false;
  }
  memcpy(invocations + base, record->bytes, shape->record_size);
  bool done = invocation_run(context, base, shape->mode == BLOCK ? BLOCKING : POSTED);
  if (done && shape->ret.size > 0)
    memcpy(record->bytes + shape->ret.offset, invocations + base + shape->ret.offset, shape->ret.size);
  return invocation_pop(context, base) && done;
}

// False if there is no record to take.
static bool serve_one(struct environment *environment)
{
  struct record *record = queue_take(&environment->queue);
  if (record == NULL)
    return false;
  // Nothing can run while an exception is pending: what must be answered now gets no result.
  bool runs = !exception_is_pending(environment);
  if (!runs)
    queue_count(&environment->queue, record->gate, DROPPED);
  bool done = runs && run(record);
  queue_finish(&environment->queue, record, done);
  return true;
}

void serve_waiting(struct environment *environment)
{
  // No more than there are now: threads that ask again and again must not hold this call up for ever.
  uint32_t budget = queue_length(&environment->queue);
  while (budget-- > 0 && atomic_load_explicit(&environment->queue.blocked, memory_order_relaxed) > 0 &&
         !exception_is_pending(environment) && serve_one(environment))
    continue;
}

void serve_until(struct environment *environment, const bool *done)
{
  do {
    while (serve_one(environment))
      continue;
  } while (queue_sleep(&environment->queue, done));
}

void serve_wake(void *pointer)
{
  struct environment *environment = pointer;
  // Can fail only for want of memory or at the end; then the next record that is queued asks again.
  if (napi_call_threadsafe_function(environment->wakeup, NULL, napi_tsfn_nonblocking) != napi_ok)
    environment->queue.armed = false;
}

static void deliver_reports(struct environment *environment)
{
  struct gate *gate = NULL;
  enum report kind = REFUSED;
  while (!exception_is_pending(environment) && queue_take_report(&environment->queue, &gate, &kind)) {
    uint32_t timeout = kind == TIMED_OUT || kind == UNSERVED ? gate->block->timeout : 0;
    const double values[] = {gate->id, kind, timeout};
    call_javascript(environment, environment->report, 3, values);
  }
}

static void settle_one(struct environment *environment)
{
  uint32_t ticket = 0;
  uint32_t error = 0;
  if (!calls_take_settled(&environment->calls, &ticket, &error))
    return;
  environment_hold(environment, false);
  const double values[] = {ticket, error};
  call_javascript(environment, environment->settle, 2, values);
}

void serve_task(napi_env env, napi_value function, void *pointer, void *data)
{
  (void)function;
  (void)data;
  struct environment *environment = pointer;
  // Node-API gives no environment when it is ending.
  if (env == NULL || atomic_load(&environment->closed))
    return;
  deliver_reports(environment);
  if (!exception_is_pending(environment))
    settle_one(environment);
  if (!exception_is_pending(environment))
    serve_one(environment);
  queue_rest(&environment->queue);
}
