// Calls of C functions on threads of the shim's own. Knows no Node-API. All of it belongs to the queue's mutex.
#ifndef INTERFIX_CALLS_H
#define INTERFIX_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "queue.h"
#include "table.h"

// Unbound forward code and what it is called with; its contract is that of the kind `forward`.
struct target {
  void (*forward)(void *target, void *ret, void **args);
  void *function;
  void *ret;
  void **args;
};

struct call {
  struct call *next;
  struct target target;
  // JavaScript's name for it.
  uint32_t ticket;
  // The thread's errno behind the call.
  uint32_t error;
  // Somebody waits for `done` and owns the call; otherwise it is settled by the event loop.
  bool served;
  bool done;
};

struct call_list {
  struct call *first;
  struct call *last;
};

// A thread that runs its calls one after the other.
struct caller {
  struct caller *next;
  struct calls *calls;
  struct thread thread;
  struct condition work;
  struct call_list waiting;
  bool busy;
  // Of the pool: it may get a call of anybody once it is idle, and ends if enough others are.
  bool pooled;
  // Ends once nothing waits; ended: the thread has left everything but its own function.
  bool ending;
  bool ended;
};

struct calls {
  struct queue *queue;
  struct caller *callers;
  uint32_t idle;
  // Those that JavaScript has a handle of.
  struct table handles;
  struct call_list settled;
};

void calls_open(struct calls *calls, struct queue *queue);
// Drops the calls that wait, waits for those that run, ends all threads.
void calls_close(struct calls *calls);

// All below are for the JavaScript thread. 0 or an errno value; a call that was taken belongs to the pool.
int calls_submit(struct calls *calls, struct call *call);
int calls_submit_to(struct calls *calls, uint32_t handle, struct call *call);
bool calls_cancel(struct calls *calls, uint32_t ticket);
// False if no call has returned since.
bool calls_take_settled(struct calls *calls, uint32_t *ticket, uint32_t *error);

// 0 or an errno value.
int calls_create_thread(struct calls *calls, uint32_t *handle);
// False if there is no such handle.
bool calls_end_thread(struct calls *calls, uint32_t handle);
bool calls_has_thread(const struct calls *calls, uint32_t handle);

#endif
