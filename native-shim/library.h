// Shared libraries: what the loader is asked for. Decides nothing about who may still use a library.
#ifndef INTERFIX_LIBRARY_H
#define INTERFIX_LIBRARY_H

// `path` NULL is the program itself. NULL on failure, then `*message` is the loader's own text, valid until the next
// call on this thread.
void *library_open(const char *path, const char **message);
// NULL if there is no such symbol.
void *library_symbol(void *library, const char *name);
// NULL, or the loader's message.
const char *library_close(void *library);

#endif
