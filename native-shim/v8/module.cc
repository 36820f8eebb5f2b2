// The addon's exports, for src/exec/v8-calls.ts, which has checked the meaning of every value. Decides what is refused all
// the same: whatever would make V8 or this addon touch memory that is not theirs.
#include "functions.h"
#include "invoke.h"
#include "text.h"

namespace interfix {
namespace {

// Raised with every change of the exports; src/exec/v8-calls.ts refuses another number than its own.
constexpr uint32_t kContract = 2;

using Info = v8::FunctionCallbackInfo<v8::Value>;

Environment* EnvironmentOf(const Info& info)
{
  return static_cast<Environment*>(info.Data().As<v8::External>()->Value());
}

void Refuse(const Info& info, const char* message)
{
  v8::Isolate* isolate = info.GetIsolate();
  isolate->ThrowException(v8::Exception::TypeError(v8::String::NewFromUtf8(isolate, message).ToLocalChecked()));
}

// nullptr for what is no address.
void* Address(v8::Local<v8::Value> value)
{
  bool exact = false;
  uint64_t bits = value->IsBigInt() ? value.As<v8::BigInt>()->Uint64Value(&exact) : 0;
  return exact ? reinterpret_cast<void*>(static_cast<uintptr_t>(bits)) : nullptr;
}

void ReturnFunction(const Info& info, v8::MaybeLocal<v8::Function> made)
{
  v8::Local<v8::Function> function;
  if (made.ToLocal(&function))
    info.GetReturnValue().Set(function);
}

// entry(code)
void Entry(const Info& info)
{
  const void* code = Address(info[0]);
  if (code == nullptr)
    return Refuse(info, "the address of code is a bigint, not zero");
  ReturnFunction(info, EntryFunction(info.GetIsolate()->GetCurrentContext(), code));
}

// registers(index, adapter, types, leaf): the index is that of the next function, the types are bytes, the result's in
// front.
void Registers(const Info& info)
{
  Environment* environment = EnvironmentOf(info);
  if (!info[0]->IsUint32() || info[0].As<v8::Uint32>()->Value() != environment->calls.size())
    return Refuse(info, "functions are made in the order of their indices");
  const void* adapter = Address(info[1]);
  if (adapter == nullptr || !info[2]->IsUint8Array() || !info[3]->IsBoolean())
    return Refuse(info, "an address, not zero, types, and a boolean are needed");
  auto bytes = info[2].As<v8::Uint8Array>();
  std::vector<v8::CTypeInfo::Type> types(bytes->Length());
  bytes->CopyContents(types.data(), types.size());
  if (!CanTravel(types))
    return Refuse(info, "values of these types do not travel in registers");
  bool leaf = info[3]->IsTrue();
  std::unique_ptr<SlowCall> call(new SlowCall{environment, adapter, leaf, types, std::vector<Field>(types.size())});
  v8::MaybeLocal<v8::Function> function = RegisterFunction(info.GetIsolate()->GetCurrentContext(), call.get());
  // The function may exist without us hearing of it, so that what it refers to stays.
  environment->calls.push_back(std::move(call));
  ReturnFunction(info, function);
}

SlowCall* CallOf(const Info& info)
{
  auto& calls = EnvironmentOf(info)->calls;
  uint32_t index = info[0]->IsUint32() ? info[0].As<v8::Uint32>()->Value() : UINT32_MAX;
  return index < calls.size() ? calls[index].get() : nullptr;
}

// assign(index, entry, frame, size, fields): offset and size of the result, then of each argument.
void Assign(const Info& info)
{
  SlowCall* call = CallOf(info);
  void* entry = Address(info[1]);
  void* frame = Address(info[2]);
  if (call == nullptr || entry == nullptr || frame == nullptr || !info[3]->IsUint32() || !info[4]->IsUint32Array())
    return Refuse(info, "a function, two addresses, a size and fields are needed");
  uint32_t size = info[3].As<v8::Uint32>()->Value();
  auto words = info[4].As<v8::Uint32Array>();
  std::vector<Field> fields(call->types.size());
  if (words->Length() != 2 * fields.size())
    return Refuse(info, "every value has a field");
  words->CopyContents(fields.data(), fields.size() * sizeof(Field));
  for (size_t i = 0; i < fields.size(); i++) {
    if (!FitsField(call->types[i], fields[i].size) || fields[i].offset > size || fields[i].size > size - fields[i].offset)
      return Refuse(info, "a field lies outside the frame, or does not fit its type");
  }
  if (call->entry == nullptr)
    Count(*call, true);
  call->fields = fields;
  call->frame = static_cast<uint8_t*>(frame);
  call->entry = reinterpret_cast<void* (*)(void*, void*)>(reinterpret_cast<uintptr_t>(entry));
}

// clear(index): the function leads nowhere until the next assign.
void Clear(const Info& info)
{
  SlowCall* call = CallOf(info);
  if (call == nullptr)
    return Refuse(info, "no such function");
  if (call->entry != nullptr)
    Count(*call, false);
  call->entry = nullptr;
  call->frame = nullptr;
}

void CountCalls(const Info& info)
{
  info.GetReturnValue().Set(static_cast<uint32_t>(EnvironmentOf(info)->calls.size()));
}

void SlowCalls(const Info& info)
{
  info.GetReturnValue().Set(EnvironmentOf(info)->slow_calls);
}

const struct {
  const char* name;
  v8::FunctionCallback callback;
} kExports[] = {
    {"entry", Entry}, {"registers", Registers}, {"assign", Assign},   {"clear", Clear},
    {"count", CountCalls}, {"slowCalls", SlowCalls}, {"invoker", Invoker},
};

void Export(v8::Local<v8::Context> context, v8::Local<v8::Object> exports, const char* name, v8::Local<v8::Value> value)
{
  v8::Local<v8::String> key = v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), name).ToLocalChecked();
  exports->Set(context, key, value).Check();
}

// Runs after the environment's last JavaScript: nobody goes the slow way any more.
void End(void* environment)
{
  delete static_cast<Environment*>(environment);
}

}  // namespace
}  // namespace interfix

// Node calls this for the main thread and for each worker. The version is part of the name it looks for, so that an addon
// for another one is refused before any of it runs.
NODE_MODULE_INIT()
{
  (void)module;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  auto environment = new interfix::Environment;
  node::AddEnvironmentCleanupHook(isolate, interfix::End, environment);
#if NODE_MODULE_VERSION < 147
  v8::Local<v8::Value> data = v8::External::New(isolate, environment);
#else
  v8::Local<v8::Value> data = v8::External::New(isolate, environment, v8::kExternalPointerTypeTagDefault);
#endif
  for (const auto& each : interfix::kExports)
    interfix::Export(context, exports, each.name, v8::Function::New(context, each.callback, data).ToLocalChecked());
  interfix::Export(context, exports, "copyText", interfix::CopyTextFunction(context).ToLocalChecked());
  interfix::Export(context, exports, "contract", v8::Integer::NewFromUnsigned(isolate, interfix::kContract));
  interfix::Export(context, exports, "wide", v8::Boolean::New(isolate, interfix::kWideValues));
}
