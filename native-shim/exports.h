// What shim.c exports from other files: each is a Node-API callback.
#ifndef INTERFIX_EXPORTS_H
#define INTERFIX_EXPORTS_H

#include <node_api.h>

// entering.c
napi_value calling_entry(napi_env env, napi_callback_info info);

// invocations.c
napi_value use_invoker(napi_env env, napi_callback_info info);
napi_value rethrow(napi_env env, napi_callback_info info);

// contexts.c
napi_value on_invoke(napi_env env, napi_callback_info info);
napi_value on_report(napi_env env, napi_callback_info info);
napi_value create_contexts(napi_env env, napi_callback_info info);
napi_value contexts_address(napi_env env, napi_callback_info info);
napi_value contexts_busy(napi_env env, napi_callback_info info);
napi_value close_context(napi_env env, napi_callback_info info);
napi_value release_contexts(napi_env env, napi_callback_info info);
napi_value count_refused(napi_env env, napi_callback_info info);
napi_value count_disordered(napi_env env, napi_callback_info info);

// async.c
napi_value hold_loop(napi_env env, napi_callback_info info);
napi_value on_call(napi_env env, napi_callback_info info);
napi_value call_async(napi_env env, napi_callback_info info);
napi_value cancel_call(napi_env env, napi_callback_info info);
napi_value create_thread(napi_env env, napi_callback_info info);
napi_value end_thread(napi_env env, napi_callback_info info);
napi_value serve_call(napi_env env, napi_callback_info info);
napi_value errno_address(napi_env env, napi_callback_info info);

#endif
