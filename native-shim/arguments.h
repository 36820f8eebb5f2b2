// Reads what JavaScript passes. A value of a wrong kind is a TypeError here, never a crash later.
#ifndef INTERFIX_ARGUMENTS_H
#define INTERFIX_ARGUMENTS_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct environment;

enum { ARGUMENTS_MAX = 8 };

struct arguments {
  napi_env env;
  struct environment *environment;
  napi_value values[ARGUMENTS_MAX];
};

// True if a Node-API call failed; an exception is pending then.
bool refused(napi_env env, napi_status status);

bool read_arguments(napi_env env, napi_callback_info info, struct arguments *out);

// Each is false with an exception pending if argument `index` is of another kind.
bool read_address(const struct arguments *arguments, size_t index, void **out);
// A number that is a whole number from 0 to 2^53 - 1.
bool read_size(const struct arguments *arguments, size_t index, size_t *out);
bool read_index(const struct arguments *arguments, size_t index, uint32_t *out);
bool read_boolean(const struct arguments *arguments, size_t index, bool *out);
// A function, of which a reference is taken. It is an error if `*out` has one already.
bool read_function(const struct arguments *arguments, size_t index, napi_ref *out);
// A typed array with elements of `type`; `length` counts elements.
bool read_array(const struct arguments *arguments, size_t index, napi_typedarray_type type, void **data,
                size_t *length);
// A string, or with `nullable` also null (then `*out` is NULL). The caller frees it.
bool read_string(const struct arguments *arguments, size_t index, bool nullable, char **out);

// Each is NULL with an exception pending on failure.
napi_value address_value(napi_env env, const void *address);
napi_value number_value(napi_env env, double number);
napi_value boolean_value(napi_env env, bool truth);

#endif
