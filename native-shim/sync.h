// Locks, conditions and threads: what C11's <threads.h> would give if every compiler had it. Decides nothing about what
// they protect.
#ifndef INTERFIX_SYNC_H
#define INTERFIX_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#if defined(_WIN32)
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#define MUTEX_STATIC {SRWLOCK_INIT}
struct mutex {
  SRWLOCK lock;
};
struct condition {
  CONDITION_VARIABLE variable;
};
typedef HANDLE thread_handle;
#else
#include <pthread.h>
#define MUTEX_STATIC {PTHREAD_MUTEX_INITIALIZER}
struct mutex {
  pthread_mutex_t lock;
};
struct condition {
  pthread_cond_t variable;
};
typedef pthread_t thread_handle;
#endif

// `create` gives 0 or an errno value.
int mutex_create(struct mutex *mutex);
void mutex_destroy(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

int condition_create(struct condition *condition);
void condition_destroy(struct condition *condition);
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);
// May return without a reason, like every condition. Both are called with the mutex locked.
void condition_wait(struct condition *condition, struct mutex *mutex);
// False once clock_milliseconds() has reached `deadline`.
bool condition_wait_until(struct condition *condition, struct mutex *mutex, uint64_t deadline);

// Of a clock that is never set back.
uint64_t clock_milliseconds(void);

// Stays where it is until the thread was joined.
struct thread {
  thread_handle handle;
  void (*run)(void *data);
  void *data;
};

// 0 or an errno value. The stack is that of a main thread (8 MiB): C functions that were written for one run on it.
int thread_start(struct thread *thread, void (*run)(void *data), void *data);
void thread_join(struct thread *thread);

// errno of the calling thread; on Windows what GetLastError() gives.
uint32_t thread_error(void);
void thread_set_error(uint32_t error);
void *thread_error_address(void);

#endif
