// What the parts of the harness share.
#ifndef INTERFIX_HARNESS_H
#define INTERFIX_HARNESS_H

#include <stdbool.h>

// Prints the first thing that does not hold.
void check(bool holds, const char *what);
// Stands for the event loop that is asked.
void wake(void *data);

void test_calls(void);

#endif
