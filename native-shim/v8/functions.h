// JavaScript functions that lead straight to generated code.
#ifndef INTERFIX_V8_FUNCTIONS_H
#define INTERFIX_V8_FUNCTIONS_H

#include <memory>
#include <vector>

#include "fast-api.h"

namespace interfix {

struct Environment;

// Bytes of a value in a call frame.
struct Field {
  uint32_t offset;
  uint32_t size;
};

// What the slow way of one function needs. The function refers to it for good; code and frame come and go.
struct SlowCall {
  Environment* environment;
  // The result's in front. The types never change: V8 has compiled code for them.
  std::vector<v8::CTypeInfo::Type> types;
  std::vector<Field> fields;
  // nullptr while the function leads nowhere.
  void* (*entry)(void*, void*) = nullptr;
  uint8_t* frame = nullptr;
};

// One for the main thread, one for each worker.
struct Environment {
  std::vector<std::unique_ptr<SlowCall>> calls;
  uint32_t slow_calls = 0;
};

// What V8 knows a C function by; `types` has the result's in front.
const v8::CFunction* CFunctionOf(const void* code, const std::vector<v8::CTypeInfo::Type>& types);
// A function that is called through `fast` by optimised code, and as `slow` by everybody else.
v8::MaybeLocal<v8::Function> Create(v8::Local<v8::Context> context, v8::FunctionCallback slow, v8::Local<v8::Value> data,
                                    const v8::CFunction* fast);

// A function without parameters of which optimised code and interpreter call the same code, of kind `entry`.
v8::MaybeLocal<v8::Function> EntryFunction(v8::Local<v8::Context> context, const void* code);

// A function whose optimised callers call `adapter`, with values of these types in registers; all others go through
// `call`, which has the same types.
v8::MaybeLocal<v8::Function> RegisterFunction(v8::Local<v8::Context> context, const void* adapter, SlowCall* call);

// Whether V8 can pass these types, the result's in front, without harm to the process.
bool CanTravel(const std::vector<v8::CTypeInfo::Type>& types);
// Whether a field of this size holds values of this type.
bool FitsField(v8::CTypeInfo::Type type, uint32_t size);

}  // namespace interfix

#endif
