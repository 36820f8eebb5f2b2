// V8's declarations behind FunctionTemplate::New(…, const CFunction *), which Node does not ship (v8-fast-api-calls.h is
// not among its headers), and the versions whose layout is known. Decides whether this addon can be compiled at all.
//
// | NODE_MODULE_VERSION      | 115 (Node 20) | 127 (22)     | 137 (24)     | 147 (26)     |
// |--------------------------|---------------|--------------|--------------|--------------|
// | V8                       | 11.3          | 12.4         | 13.6         | 14.6         |
// | CTypeInfo                | 3 bytes: type, sequence, flags (the same three)  || 2: type, flags |
// | CFunctionInfo's last     | –             | Int64Representation (the same three)      |||
// | 64-bit values as BigInt  | no            | yes          | yes          | yes          |
//
// V8 reads an array of CTypeInfo by that size, so a wrong one makes it read wrong types: every other version is refused.
// Objects of the two classes with constructors are made by the constructors that Node's binary exports; only room for
// them is set aside here.
#ifndef INTERFIX_V8_FAST_API_H
#define INTERFIX_V8_FAST_API_H

#include <node.h>
#include <v8.h>

#include <cstdint>

#if NODE_MODULE_VERSION == 115 && V8_MAJOR_VERSION == 11
#define INTERFIX_HAS_REPRESENTATION 0
#elif (NODE_MODULE_VERSION == 127 && V8_MAJOR_VERSION == 12) || (NODE_MODULE_VERSION == 137 && V8_MAJOR_VERSION == 13) \
    || (NODE_MODULE_VERSION == 147 && V8_MAJOR_VERSION == 14)
#define INTERFIX_HAS_REPRESENTATION 1
#else
#error "interfix knows no layout of V8's CTypeInfo for this version of Node: its calls go through Node-API there"
#endif

namespace v8 {

// The type of one value, as V8 stores it.
struct CTypeInfo {
  enum class Type : uint8_t {
    kVoid = 0,
    kBool = 1,
    kInt32 = 3,
    kUint32 = 4,
    kInt64 = 5,
    kUint64 = 6,
    kFloat32 = 7,
    kFloat64 = 8,
    kV8Value = 10,
    kSeqOneByteString = 11,
  };

  Type type;
#if NODE_MODULE_VERSION < 147
  uint8_t sequence = 0;  // a scalar
#endif
  uint8_t flags = 0;  // convert as JavaScript does: what comes here has been checked
};

// What a parameter of type kSeqOneByteString gets, by reference; it lasts while no JavaScript runs.
struct FastOneByteString {
  const char* data;
  uint32_t length;
};

class V8_EXPORT CFunctionInfo {
 public:
#if INTERFIX_HAS_REPRESENTATION
  enum class Int64Representation : uint8_t { kNumber = 0, kBigInt = 1 };
  CFunctionInfo(const CTypeInfo& result, unsigned int count, const CTypeInfo* types, Int64Representation representation);
#else
  CFunctionInfo(const CTypeInfo& result, unsigned int count, const CTypeInfo* types);
#endif

 private:
  alignas(8) unsigned char room_[64];  // 16 in each of these versions
};

class V8_EXPORT CFunction {
 public:
  CFunction(const void* address, const CFunctionInfo* info);

 private:
  alignas(8) unsigned char room_[32];  // 16 in each of these versions
};

static_assert(sizeof(CTypeInfo) == (NODE_MODULE_VERSION < 147 ? 3 : 2), "V8 reads arrays of CTypeInfo");
static_assert(alignof(CTypeInfo) == 1, "without holes");
static_assert(sizeof(bool) == 1 && sizeof(float) == 4 && sizeof(double) == 8, "what a call frame holds");

}  // namespace v8

namespace interfix {

// Whether a value of 64 bits can travel in a register. V8 11.3 takes such arguments from numbers only, and aborts the
// process when it optimises a call with such a result.
constexpr bool kWideValues = NODE_MODULE_VERSION >= 127;

}  // namespace interfix

#endif
