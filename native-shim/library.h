// Shared libraries: what the loader is asked for. Decides nothing about who may still use a library.
#ifndef INTERFIX_LIBRARY_H
#define INTERFIX_LIBRARY_H

#include <stdbool.h>

// The loader's own text for a failure; a longer one is cut.
struct loader_message {
  char text[512];
};

// `path` is UTF-8; NULL is the program itself and what it has loaded. NULL on failure, then `*message` says why.
void *library_open(const char *path, struct loader_message *message);
// NULL if there is no such symbol.
void *library_symbol(void *library, const char *name);
// False on failure, then `*message` says why.
bool library_close(void *library, struct loader_message *message);
// Keeps the library that `inside` lies in until the process ends. False on failure, then `*message` says why.
bool library_pin(const void *inside, struct loader_message *message);

#endif
