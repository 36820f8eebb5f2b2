// Calls that foreign threads make while JavaScript is busy elsewhere: one queue per environment. Knows no Node-API, so
// that it can be tested alone.
#ifndef INTERFIX_QUEUE_H
#define INTERFIX_QUEUE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sync.h"

// What is counted for each callback, and reported once. TIMED_OUT is also counted for UNSERVED: the thread waited its
// whole time and JavaScript served nobody in it.
enum report { REFUSED, DROPPED, TIMED_OUT, LATE, UNSERVED, REPORTS };

// What the queue knows of callbacks that were made together. It is the head of the memory that holds them all: the last
// reference that goes frees it.
struct block {
  atomic_uint references;
  // The bound of posted records of one callback; what a thread does that finds it reached.
  uint32_t limit;
  bool waits;
  // Belongs to the mutex: nothing is reported of these callbacks any more.
  bool forgotten;
  // The longest wait for a result, or for room, in milliseconds; 0: as long as it takes.
  uint32_t timeout;
};

// What the queue knows of one callback.
struct gate {
  struct block *block;
  int32_t id;
  // Set once: under the mutex, unless nothing of this callback is ever queued; then JavaScript sets it.
  atomic_uint closed;
  atomic_ullong counts[REPORTS];
  // Bits by kind. `reported` is set under the mutex and read without it: most calls of a kind are not its first.
  atomic_uint reported;
  // All below belongs to the mutex. A gate is in the list of reports while something is pending.
  uint32_t pending;
  uint32_t posted;
  uint32_t waiting;
  struct gate *next_report;
};

enum record_state { QUEUED, RUNNING, ANSWERED, CANCELLED };

// The arguments of one call, and the place of its result. One reference is the queue's, one that of a thread that waits.
struct record {
  struct record *next;
  struct record *previous;
  struct gate *gate;
  // Of the thread that waits for the result; NULL for a posted record.
  struct condition *waiter;
  enum record_state state;
  uint32_t references;
  // Whether `bytes` holds a result.
  bool done;
  alignas(16) uint8_t bytes[];
};

struct queue {
  struct mutex mutex;
  // The JavaScript thread waits for it in a call that serves.
  struct condition work;
  // Threads wait for it that found their callback's bound reached.
  struct condition room;
  // In the order of arrival. Running records stay at their place: whoever closes the queue must find their waiters.
  struct record *first;
  struct record *last;
  uint32_t length;
  // Queued records that a thread waits for; the JavaScript thread reads it without the mutex.
  atomic_uint blocked;
  // Records taken. A thread that waited in vain compares it.
  uint64_t served;
  // Calls of the JavaScript thread that wait for `work`, nested.
  uint32_t serving;
  bool closed;
  struct gate *first_report;
  // Things besides records and reports that wait for the event loop: calls that returned (calls.c).
  uint32_t notices;
  // Asks the event loop to look here; called with the mutex locked, never after queue_close. `armed`: it was asked.
  void (*wake)(void *data);
  void *data;
  bool armed;
};

// 0 or an errno value.
int queue_create(struct queue *queue);
void queue_destroy(struct queue *queue);
// From now on `wake` is called.
void queue_listen(struct queue *queue, void (*wake)(void *data), void *data);

// Fill a zeroed block and a zeroed gate. The first reference is the caller's.
void block_open(struct block *block);
void gate_open(struct gate *gate, struct block *block, int32_t id);
void block_hold(struct block *block);
void block_release(struct block *block);
// Counts without a report.
void gate_increment(struct gate *gate, enum report kind);

// A zeroed record with room for `size` bytes, or NULL.
struct record *record_create(struct gate *gate, size_t size);
// With the mutex locked.
void record_unreference(struct record *record);

// From any thread. Each wakes whoever serves.
void queue_count(struct queue *queue, struct gate *gate, enum report kind);
// Owns the record from now on. What does not fit is counted.
void queue_post(struct queue *queue, struct record *record);
// Waits. True if the record holds a result. The caller releases its record afterwards.
bool queue_ask(struct queue *queue, struct record *record);
void queue_release(struct queue *queue, struct record *record);
// With the mutex locked.
void queue_wake(struct queue *queue);
void queue_report(struct queue *queue, struct gate *gate, enum report kind);
void queue_count_locked(struct queue *queue, struct gate *gate, enum report kind);

// From the JavaScript thread alone. The first record that nobody has taken, now running, or NULL.
struct record *queue_take(struct queue *queue);
// Ends a record that was taken; `done`: its bytes hold the result.
void queue_finish(struct queue *queue, struct record *record, bool done);
// How many records are queued or running.
uint32_t queue_length(struct queue *queue);
// Sleeps until there is a record to take, or until `*done`, which belongs to the mutex; then it is false.
bool queue_sleep(struct queue *queue, const bool *done);
// What the event loop does last: from now on it must be asked again. Asks at once if something is left.
void queue_rest(struct queue *queue);
// The next report that waits. False if there is none.
bool queue_take_report(struct queue *queue, struct gate **gate, enum report *kind);
// Lets no report of these callbacks wait, now or later: their ids are about to mean others.
void queue_forget(struct queue *queue, struct block *block);
// Takes no more calls of this callback of the block: waiting threads get nothing, posted records are dropped and counted.
// With NULL for all of them; their gates are closed already.
void queue_shut(struct queue *queue, const struct block *block, struct gate *gate);
// Takes no more calls at all: waiting threads get nothing, posted records are freed, the event loop is not asked again.
void queue_close(struct queue *queue);

#endif
