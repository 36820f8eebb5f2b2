// C calls JavaScript: the dispatcher that every reverse trampoline calls, and the contexts it is called with.
#ifndef INTERFIX_CALLBACKS_H
#define INTERFIX_CALLBACKS_H

#include <node_api.h>

#include "queue.h"

struct environment;

// What a call from a foreign thread does; the numbers are JavaScript's.
enum mode { OWNER, POST, BLOCK, MODES };

// `size` bytes at `offset` of a record.
struct field {
  uint32_t offset;
  uint32_t size;
};

// What a reverse trampoline hands over. Nothing but the gate changes, so that a foreign thread may read it.
struct context {
  // First: the gate's last reference frees the context.
  struct gate gate;
  struct environment *environment;
  enum mode mode;
  uint32_t record_size;
  uint32_t count;
  struct field ret;
  struct field args[];
};

// `ret` may be NULL when the callback returns nothing.
void dispatcher(void *context, void *ret, void **args);

#endif
