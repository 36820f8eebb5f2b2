// Locks, conditions and threads through pthreads. Decides which clock a deadline is of.
#define _POSIX_C_SOURCE 200809L
#ifdef __APPLE__
#define _DARWIN_C_SOURCE
#endif

#include "sync.h"

#include <errno.h>
#include <time.h>

enum { STACK_SIZE = 8 << 20 };

int mutex_create(struct mutex *mutex)
{
  return pthread_mutex_init(&mutex->lock, NULL);
}

void mutex_destroy(struct mutex *mutex)
{
  pthread_mutex_destroy(&mutex->lock);
}

void mutex_lock(struct mutex *mutex)
{
  pthread_mutex_lock(&mutex->lock);
}

void mutex_unlock(struct mutex *mutex)
{
  pthread_mutex_unlock(&mutex->lock);
}

void condition_destroy(struct condition *condition)
{
  pthread_cond_destroy(&condition->variable);
}

void condition_signal(struct condition *condition)
{
  pthread_cond_signal(&condition->variable);
}

void condition_broadcast(struct condition *condition)
{
  pthread_cond_broadcast(&condition->variable);
}

void condition_wait(struct condition *condition, struct mutex *mutex)
{
  pthread_cond_wait(&condition->variable, &mutex->lock);
}

uint64_t clock_milliseconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct timespec timespec_of(uint64_t milliseconds)
{
  return (struct timespec){.tv_sec = (time_t)(milliseconds / 1000), .tv_nsec = (long)(milliseconds % 1000) * 1000000};
}

#ifdef __APPLE__
// There is no pthread_condattr_setclock, but a wait for a span of time.
int condition_create(struct condition *condition)
{
  return pthread_cond_init(&condition->variable, NULL);
}

static void timed_wait(struct condition *condition, struct mutex *mutex, uint64_t deadline, uint64_t now)
{
  struct timespec span = timespec_of(deadline - now);
  pthread_cond_timedwait_relative_np(&condition->variable, &mutex->lock, &span);
}
#else
// The default clock is the time of day, which an administrator may set (pthread_cond_timedwait(3)).
int condition_create(struct condition *condition)
{
  pthread_condattr_t attributes;
  int error = pthread_condattr_init(&attributes);
  if (error != 0)
    return error;
  error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  if (error == 0)
    error = pthread_cond_init(&condition->variable, &attributes);
  pthread_condattr_destroy(&attributes);
  return error;
}

static void timed_wait(struct condition *condition, struct mutex *mutex, uint64_t deadline, uint64_t now)
{
  (void)now;
  struct timespec end = timespec_of(deadline);
  pthread_cond_timedwait(&condition->variable, &mutex->lock, &end);
}
#endif

bool condition_wait_until(struct condition *condition, struct mutex *mutex, uint64_t deadline)
{
  uint64_t now = clock_milliseconds();
  if (now >= deadline)
    return false;
  timed_wait(condition, mutex, deadline, now);
  return true;
}

static void *start(void *pointer)
{
  struct thread *thread = pointer;
  thread->run(thread->data);
  return NULL;
}

int thread_start(struct thread *thread, void (*run)(void *data), void *data)
{
  pthread_attr_t attributes;
  thread->run = run;
  thread->data = data;
  int error = pthread_attr_init(&attributes);
  if (error != 0)
    return error;
  error = pthread_attr_setstacksize(&attributes, STACK_SIZE);
  if (error == 0)
    error = pthread_create(&thread->handle, &attributes, start, thread);
  pthread_attr_destroy(&attributes);
  return error;
}

void thread_join(struct thread *thread)
{
  pthread_join(thread->handle, NULL);
}

uint32_t thread_error(void)
{
  return (uint32_t)errno;
}

void thread_set_error(uint32_t error)
{
  errno = (int)error;
}

void *thread_error_address(void)
{
  return &errno;
}
