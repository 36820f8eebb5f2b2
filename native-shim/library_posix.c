// Shared libraries through dlopen(3). Decides how they are bound, not who may use them.
#include "library.h"

#include <dlfcn.h>
#include <stddef.h>

static const char *loader_message(void)
{
  const char *message = dlerror();
  return message != NULL ? message : "the loader gave no reason";
}

void *library_open(const char *path, const char **message)
{
  // RTLD_LOCAL: what a script opens must not change how other libraries resolve their symbols.
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL)
    *message = loader_message();
  return library;
}

void *library_symbol(void *library, const char *name)
{
  // A symbol whose value is NULL is of no use to a caller, so NULL is told apart from "absent" by nobody (dlsym(3)).
  void *address = dlsym(library, name);
  if (address == NULL)
    dlerror();
  return address;
}

const char *library_close(void *library)
{
  return dlclose(library) == 0 ? NULL : loader_message();
}
