// The queue of the shim without Node: many threads, time-outs, callbacks that are shut and a queue
// that is closed while threads wait. threads.test.ts builds it with ThreadSanitizer. It checks what must hold whatever
// the order of events was, and prints the first thing that does not.
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "queue.h"

enum { THREADS = 6, ROUNDS = 1500, GATES = 5 };
// What the gates are for: posts that may be dropped, posts that wait, answers, answers that come late, one that is shut.
enum { DROPPING, WAITING, ASKING, IMPATIENT, SHUT };

static struct queue queue;
static struct gate *gates[GATES];
static atomic_int failures;
static atomic_int running;
static atomic_bool closing;
static atomic_llong tried[GATES];
static atomic_llong answered[GATES];
static long long taken[GATES];
static atomic_int wakes;

void check(bool holds, const char *what)
{
  if (!holds && atomic_fetch_add(&failures, 1) == 0)
    printf("does not hold: %s\n", what);
}

struct message {
  int64_t thread;
  int64_t number;
};

void wake(void *data)
{
  (void)data;
  atomic_fetch_add(&wakes, 1);
}

static struct record *record_of(int gate, int64_t thread, int64_t number)
{
  struct record *record = record_create(gates[gate], sizeof(struct message));
  if (record == NULL)
    abort();
  memcpy(record->bytes, &(struct message){.thread = thread, .number = number}, sizeof(struct message));
  atomic_fetch_add(&tried[gate], 1);
  return record;
}

static void post_one(int gate, int64_t thread, int64_t number)
{
  queue_post(&queue, record_of(gate, thread, number));
}

static void ask_one(int gate, int64_t thread, int64_t number)
{
  struct record *record = record_of(gate, thread, number);
  if (queue_ask(&queue, record)) {
    struct message message;
    memcpy(&message, record->bytes, sizeof message);
    check(message.number == -number, "an answer is that to one's own question");
    atomic_fetch_add(&answered[gate], 1);
  }
  queue_release(&queue, record);
}

static void produce(void *data)
{
  int64_t thread = (int64_t)(intptr_t)data;
  for (int64_t n = 1; n <= ROUNDS || !atomic_load(&closing); n++) {
    post_one(DROPPING, thread, n);
    post_one(WAITING, thread, n);
    if (n % 8 == thread)
      ask_one(ASKING, thread, n);
    if (n % 16 == thread)
      ask_one(IMPATIENT, thread, n);
    if (n % 2 == 0)
      post_one(SHUT, thread, n);
    else if (n % 64 == 1)
      ask_one(SHUT, thread, n);
    if (atomic_load(&closing) && n > ROUNDS)
      break;
  }
  atomic_fetch_sub(&running, 1);
}

static int gate_of(const struct record *record)
{
  int gate = 0;
  while (gates[gate] != record->gate)
    gate++;
  return gate;
}

static bool consume_one(int64_t last[GATES][THREADS])
{
  struct record *record = queue_take(&queue);
  if (record == NULL)
    return false;
  struct message message;
  int gate = gate_of(record);
  memcpy(&message, record->bytes, sizeof message);
  check(message.number > last[gate][message.thread], "the calls of a thread keep their order");
  check(gate != WAITING || message.number == last[gate][message.thread] + 1, "no post is lost where posts wait");
  last[gate][message.thread] = message.number;
  taken[gate]++;
  // The impatient ones wait a millisecond.
  struct mutex mutex;
  struct condition never;
  if (gate == IMPATIENT && taken[gate] % 4 == 0 && mutex_create(&mutex) == 0 && condition_create(&never) == 0) {
    mutex_lock(&mutex);
    while (condition_wait_until(&never, &mutex, clock_milliseconds() + 3) && taken[gate] % 2 != 0)
      continue;
    mutex_unlock(&mutex);
  }
  message.number = -message.number;
  memcpy(record->bytes, &message, sizeof message);
  queue_finish(&queue, record, true);
  return true;
}

// A block of one: each has rules of its own.
struct single {
  struct block block;
  struct gate gate;
};

static struct gate *open_gate(int id, uint32_t limit, bool waits, uint32_t timeout)
{
  struct single *single = calloc(1, sizeof *single);
  if (single == NULL)
    abort();
  block_open(&single->block);
  single->block.limit = limit;
  single->block.waits = waits;
  single->block.timeout = timeout;
  gate_open(&single->gate, &single->block, id);
  return &single->gate;
}

static long long counted(int gate, enum report kind)
{
  return (long long)atomic_load(&gates[gate]->counts[kind]);
}

static void consume(void)
{
  static int64_t last[GATES][THREADS];
  for (int consumed = 0; consumed < THREADS * ROUNDS * 2;) {
    struct gate *gate = NULL;
    enum report kind = REFUSED;
    if (consume_one(last) && ++consumed == THREADS * ROUNDS)
      queue_shut(&queue, gates[SHUT]->block, gates[SHUT]);
    if (queue_take_report(&queue, &gate, &kind))
      check(gate->id >= 0 && kind < REPORTS, "a report is about something");
    if (consumed % 16 == 0)
      queue_rest(&queue);
  }
  // Threads are waiting for answers and for room now, and some will ask later.
  atomic_store(&closing, true);
  queue_close(&queue);
}

static void check_counts(void)
{
  for (int gate = 0; gate < GATES; gate++) {
    check(atomic_load(&gates[gate]->block->references) == 1, "every record was released");
    check(atomic_load(&answered[gate]) <= taken[gate], "an answer belongs to a record that was taken");
    check(taken[gate] + counted(gate, DROPPED) <= tried[gate], "no call is both delivered and dropped");
    check(taken[gate] > 0, "every kind of call was delivered");
  }
  check(counted(DROPPING, DROPPED) > 0, "some posts find the queue full");
  check(counted(SHUT, LATE) > 0, "some calls come late");
  check(counted(IMPATIENT, TIMED_OUT) > 0, "some calls run out of time");
  check(counted(ASKING, TIMED_OUT) == 0, "no call runs out of time that has no end");
  check(queue.length == 0, "the queue is empty");
  check(atomic_load(&queue.blocked) == 0, "nobody is blocked");
  check(atomic_load(&wakes) > 0, "the event loop was asked");
}

static void test_queue(void)
{
  struct thread threads[THREADS];
  if (queue_create(&queue) != 0)
    abort();
  queue_listen(&queue, wake, NULL);
  gates[DROPPING] = open_gate(0, 4, false, 0);
  gates[WAITING] = open_gate(1, 8, true, 0);
  gates[ASKING] = open_gate(2, 1, false, 0);
  gates[IMPATIENT] = open_gate(3, 1, false, 1);
  gates[SHUT] = open_gate(4, 8, true, 0);
  atomic_store(&running, THREADS);
  for (intptr_t i = 0; i < THREADS; i++) {
    if (thread_start(&threads[i], produce, (void *)i) != 0)
      abort();
  }
  consume();
  for (int i = 0; i < THREADS; i++)
    thread_join(&threads[i]);
  check_counts();
  for (int i = 0; i < GATES; i++)
    block_release(gates[i]->block);
  queue_destroy(&queue);
}

// What waits for no condition, for the build without locks: posts and their delivery.
static void post_only(void *data)
{
  for (int64_t n = 1; n <= ROUNDS; n++)
    post_one(DROPPING, (int64_t)(intptr_t)data, n);
}

static void test_posts(void)
{
  struct thread threads[2];
  static int64_t last[GATES][THREADS];
  if (queue_create(&queue) != 0)
    abort();
  gates[DROPPING] = open_gate(0, 4, false, 0);
  for (intptr_t i = 0; i < 2; i++) {
    if (thread_start(&threads[i], post_only, (void *)i) != 0)
      abort();
  }
  while (taken[DROPPING] + counted(DROPPING, DROPPED) < 2 * ROUNDS)
    consume_one(last);
  for (int i = 0; i < 2; i++)
    thread_join(&threads[i]);
}

// The linker's --wrap puts these in the place of the shim's: a build without locks, which must be found out.
void __wrap_mutex_lock(struct mutex *mutex)
{
  (void)mutex;
}

void __wrap_mutex_unlock(struct mutex *mutex)
{
  (void)mutex;
}

int main(int count, char **words)
{
  const char *what = count > 1 ? words[1] : "";
  if (strcmp(what, "queue") == 0)
    test_queue();
  else if (strcmp(what, "posts") == 0)
    test_posts();
  else if (strcmp(what, "calls") == 0)
    test_calls();
  else
    return 2;
  printf("%d failures\n", atomic_load(&failures));
  return atomic_load(&failures) == 0 ? 0 : 1;
}
