// Functions of V8's fast API. Decides what V8 is told of their types, and how a call gets through that V8 makes the slow
// way: from the interpreter, from baseline code, under a profiler.
//
//   optimised code ── values in registers ─────────────────────────────▶ adapter ─▶ C
//   everybody else ── FunctionCallbackInfo ─▶ Slow ─ writes ─▶ frame ─▶ entry ──▶ C
#include "functions.h"

#include <cstring>
#include <map>
#include <mutex>
#include <utility>

namespace interfix {
namespace {

using v8::CTypeInfo;
using Type = CTypeInfo::Type;
using Types = std::vector<Type>;

// V8 keeps the number of floating-point parameters in few bits: versions 13.6 and 14.6 abort the process when they
// optimise a call with 32 of them, 11.3 with 48 (observed; 24 of any kind are right in each version).
constexpr size_t kMostArguments = 24;

// V8 keeps addresses of both in its templates and in code that it has optimised, on every thread, and never says that it
// has let go of one (V8 14.8 documents that they must last). So they are never freed, but also never made twice.
std::mutex mutex;

const v8::CFunctionInfo* InfoOf(const Types& types)
{
  static auto& infos = *new std::map<Types, const v8::CFunctionInfo*>;
  const v8::CFunctionInfo*& info = infos[types];
  if (info != nullptr)
    return info;
  // The first parameter is the receiver.
  auto arguments = new CTypeInfo[types.size()];
  arguments[0] = CTypeInfo{Type::kV8Value};
  for (size_t i = 1; i < types.size(); i++)
    arguments[i] = CTypeInfo{types[i]};
  unsigned int count = static_cast<unsigned int>(types.size());
#if INTERFIX_HAS_REPRESENTATION
  info = new v8::CFunctionInfo(CTypeInfo{types[0]}, count, arguments, v8::CFunctionInfo::Int64Representation::kBigInt);
#else
  info = new v8::CFunctionInfo(CTypeInfo{types[0]}, count, arguments);
#endif
  return info;
}

template <typename T>
void Put(uint8_t* to, T value)
{
  memcpy(to, &value, sizeof value);
}

template <typename T>
T Get(const uint8_t* from)
{
  T value;
  memcpy(&value, from, sizeof value);
  return value;
}

// A number from 2**31 on, or -0: as optimised code truncates it.
int32_t Wrapped(double number)
{
  constexpr double kLimit = 9223372036854775808.0;
  return number > -kLimit && number < kLimit ? static_cast<int32_t>(static_cast<int64_t>(number)) : 0;
}

// The generated wrapper has checked the value, so this runs nobody's code; it refuses what could.
bool WriteArgument(v8::Local<v8::Value> value, Type type, uint8_t* to, uint32_t size)
{
  switch (type) {
    case Type::kBool:
      Put(to, value->IsTrue());
      return value->IsBoolean();
    case Type::kInt32:
    case Type::kUint32: {
      int32_t bits;
      if (value->IsInt32())
        bits = value.As<v8::Int32>()->Value();
      else if (value->IsNumber())
        bits = Wrapped(value.As<v8::Number>()->Value());
      else
        return false;
      memcpy(to, &bits, size);  // little-endian, as every processor that code is generated for
      return true;
    }
    case Type::kInt64:
    case Type::kUint64:
      if (!value->IsBigInt())
        return false;
      Put(to, value.As<v8::BigInt>()->Uint64Value());
      return true;
    case Type::kFloat32:
    case Type::kFloat64: {
      if (!value->IsNumber())
        return false;
      double number = value.As<v8::Number>()->Value();
      if (type == Type::kFloat32)
        Put(to, static_cast<float>(number));
      else
        Put(to, number);
      return true;
    }
    default:
      return false;
  }
}

// As optimised code takes it from the register; a narrow integer fills its register here, the wrapper cuts it back there.
void ReturnResult(v8::Isolate* isolate, v8::ReturnValue<v8::Value> result, Type type, const uint8_t* from, uint32_t size)
{
  switch (type) {
    case Type::kBool:
      return result.Set(Get<uint8_t>(from) != 0);
    case Type::kInt32:
      return result.Set(size == 1 ? Get<int8_t>(from) : size == 2 ? Get<int16_t>(from) : Get<int32_t>(from));
    case Type::kUint32:
      return result.Set(size == 1 ? Get<uint8_t>(from) : size == 2 ? Get<uint16_t>(from) : Get<uint32_t>(from));
    case Type::kInt64:
      return result.Set(v8::BigInt::New(isolate, Get<int64_t>(from)));
    case Type::kUint64:
      return result.Set(v8::BigInt::NewFromUnsigned(isolate, Get<uint64_t>(from)));
    case Type::kFloat32:
      return result.Set(static_cast<double>(Get<float>(from)));
    case Type::kFloat64:
      return result.Set(Get<double>(from));
    default:
      return;
  }
}

void Throw(v8::Isolate* isolate, const char* message)
{
  isolate->ThrowException(v8::Exception::TypeError(v8::String::NewFromUtf8(isolate, message).ToLocalChecked()));
}

// What optimised code passes, through the frame. Once the first byte is written nothing else runs until the code has
// read them all.
void Slow(const v8::FunctionCallbackInfo<v8::Value>& info)
{
  auto call = static_cast<SlowCall*>(info.Data().As<v8::External>()->Value());
  v8::Isolate* isolate = info.GetIsolate();
  call->environment->slow_calls++;
  if (call->entry == nullptr)
    return Throw(isolate, "this function leads nowhere");
  for (size_t i = 1; i < call->types.size(); i++) {
    const Field& field = call->fields[i];
    v8::Local<v8::Value> value = info[static_cast<int>(i) - 1];
    if (!WriteArgument(value, call->types[i], call->frame + field.offset, field.size))
      return Throw(isolate, "a value of another type than was declared");
  }
  // JavaScript that runs inside may release the function: what is needed afterwards is copied before.
  uint8_t* from = call->frame + call->fields[0].offset;
  uint32_t size = call->fields[0].size;
  int32_t* within_leaf = call->environment->within_leaf;
  int32_t before = *within_leaf;
  if (call->leaf)
    *within_leaf = 1;
  call->entry(nullptr, nullptr);
  *within_leaf = before;
  ReturnResult(isolate, info.GetReturnValue(), call->types[0], from, size);
}

}  // namespace

void Count(const SlowCall& call, bool leads)
{
  Environment& environment = *call.environment;
  if (!call.leaf)
    return;
  environment.no_leaf = nullptr;
  if (leads)
    environment.leaves[call.adapter]++;
  else if (--environment.leaves[call.adapter] == 0)
    environment.leaves.erase(call.adapter);
}

bool IsLeaf(Environment& environment, const void* target)
{
  if (target == environment.no_leaf)
    return false;
  if (environment.leaves.count(target) != 0)
    return true;
  environment.no_leaf = target;
  return false;
}

const v8::CFunction* CFunctionOf(const void* code, const Types& types)
{
  std::lock_guard<std::mutex> lock(mutex);
  static auto& functions = *new std::map<std::pair<const void*, const v8::CFunctionInfo*>, const v8::CFunction*>;
  const v8::CFunctionInfo* info = InfoOf(types);
  const v8::CFunction*& function = functions[{code, info}];
  if (function == nullptr)
    function = new v8::CFunction(code, info);
  return function;
}

v8::MaybeLocal<v8::Function> Create(v8::Local<v8::Context> context, v8::FunctionCallback slow, v8::Local<v8::Value> data,
                                    const v8::CFunction* fast)
{
  // Only functions that are no constructors may have a fast function. Without a signature any receiver will do.
  return v8::FunctionTemplate::New(v8::Isolate::GetCurrent(), slow, data, v8::Local<v8::Signature>(), 0,
                                   v8::ConstructorBehavior::kThrow, v8::SideEffectType::kHasSideEffect, fast)
      ->GetFunction(context);
}

bool CanTravel(const Types& types)
{
  if (types.empty() || types.size() - 1 > kMostArguments)
    return false;
  for (size_t i = 0; i < types.size(); i++) {
    switch (types[i]) {
      case Type::kVoid:
        if (i > 0)
          return false;
        break;
      case Type::kInt64:
      case Type::kUint64:
        if (!kWideValues)
          return false;
        break;
      case Type::kBool:
      case Type::kInt32:
      case Type::kUint32:
      case Type::kFloat32:
      case Type::kFloat64:
        break;
      default:
        return false;
    }
  }
  return true;
}

bool FitsField(Type type, uint32_t size)
{
  switch (type) {
    case Type::kVoid:
      return size == 0;
    case Type::kBool:
      return size == 1;
    case Type::kInt32:
    case Type::kUint32:
      return size == 1 || size == 2 || size == 4;
    case Type::kFloat32:
      return size == 4;
    default:
      return size == 8;
  }
}

// The code ignores what it is called with, receiver or FunctionCallbackInfo, and its result is nothing that V8 reads: so
// it is a C function and a FunctionCallback at once.
v8::MaybeLocal<v8::Function> EntryFunction(v8::Local<v8::Context> context, const void* code)
{
  auto slow = reinterpret_cast<v8::FunctionCallback>(reinterpret_cast<uintptr_t>(code));
  return Create(context, slow, v8::Local<v8::Value>(), CFunctionOf(code, {Type::kVoid}));
}

v8::MaybeLocal<v8::Function> RegisterFunction(v8::Local<v8::Context> context, SlowCall* call)
{
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
#if NODE_MODULE_VERSION < 147
  v8::Local<v8::Value> data = v8::External::New(isolate, call);
#else
  v8::Local<v8::Value> data = v8::External::New(isolate, call, v8::kExternalPointerTypeTagDefault);
#endif
  return Create(context, Slow, data, CFunctionOf(call->adapter, call->types));
}

}  // namespace interfix
