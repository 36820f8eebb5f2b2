// The thread's identity where C11's thread storage is one instruction: the address of a variable that each has.
#include "thread.h"

#ifndef THREAD_IDENTITY_IS_INLINE
uintptr_t thread_identity(void)
{
  static _Thread_local char mark;
  return (uintptr_t)&mark;
}
#endif
