// Locks, conditions and threads through the Windows API. Decides nothing beside that.
#include "sync.h"

#include <errno.h>

enum { STACK_SIZE = 8 << 20 };

int mutex_create(struct mutex *mutex)
{
  InitializeSRWLock(&mutex->lock);
  return 0;
}

// Neither a slim lock nor a condition variable owns anything ("Slim Reader/Writer (SRW) Locks").
void mutex_destroy(struct mutex *mutex)
{
  (void)mutex;
}

void mutex_lock(struct mutex *mutex)
{
  AcquireSRWLockExclusive(&mutex->lock);
}

void mutex_unlock(struct mutex *mutex)
{
  ReleaseSRWLockExclusive(&mutex->lock);
}

int condition_create(struct condition *condition)
{
  InitializeConditionVariable(&condition->variable);
  return 0;
}

void condition_destroy(struct condition *condition)
{
  (void)condition;
}

void condition_signal(struct condition *condition)
{
  WakeConditionVariable(&condition->variable);
}

void condition_broadcast(struct condition *condition)
{
  WakeAllConditionVariable(&condition->variable);
}

void condition_wait(struct condition *condition, struct mutex *mutex)
{
  SleepConditionVariableSRW(&condition->variable, &mutex->lock, INFINITE, 0);
}

bool condition_wait_until(struct condition *condition, struct mutex *mutex, uint64_t deadline)
{
  uint64_t now = clock_milliseconds();
  if (now >= deadline)
    return false;
  uint64_t span = deadline - now;
  SleepConditionVariableSRW(&condition->variable, &mutex->lock, span < INFINITE ? (DWORD)span : INFINITE - 1, 0);
  return true;
}

uint64_t clock_milliseconds(void)
{
  return GetTickCount64();
}

static DWORD WINAPI start(void *pointer)
{
  struct thread *thread = pointer;
  thread->run(thread->data);
  return 0;
}

int thread_start(struct thread *thread, void (*run)(void *data), void *data)
{
  thread->run = run;
  thread->data = data;
  thread->handle = CreateThread(NULL, STACK_SIZE, start, thread, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  return thread->handle != NULL ? 0 : EAGAIN;
}

void thread_join(struct thread *thread)
{
  WaitForSingleObject(thread->handle, INFINITE);
  CloseHandle(thread->handle);
}

uint32_t thread_error(void)
{
  return GetLastError();
}

void thread_set_error(uint32_t error)
{
  SetLastError(error);
}

// The thread's own block holds LastErrorValue at byte 0x68 on every 64-bit Windows; GetLastError() reads it there.
void *thread_error_address(void)
{
  return (char *)NtCurrentTeb() + 0x68;
}
