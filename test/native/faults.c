// An LD_PRELOAD library: the n-th request for memory, a mapping, a file or a thread that interfix.node itself makes
// fails. Requests of everybody else, Node included, are left alone. The number of requests is printed at the end.
//
//   FAULT=<n> LD_PRELOAD=faults.so node …          n = 0: none fails
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../../fixtures/native/addon-caller.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static atomic_long requests;
static long failing;

static int fails(const void *caller)
{
  return is_addon(caller) && atomic_fetch_add(&requests, 1) + 1 == failing;
}

#define FAILS() fails(__builtin_return_address(0))

static void *next(const char *name)
{
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL)
    abort();
  return function;
}

// Each at its first use: a constructor of another library may need it before ours has run.
#define NEXT(name, result, ...)                                                                                        \
  static result (*name##_next)(__VA_ARGS__);                                                                           \
  if (name##_next == NULL)                                                                                             \
    *(void **)&name##_next = next(#name)

void *dlopen(const char *path, int flags)
{
  NEXT(dlopen, void *, const char *, int);
  void *library = dlopen_next(path, flags);
  find_addon(path);
  return library;
}

void *malloc(size_t size)
{
  if (!FAILS())
    return __libc_malloc(size);
  errno = ENOMEM;
  return NULL;
}

void *calloc(size_t count, size_t size)
{
  if (!FAILS())
    return __libc_calloc(count, size);
  errno = ENOMEM;
  return NULL;
}

void *realloc(void *memory, size_t size)
{
  if (!FAILS())
    return __libc_realloc(memory, size);
  errno = ENOMEM;
  return NULL;
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset)
{
  NEXT(mmap64, void *, void *, size_t, int, int, int, off64_t);
  if (!FAILS())
    return mmap64_next(address, size, protection, flags, file, offset);
  errno = ENOMEM;
  return MAP_FAILED;
}

int memfd_create(const char *name, unsigned flags)
{
  NEXT(memfd_create, int, const char *, unsigned);
  if (!FAILS())
    return memfd_create_next(name, flags);
  errno = EMFILE;
  return -1;
}

int ftruncate64(int file, off64_t length)
{
  NEXT(ftruncate64, int, int, off64_t);
  if (!FAILS())
    return ftruncate64_next(file, length);
  errno = ENOSPC;
  return -1;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset)
{
  NEXT(pwrite64, ssize_t, int, const void *, size_t, off64_t);
  if (!FAILS())
    return pwrite64_next(file, bytes, count, offset);
  errno = ENOSPC;
  return -1;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *data)
{
  NEXT(pthread_create, int, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  return FAILS() ? EAGAIN : pthread_create_next(thread, attributes, run, data);
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
  NEXT(pthread_mutex_init, int, pthread_mutex_t *, const pthread_mutexattr_t *);
  return FAILS() ? ENOMEM : pthread_mutex_init_next(mutex, attributes);
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
  // Of several versions, the one that programs are linked with today (glibc 2.3.2).
  static int (*original)(pthread_cond_t *, const pthread_condattr_t *);
  if (original == NULL)
    *(void **)&original = dlvsym(RTLD_NEXT, "pthread_cond_init", "GLIBC_2.3.2");
  return FAILS() ? ENOMEM : original(condition, attributes);
}

__attribute__((constructor)) static void begin(void)
{
  const char *text = getenv("FAULT");
  failing = text == NULL ? 0 : atol(text);
}

__attribute__((destructor)) static void end(void)
{
  fprintf(stderr, "requests: %ld\n", atomic_load(&requests));
}
