// Calls one JavaScript function without arguments, again and again. Decides what stays between calls (the function and its
// context, so that each call begins at once) and what becomes of an exception that it has not caught.
#include "invoke.h"

#include <cstdint>

#include "../invoker.h"

namespace interfix {
namespace {

struct State {
  v8::Isolate* isolate;
  v8::Global<v8::Context> context;
  v8::Global<v8::Function> function;
};

// A handle that lasts is used as one of a scope, as Node does it itself: both are the address of a slot.
template <typename T>
v8::Local<T> Lasting(const v8::Global<T>& global)
{
  static_assert(sizeof(v8::Local<T>) == sizeof(v8::Global<T>), "both are the address of a slot");
  return *reinterpret_cast<const v8::Local<T>*>(&global);
}

// As napi_call_function does it: in the environment's context, without a task of its own, so that no microtasks run. The
// scope lets go of the result at once: C may call many times before JavaScript's caller returns. What V8 throws by itself
// is not caught, it belongs to the JavaScript below; a v8::TryCatch would cost a tenth of the call.
bool Call(void* pointer)
{
  const State& state = *static_cast<const State*>(pointer);
  v8::HandleScope scope(state.isolate);
  v8::Local<v8::Value> receiver = v8::Undefined(state.isolate);
  return !Lasting(state.function)->Call(Lasting(state.context), receiver, 0, nullptr).IsEmpty();
}

// Before V8 13 nobody can ask: a call made then runs, and V8 throws in there or afterwards.
bool IsThrowing(void* pointer)
{
#if NODE_MODULE_VERSION >= 137
  return static_cast<const State*>(pointer)->isolate->HasPendingException();
#else
  (void)pointer;
  return false;
#endif
}

void Release(void* pointer)
{
  delete static_cast<State*>(pointer);
}

template <typename T>
v8::Local<v8::BigInt> AddressOf(v8::Isolate* isolate, T* pointer)
{
  return v8::BigInt::NewFromUnsigned(isolate, reinterpret_cast<uintptr_t>(pointer));
}

}  // namespace

void Invoker(const v8::FunctionCallbackInfo<v8::Value>& info)
{
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsFunction()) {
    isolate->ThrowException(v8::Exception::TypeError(v8::String::NewFromUtf8Literal(isolate, "a function is needed")));
    return;
  }
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto state = new State{isolate, {isolate, context}, {isolate, info[0].As<v8::Function>()}};
  v8::Local<v8::Value> addresses[] = {AddressOf(isolate, Call), AddressOf(isolate, IsThrowing),
                                        AddressOf(isolate, Release), AddressOf(isolate, state)};
  info.GetReturnValue().Set(v8::Array::New(isolate, addresses, sizeof addresses / sizeof addresses[0]));
}

}  // namespace interfix
