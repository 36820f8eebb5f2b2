// Threads that call C for JavaScript. Decides which thread a call gets and when a thread ends.
//
//   submit ─▶ idle thread of the pool, or a new one ─┐
//   submit_to ─▶ the thread of that handle ──────────┴▶ waiting ─▶ runs ─▶ settled ─▶ event loop, or the one who waits
#include "calls.h"

#include <errno.h>
#include <stdlib.h>

// Threads of the pool that are kept for the next call.
enum { IDLE_MAX = 8 };

static void append(struct call_list *list, struct call *call)
{
  call->next = NULL;
  if (list->first == NULL)
    list->first = call;
  else
    list->last->next = call;
  list->last = call;
}

static struct call *take_first(struct call_list *list)
{
  struct call *call = list->first;
  if (call != NULL)
    list->first = call->next;
  return call;
}

void calls_open(struct calls *calls, struct queue *queue)
{
  *calls = (struct calls){.queue = queue};
}

static void settle(struct calls *calls, struct call *call)
{
  struct queue *queue = calls->queue;
  if (call->served) {
    call->done = true;
    condition_signal(&queue->work);
    return;
  }
  append(&calls->settled, call);
  queue->notices++;
  queue_wake(queue);
}

// With the mutex locked, and unlocked while C runs.
static void run(struct caller *caller, struct call *call)
{
  struct mutex *mutex = &caller->calls->queue->mutex;
  struct target target = call->target;
  caller->busy = true;
  mutex_unlock(mutex);
  thread_set_error(0);
  target.forward(target.function, target.ret, target.args);
  uint32_t error = thread_error();
  mutex_lock(mutex);
  caller->busy = false;
  call->error = error;
  settle(caller->calls, call);
}

// Sleeps until there is a call. False if the thread is to end.
static bool wait_for_call(struct caller *caller)
{
  struct calls *calls = caller->calls;
  if (caller->waiting.first != NULL)
    return true;
  if (caller->pooled && calls->idle >= IDLE_MAX)
    return false;
  if (caller->pooled)
    calls->idle++;
  while (caller->waiting.first == NULL && !caller->ending)
    condition_wait(&caller->work, &calls->queue->mutex);
  if (caller->pooled)
    calls->idle--;
  return caller->waiting.first != NULL;
}

static void run_calls(void *pointer)
{
  struct caller *caller = pointer;
  struct mutex *mutex = &caller->calls->queue->mutex;
  mutex_lock(mutex);
  while (wait_for_call(caller))
    run(caller, take_first(&caller->waiting));
  caller->ended = true;
  mutex_unlock(mutex);
}

static void free_caller(struct caller *caller)
{
  thread_join(&caller->thread);
  condition_destroy(&caller->work);
  free(caller);
}

// Takes the callers that have ended, or all of them, out of the list.
static struct caller *detach(struct calls *calls, bool all)
{
  struct caller *gone = NULL;
  mutex_lock(&calls->queue->mutex);
  for (struct caller **place = &calls->callers; *place != NULL;) {
    struct caller *caller = *place;
    if (!all && !caller->ended) {
      place = &caller->next;
      continue;
    }
    *place = caller->next;
    caller->next = gone;
    gone = caller;
  }
  mutex_unlock(&calls->queue->mutex);
  return gone;
}

static void free_callers(struct caller *caller)
{
  while (caller != NULL) {
    struct caller *next = caller->next;
    free_caller(caller);
    caller = next;
  }
}

// A thread that has ended must be joined by somebody: whoever starts the next one does.
static int start_caller(struct calls *calls, bool pooled, struct call *first, struct caller **out)
{
  free_callers(detach(calls, false));
  struct caller *caller = calloc(1, sizeof *caller);
  if (caller == NULL)
    return ENOMEM;
  caller->calls = calls;
  caller->pooled = pooled;
  int error = condition_create(&caller->work);
  if (error != 0) {
    free(caller);
    return error;
  }
  if (first != NULL)
    append(&caller->waiting, first);
  // The thread must be in the list, with its handle known, before it can end.
  mutex_lock(&calls->queue->mutex);
  error = thread_start(&caller->thread, run_calls, caller);
  if (error == 0) {
    caller->next = calls->callers;
    calls->callers = caller;
  }
  mutex_unlock(&calls->queue->mutex);
  *out = caller;
  if (error == 0)
    return 0;
  condition_destroy(&caller->work);
  free(caller);
  return error;
}

static bool give(struct caller *caller, struct call *call)
{
  append(&caller->waiting, call);
  condition_signal(&caller->work);
  return true;
}

static bool give_to_idle(struct calls *calls, struct call *call)
{
  bool given = false;
  mutex_lock(&calls->queue->mutex);
  if (calls->idle > 0) {
    for (struct caller *caller = calls->callers; caller != NULL && !given; caller = caller->next)
      given = caller->pooled && !caller->busy && !caller->ended && caller->waiting.first == NULL && give(caller, call);
  }
  mutex_unlock(&calls->queue->mutex);
  return given;
}

int calls_submit(struct calls *calls, struct call *call)
{
  struct caller *caller = NULL;
  return give_to_idle(calls, call) ? 0 : start_caller(calls, true, call, &caller);
}

int calls_submit_to(struct calls *calls, uint32_t handle, struct call *call)
{
  struct caller *caller = table_get(&calls->handles, handle - 1);
  if (caller == NULL)
    return EINVAL;
  mutex_lock(&calls->queue->mutex);
  give(caller, call);
  mutex_unlock(&calls->queue->mutex);
  return 0;
}

static struct call *take_ticket(struct call_list *list, uint32_t ticket)
{
  struct call *previous = NULL;
  struct call *call = list->first;
  while (call != NULL && (call->served || call->ticket != ticket)) {
    previous = call;
    call = call->next;
  }
  if (call == NULL)
    return NULL;
  *(previous == NULL ? &list->first : &previous->next) = call->next;
  if (list->last == call)
    list->last = previous;
  return call;
}

bool calls_cancel(struct calls *calls, uint32_t ticket)
{
  struct call *call = NULL;
  mutex_lock(&calls->queue->mutex);
  for (struct caller *caller = calls->callers; caller != NULL && call == NULL; caller = caller->next)
    call = take_ticket(&caller->waiting, ticket);
  mutex_unlock(&calls->queue->mutex);
  free(call);
  return call != NULL;
}

bool calls_take_settled(struct calls *calls, uint32_t *ticket, uint32_t *error)
{
  mutex_lock(&calls->queue->mutex);
  struct call *call = take_first(&calls->settled);
  if (call != NULL)
    calls->queue->notices--;
  mutex_unlock(&calls->queue->mutex);
  if (call == NULL)
    return false;
  *ticket = call->ticket;
  *error = call->error;
  free(call);
  return true;
}

int calls_create_thread(struct calls *calls, uint32_t *handle)
{
  struct caller *caller = NULL;
  uint32_t index = 0;
  // The place first: a thread that runs cannot be taken back.
  if (!table_add(&calls->handles, calls, &index))
    return ENOMEM;
  int error = start_caller(calls, false, NULL, &caller);
  if (error != 0)
    table_take(&calls->handles, index);
  else
    table_set(&calls->handles, index, caller);
  *handle = index + 1;
  return error;
}

bool calls_has_thread(const struct calls *calls, uint32_t handle)
{
  return handle > 0 && table_get(&calls->handles, handle - 1) != NULL;
}

bool calls_end_thread(struct calls *calls, uint32_t handle)
{
  struct caller *caller = handle > 0 ? table_take(&calls->handles, handle - 1) : NULL;
  if (caller == NULL)
    return false;
  mutex_lock(&calls->queue->mutex);
  caller->ending = true;
  condition_signal(&caller->work);
  mutex_unlock(&calls->queue->mutex);
  return true;
}

static void free_calls(struct call_list *list)
{
  for (struct call *call = take_first(list); call != NULL; call = take_first(list))
    free(call);
}

void calls_close(struct calls *calls)
{
  mutex_lock(&calls->queue->mutex);
  for (struct caller *caller = calls->callers; caller != NULL; caller = caller->next) {
    free_calls(&caller->waiting);
    caller->ending = true;
    condition_signal(&caller->work);
  }
  mutex_unlock(&calls->queue->mutex);
  free_callers(detach(calls, true));
  free_calls(&calls->settled);
  table_clear(&calls->handles);
}
