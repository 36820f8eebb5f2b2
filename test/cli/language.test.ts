// Which language a text of the command line is in, and that its errors come from that language's parser.

import { expect, test } from 'vitest';
import { closed, languageOf, languageOfDefinitions } from '../../src/cli/language.ts';
import { interfix } from './command.ts';

test.each([
  'int',
  'unsigned long',
  'unsigned lonng',
  'long double _Complex',
  'const char',
  'const *int',
  'const volatile (int)',
  '*const char',
  '{a:int, b:[4:float]}',
  '<int, double>',
  '!2:{int}',
  'alignas(16) {int}',
  '[3:int]',
  '@Point',
  'c[double]',
  'v[4:float]',
  'e:int{RED, GREEN}',
  '(*char;) -> int',
  'pow(double, double) -> double',
  'f() -> void # not C;',
  'f(int',
  '# struct\nint',
  '',
])('the signature language: %s', (text) => {
  expect(languageOf(text)).toBe('signatures');
});

test.each([
  'double pow(double x, double y);',
  'double pow(double x, double y)',
  'char *strdup(const char *)',
  'char* strdup(const char *)',
  'const char *f(void)',
  'unsigned long long f(void)',
  'void (*signal(int, void (*)(int)))(int);',
  'struct point { int x, y; }',
  'union u { int i; }',
  'enum color { RED }',
  'typedef int (*compare)(const void *, const void *)',
  'extern "C" { int f(void); }',
  'static inline int f(void) { return 1; }',
  '[[nodiscard]] int f(void);',
  '#pragma pack(1)\nstruct p { char c; };\n#pragma pack()',
  '/* -> */ int f(int); // {',
  ';',
])('C: %s', (text) => {
  expect(languageOf(text)).toBe('C');
});

test('definitions begin with @, C declarations with a word of C', () => {
  expect(languageOfDefinitions('@Point = {x:int};')).toBe('signatures');
  expect(languageOfDefinitions('Point = {x:int};')).toBe('signatures');
  expect(languageOfDefinitions('# nothing\n')).toBe('signatures');
  expect(languageOfDefinitions('/* a point */ struct point { int x; };')).toBe('C');
  expect(languageOfDefinitions('typedef int number;')).toBe('C');
});

test('a last semicolon may be missing, behind a comment too', () => {
  expect(closed('int f(void)')).toBe('int f(void)\n;');
  expect(closed('int f(void) // number')).toBe('int f(void) // number\n;');
  expect(closed('int f(void); // number')).toBe('int f(void); // number');
  expect(closed('int f(void')).toBe('int f(void');
});

test.each([
  ['layout', 'unsigned lonng', 'expected the end of the type, found "lonng"'],
  ['layout', 'struct point { int x y; };', "expected ',' or ';'"],
  ['layout', 'struct point { it x; };', "unknown type 'it'"],
  ['dump', 'int f(void *, char', 'found the end at position 18 (line 1)'],
  ['dump', 'int f(int) -> int', 'expected'],
])('%s %s', async (command, text, message) => {
  const { status, err } = await interfix(command, text);
  expect(status).toBe(2);
  expect(err).toContain(message);
  expect(err).toMatch(/\n +\^\n$/);
});

test('a long text of one word, blank or star takes no longer than the same in pieces', () => {
  const words = ['a', ' ', '*', 'a ', '/*', '#', '(', 'const '];
  const timeOf = (size: number, times: number): number => {
    const texts = words.map((word) => word.repeat(size));
    const begin = performance.now();
    for (let time = 0; time < times; time++) texts.forEach(languageOf);
    return performance.now() - begin;
  };
  const pieces = timeOf(100, 200);
  // Equal, or less. If the time grew with the square of the length, it would be two hundred times as long.
  expect(timeOf(20_000, 1)).toBeLessThan(50 * pieces);
});
