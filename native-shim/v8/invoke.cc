// Calls one JavaScript function without arguments, again and again. Decides what stays between calls (the function and its
// context, so that each call begins at once) and what becomes of an exception that it has not caught.
#include "invoke.h"

#include <node_version.h>

#include <cstdint>

#include "../invoker.h"
#include "functions.h"

namespace interfix {
namespace {

struct State {
  Environment* environment;
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

// As napi_call_function does it: in the environment's context, without a task of its own, so that no microtasks run. What
// V8 throws by itself is not caught, it belongs to the JavaScript below; a v8::TryCatch would cost a tenth of the call.
bool CallFunction(const State& state)
{
  v8::Local<v8::Value> receiver = v8::Undefined(state.isolate);
  return !Lasting(state.function)->Call(Lasting(state.context), receiver, 0, nullptr).IsEmpty();
}

// A scope lets go of the result at once: C may call many times before JavaScript's caller returns.
bool CallInScope(void* pointer)
{
  const State& state = *static_cast<const State*>(pointer);
  v8::HandleScope scope(state.isolate);
  return CallFunction(state);
}

#if NODE_MODULE_VERSION >= 127
// Where V8 makes handles, in the order of its header's kHandleScopeDataSize. From the first free slot to the end of the
// block; what v8::HandleScope does is to put `next` back, and blocks that were added behind it.
struct Handles {
  uintptr_t* next;
  uintptr_t* limit;
  int level;
  int sealed_level;
};
static_assert(sizeof(Handles) == v8::internal::Internals::kHandleScopeDataSize, "as V8 has it");

Handles& HandlesOf(v8::Isolate* isolate)
{
  return *reinterpret_cast<Handles*>(reinterpret_cast<char*>(isolate) +
                                     v8::internal::Internals::kIsolateHandleScopeDataOffset);
}

// v8::Function::Call makes one handle outside of its own scopes, for the result. As long as that fits into the block, no
// block is added, and a scope is a word to put back: a tenth of the call less than v8::HandleScope, where that is a
// function of V8's. In a sealed scope nothing fits.
constexpr ptrdiff_t ROOM = 8;

bool Call(void* pointer)
{
  const State& state = *static_cast<const State*>(pointer);
  Handles& handles = HandlesOf(state.isolate);
  uintptr_t* next = handles.next;
  uintptr_t* limit = handles.limit;
  if (limit - next < ROOM)
    return CallInScope(pointer);
  bool returned = CallFunction(state);
  if (handles.limit == limit)
    handles.next = next;
  return returned;
}

// Whether that is what V8 does: it is seen to take two handles from there, and to give them back.
bool TakesHandlesThere(v8::Isolate* isolate)
{
  const Handles& handles = HandlesOf(isolate);
  const Handles before = handles;
  bool taken;
  {
    v8::HandleScope scope(isolate);
    const uintptr_t* slots[2];
    for (const uintptr_t*& slot : slots) {
      v8::Local<v8::Value> value = v8::Number::New(isolate, 0.5);
      slot = *reinterpret_cast<uintptr_t**>(&value);
    }
    taken = slots[0] == before.next && slots[1] == slots[0] + 1 && handles.next == slots[1] + 1 &&
            handles.limit == before.limit && handles.level == before.level + 1;
  }
  return taken && handles.next == before.next && handles.limit == before.limit && handles.level == before.level;
}

auto CallFor(v8::Isolate* isolate)
{
  const Handles& handles = HandlesOf(isolate);
  v8::HandleScope scope(isolate);
  // Goes on in the next block, if there is no room in this one.
  for (ptrdiff_t made = 0; made < ROOM && handles.limit - handles.next < ROOM; made++)
    v8::Number::New(isolate, 0.5);
  return TakesHandlesThere(isolate) ? Call : CallInScope;
}
#else
auto CallFor(v8::Isolate*)
{
  return CallInScope;
}
#endif

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

// V8 notes there, for its profiler, what optimised code calls.
const void* TargetOf(v8::Isolate* isolate)
{
  return reinterpret_cast<char*>(isolate) + v8::internal::Internals::kIsolateFastApiCallTargetOffset;
}

bool IsLeafTarget(void* pointer, const void* target)
{
  return IsLeaf(*static_cast<const State*>(pointer)->environment, target);
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
  if (!info[0]->IsFunction() || !info[1]->IsInt32Array() || info[1].As<v8::Int32Array>()->Length() != 1) {
    isolate->ThrowException(
        v8::Exception::TypeError(v8::String::NewFromUtf8Literal(isolate, "a function and a word are needed")));
    return;
  }
  auto environment = static_cast<Environment*>(info.Data().As<v8::External>()->Value());
  auto word = info[1].As<v8::Int32Array>();
  environment->within_leaf =
      reinterpret_cast<int32_t*>(static_cast<char*>(word->Buffer()->Data()) + word->ByteOffset());
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto state = new State{environment, isolate, {isolate, context}, {isolate, info[0].As<v8::Function>()}};
  v8::Local<v8::Value> addresses[] = {AddressOf(isolate, CallFor(isolate)), AddressOf(isolate, IsThrowing),
                                        AddressOf(isolate, Release),          AddressOf(isolate, state),
                                        AddressOf(isolate, TargetOf(isolate)), AddressOf(isolate, IsLeafTarget)};
  info.GetReturnValue().Set(v8::Array::New(isolate, addresses, sizeof addresses / sizeof addresses[0]));
}

}  // namespace interfix
