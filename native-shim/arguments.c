// Conversion between JavaScript values and C, with every status looked at. Knows no meaning of any value.
#include "arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool refused(napi_env env, napi_status status)
{
  if (status == napi_ok)
    return false;
  const napi_extended_error_info *info = NULL;
  bool pending = false;
  napi_get_last_error_info(env, &info);
  // The message must be taken before the next Node-API call replaces it.
  const char *message = info != NULL && info->error_message != NULL ? info->error_message : "Node-API failed";
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending)
    napi_throw_error(env, "ERR_INTERNAL", message);
  return true;
}

static bool expected(const struct arguments *arguments, size_t index, const char *kind)
{
  char message[96];
  snprintf(message, sizeof message, "argument %zu must be %s", index + 1, kind);
  napi_throw_type_error(arguments->env, "ERR_ARGUMENT_KIND", message);
  return false;
}

bool read_arguments(napi_env env, napi_callback_info info, struct arguments *out)
{
  // Arguments that were not given are undefined afterwards, and then of a wrong kind.
  size_t count = ARGUMENTS_MAX;
  void *data = NULL;
  if (refused(env, napi_get_cb_info(env, info, &count, out->values, NULL, &data)))
    return false;
  out->env = env;
  out->environment = data;
  return true;
}

bool read_address(const struct arguments *arguments, size_t index, void **out)
{
  uint64_t value = 0;
  bool lossless = false;
  napi_status status = napi_get_value_bigint_uint64(arguments->env, arguments->values[index], &value, &lossless);
  if (status != napi_ok || !lossless || value > UINTPTR_MAX)
    return expected(arguments, index, "an address: a BigInt of 64 bits");
  *out = (void *)(uintptr_t)value;
  return true;
}

bool read_size(const struct arguments *arguments, size_t index, size_t *out)
{
  double value = 0;
  napi_status status = napi_get_value_double(arguments->env, arguments->values[index], &value);
  // The comparison is false for NaN too.
  if (status != napi_ok || !(value >= 0 && value <= 9007199254740991.0) || value != (double)(uint64_t)value)
    return expected(arguments, index, "a whole number from 0 to 2^53 - 1");
  *out = (size_t)value;
  return true;
}

bool read_index(const struct arguments *arguments, size_t index, uint32_t *out)
{
  size_t value = 0;
  if (!read_size(arguments, index, &value))
    return false;
  if (value > INT32_MAX)
    return expected(arguments, index, "an index below 2^31");
  *out = (uint32_t)value;
  return true;
}

bool read_boolean(const struct arguments *arguments, size_t index, bool *out)
{
  if (napi_get_value_bool(arguments->env, arguments->values[index], out) != napi_ok)
    return expected(arguments, index, "a boolean");
  return true;
}

bool read_function(const struct arguments *arguments, size_t index, napi_ref *out)
{
  napi_env env = arguments->env;
  napi_valuetype type;
  if (refused(env, napi_typeof(env, arguments->values[index], &type)))
    return false;
  if (type != napi_function)
    return expected(arguments, index, "a function");
  if (*out != NULL) {
    napi_throw_error(env, "ERR_INTERNAL", "this function is set once");
    return false;
  }
  return !refused(env, napi_create_reference(env, arguments->values[index], 1, out));
}

static const char *array_name(napi_typedarray_type type)
{
  switch (type) {
  case napi_uint8_array:
    return "a Uint8Array";
  case napi_uint32_array:
    return "a Uint32Array";
  default:
    return "a BigUint64Array";
  }
}

bool read_array(const struct arguments *arguments, size_t index, napi_typedarray_type type, void **data,
                size_t *length)
{
  napi_typedarray_type given;
  napi_status status =
      napi_get_typedarray_info(arguments->env, arguments->values[index], &given, length, data, NULL, NULL);
  if (status != napi_ok || given != type)
    return expected(arguments, index, array_name(type));
  return true;
}

bool read_string(const struct arguments *arguments, size_t index, bool nullable, char **out)
{
  napi_env env = arguments->env;
  napi_value value = arguments->values[index];
  napi_valuetype type;
  *out = NULL;
  if (refused(env, napi_typeof(env, value, &type)))
    return false;
  if (type == napi_null && nullable)
    return true;
  size_t length = 0;
  if (type != napi_string)
    return expected(arguments, index, nullable ? "a string or null" : "a string");
  if (refused(env, napi_get_value_string_utf8(env, value, NULL, 0, &length)))
    return false;
  char *text = malloc(length + 1);
  if (text == NULL) {
    napi_throw_error(env, "ENOMEM", "no memory for a string");
    return false;
  }
  if (refused(env, napi_get_value_string_utf8(env, value, text, length + 1, NULL))) {
    free(text);
    return false;
  }
  if (strlen(text) != length) {
    free(text);
    return expected(arguments, index, "a string without a zero character");
  }
  *out = text;
  return true;
}

napi_value address_value(napi_env env, const void *address)
{
  napi_value value = NULL;
  return refused(env, napi_create_bigint_uint64(env, (uintptr_t)address, &value)) ? NULL : value;
}

napi_value number_value(napi_env env, double number)
{
  napi_value value = NULL;
  return refused(env, napi_create_double(env, number, &value)) ? NULL : value;
}

napi_value boolean_value(napi_env env, bool truth)
{
  napi_value value = NULL;
  return refused(env, napi_get_boolean(env, truth, &value)) ? NULL : value;
}
