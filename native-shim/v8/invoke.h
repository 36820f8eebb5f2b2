// V8's own call of the JavaScript function behind all callbacks.
#ifndef INTERFIX_V8_INVOKE_H
#define INTERFIX_V8_INVOKE_H

#include <v8.h>

namespace interfix {

// invoker(function): the four addresses of a `struct invoker` (../invoker.h), for whoever calls it from C.
void Invoker(const v8::FunctionCallbackInfo<v8::Value>& info);

}  // namespace interfix

#endif
