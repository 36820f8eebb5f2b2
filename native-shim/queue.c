// The queue between foreign threads and the JavaScript thread. Decides who waits for whom, what is dropped, and what a
// thread gets whose time runs out. One mutex protects all of it.
//   foreign thread  ─ queue_post ─▶ ┌────────┬────────┬────────┐ ─ queue_take ─▶  JavaScript thread
//   foreign thread  ─ queue_ask  ─▶ │running │ queued │ queued │
//        ▲                          └────────┴────────┴────────┘                        │
//        └──────────────────────── queue_finish: the record's condition ◀───────────────┘
#include "queue.h"

int queue_create(struct queue *queue)
{
  *queue = (struct queue){0};
  atomic_init(&queue->blocked, 0);
  int error = mutex_create(&queue->mutex);
  if (error != 0)
    return error;
  error = condition_create(&queue->work);
  if (error == 0) {
    error = condition_create(&queue->room);
    if (error == 0)
      return 0;
    condition_destroy(&queue->work);
  }
  mutex_destroy(&queue->mutex);
  return error;
}

void queue_destroy(struct queue *queue)
{
  condition_destroy(&queue->room);
  condition_destroy(&queue->work);
  mutex_destroy(&queue->mutex);
}

void queue_listen(struct queue *queue, void (*wake)(void *data), void *data)
{
  mutex_lock(&queue->mutex);
  queue->wake = wake;
  queue->data = data;
  mutex_unlock(&queue->mutex);
}

static void append(struct queue *queue, struct record *record)
{
  record->previous = queue->last;
  if (queue->last == NULL)
    queue->first = record;
  else
    queue->last->next = record;
  queue->last = record;
  queue->length++;
  if (record->waiter == NULL)
    record->gate->posted++;
  else
    atomic_fetch_add_explicit(&queue->blocked, 1, memory_order_relaxed);
}

// Takes a record out of the list and gives the queue's reference back.
static void drop(struct queue *queue, struct record *record)
{
  *(record->previous == NULL ? &queue->first : &record->previous->next) = record->next;
  *(record->next == NULL ? &queue->last : &record->next->previous) = record->previous;
  queue->length--;
  record_unreference(record);
}

// A record that was queued is so no longer: it runs, or never will.
static void leave(struct queue *queue, struct record *record, enum record_state state)
{
  struct gate *gate = record->gate;
  record->state = state;
  if (record->waiter != NULL) {
    atomic_fetch_sub_explicit(&queue->blocked, 1, memory_order_relaxed);
    return;
  }
  gate->posted--;
  // Half the room and not the first place: a thread that is woken for one place each time does nothing else.
  if (gate->waiting > 0 && gate->posted <= gate->block->limit / 2)
    condition_broadcast(&queue->room);
}

void queue_wake(struct queue *queue)
{
  if (queue->serving > 0)
    condition_signal(&queue->work);
  if (queue->armed || queue->closed || queue->wake == NULL)
    return;
  queue->armed = true;
  queue->wake(queue->data);
}

static bool is_open(const struct queue *queue, const struct gate *gate)
{
  return !queue->closed && atomic_load_explicit(&gate->closed, memory_order_relaxed) == 0;
}

// False if the time ran out. Without a deadline (0) it never does.
static bool wait_on(struct queue *queue, struct condition *condition, uint64_t deadline)
{
  if (deadline != 0)
    return condition_wait_until(condition, &queue->mutex, deadline);
  condition_wait(condition, &queue->mutex);
  return true;
}

static uint64_t deadline_of(const struct gate *gate)
{
  return gate->block->timeout == 0 ? 0 : clock_milliseconds() + gate->block->timeout;
}

static void wait_for_room(struct queue *queue, struct gate *gate)
{
  uint64_t deadline = deadline_of(gate);
  gate->waiting++;
  while (is_open(queue, gate) && gate->posted >= gate->block->limit && wait_on(queue, &queue->room, deadline))
    continue;
  gate->waiting--;
}

void queue_post(struct queue *queue, struct record *record)
{
  struct gate *gate = record->gate;
  mutex_lock(&queue->mutex);
  if (gate->block->waits && gate->posted >= gate->block->limit)
    wait_for_room(queue, gate);
  if (is_open(queue, gate) && gate->posted < gate->block->limit) {
    append(queue, record);
    queue_wake(queue);
  } else {
    if (!queue->closed)
      queue_count_locked(queue, gate, is_open(queue, gate) ? DROPPED : LATE);
    record_unreference(record);
  }
  mutex_unlock(&queue->mutex);
}

// A record that is running is cancelled too: its result will be dropped with the queue's reference.
static void give_up(struct queue *queue, struct record *record, uint64_t served)
{
  struct gate *gate = record->gate;
  bool unserved = queue->served == served;
  if (record->state == QUEUED) {
    leave(queue, record, CANCELLED);
    record->waiter = NULL;
    drop(queue, record);
  } else {
    record->state = CANCELLED;
    record->waiter = NULL;
  }
  gate_increment(gate, TIMED_OUT);
  if (unserved)
    queue_count_locked(queue, gate, UNSERVED);
  else
    queue_report(queue, gate, TIMED_OUT);
}

static void wait_for_answer(struct queue *queue, struct record *record)
{
  uint64_t deadline = deadline_of(record->gate);
  uint64_t served = queue->served;
  while (record->state == QUEUED || record->state == RUNNING) {
    if (!wait_on(queue, record->waiter, deadline) && (record->state == QUEUED || record->state == RUNNING))
      give_up(queue, record, served);
  }
}

bool queue_ask(struct queue *queue, struct record *record)
{
  struct condition waiter;
  if (condition_create(&waiter) != 0) {
    queue_count(queue, record->gate, DROPPED);
    return false;
  }
  mutex_lock(&queue->mutex);
  if (is_open(queue, record->gate)) {
    record->waiter = &waiter;
    record->references++;
    append(queue, record);
    queue_wake(queue);
    wait_for_answer(queue, record);
  } else if (!queue->closed)
    queue_count_locked(queue, record->gate, LATE);
  bool done = record->done;
  mutex_unlock(&queue->mutex);
  condition_destroy(&waiter);
  return done;
}

// Behind those that are running, of which there are as many as invocations are nested.
static struct record *first_queued(const struct queue *queue)
{
  struct record *record = queue->first;
  while (record != NULL && record->state != QUEUED)
    record = record->next;
  return record;
}

struct record *queue_take(struct queue *queue)
{
  mutex_lock(&queue->mutex);
  struct record *record = first_queued(queue);
  if (record != NULL) {
    leave(queue, record, RUNNING);
    queue->served++;
  }
  mutex_unlock(&queue->mutex);
  return record;
}

static void answer(struct record *record, enum record_state state)
{
  if (record->state != CANCELLED)
    record->state = state;
  // The waiter lives on its thread's stack, and is gone once that thread has seen the state.
  if (record->waiter != NULL)
    condition_signal(record->waiter);
  record->waiter = NULL;
}

void queue_finish(struct queue *queue, struct record *record, bool done)
{
  mutex_lock(&queue->mutex);
  record->done = done && record->state == RUNNING;
  answer(record, ANSWERED);
  drop(queue, record);
  mutex_unlock(&queue->mutex);
}

// Nobody will take this queued record. A thread that waits for it is late; its posts are what the callback's owner
// dropped by closing it, and has no need to be told of.
static void refuse(struct queue *queue, struct record *record)
{
  if (record->waiter != NULL && !queue->closed)
    queue_count_locked(queue, record->gate, LATE);
  else if (record->waiter == NULL)
    gate_increment(record->gate, DROPPED);
  leave(queue, record, CANCELLED);
  answer(record, CANCELLED);
  drop(queue, record);
}

uint32_t queue_length(struct queue *queue)
{
  mutex_lock(&queue->mutex);
  uint32_t length = queue->length;
  mutex_unlock(&queue->mutex);
  return length;
}

bool queue_sleep(struct queue *queue, const bool *done)
{
  mutex_lock(&queue->mutex);
  queue->serving++;
  while (!*done && first_queued(queue) == NULL)
    condition_wait(&queue->work, &queue->mutex);
  queue->serving--;
  bool more = !*done;
  mutex_unlock(&queue->mutex);
  return more;
}

void queue_rest(struct queue *queue)
{
  mutex_lock(&queue->mutex);
  queue->armed = false;
  if (first_queued(queue) != NULL || queue->first_report != NULL || queue->notices > 0)
    queue_wake(queue);
  mutex_unlock(&queue->mutex);
}

void queue_shut(struct queue *queue, const struct block *block, struct gate *gate)
{
  mutex_lock(&queue->mutex);
  if (gate != NULL)
    atomic_store_explicit(&gate->closed, 1, memory_order_relaxed);
  struct record *next = NULL;
  for (struct record *record = queue->first; record != NULL; record = next) {
    next = record->next;
    if (record->gate->block == block && (gate == NULL || record->gate == gate) && record->state == QUEUED)
      refuse(queue, record);
  }
  condition_broadcast(&queue->room);
  mutex_unlock(&queue->mutex);
}

void queue_close(struct queue *queue)
{
  mutex_lock(&queue->mutex);
  queue->closed = true;
  struct record *next = NULL;
  for (struct record *record = queue->first; record != NULL; record = next) {
    next = record->next;
    if (record->state == QUEUED)
      refuse(queue, record);
    else
      answer(record, CANCELLED);
  }
  condition_broadcast(&queue->room);
  mutex_unlock(&queue->mutex);
}
