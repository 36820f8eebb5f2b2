// How V8 itself calls the JavaScript function behind all callbacks, quicker than Node-API does: the second addon (v8/invoke.cc)
// makes one of these for an environment, and this one uses it. Plain C, so that the two agree whatever compiled them. And what
// only V8 knows: which C function it is calling.
#ifndef INTERFIX_INVOKER_H
#define INTERFIX_INVOKER_H

#include <stdbool.h>

struct invoker {
  // True if the function returned. Nothing may throw in it but V8 itself, which has no more stack or ends the thread: that
  // goes on when C returns to V8.
  bool (*call)(void *state);
  // Whether V8 is still throwing what a call has not returned for, so far as V8 can be asked.
  bool (*is_throwing)(void *state);
  // Where V8 keeps the C function that optimised code is calling, NULL while it calls none; NULL where nobody knows.
  const void *const *target;
  // Whether that function was said to call no JavaScript.
  bool (*is_leaf)(void *state, const void *target);
  // Frees the state: at the end of the environment, on its thread.
  void (*release)(void *state);
  void *state;
};

#endif
