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
  struct environment *environment;
  struct gate gate;
};

// What the callbacks of one block share, and the callbacks themselves, in one piece of memory. Nothing but the block and
// the contexts' gates changes.
//
//   ┌───────┬───────────────────┬─────────┬───────────┬───────────┬───
//   │ block │ mode, record, ret │ args[]  │ context 0 │ context 1 │ …
//   └───────┴───────────────────┴─────────┴───────────┴───────────┴───
struct shape {
  // First: its last reference frees everything.
  struct block block;
  enum mode mode;
  uint32_t record_size;
  struct field ret;
  uint32_t length;
  struct context *contexts;
  uint32_t count;
  // The size of every argument; 0 if they differ.
  uint32_t each;
  struct field args[];
};

static inline const struct shape *shape_of(const struct context *context)
{
  return (const struct shape *)context->gate.block;
}

static inline struct context *context_of(struct gate *gate)
{
  return (struct context *)((char *)gate - offsetof(struct context, gate));
}

// `ret` may be NULL when the callback returns nothing.
void dispatcher(void *context, void *ret, void **args);

#endif
