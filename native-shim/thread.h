// Which thread runs: asked at every call from C, so the answer must be cheap.
#ifndef INTERFIX_THREAD_H
#define INTERFIX_THREAD_H

#include <stdint.h>

// A number that differs between threads that live at the same time.
#if defined(__linux__) && defined(__GNUC__) && defined(__x86_64__) && defined(__LP64__)
#define THREAD_IDENTITY_IS_INLINE
static inline uintptr_t thread_identity(void)
{
  // The thread pointer, which points at itself (ELF Handling For Thread-Local Storage, 3.4.6).
  uintptr_t identity;
  __asm__("movq %%fs:0, %0" : "=r"(identity));
  return identity;
}
#elif defined(__linux__) && defined(__GNUC__) && defined(__aarch64__)
#define THREAD_IDENTITY_IS_INLINE
static inline uintptr_t thread_identity(void)
{
  uintptr_t identity;
  __asm__("mrs %0, tpidr_el0" : "=r"(identity));
  return identity;
}
#else
uintptr_t thread_identity(void);
#endif

#endif
