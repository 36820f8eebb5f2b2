// What the compiler is told about calls from C: they are many, and nearly all of them take the same way.
#ifndef INTERFIX_HINTS_H
#define INTERFIX_HINTS_H

#if defined(__GNUC__)
#define UNLIKELY(condition) __builtin_expect(condition, 0)
// A function that the common way does not run: without its registers and its code there, that way is shorter.
#define APART __attribute__((noinline))
#else
#define UNLIKELY(condition) (condition)
#define APART
#endif

#endif
