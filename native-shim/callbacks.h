// C calls JavaScript: the dispatcher that every reverse trampoline calls, and the contexts it is called with.
#ifndef INTERFIX_CALLBACKS_H
#define INTERFIX_CALLBACKS_H

#include <node_api.h>

// `ret` may be NULL when the callback returns nothing.
void dispatcher(void *context, void *ret, void **args);

napi_value on_invoke(napi_env env, napi_callback_info info);
napi_value create_context(napi_env env, napi_callback_info info);
napi_value context_address(napi_env env, napi_callback_info info);
napi_value release_context(napi_env env, napi_callback_info info);
napi_value count_refused(napi_env env, napi_callback_info info);
napi_value count_disordered(napi_env env, napi_callback_info info);

#endif
