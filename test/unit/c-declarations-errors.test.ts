// What C declarations are refused for, and where the error points: at the character under the caret.

import { describe, expect, it } from 'vitest';
import { type ErrorCode, InterfixError } from '../../src/errors.ts';
import { type DeclarationOptions, parseDeclarations } from '../../src/signature/c/declarations.ts';

function refusalOf(text: string, options: DeclarationOptions = {}): InterfixError {
  try {
    parseDeclarations(text, options);
  } catch (error) {
    if (error instanceof InterfixError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

/** The text has a ▸ where the error points. */
type Row = readonly [text: string, code: ErrorCode, message: string];

const rows: readonly Row[] = [
  ['double pow(double x, ▸duoble y);', 'ERR_UNKNOWN_TYPE', 'did you mean'],
  ['int f(▸FILE *);', 'ERR_UNKNOWN_TYPE', 'typedef struct FILE FILE;'],
  ['▸MY_API int f(void);', 'ERR_UNKNOWN_TYPE', 'through cpp first'],
  ['int MY_API ▸f(void);', 'ERR_SYNTAX', 'through cpp first'],
  ['struct point { int x; }; int f(▸point);', 'ERR_UNKNOWN_TYPE', "did you mean 'struct point'"],
  ['▸#include <stdio.h>', 'ERR_UNSUPPORTED', 'through cpp first'],
  ['int f(void);\n  ▸#define A 1', 'ERR_UNSUPPORTED', '#define'],
  ['▸#pragma options align=packed', 'ERR_UNSUPPORTED', "pragma 'options'"],
  ['struct s {\n▸#pragma pack(1)\nint a; };', 'ERR_UNSUPPORTED', 'between declarations'],
  ['▸#pragma pack(pop)', 'ERR_SYNTAX', 'without its push'],
  ['▸#pragma pack(3)', 'ERR_SYNTAX', '1, 2, 4, 8 or 16'],
  ['▸#pragma pack(push, a b)', 'ERR_SYNTAX', 'expected pack()'],
  ['int ▸/* never closed', 'ERR_SYNTAX', 'comment'],
  ["enum { A = ▸'a };", 'ERR_SYNTAX', 'closing quote'],
  ['enum { A = ▸"a" };', 'ERR_SYNTAX', 'expected a constant'],
  ['enum { A = ▸1.5 };', 'ERR_SYNTAX', 'integer constant'],
  ['enum { A = ▸089 };', 'ERR_SYNTAX', 'integer constant'],
  ["enum { A = ▸'ab' };", 'ERR_SYNTAX', 'character constant'],
  ['enum { A = ▸0x10000000000000000 };', 'ERR_SIZE', '64 bits'],
  ['enum { A = ~0ull, ▸B };', 'ERR_SIZE', '64 bits'],
  ['enum { A = ▸1 / 0 };', 'ERR_TYPE', 'division by zero'],
  ['enum { A = ▸1 << 32 };', 'ERR_TYPE', 'too long a shift'],
  ['enum { A = ▸B };', 'ERR_UNKNOWN_TYPE', "unknown constant 'B'"],
  ['enum { A = sizeof(▸struct s) };', 'ERR_INCOMPLETE', '@s'],
  ['enum { A = sizeof(▸void) };', 'ERR_TYPE', 'void'],
  ['enum { X, A = sizeof ▸X };', 'ERR_SYNTAX', 'in parentheses'],
  ['enum { X, A = sizeof(▸X) };', 'ERR_UNSUPPORTED', 'types only'],
  ['enum { A = ▸(double)1 };', 'ERR_UNSUPPORTED', 'integer type'],
  ['enum { A = ▸sizeof(long) };', 'ERR_UNSUPPORTED', "option 'abi'"],
  ['enum e {▸};', 'ERR_SYNTAX', 'needs a constant'],
  ['enum e { A }; enum f { B = 1, ▸A = 1 };', 'ERR_REDEFINED', "'A'"],
  ['enum e { A, B }; enum f { ▸B };', 'ERR_REDEFINED', "'B'"],
  ['struct s { int a; }; struct ▸s { long a; };', 'ERR_REDEFINED', "'s'"],
  ['struct s; union ▸s;', 'ERR_REDEFINED', 'struct'],
  ['struct s { int a; }; typedef int ▸s;', 'ERR_REDEFINED', 'a tag of that name'],
  ['typedef int s; struct ▸s { int a; };', 'ERR_REDEFINED', 'a typedef of that name'],
  ['typedef int t; typedef long ▸t;', 'ERR_REDEFINED', "'t'"],
  ['int f(int); int ▸f(long);', 'ERR_REDEFINED', 'other types'],
  ['struct s { struct s ▸s; };', 'ERR_INCOMPLETE', "'s' has no definition yet"],
  ['struct s { struct t a▸[2]; };', 'ERR_INCOMPLETE', 'element'],
  ['struct s { void ▸v; };', 'ERR_TYPE', 'void'],
  ['struct s { int ▸f(void); };', 'ERR_TYPE', 'cannot be a function'],
  ['struct s { int a; int ▸a; };', 'ERR_TYPE', 'second member'],
  ['struct s { int a; ▸struct { int a; }; };', 'ERR_TYPE', 'second member'],
  ['struct s { ▸int; };', 'ERR_SYNTAX', 'declares nothing'],
  ['struct s { ▸typedef int a; };', 'ERR_SYNTAX', 'storage class'],
  ['struct s { int a : ▸33; };', 'ERR_TYPE', '32 bits'],
  ['struct s { long a : ▸33; };', 'ERR_TYPE', '32 bits'],
  ['struct s { float a : ▸3; };', 'ERR_TYPE', 'integer type'],
  ['struct s { int ▸a : 0; };', 'ERR_TYPE', 'no name'],
  ['struct s { int a ▸= 3; };', 'ERR_SYNTAX', "','"],
  ['struct s { int ▸a[]; };', 'ERR_UNSUPPORTED', 'last of several'],
  ['struct s { int n; int a[]; int ▸b; };', 'ERR_UNSUPPORTED', 'behind a flexible array'],
  ['struct s { int a▸[-1]; };', 'ERR_SIZE', '-1 elements'],
  ['struct s { int a▸[1ull << 48]; };', 'ERR_SIZE', 'elements'],
  ['int f▸(void)[3];', 'ERR_TYPE', 'return an array'],
  ['int f▸(void)(void);', 'ERR_TYPE', 'return a function'],
  ['struct s { int (*a[2])[]; int b▸[3][]; };', 'ERR_TYPE', 'first length'],
  ['int f(▸void x);', 'ERR_TYPE', 'void'],
  ['int f(int, ▸void);', 'ERR_TYPE', 'void'],
  ['▸int;', 'ERR_SYNTAX', 'declares nothing'],
  ['void ▸x;', 'ERR_TYPE', 'void'],
  ['int x ▸= 3;', 'ERR_UNSUPPORTED', 'value'],
  ['int x▸', 'ERR_SYNTAX', "',' or ';'"],
  ['int f(int▸', 'ERR_SYNTAX', 'the end'],
  ['int f(int) ▸{ if (1) {', 'ERR_SYNTAX', 'never closed'],
  ['typedef int f(void) ▸{ }', 'ERR_SYNTAX', "';'"],
  ['▸long char f(void);', 'ERR_UNKNOWN_TYPE', "'long char'"],
  ['int ▸struct s;', 'ERR_SYNTAX', 'a name'],
  ['▸_Atomic int f(void);', 'ERR_UNSUPPORTED', '_Atomic'],
  ['int f(▸typeof(int));', 'ERR_UNSUPPORTED', 'typeof'],
  ['int f(▸off_t);', 'ERR_UNSUPPORTED', 'typedef long off_t;'],
  ['int f(int (▸^)(int));', 'ERR_UNSUPPORTED', 'blocks'],
  ['int f(void) __attribute__((▸ms_abi));', 'ERR_UNSUPPORTED', "'ms_abi'"],
  ['int f(void) [[▸vendor::x]];', 'ERR_UNSUPPORTED', "'vendor'"],
  ['__declspec(▸uuid("1")) int f(void);', 'ERR_UNSUPPORTED', 'uuid'],
  ['struct s { int a __attribute__((▸packed)); };', 'ERR_UNSUPPORTED', 'aligned'],
  ['int f(int a __attribute__((vector_size(▸16))));', 'ERR_UNSUPPORTED', 'parameter'],
  ['struct s { ▸_Alignas(3) int a; };', 'ERR_TYPE', 'power of two'],
  ['typedef struct { int a; } t __attribute__((▸packed));', 'ERR_UNSUPPORTED', 'behind the }'],
  ['typedef int a16 __attribute__((aligned(16))); int f(▸a16);', 'ERR_UNSUPPORTED', 'a parameter'],
  [
    'typedef int a16 __attribute__((aligned(16))); struct s { a16 a▸[3]; };',
    'ERR_TYPE',
    'smaller than their alignment',
  ],
  ['typedef double t __attribute__((▸mode(SI)));', 'ERR_UNSUPPORTED', 'machine mode'],
  ['typedef struct { int a; } t __attribute__((vector_size(▸16)));', 'ERR_TYPE', 'elements'],
  [
    '#pragma pack(2)\nstruct __attribute__((▸packed)) s { int a : 3; };',
    'ERR_UNSUPPORTED',
    'by attribute and by pragma',
  ],
  ['struct s { ▸struct t { int a; }; };', 'ERR_UNSUPPORTED', 'on Windows only'],
  ['extern ▸"C++" { }', 'ERR_UNSUPPORTED', 'extern "C"'],
  ['▸@', 'ERR_SYNTAX', 'a type'],
  ['int f(▸a) int a; { }', 'ERR_UNKNOWN_TYPE', "'a'"],
]; // prettier-ignore

describe('refused C', () => {
  it.each(rows)('%s', (marked, code, message) => {
    const position = marked.indexOf('▸');
    const text = marked.replace('▸', '');
    const error = refusalOf(text);
    expect([error.code, error.position]).toEqual([code, position]);
    expect(error.message).toContain(message);
    expect(error.text).toBe(text);
  });

  it('says where: position, line, and a caret under the text', () => {
    expect(refusalOf('int f(int);\nint g(itn);').message).toBe(
      "unknown type 'itn', did you mean 'int'? at position 18 (line 2)\n  int f(int); int g(itn);\n                    ^",
    );
  });

  it('nests no deeper than 256', () => {
    const nested = (depth: number): string => `${'struct { '.repeat(depth)} int x; ${'} a; '.repeat(depth)}`;
    expect(() => parseDeclarations(nested(100))).not.toThrow();
    expect(refusalOf(nested(300)).code).toBe('ERR_DEPTH');
    expect(refusalOf(`int ${'*'.repeat(300)}p;`).code).toBe('ERR_DEPTH');
  });

  it('may be a type that others mention too often', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `typedef void f${i + 1}(f${i}, f${i});`);
    expect(refusalOf(`typedef int f0; ${lines.join(' ')}`).code).toBe('ERR_SIZE');
  });

  it('has an abi that is known', () => {
    expect(refusalOf('', { abi: 'sparc' as 'aapcs64' }).code).toBe('ERR_OPTION');
  });
});
