// The thread's identity on Windows: its id, which the thread's own block holds. Thread storage would need a compiler's
// run-time library there (mingw) or an extension (MSVC).
#define WIN32_LEAN_AND_MEAN

#include "thread.h"

#include <windows.h>

uintptr_t thread_identity(void)
{
  return GetCurrentThreadId();
}
