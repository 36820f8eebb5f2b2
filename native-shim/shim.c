// The addon's exports: pages, memory, libraries and entries by name. Decides nothing; callbacks.c has the dispatcher.
//
// JavaScript (src/exec/native-host.ts) has checked the meaning of every value; this file still checks its kind.
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "callbacks.h"
#include "environment.h"
#include "exports.h"
#include "library.h"
#include "pages.h"

// Raised with every change of the exports; src/exec/native-host.ts refuses another number than its own.
enum { CONTRACT = 6 };

// JavaScript sees the contexts through typed arrays, of which it closes some and reads the counts.
enum {
  CLOSED_OFFSET = offsetof(struct context, gate) + offsetof(struct gate, closed),
  COUNTS_OFFSET = offsetof(struct context, gate) + offsetof(struct gate, counts),
};

// Returns the region's index, or an errno value with a minus sign.
static napi_value reserve(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  size_t size = 0;
  uint32_t index = 0;
  if (!read_arguments(env, info, &arguments) || !read_size(&arguments, 0, &size))
    return NULL;
  struct code_pages *pages = malloc(sizeof *pages);
  if (pages == NULL)
    return number_value(env, -ENOMEM);
  int error = pages_reserve(size, pages);
  if (error == 0 && !table_add(&arguments.environment->regions, pages, &index)) {
    pages_release(pages);
    error = ENOMEM;
  }
  if (error == 0)
    return number_value(env, index);
  free(pages);
  return number_value(env, -error);
}

static struct code_pages *read_region(const struct arguments *arguments, size_t index)
{
  uint32_t region = 0;
  if (!read_index(arguments, index, &region))
    return NULL;
  struct code_pages *pages = table_get(&arguments->environment->regions, region);
  if (pages == NULL)
    napi_throw_range_error(arguments->env, "ERR_DISPOSED", "no such region");
  return pages;
}

static napi_value region_address(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  const struct code_pages *pages = NULL;
  if (!read_arguments(env, info, &arguments) || (pages = read_region(&arguments, 0)) == NULL)
    return NULL;
  return address_value(env, pages->address);
}

// Returns 0 or an errno value.
static napi_value write_region(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  const struct code_pages *pages = NULL;
  size_t offset = 0;
  size_t count = 0;
  void *bytes = NULL;
  if (!read_arguments(env, info, &arguments) || (pages = read_region(&arguments, 0)) == NULL ||
      !read_size(&arguments, 1, &offset) || !read_array(&arguments, 2, napi_uint8_array, &bytes, &count))
    return NULL;
  if (offset > pages->size || count > pages->size - offset) {
    napi_throw_range_error(env, "ERR_SIZE", "the bytes lie outside the region");
    return NULL;
  }
  return number_value(env, pages_write(pages, offset, bytes, count));
}

// Returns 0 or an errno value; the region is gone either way.
static napi_value give_up_region(napi_env env, napi_callback_info info, int (*give_up)(const struct code_pages *))
{
  struct arguments arguments;
  uint32_t index = 0;
  if (!read_arguments(env, info, &arguments) || read_region(&arguments, 0) == NULL || !read_index(&arguments, 0, &index))
    return NULL;
  struct code_pages *pages = table_take(&arguments.environment->regions, index);
  int error = give_up(pages);
  free(pages);
  return number_value(env, error);
}

static napi_value release_region(napi_env env, napi_callback_info info)
{
  return give_up_region(env, info, pages_release);
}

static napi_value retire_region(napi_env env, napi_callback_info info)
{
  return give_up_region(env, info, pages_retire);
}

// The generated code is itself the Node-API callback: no C stands between V8 and the target. A NULL address is
// refused by Node-API.
static napi_value entry(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *code = NULL;
  napi_value function = NULL;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &code))
    return NULL;
  napi_callback callback = (napi_callback)(uintptr_t)code;
  return refused(env, napi_create_function(env, NULL, 0, callback, NULL, &function)) ? NULL : function;
}

// Of a Uint8Array over the whole buffer: Node-API tells nothing of a SharedArrayBuffer itself before Node 24.9.
static napi_value address_of(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  size_t length = 0;
  void *data = NULL;
  if (!read_arguments(env, info, &arguments) || !read_array(&arguments, 0, napi_uint8_array, &data, &length))
    return NULL;
  return address_value(env, data);
}

// No finalizer: whoever allocated the memory frees it.
static napi_value view(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *address = NULL;
  size_t length = 0;
  napi_value buffer = NULL;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &address) ||
      !read_size(&arguments, 1, &length))
    return NULL;
  return refused(env, napi_create_external_arraybuffer(env, address, length, NULL, NULL, &buffer)) ? NULL : buffer;
}

static napi_value move(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *to = NULL;
  void *from = NULL;
  size_t size = 0;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &to) ||
      !read_address(&arguments, 1, &from) || !read_size(&arguments, 2, &size))
    return NULL;
  if (size > 0)
    memmove(to, from, size);
  return NULL;
}

static napi_value string_length(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *address = NULL;
  size_t limit = 0;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &address) ||
      !read_size(&arguments, 1, &limit))
    return NULL;
  return number_value(env, limit == 0 ? 0 : (double)strnlen(address, limit));
}

static napi_value open_library(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  char *path = NULL;
  struct loader_message message;
  if (!read_arguments(env, info, &arguments) || !read_string(&arguments, 0, true, &path))
    return NULL;
  void *library = library_open(path, &message);
  free(path);
  if (library != NULL)
    return address_value(env, library);
  napi_throw_error(env, NULL, message.text);
  return NULL;
}

static napi_value library_address(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *library = NULL;
  char *name = NULL;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &library) ||
      !read_string(&arguments, 1, false, &name))
    return NULL;
  void *address = library_symbol(library, name);
  free(name);
  return address_value(env, address);
}

static napi_value close_library(napi_env env, napi_callback_info info)
{
  struct arguments arguments;
  void *library = NULL;
  struct loader_message message;
  if (!read_arguments(env, info, &arguments) || !read_address(&arguments, 0, &library))
    return NULL;
  if (!library_close(library, &message))
    napi_throw_error(env, NULL, message.text);
  return NULL;
}

static const struct {
  const char *name;
  napi_callback function;
} EXPORTS[] = {
    {"reserve", reserve},
    {"regionAddress", region_address},
    {"write", write_region},
    {"release", release_region},
    {"retire", retire_region},
    {"entry", entry},
    {"callingEntry", calling_entry},
    {"addressOf", address_of},
    {"view", view},
    {"move", move},
    {"stringLength", string_length},
    {"openLibrary", open_library},
    {"symbol", library_address},
    {"closeLibrary", close_library},
    {"onInvoke", on_invoke},
    {"useInvoker", use_invoker},
    {"rethrow", rethrow},
    {"onReport", on_report},
    {"createContexts", create_contexts},
    {"contextsAddress", contexts_address},
    {"contextsBusy", contexts_busy},
    {"closeContext", close_context},
    {"releaseContexts", release_contexts},
    {"refused", count_refused},
    {"disordered", count_disordered},
    {"holdLoop", hold_loop},
    {"onCall", on_call},
    {"callAsync", call_async},
    {"cancelCall", cancel_call},
    {"createThread", create_thread},
    {"endThread", end_thread},
    {"serveCall", serve_call},
    {"errnoAddress", errno_address},
};

static bool export_value(napi_env env, napi_value exports, const char *name, napi_value value)
{
  return value != NULL && !refused(env, napi_set_named_property(env, exports, name, value));
}

// Functions get the environment as their data: one Node-API call less than asking for the instance data.
static bool export_functions(struct environment *environment, napi_value exports)
{
  napi_env env = environment->env;
  for (size_t i = 0; i < sizeof EXPORTS / sizeof EXPORTS[0]; i++) {
    const char *name = EXPORTS[i].name;
    napi_value function = NULL;
    if (refused(env, napi_create_function(env, name, NAPI_AUTO_LENGTH, EXPORTS[i].function, environment, &function)) ||
        !export_value(env, exports, name, function))
      return false;
  }
  return true;
}

// Trampolines of a worker that has ended still call the dispatcher (quarantine.c), and Node unloads an addon with the last
// worker that has loaded it.
static bool pin(napi_env env)
{
  struct loader_message message;
  bool pinned = library_pin(&EXPORTS, &message);
  if (!pinned)
    napi_throw_error(env, "ERR_INTERNAL", message.text);
  return pinned;
}

NAPI_MODULE_INIT()
{
  if (!pin(env))
    return NULL;
  napi_value invocations = NULL;
  struct environment *environment = environment_create(env, &invocations);
  if (environment == NULL)
    return NULL;
  const void *dispatch = (const void *)(uintptr_t)dispatcher;
  bool done = export_functions(environment, exports) &&
              export_value(env, exports, "contract", number_value(env, CONTRACT)) &&
              export_value(env, exports, "pageSize", number_value(env, (double)pages_size())) &&
              export_value(env, exports, "dispatcher", address_value(env, dispatch)) &&
              export_value(env, exports, "contextBytes", number_value(env, (double)sizeof(struct context))) &&
              export_value(env, exports, "closedOffset", number_value(env, (double)CLOSED_OFFSET)) &&
              export_value(env, exports, "countsOffset", number_value(env, (double)COUNTS_OFFSET)) &&
              export_value(env, exports, "invocations", invocations);
  return done ? exports : NULL;
}
