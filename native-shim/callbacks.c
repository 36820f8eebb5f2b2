// C calls JavaScript. Decides who may call, and what the caller gets when it may not or when JavaScript fails.
//
//   environment closed ─▶ zeros          owner thread ─▶ JavaScript, now
//   foreign thread     ─▶ OWNER: zeros, counted          POST: a record is queued          BLOCK: ... and waited for
#include "callbacks.h"

#include <string.h>

#include "environment.h"
#include "invocations.h"
#include "serving.h"
#include "thread.h"

static void zero_result(const struct context *context, void *ret)
{
  if (ret != NULL && context->ret.size > 0)
    memset(ret, 0, context->ret.size);
}

static void call_synchronously(const struct context *context, void *ret, void **args)
{
  struct environment *environment = context->environment;
  if (environment->invoke == NULL) {
    zero_result(context, ret);
    return;
  }
  serve_blocked(environment);
  uint32_t base = invocation_push(context);
  uint8_t *record = environment->invocations + base;
  if (base != 0)
    invocation_fill(context, record, args);
  // Without a record JavaScript is called all the same: it throws ERR_CALLBACK, which is pending when native code
  // returns to the bound call.
  bool done = invocation_run(context, base, SYNCHRONOUS);
  if (base != 0)
    done = invocation_pop(context, base) && done;
  if (!done)
    zero_result(context, ret);
  else if (ret != NULL && context->ret.size > 0)
    copy(ret, record + context->ret.offset, context->ret.size);
  serve_blocked(environment);
}

// NULL, and counted, if there is no memory.
static struct record *record_of(struct context *context, void **args)
{
  struct record *record = record_create(&context->gate, context->record_size);
  if (record != NULL)
    invocation_fill(context, record->bytes, args);
  else
    queue_count(&context->environment->queue, &context->gate, DROPPED);
  return record;
}

static void ask(struct context *context, void *ret, void **args)
{
  struct queue *queue = &context->environment->queue;
  struct record *record = record_of(context, args);
  if (record == NULL)
    return;
  if (queue_ask(queue, record) && ret != NULL && context->ret.size > 0)
    memcpy(ret, record->bytes + context->ret.offset, context->ret.size);
  queue_release(queue, record);
}

static void post(struct context *context, void **args)
{
  struct record *record = record_of(context, args);
  if (record != NULL)
    queue_post(&context->environment->queue, record);
}

static void refuse(struct context *context)
{
  atomic_fetch_add_explicit(&context->environment->refused, 1, memory_order_relaxed);
  queue_count(&context->environment->queue, &context->gate, REFUSED);
}

// The VM is not looked at here.
static void call_from_elsewhere(struct context *context, void *ret, void **args)
{
  struct environment *environment = context->environment;
  if (atomic_load(&environment->closed))
    return;
  if (atomic_load_explicit(&context->gate.closed, memory_order_relaxed))
    queue_count(&environment->queue, &context->gate, LATE);
  else if (context->mode == BLOCK)
    ask(context, ret, args);
  else if (context->mode == POST)
    post(context, args);
  else
    refuse(context);
}

void dispatcher(void *pointer, void *ret, void **args)
{
  struct context *context = pointer;
  struct environment *environment = context->environment;
  // Before these two tests nothing else of the environment may be looked at.
  if (atomic_load_explicit(&environment->closed, memory_order_acquire)) {
    zero_result(context, ret);
    return;
  }
  if (environment->thread == thread_identity()) {
    call_synchronously(context, ret, args);
    return;
  }
  zero_result(context, ret);
  // Keep the environment and the context until this thread has left.
  atomic_fetch_add(&environment->in_flight, 1);
  gate_hold(&context->gate);
  call_from_elsewhere(context, ret, args);
  gate_release(&context->gate);
  atomic_fetch_sub(&environment->in_flight, 1);
}
