// Wrong command lines: exit status 2, a code, and a caret under the place; failures: exit status 1.

import { describe, expect, test } from 'vitest';
import { interfix, interfixProcess, shell } from './command.ts';

describe('bad input ends with status 2', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['no command', [], 'ERR_OPTION'],
    ['an unknown command', ['dmup'], 'ERR_OPTION'],
    ['a name of Object.prototype as command', ['constructor'], 'ERR_OPTION'],
    ['an unknown option', ['dump', '() -> void', '--frmat', 'text'], 'ERR_OPTION'],
    ['an option without its value', ['dump', '() -> void', '--kind'], 'ERR_OPTION'],
    ['a flag with a value', ['dump', '() -> void', '--no-landing-pad=1'], 'ERR_OPTION'],
    ['an unknown format', ['dump', '() -> void', '--format', 'xml'], 'ERR_OPTION'],
    ['a format of the other command', ['layout', 'int', '--format', 'hex'], 'ERR_OPTION'],
    ['a result nowhere', ['dump', '() -> int', '--kind', 'adapter', '--result', 'stack'], 'ERR_OPTION'],
    ['a result of another kind in the frame', ['dump', '() -> int', '--result', 'frame'], 'ERR_OPTION'],
    ['an unknown kind', ['dump', '() -> void', '--kind', 'backward'], 'ERR_OPTION'],
    ['a kind of a later version', ['dump', '() -> void', '--kind', 'thunk'], 'ERR_UNSUPPORTED'],
    ['an unknown convention', ['dump', '() -> void', '--abi', 'cdecl'], 'ERR_OPTION'],
    ['an unknown convention of the other side', ['dump', '() -> void', '--entry', 'cdecl'], 'ERR_OPTION'],
    ['a convention of a later version', ['dump', '() -> void', '--abi', 'vectorcall'], 'ERR_UNSUPPORTED'],
    ['bytes of all conventions', ['dump', '() -> void', '--abi', 'all', '--format', 'bin'], 'ERR_OPTION'],
    ['no signature', ['dump'], 'ERR_OPTION'],
    ['a signature that the shell took apart', ['dump', '(int,', 'int) -> int'], 'ERR_OPTION'],
    ['no type', ['layout'], 'ERR_OPTION'],
    ['a platform that is none', ['layout', 'int', '--abi', 'win32'], 'ERR_OPTION'],
    ['definitions that are missing', ['layout', 'int', '--types'], 'ERR_OPTION'],
    ['a definition that is none', ['layout', 'int', '--types', 'Point = {x:int}'], 'ERR_SYNTAX'],
    ['a name without a definition', ['layout', '@A', '--types', '@A;'], 'ERR_INCOMPLETE'],
    ['a name that is unknown', ['dump', '(@B) -> void', '--types', '@A = int;'], 'ERR_UNKNOWN_TYPE'],
    ['two definitions of one name', ['dump', '() -> void', '--types', '@A = int; @A = long;'], 'ERR_REDEFINED'],
    ['a type that contains itself', ['dump', '() -> void', '--types', '@A = {a:@A};'], 'ERR_RECURSIVE'],
    ['C that is not supported', ['layout', 'struct s { _Atomic int x; };'], 'ERR_UNSUPPORTED'],
    ['a type that is not passed by value', ['dump', '({v[1:int128]}) -> void', '--abi', 'sysv-x64'], 'ERR_UNSUPPORTED'],
    ['a syntax error', ['dump', '(int'], 'ERR_SYNTAX'],
    ['an unknown type', ['layout', 'intt'], 'ERR_UNKNOWN_TYPE'],
    ['10,000-deep nesting', ['layout', '*'.repeat(10_000)], 'ERR_DEPTH'],
    ['a size that overflows', ['layout', '[99999999999999999999:int]'], 'ERR_SIZE'],
    ['void as an argument', ['dump', '(int, void) -> int'], 'ERR_TYPE'],
  ];
  test.each(cases)('%s', async (_, argv, code) => {
    const { status, out, err } = await interfix(...argv);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(new RegExp(`^interfix: ${code}: .+\n`));
  });
});

test('the caret stands under the first character that is wrong', async () => {
  const { err } = await interfix('dump', '(int, duoble) -> int');
  expect(err).toBe(`interfix: ERR_UNKNOWN_TYPE: unknown type 'duoble' at position 6, did you mean 'double'?
  (int, duoble) -> int
        ^
`);
});

test('the caret stays in sight in a long signature', async () => {
  const { err } = await interfix('dump', `(${'int, '.repeat(100)}intt) -> int`);
  const [, line = '', caret = ''] = err.split('\n');
  expect(line.length).toBeLessThan(90);
  expect(line.slice(caret.indexOf('^'), caret.indexOf('^') + 4)).toBe('intt');
});

test('an unknown option of the program itself', () => {
  const { status, out, err } = interfixProcess('layout', 'int', '--alignment');
  expect({ status, out, err }).toEqual({
    status: 2,
    out: '',
    err: "interfix: ERR_OPTION: Unknown option '--alignment'\n",
  });
});

test('a reader that closes the pipe is no failure', () => {
  const { status, err } = shell(
    `{ interfix dump '([9000:int], {[9000:int]}) -> int' --format json; echo $? >&2; } | true; :`,
  );
  expect({ status, err }).toEqual({ status: 0, err: '0\n' });
});

describe('help and version', () => {
  test.each([['--help'], ['-h'], ['help'], ['dump', '--help'], ['layout', '-h'], ['call', '--help']])(
    '%s %s',
    async (...argv) => {
      const { status, out, err } = await interfix(...argv);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toMatch(/^interfix.*\n/);
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    },
  );

  test('--version is the one of package.json', async () => {
    expect((await interfix('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
