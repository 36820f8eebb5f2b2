// Which thread runs: asked at every call from C, so the answer must be cheap.
#ifndef INTERFIX_THREAD_H
#define INTERFIX_THREAD_H

#include <stdint.h>

// A number that differs between threads that live at the same time.
uintptr_t thread_identity(void);

#endif
