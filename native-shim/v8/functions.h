// JavaScript functions that lead straight to generated code.
#ifndef INTERFIX_V8_FUNCTIONS_H
#define INTERFIX_V8_FUNCTIONS_H

#include <cstdint>
#include <memory>
#include <unordered_map>
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
  // What optimised code calls, and whether that calls no JavaScript.
  const void* adapter;
  bool leaf;
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
  // What optimised code calls that calls no JavaScript, and how many functions lead there.
  std::unordered_map<const void*, uint32_t> leaves;
  // The last one that was found not to be among them: the same one calls many times.
  const void* no_leaf = nullptr;
  // Not 0 within a call that calls no JavaScript, if V8 does not make it itself. The shim's, once it listens for callbacks.
  int32_t* within_leaf = &unheard;
  int32_t unheard = 0;
};

// Says that a function leads to `call`'s adapter, or that it does no more.
void Count(const SlowCall& call, bool leads);
bool IsLeaf(Environment& environment, const void* target);

// What V8 knows a C function by; `types` has the result's in front.
const v8::CFunction* CFunctionOf(const void* code, const std::vector<v8::CTypeInfo::Type>& types);
// A function that is called through `fast` by optimised code, and as `slow` by everybody else.
v8::MaybeLocal<v8::Function> Create(v8::Local<v8::Context> context, v8::FunctionCallback slow, v8::Local<v8::Value> data,
                                    const v8::CFunction* fast);

// A function without parameters of which optimised code and interpreter call the same code, of kind `entry`.
v8::MaybeLocal<v8::Function> EntryFunction(v8::Local<v8::Context> context, const void* code);

// A function whose optimised callers call the adapter, with values of these types in registers; all others go through
// the frame.
v8::MaybeLocal<v8::Function> RegisterFunction(v8::Local<v8::Context> context, SlowCall* call);

// Whether V8 can pass these types, the result's in front, without harm to the process.
bool CanTravel(const std::vector<v8::CTypeInfo::Type>& types);
// Whether a field of this size holds values of this type.
bool FitsField(v8::CTypeInfo::Type type, uint32_t size);

}  // namespace interfix

#endif
