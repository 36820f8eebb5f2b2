// C declarations, each beside what it says in the signature language.

import { describe, expect, it } from 'vitest';
import { DOUBLE, integer } from '../../src/ctype/ctype.ts';
import { type DeclarationOptions, parseDeclarations, withVariadic } from '../../src/signature/c/declarations.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { printSignature, printType } from '../../src/signature/print.ts';
import { createRegistry } from '../../src/signature/registry.ts';
import { sameType } from '../../src/signature/same-type.ts';

/** The last declared function, or the type `s`, or the last type, printed. */
function said(text: string, options: DeclarationOptions = {}): string {
  const { functions, types, constants } = parseDeclarations(text, options);
  const signature = [...functions.values()].at(-1);
  if (signature !== undefined) return printSignature(signature);
  const type = types.get('s') ?? [...types.values()].at(-1);
  if (type !== undefined) return printType(type);
  return [...constants].map(([name, value]) => `${name}=${value}`).join(' ');
}

type Row = readonly [c: string, said: string];

describe('a prototype', () => {
  const rows: readonly Row[] = [
    ['double pow(double x, double y);', 'pow(x:double, y:double) -> double'],
    ['extern int rand(void);', 'rand() -> int32'],
    ['int f();', 'f() -> int32'],
    ['static inline int f(int);', 'f(int32) -> int32'],
    ['int printf(const char *restrict format, ...);', 'printf(format:*const char;) -> int32'],
    ['int f(...);', 'f(;) -> int32'],
    [
      'void f(int a[], double m[][3], char *argv[const static 2], int v[n * 2]);',
      'f(a:*int32, m:*[3:double], argv:**char, v:*int32) -> void',
    ],
    ['void f(int g(int), void (h)(void));', 'f(g:(int32) -> int32, h:() -> void) -> void'],
    [
      'void qsort(void *, size_t, size_t, int (*)(const void *, const void *));',
      'qsort(*void, uint64, uint64, (*const void, *const void) -> int32) -> void',
    ],
    ['void (*signal(int sig, void (*func)(int)))(int);', 'signal(sig:int32, func:(int32) -> void) -> (int32) -> void'],
    ['int (f)(int);', 'f(int32) -> int32'],
    ['const char *const *f(const int, volatile int *const volatile p);', 'f(int32, p:*int32) -> *const *const char'],
    ['char const * const * f(void);', 'f() -> *const *const char'],
    ['int (*f(void))[3];', 'f() -> *[3:int32]'],
    ['int f(int (*)[3], int *[3], int (**)(void));', 'f(*[3:int32], **int32, *() -> int32) -> int32'],
    ['typedef int op(int); op add, *get(op *, op);', 'get((int32) -> int32, (int32) -> int32) -> (int32) -> int32'],
    ['typedef int T; int f(int (T));', 'f((int32) -> int32) -> int32'],
    ['typedef int T; int f(T T);', 'f(T:int32) -> int32'],
    ['int f(int) { return "}"[0] + \'}\' /* } */; }', 'f(int32) -> int32'],
    [
      '__extension__ extern __inline __attribute__((__gnu_inline__, nonnull(1))) long long f(char *) __asm__("g");',
      'f(*char) -> int64',
    ],
    ['[[nodiscard]] int f([[maybe_unused]] int a) [[gnu::pure]];', 'f(a:int32) -> int32'],
    [
      '__declspec(dllimport) int __stdcall f(int (__cdecl *)(int), int (__attribute__((cdecl)) *)(int));',
      'f((int32) -> int32, (int32) -> int32) -> int32',
    ],
    ['extern "C" { int f(int); } extern "C" int g(void);', 'g() -> int32'],
    ['extern int errno, *p, f(void), table[];', 'f() -> int32'],
    ['int vprintf(const char *, va_list);', 'vprintf(*const char, @va_list) -> int32'],
  ]; // prettier-ignore
  it.each(rows)('%s', (c, expected) => {
    expect(said(c)).toBe(expected);
  });

  it('is the same as in the signature language', () => {
    const { functions } = parseDeclarations('double pow(double x, double y);');
    expect(functions.get('pow')).toEqual(parseSignature('pow(x:double, y:double) -> double'));
  });

  it('may name another symbol', () => {
    const { symbols, functions } = parseDeclarations('int scanf(const char *, ...) __asm__("" "__isoc99_scanf");');
    expect([...symbols]).toEqual([['scanf', '__isoc99_scanf']]);
    expect(functions.get('scanf')?.name).toBe('scanf');
  });

  it('of a static function with a body is not kept: it has no symbol', () => {
    expect(parseDeclarations('static inline int f(int a) { return a; } int g(void) {}').functions.has('f')).toBe(false);
  });

  it('may come again if it says the same', () => {
    expect(said('int f(int a); int f(int b);')).toBe('f(a:int32) -> int32');
  });
});

describe('withVariadic', () => {
  const { functions } = parseDeclarations('int printf(const char *, ...); int f(int);');
  const signatureOf = (name: string) => {
    const found = functions.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  it('appends the types of one call', () => {
    const called = withVariadic(signatureOf('printf'), [integer('int32'), DOUBLE]);
    expect(printSignature(called)).toBe('printf(*const char; int32, double) -> int32');
    expect(printSignature(withVariadic(called, []))).toBe('printf(*const char;) -> int32');
  });
  it('refuses a function without ...', () => {
    expect(() => withVariadic(signatureOf('f'), [])).toThrow(expect.objectContaining({ code: 'ERR_TYPE' }));
  });
});

describe('the words of a type', () => {
  const rows: readonly Row[] = [
    ['char', 'char'],
    ['signed char', 'int8'],
    ['unsigned char', 'uint8'],
    ['short signed int', 'int16'],
    ['unsigned short', 'uint16'],
    ['signed', 'int32'],
    ['int unsigned', 'uint32'],
    ['long int', 'long'],
    ['unsigned long', 'ulong'],
    ['long unsigned int long', 'uint64'],
    ['__int128', 'int128'],
    ['unsigned __int128', 'uint128'],
    ['__int64', 'int64'],
    ['_Bool', 'bool'],
    ['bool', 'bool'],
    ['float', 'float'],
    ['long double', 'longdouble'],
    ['double long', 'longdouble'],
    ['_Float16', 'float16'],
    ['__bf16', 'bfloat16'],
    ['_Float32x', 'double'],
    ['double _Complex', 'c[double]'],
    ['_Complex long double', 'c[longdouble]'],
    ['float complex', 'c[float]'],
    ['_Complex', 'c[double]'],
    ['int8_t', 'int8'],
    ['uint_least16_t', 'uint16'],
    ['intptr_t', 'int64'],
    ['uintmax_t', 'uint64'],
    ['ptrdiff_t', 'int64'],
    ['ssize_t', 'int64'],
    ['wchar_t', 'wchar_t'],
    ['char32_t', 'uint32'],
    ['__m128', 'v[4:float]'],
    ['__m512i', 'v[8:int64]'],
    ['uint8x16_t', 'v[16:uint8]'],
    ['_Float128', '@_Float128'],
    ['volatile const int', 'int32'],
  ];
  it.each(rows)('%s', (words, expected) => {
    expect(said(`${words} f(void);`)).toBe(`f() -> ${expected}`);
  });

  it('that a header defines may be defined otherwise', () => {
    expect(said('typedef unsigned long size_t; size_t f(void);')).toBe('f() -> ulong');
  });
});

describe('a definition', () => {
  const rows: readonly Row[] = [
    ['struct point { int x, y; };', '{x:int32, y:int32}'],
    ['typedef struct { double re, im; } z;', '{re:double, im:double}'],
    ['union u { int i; double d; };', '<i:int32, d:double>'],
    ['struct s { struct s *next; struct other *o; };', '{next:*@s, o:*@other}'],
    ['struct s { int a; struct { int b; union { int c; float d; }; }; };', '{a:int32, {b:int32, <c:int32, d:float>}}'],
    ['struct s { int n; char data[]; };', '{n:int32, data:[?:char]}'],
    ['struct s { int n; char data[0]; };', '{n:int32, data:[?:char]}'],
    [
      'struct s { unsigned a : 3, : 0, b : 1 + 4; int : 2; bool c : 1; };',
      '{a:uint32:3, uint32:0, b:uint32:5, int32:2, c:bool:1}',
    ],
    [
      'struct s { int m[2][3], *p[2], (*q)[2]; int (*f)(int), (*g[2])(void); };',
      '{m:[2:[3:int32]], p:[2:*int32], q:*[2:int32], f:(int32) -> int32, g:[2:() -> int32]}',
    ],
    ['struct __attribute__((packed)) s { char c; int i; };', '!{c:char, i:int32}'],
    ['union u { char c; int i; } __attribute__((__packed__));', '!<c:char, i:int32>'],
    ['#pragma pack(push, 2)\nstruct s { char c; int i; };\n#pragma pack(pop)', '!2:{c:char, i:int32}'],
    ['#pragma pack(1)\n#pragma pack()\nstruct s { char c; };', '{c:char}'],
    [
      '#pragma pack(push, here, 4)\n#pragma pack(push)\n#pragma pack(1)\n#pragma pack(pop, here)\nstruct s { char c; };',
      '{c:char}',
    ],
    [
      'struct s { _Alignas(16) char c; int i __attribute__((aligned(8))); };',
      '{alignas(16) c:char, alignas(8) i:int32}',
    ],
    ['struct s { int i; } __attribute__((aligned(16)));', 'alignas(16) {i:int32}'],
    ['struct __declspec(align(32)) s { int i; };', 'alignas(32) {i:int32}'],
    ['struct s { _Alignas(_Alignof(double)) char c; };', '{alignas(8) c:char}'],
    ['typedef int a16 __attribute__((aligned(16))); struct s { a16 a; int b; };', '{alignas(16) a:int32, b:int32}'],
    ['typedef int four __attribute__((aligned(4))); struct s { four a; };', '{a:int32}'],
    ['struct s { };', '{}'],
    ['struct s { const char *name; int *const p; const int a[2]; };', '{name:*const char, p:*int32, a:[2:int32]}'],
    ['struct s { enum { A, B } tag; };', '{tag:e:uint32{A, B}}'],
    ['typedef float v4 __attribute__((vector_size(16)));', 'v[4:float]'],
    ['typedef double v8 __attribute__((ext_vector_type(8)));', 'v[8:double]'],
    ['typedef int DI __attribute__((mode(DI)));', 'int64'],
    ['typedef const char *text; typedef text lines[4];', '[4:*const char]'],
    ['typedef int (*op)(int, int);', '(int32, int32) -> int32'],
    ['typedef struct s s; struct s { s *next; };', '{next:*@s}'],
    ['enum color { RED, GREEN = 5, BLUE };', 'e:uint32{RED, GREEN=5, BLUE}'],
    ['enum sign { MINUS = -1, PLUS = 1 };', 'e:int32{MINUS=-1, PLUS=1}'],
    ['enum big { BIG = 0x100000000 };', 'e:uint64{BIG=4294967296}'],
    ['enum __attribute__((packed)) small { ON = 200 };', 'e:uint8{ON=200}'],
    ['enum fixed : short { ONE = 1, };', 'e:int16{ONE=1}'],
    ['struct s; ', '@s'],
  ]; // prettier-ignore
  it.each(rows)('%s', (c, expected) => {
    expect(said(c)).toBe(expected);
  });

  it('by name is one type, with and without its tag', () => {
    const { functions } = parseDeclarations(
      'typedef struct point point; struct point { int x; }; point *f(struct point *, const point);',
    );
    const [signature] = functions.values();
    expect(signature && printSignature(signature)).toBe('f(*@point, @point) -> *@point');
  });

  it('of a typedef for an untagged struct names it, and its other declarators use the name', () => {
    const { types } = parseDeclarations('typedef struct { int x; } *handle, body; typedef const body cbody;');
    expect(types.get('handle')).toMatchObject({ kind: 'pointer', pointee: { kind: 'named', name: 'body' } });
    expect(types.get('cbody')).toMatchObject({ kind: 'named', name: 'body' });
  });

  it('may come before or after its use, and be mutually recursive', () => {
    const registry = createRegistry();
    parseDeclarations('struct a { struct b *b; }; struct b { struct a a; struct b *next; };', { registry });
    expect(registry.print()).toContain('@b = {a:@a, next:*@b};');
  });

  it('that no type describes leaves a name', () => {
    const { types } = parseDeclarations('typedef char v4 __attribute__((vector_size(4))); v4 *f(v4 *);');
    expect(types.get('v4')).toMatchObject({ kind: 'named', slot: { type: null } });
  });
});

describe('a constant', () => {
  const rows: readonly (readonly [string, bigint])[] = [
    ['1 + 2 * 3 - -4', 11n],
    ['(1 << 4) | 0x0f & ~1', 30n],
    ['7 / 2 % 2', 1n],
    ['-7 / 2', -3n],
    ['-7 % 4', -3n],
    ['-1 >> 1', -1n],
    ['1 ? 2 : 1 / 0', 2n],
    ['0 && 1 / 0', 0n],
    ['1 || 1 / 0', 1n],
    ['!0 + !5', 1n],
    ['1 < 2 == 1', 1n],
    ['-1 < 0u', 0n],
    ['-1 < (long long)0u', 1n],
    ['0xffffffff + 1', 0n],
    ['0xffffffffLL + 1', 4294967296n],
    ['1 << 31', -2147483648n],
    ['1u << 31', 2147483648n],
    ['~0u', 4294967295n],
    ['~0ull', 18446744073709551615n],
    ['0777', 511n],
    ['0b101', 5n],
    ['123ULL', 123n],
    ["'a' + '\\n' + '\\x1' + '\\101' + '\\0'", 97n + 10n + 1n + 65n],
    ["L'\\u20ac'", 0x20acn],
    ['(unsigned char)300 + (_Bool)7', 45n],
    ['sizeof(int[3]) * sizeof(char)', 12n],
    ['sizeof(struct { char c; double d; }) + _Alignof(double *)', 24n],
    ['sizeof(void (*)(void)) ^ 3', 11n],
    ['EARLIER * 2', 14n],
    ['true', 1n],
  ];
  it.each(rows)('%s', (expression, value) => {
    const { constants } = parseDeclarations(`enum { EARLIER = 7, X = ${expression} };`);
    expect(constants.get('X')).toBe(value);
  });

  it('that depends on the platform needs the platform', () => {
    const text = "enum { L = sizeof(long), C = '\\xff' < 0, W = (unsigned)~0ul == ~0ul };";
    expect(() => parseDeclarations(text)).toThrow("option 'abi'");
    const on = (abi: 'sysv-x64' | 'win-x64' | 'aapcs64') => [...parseDeclarations(text, { abi }).constants.values()];
    expect(on('sysv-x64')).toEqual([8n, 1n, 0n]);
    expect(on('win-x64')).toEqual([4n, 1n, 1n]);
    expect(on('aapcs64')).toEqual([8n, 0n, 0n]);
  });
});

describe('a registry', () => {
  it('keeps what earlier texts declared', () => {
    const registry = createRegistry().define('@pair = {int, int}; @handler = (int) -> void;');
    parseDeclarations('typedef int op(int); enum { N = 3 }; struct point { int x; };', { registry });
    const { functions, types } = parseDeclarations(
      'op *f(struct point *, point, pair, struct pair *, handler, int[N]); struct point { int x; };',
      { registry },
    );
    const [signature] = functions.values();
    expect(signature && printSignature(signature)).toBe(
      'f(*@point, @point, @pair, *@pair, @handler, *int32) -> (int32) -> int32',
    );
    expect([...types.keys()]).toEqual(['point', 'pair']);
    expect(registry.names()).toEqual(['pair', 'handler', 'point', 'op']);
  });

  it('gets the definition of a name that it only knew', () => {
    const registry = createRegistry().define('@list = *@node;');
    parseDeclarations('struct node { int value; struct node *next; }; typedef struct node *list;', { registry });
    const node = registry.lookup('node');
    expect(node && sameType(node, registry.reference('node'))).toBe(true);
    expect(node && printType(node)).toBe('{value:int32, next:*@node}');
  });

  it('refuses another definition of a name, and stays as it was', () => {
    const registry = createRegistry().define('@s = {x:int};');
    const before = registry.print();
    expect(() => parseDeclarations('struct t { int y; }; struct s { long x; };', { registry })).toThrow(
      expect.objectContaining({ code: 'ERR_REDEFINED', position: 28 }),
    );
    expect(registry.print()).toBe(before);
  });
});

describe('preprocessed text', () => {
  it('has line markers, harmless pragmas and comments', () => {
    const text = [
      '# 1 "a.h" 1 3 4',
      '#line 7',
      '#',
      '#pragma once',
      '  # pragma GCC diagnostic push',
      'int /* a */ f( // b',
      'int) \\',
      ';',
      '_Static_assert(sizeof(int) == 4, "no (");;',
    ].join('\r\n');
    expect(said(text)).toBe('f(int32) -> int32');
  });
});
