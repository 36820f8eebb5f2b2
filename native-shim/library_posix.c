// Shared libraries through dlopen(3). Decides how they are bound, not who may use them.
#define _GNU_SOURCE

#include "library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

static void take_message(struct loader_message *message)
{
  const char *text = dlerror();
  snprintf(message->text, sizeof message->text, "%s", text != NULL ? text : "the loader gave no reason");
}

void *library_open(const char *path, struct loader_message *message)
{
  // RTLD_LOCAL: what a script opens must not change how other libraries resolve their symbols.
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL)
    take_message(message);
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

bool library_close(void *library, struct loader_message *message)
{
  if (dlclose(library) == 0)
    return true;
  take_message(message);
  return false;
}

bool library_pin(const void *inside, struct loader_message *message)
{
  Dl_info info;
  if (dladdr(inside, &info) == 0) {
    snprintf(message->text, sizeof message->text, "no library holds that address");
    return false;
  }
  // The flag stays with the library, whoever closes it how often (dlopen(3)).
  void *library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (library != NULL && dlclose(library) == 0)
    return true;
  take_message(message);
  return false;
}
