// The stack of running invocations, and the one JavaScript function behind all callbacks.
#ifndef INTERFIX_INVOCATIONS_H
#define INTERFIX_INVOCATIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "callbacks.h"

// How an invocation came about; the numbers are JavaScript's.
enum how { SYNCHRONOUS, POSTED, BLOCKING };

// Nearly every value has one of these sizes; a copy of a size that is not known costs a call.
static inline void copy(void *to, const void *from, uint32_t size)
{
  if (size == 4)
    memcpy(to, from, 4);
  else if (size == 8)
    memcpy(to, from, 8);
  else
    memcpy(to, from, size);
}

// What the caller gets when JavaScript gives no result. `ret` may be NULL when the callback returns nothing.
static inline void zero_result(const struct context *context, void *ret)
{
  if (ret != NULL && shape_of(context)->ret.size > 0)
    memset(ret, 0, shape_of(context)->ret.size);
}

// A call on the environment's own thread: JavaScript runs now.
void invocation_call(const struct context *context, void *ret, void **args);

// Makes room for a record. Returns its base, or 0 if it does not fit.
uint32_t invocation_push(const struct context *context);
// Ends the record at `base`. False if a later invocation has not ended yet.
bool invocation_pop(const struct context *context, uint32_t base);
// Copies the arguments of a call into a record, wherever that lies.
void invocation_fill(const struct context *context, uint8_t *record, void *const *args);
// Calls JavaScript for the record at `base`; 0: there was no room. True if the record holds a result afterwards.
bool invocation_run(const struct context *context, uint32_t base, enum how how);
// Calls the function behind `reference` in a handle scope of its own. False if it did not run to its end.
bool call_javascript(struct environment *environment, napi_ref reference, size_t count, const double *numbers);

#endif
