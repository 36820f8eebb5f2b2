// The call threads of the shim without Node: calls with results and errno of their own, cancelled ones, one that is waited
// for, threads that end. threads.test.ts builds it with ThreadSanitizer.
#include <stdatomic.h>
#include <stdlib.h>

#include "calls.h"
#include "harness.h"

static struct queue queue;
static atomic_int calls_run;

static void forward(void *target, void *ret, void **args)
{
  (void)args;
  atomic_fetch_add(&calls_run, 1);
  thread_set_error((uint32_t)(uintptr_t)target);
  *(uint32_t *)ret = (uint32_t)(uintptr_t)target * 2;
}

enum { CALLS = 400 };

static uint32_t results[CALLS + 1];

static struct call *call_of(uint32_t ticket)
{
  struct call *call = calloc(1, sizeof *call);
  if (call == NULL)
    abort();
  call->ticket = ticket;
  call->target = (struct target){.forward = forward, .function = (void *)(uintptr_t)ticket, .ret = &results[ticket]};
  return call;
}

static int settle_all(struct calls *calls)
{
  uint32_t ticket = 0;
  uint32_t error = 0;
  int count = 0;
  while (calls_take_settled(calls, &ticket, &error)) {
    check(error == ticket && results[ticket] == 2 * ticket, "a call has its own result and its own errno");
    count++;
  }
  return count;
}

void test_calls(void)
{
  struct calls calls;
  uint32_t handle = 0;
  int settled = 0;
  int cancelled = 0;
  if (queue_create(&queue) != 0)
    abort();
  queue_listen(&queue, wake, NULL);
  calls_open(&calls, &queue);
  check(calls_create_thread(&calls, &handle) == 0, "a thread can be had");
  for (uint32_t ticket = 1; ticket <= CALLS; ticket++) {
    struct call *call = call_of(ticket);
    int error = ticket % 2 == 0 ? calls_submit(&calls, call) : calls_submit_to(&calls, handle, call);
    check(error == 0, "a call is taken");
    if (ticket % 3 == 0)
      cancelled += calls_cancel(&calls, ticket);
    settled += settle_all(&calls);
  }
  struct call served = {.served = true, .target = {.forward = forward, .function = (void *)7, .ret = &results[0]}};
  check(calls_submit(&calls, &served) == 0, "a call that serves is taken");
  while (queue_sleep(&queue, &served.done))
    continue;
  check(results[0] == 14 && served.error == 7, "a call that serves has its result");
  check(calls_end_thread(&calls, handle) && !calls_end_thread(&calls, handle), "a thread ends once");
  while (settled + cancelled < CALLS)
    settled += settle_all(&calls);
  check(atomic_load(&calls_run) == settled + 1, "what was cancelled never ran");
  for (uint32_t ticket = 1; ticket <= 8; ticket++)
    calls_submit(&calls, call_of(ticket));
  calls_close(&calls);
  queue_destroy(&queue);
}
