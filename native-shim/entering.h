// Calls of C functions that are expected to call back, where Node-API calls JavaScript: what one of them keeps for all of its
// callbacks.
#ifndef INTERFIX_ENTERING_H
#define INTERFIX_ENTERING_H

#include <stdbool.h>

#include "environment.h"

// Calls the function of onInvoke. False if it did not run to its end.
bool enter_javascript(struct environment *environment);

#endif
