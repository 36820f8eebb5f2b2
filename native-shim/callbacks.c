// C calls JavaScript. Decides who may call, and what the caller gets when it may not or when JavaScript fails.
//
//   environment closed ─▶ zeros          owner thread ─▶ JavaScript, now
//   foreign thread     ─▶ OWNER: zeros, counted          POST: a record is queued          BLOCK: ... and waited for
#include "callbacks.h"

#include <string.h>

#include "environment.h"
#include "hints.h"
#include "invocations.h"
#include "thread.h"

// NULL, and counted, if there is no memory.
static struct record *record_of(struct context *context, void **args)
{
  struct record *record = record_create(&context->gate, shape_of(context)->record_size);
  if (record != NULL)
    invocation_fill(context, record->bytes, args);
  else
    queue_count(&context->environment->queue, &context->gate, DROPPED);
  return record;
}

static void ask(struct context *context, void *ret, void **args)
{
  struct queue *queue = &context->environment->queue;
  struct field result = shape_of(context)->ret;
  struct record *record = record_of(context, args);
  if (record == NULL)
    return;
  if (queue_ask(queue, record) && ret != NULL && result.size > 0)
    memcpy(ret, record->bytes + result.offset, result.size);
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
  if (atomic_load_explicit(&context->gate.closed, memory_order_relaxed) != 0)
    queue_count(&environment->queue, &context->gate, LATE);
  else if (shape_of(context)->mode == BLOCK)
    ask(context, ret, args);
  else if (shape_of(context)->mode == POST)
    post(context, args);
  else
    refuse(context);
}

static APART void enter_from_elsewhere(struct context *context, void *ret, void **args)
{
  struct environment *environment = context->environment;
  zero_result(context, ret);
  // Keep the environment and the context until this thread has left.
  atomic_fetch_add(&environment->in_flight, 1);
  block_hold(context->gate.block);
  call_from_elsewhere(context, ret, args);
  block_release(context->gate.block);
  atomic_fetch_sub(&environment->in_flight, 1);
}

void dispatcher(void *pointer, void *ret, void **args)
{
  struct context *context = pointer;
  struct environment *environment = context->environment;
  // Before these two tests nothing else of the environment may be looked at.
  if (UNLIKELY(atomic_load_explicit(&environment->closed, memory_order_acquire)))
    zero_result(context, ret);
  else if (environment->thread == thread_identity())
    invocation_call(context, ret, args);
  else
    enter_from_elsewhere(context, ret, args);
}
