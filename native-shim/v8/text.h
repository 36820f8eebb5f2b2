// Short texts of JavaScript as C strings.
#ifndef INTERFIX_V8_TEXT_H
#define INTERFIX_V8_TEXT_H

#include "fast-api.h"

namespace interfix {

// copyText(text, address, room): writes a text in UTF-8 and a zero byte behind it to `room` bytes of memory. The number of
// bytes without the zero; -1 for a text with a zero character or a lone surrogate, and for one that may need more room, of
// which a part may have been written.
v8::MaybeLocal<v8::Function> CopyTextFunction(v8::Local<v8::Context> context);

}  // namespace interfix

#endif
