// Texts as UTF-8. Optimised code hands over the bytes of a string where they lie, if it has one byte for each character;
// all others come as strings.
#include "text.h"

#include <cstring>

#include "functions.h"

namespace interfix {
namespace {

using v8::CTypeInfo;

// Whether each byte is 1 … 127: the top bit of w - 1 or of w is set for 0 and for 128 … 255. A borrow from a lower byte
// comes from a zero, which is refused anyway.
bool IsPlain(uint64_t word)
{
  constexpr uint64_t kOnes = 0x0101010101010101;
  return ((word | (word - kOnes)) & (kOnes << 7)) == 0;
}

// Latin-1, which is what the bytes of a string are, as UTF-8: a character from 128 on takes two bytes.
int32_t CopyLatin1(const uint8_t* from, uint32_t length, uint8_t* to, uint32_t room)
{
  uint32_t end = 0;
  for (uint32_t done = 0; done < length; done++) {
    uint8_t character = from[done];
    if (character == 0 || room - end < 3)
      return -1;
    if (character >= 0x80) {
      to[end++] = static_cast<uint8_t>(0xc0 | character >> 6);
      character = 0x80 | (character & 0x3f);
    }
    to[end++] = character;
  }
  to[end] = 0;
  return static_cast<int32_t>(end);
}

// Copies bytes of 1 … 127 up to the first other one, and says how many: eight at a time, of which the last eight may have
// been copied in part before.
uint32_t CopyPlain(const char* from, uint32_t length, char* to)
{
  uint32_t done = 0;
  while (length >= 8 && done < length) {
    uint32_t at = length - done < 8 ? length - 8 : done;
    uint64_t word;
    memcpy(&word, from + at, 8);
    if (!IsPlain(word))
      break;
    memcpy(to + at, &word, 8);
    done = at + 8;
  }
  for (; done < length && static_cast<signed char>(from[done]) > 0; done++)
    to[done] = from[done];
  return done;
}

int32_t CopyBytes(const char* from, uint32_t length, char* to, uint32_t room)
{
  uint32_t done = CopyPlain(from, length, to);
  if (done < length) {
    int32_t rest = CopyLatin1(reinterpret_cast<const uint8_t*>(from + done), length - done,
                              reinterpret_cast<uint8_t*>(to + done), room - done);
    return rest < 0 ? -1 : static_cast<int32_t>(done) + rest;
  }
  to[length] = 0;
  return static_cast<int32_t>(length);
}

// V8 writes a lone surrogate as if it were a character: ED and a byte from A0 on, which no other character begins with.
bool IsText(const char* bytes, size_t length)
{
  const char* end = bytes + length;
  if (memchr(bytes, 0, length) != nullptr)
    return false;
  while ((bytes = static_cast<const char*>(memchr(bytes, 0xed, static_cast<size_t>(end - bytes)))) != nullptr) {
    if (static_cast<uint8_t>(*++bytes) >= 0xa0)
      return false;
  }
  return true;
}

char* Memory(double address)
{
  return address > 0 && address <= 9007199254740991 ? reinterpret_cast<char*>(static_cast<uintptr_t>(address)) : nullptr;
}

int32_t Fast(v8::Local<v8::Value>, const v8::FastOneByteString& text, double address, uint32_t room)
{
  char* to = Memory(address);
  return to != nullptr && text.length < room ? CopyBytes(text.data, text.length, to, room) : -1;
}

#if NODE_MODULE_VERSION < 137
// Whether all bytes are 1 … 127. Looks only: the processor waits where a load meets a part of what was just stored.
bool ArePlain(const char* bytes, uint32_t length)
{
  uint32_t done = 0;
  while (length >= 8 && done < length) {
    uint64_t word;
    memcpy(&word, bytes + (length - done < 8 ? length - 8 : done), 8);
    if (!IsPlain(word))
      return false;
    done += 8;
  }
  for (; done < length; done++) {
    if (static_cast<signed char>(bytes[done]) <= 0)
      return false;
  }
  return true;
}
#endif

// A text of single bytes, which V8 hands over several times as fast as it encodes: -1 for all others.
int32_t CopyOneByte(v8::Isolate* isolate, v8::Local<v8::String> text, char* to, uint32_t room)
{
#if NODE_MODULE_VERSION < 137
  auto length = static_cast<uint32_t>(text->Length());
  if (length >= room || !text->IsOneByte())
    return -1;
  text->WriteOneByte(isolate, reinterpret_cast<uint8_t*>(to), 0, static_cast<int>(length),
                     v8::String::NO_NULL_TERMINATION);
  if (!ArePlain(to, length))
    return -1;
  to[length] = 0;
  return static_cast<int32_t>(length);
#else
  v8::String::ValueView bytes(isolate, text);
  if (!bytes.is_one_byte() || bytes.length() >= room)
    return -1;
  return CopyBytes(reinterpret_cast<const char*>(bytes.data8()), bytes.length(), to, room);
#endif
}

// What is no sequence of bytes: a text that was put together, or is a part of another; and everything before the caller
// is optimised.
void Slow(const v8::FunctionCallbackInfo<v8::Value>& info)
{
  info.GetReturnValue().Set(-1);
  if (!info[0]->IsString() || !info[1]->IsNumber() || !info[2]->IsUint32())
    return;
  auto text = info[0].As<v8::String>();
  char* to = Memory(info[1].As<v8::Number>()->Value());
  uint32_t room = info[2].As<v8::Uint32>()->Value();
  if (to == nullptr)
    return;
  int32_t copied = CopyOneByte(info.GetIsolate(), text, to, room);
  if (copied >= 0)
    return info.GetReturnValue().Set(copied);
  // At most three bytes for a unit of UTF-16, and the zero.
  if (static_cast<uint32_t>(text->Length()) >= room / 3)
    return;
#if NODE_MODULE_VERSION < 137
  auto length = static_cast<size_t>(text->WriteUtf8(info.GetIsolate(), to, static_cast<int>(room), nullptr,
                                                    v8::String::NO_NULL_TERMINATION));
#else
  size_t length = text->WriteUtf8V2(info.GetIsolate(), to, room);
#endif
  if (!IsText(to, length))
    return;
  to[length] = 0;
  info.GetReturnValue().Set(static_cast<int32_t>(length));
}

}  // namespace

v8::MaybeLocal<v8::Function> CopyTextFunction(v8::Local<v8::Context> context)
{
  using Type = CTypeInfo::Type;
  auto code = reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(Fast));
  return Create(context, Slow, v8::Local<v8::Value>(),
                CFunctionOf(code, {Type::kInt32, Type::kSeqOneByteString, Type::kFloat64, Type::kUint32}));
}

}  // namespace interfix
