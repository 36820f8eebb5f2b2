// The generated JavaScript of calls: options that nobody asked for cost nothing.

import { describe, expect, it } from 'vitest';
import { type DataModel, SYSV_X64, WIN_X64 } from '../../src/ctype/data-model.ts';
import { boundSource, type CallSourceOptions, stagedSource } from '../../src/marshal/call-source.ts';
import { type RegisterTypes, registerTypes } from '../../src/marshal/register-types.ts';
import { frameLayout } from '../../src/plan/frame-layout.ts';
import { prepare } from '../../src/plan/prepare.ts';
import { parseSignature } from '../../src/signature/parse.ts';

const prepared = (text: string, abi: 'sysv-x64' | 'win-x64' = 'sysv-x64') => prepare(text, { abi, kind: 'entry' });

const boundLines = (text: string, options: CallSourceOptions = {}): string[] => {
  const { signature, layout } = prepared(text);
  return boundSource(signature, frameLayout(layout, options.errno !== undefined), SYSV_X64, options).body.split('\n');
};

const stagedLines = (text: string): string[] => {
  const { signature, layout } = prepared(text);
  return stagedSource(signature, frameLayout(layout), SYSV_X64).body.split('\n');
};

const WORDS_0 = 'const t1 = ["double", `argument 0`, "float"];';
const CHECK_0 = 'if (typeof v0 !== "number") refuse(v0, t1);';
/** The statement that throws by converting that to a string. */
const conversion = (name: string): string => `\`\${${name}}\`;`;
const COUNT_1 = 'if (given !== 1) miscounted(given, 1);';

describe('the source of a bound function', () => {
  it('is checks, stores, the call and a load', () => {
    expect(boundLines('(double) -> double')).toEqual([
      '"use strict";',
      WORDS_0,
      'return [(function bound(given, a0) {',
      COUNT_1,
      'let v0;',
      'v0 = a0;',
      CHECK_0,
      'f64[0] = v0;',
      'call();',
      'return f64[1];',
      '}), null];',
    ]);
  });

  it('can be given another entry where code of the user runs before the call', () => {
    const isReplaced = (text: string): boolean =>
      boundLines(text).includes('}), (replacement) => { call = replacement; }];');
    for (const text of ['(bool, int8, int64, float, long double, e:int{A}) -> *void', '() -> {int}'])
      expect(isReplaced(text), text).toBe(false);
    for (const text of [
      '(*void) -> int',
      '({int}) -> int',
      '(v[4:float]) -> int',
      '(c[double]) -> int',
      '(() -> int) -> int',
    ])
      expect(isReplaced(text), text).toBe(true);
  });

  it('that keeps the error number also sets it to zero, and reads it with the result', () => {
    const plain = boundLines('(double) -> double');
    for (const view of ['i32', 'u32'] as const) {
      const lines = boundLines('(double) -> double', { errno: { offset: 16, view } });
      expect(lines.filter((line) => !plain.includes(line))).toEqual([
        'lastError[0] = 0;',
        `return { value: f64[1], errno: ${view}[4] };`,
      ]);
      expect(lines.indexOf('lastError[0] = 0;')).toBe(lines.indexOf('call();') - 1);
    }
    expect(boundLines('() -> void', { errno: { offset: 0, view: 'i32' } })).toContain(
      'return { value: undefined, errno: i32[0] };',
    );
  });

  it('owns what it makes of functions only where a parameter is a function', () => {
    expect(boundLines('(*void, *int, {call:() -> int}) -> int').join()).not.toMatch(/functions|strings/);
    const lines = boundLines('((int) -> int) -> int');
    expect(lines).toContain('const held = functions.mark();');
    expect(lines).toContain('} finally { functions.release(held); }');
  });

  it('throws what waits after the call, where the entry does not', () => {
    const plain = boundLines('(*void) -> double');
    const lines = boundLines('(*void) -> double', { rethrows: true });
    expect(lines.filter((line) => !plain.includes(line))).toEqual(['if (state[4] !== 0) rethrow();']);
    expect(lines.indexOf('if (state[4] !== 0) rethrow();')).toBe(lines.indexOf('call();') + 1);
  });

  it('says around a leaf call that no JavaScript may run, and looks afterwards whether some wanted to', () => {
    const lines = boundLines('(double) -> double', { leaf: true });
    const start = lines.indexOf('state[5] = 1;');
    expect(lines.slice(start, start + 4)).toEqual([
      'state[5] = 1;',
      'call();',
      'state[5] = 0;',
      'if (state[4] !== 0) rethrow();',
    ]);
    expect(boundLines('(double) -> double', { leaf: true, rethrows: true })).toEqual(lines);
  });

  it('remembers a pointer at its parameter, and copies text of the unit that the pointer has', () => {
    const copies = (text: string, model: DataModel): string[] => {
      const { signature, layout } = prepared(text);
      const { body } = boundSource(signature, frameLayout(layout), model);
      return [...body.matchAll(/strings\.(copy\d*)/g)].map(([, name]) => name ?? '');
    };
    const text = '(*const char, *uint8, *int8, *char16_t, *wchar_t, *void, *uint32, *int16) -> void';
    expect(copies(text, SYSV_X64)).toEqual(['copy', 'copy', 'copy', 'copy16', 'copy32']);
    expect(copies(text, WIN_X64)).toEqual(['copy', 'copy', 'copy', 'copy16', 'copy16']);
    const lines = boundLines('(*void, *void) -> void');
    expect(lines.filter((line) => line.endsWith('= place();'))).toHaveLength(2);
    const start = lines.indexOf('x1 = 0; w2 = false;');
    expect(lines.slice(start, start + 5)).toEqual([
      'x1 = 0; w2 = false;',
      'if (typeof v0 === "bigint") w2 = z5(v0) || refuse(v0, t6);',
      'else if (v0 === p3.view && v0.length === p3.length) x1 = p3.bits;',
      'else if (v0 !== null && (x1 = z7(v0, p3, t4)) === 0.5) {',
      'w2 = true; v0 = p3.whole; }',
    ]);
    const put = lines.indexOf('if (w2) u64[0] = v0;');
    // The second may be an object whose getter transfers the first; nothing comes behind the second.
    expect(lines.slice(put, put + 4)).toEqual([
      'if (w2) u64[0] = v0;',
      'else { if (v0 !== null && !z8(v0)) stay(v0, `argument 0`); f64[0] = x1; }',
      'if (w11) u64[1] = v9;',
      'else f64[1] = x10;',
    ]);
  });

  it('copies texts when everything is checked, and holds them only while C may call JavaScript', () => {
    const signature = '(*char, *int) -> void';
    const fromBegin = (lines: readonly string[]): readonly string[] => {
      const start = lines.findIndex((line) => line.includes('strings.begin();'));
      return lines.slice(
        start,
        lines.findIndex((line) => line.includes('=== call) gone()')),
      );
    };
    const puts = [
      'if (w2) { if (typeof v0 === "bigint") u64[0] = v0; else f64[0] = strings.copy(v0, `argument 0`); }',
      'else { if (v0 !== null && !z8(v0)) stay(v0, `argument 0`); f64[0] = x1; }',
      'if (w11) u64[1] = v9;',
      'else f64[1] = x10;',
    ];
    expect(fromBegin(boundLines(signature))).toEqual([
      'const mark = strings.begin();',
      ...puts,
      ...['strings.hold();', 'try {', 'call();', '} finally { strings.release(mark); }'],
    ]);
    const leaf = boundLines(signature, { leaf: true, rethrows: true });
    expect(fromBegin(leaf)).toEqual([
      'if (w2) strings.begin();',
      ...puts,
      ...['state[5] = 1;', 'call();', 'state[5] = 0;', 'if (state[4] !== 0) rethrow();', 'if (w2) strings.letGo();'],
    ]);
    expect(leaf.join('\n')).not.toMatch(/\btry\b/);
  });

  it('looks for texts of a leaf where there may be any', () => {
    const begins = (text: string): string | undefined =>
      boundLines(text, { leaf: true }).find((line) => line.endsWith('strings.begin();'));
    expect(begins('(*void, {p:*int}) -> void')).toBeUndefined();
    expect(begins('(*char, *void, *uint8) -> void')).toBe('if (w2 || w17) strings.begin();');
    expect(begins('({u:<a:*char, b:*int>}) -> void')).toMatch(/^if \(w\d+\) strings/);
    expect(begins('({l:[20:*char]}) -> void')).toBe('if (true) strings.begin();');
  });
});

describe('a result that is reused', () => {
  it('is made with the wrapper, and filled after each call', () => {
    const lines = boundLines('() -> {p:{x:double, n:int}, l:[2:int64], ok:bool}', { reuse: true });
    expect(lines).toContain('const o0 = ({ "p": ({ "x": 0.5, "n": 0 }), "l": [0n, 0n], "ok": false });');
    expect(lines.slice(lines.indexOf('call();') + 1)).toEqual([
      ...['{', 'const o1 = o0["p"];', 'o1["x"] = f64[0];', 'o1["n"] = i32[2];', '}'],
      ...['{', 'const o2 = o0["l"];', 'o2[0] = i64[2];', 'o2[1] = i64[3];', '}'],
      ...['o0["ok"] = u8[32] !== 0;', 'return o0;', '}), null];'],
    ]);
  });

  it('is filled by loops where it is long', () => {
    const lines = boundLines('() -> {l:[20:{a:double, b:[19:int8]}]}', { reuse: true });
    expect(lines).toContain(
      'const o0 = ({ "l": Array.from({ length: 20 }, () => ({ "a": 0.5, "b": filled(19, 0) })) });',
    );
    expect(lines).toContain('for (let k2 = 0; k2 < 20; k2++) {');
    expect(lines.join('\n')).not.toContain('push');
  });

  it('includes the object with the error number', () => {
    const lines = boundLines('() -> int', { reuse: true, errno: { offset: 16, view: 'i32' } });
    expect(lines).toContain('const o0 = ({ value: undefined, errno: 0 });');
    expect(lines.slice(-4, -1)).toEqual(['o0.value = i32[0];', 'o0.errno = i32[4];', 'return o0;']);
  });

  it('changes nothing for a scalar', () => {
    expect(boundLines('(*void) -> int64', { reuse: true })).toEqual(boundLines('(*void) -> int64'));
  });
});

describe('values in registers', () => {
  const typesOf = (text: string, model: DataModel = SYSV_X64): RegisterTypes | null =>
    registerTypes(parseSignature(text), model);

  it('are the scalars that V8 knows', () => {
    expect(typesOf('(bool, char, uint8, short, uint16, int, uint32, long, size_t, float, double) -> void')).toEqual({
      args: [
        ...['bool', 'int32', 'uint32', 'int32', 'uint32', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'],
      ],
      result: 'void',
    });
    expect(typesOf('(long, ulong, wchar_t, longdouble) -> e:uint8{A}', WIN_X64)).toEqual({
      args: ['int32', 'uint32', 'uint32', 'float64'],
      result: 'uint32',
    });
  });

  it('are no others, and those of no variadic function', () => {
    for (const type of [
      '*void',
      '{int}',
      'int128',
      'float16',
      'bfloat16',
      'longdouble',
      'v[4:float]',
      'c[float]',
      '() -> int',
    ]) {
      expect(typesOf(`(int, ${type}) -> int`), type).toBeNull();
      expect(typesOf(`(int) -> ${type}`), type).toBeNull();
    }
    expect(typesOf('([3:int]) -> int')).toBeNull();
    expect(typesOf('(int; int) -> int')).toBeNull();
    expect(typesOf('(int;) -> int')).toBeNull();
  });

  const registerLines = (text: string, options: CallSourceOptions = {}, model: DataModel = SYSV_X64): string[] => {
    const { signature, layout } = prepared(text, model === WIN_X64 ? 'win-x64' : 'sysv-x64');
    const registers = registerTypes(signature, model);
    return boundSource(signature, frameLayout(layout), model, { registers, ...options }).body.split('\n');
  };

  it('are checked and passed, and touch no frame', () => {
    const { signature, layout } = prepared('(int, double) -> int');
    const source = boundSource(signature, frameLayout(layout), SYSV_X64, {
      registers: registerTypes(signature, SYSV_X64),
    });
    expect(source.views).toEqual([]);
    expect(source.body.split('\n')).toEqual([
      '"use strict";',
      'const t0 = ["int32", `argument 0`, "integer"];',
      'const t1 = ["double", `argument 1`, "float"];',
      'return [(function bound(given, a0, a1) {',
      'if (given !== 2) miscounted(given, 2);',
      'if (typeof a0 !== "number" || (a0 | 0) !== a0) refuse(a0, t0);',
      'if (typeof a1 !== "number") refuse(a1, t1);',
      'return call(a0 | 0, a1);',
      '}), null];',
    ]);
  });

  it.each([
    ['int8', 'return call() << 24 >> 24;'],
    ['uint8', 'return call() & 255;'],
    ['int16', 'return call() << 16 >> 16;'],
    ['uint16', 'return call() & 65535;'],
    ['uint32', 'return call();'],
    ['bool', 'return call();'],
    ['float', 'return call();'],
    ['int64', 'return call();'],
    ['e:int8{A, B}', 'return call() << 24 >> 24;'],
  ])('of type %s are cut back to what C defines', (type, line) => {
    expect(registerLines(`() -> ${type}`)).toContain(line);
  });

  it.each([
    ['bool', 'a0'],
    ['uint8', 'a0 >>> 0'],
    ['uint32', 'a0 >>> 0'],
    ['float', 'a0'],
    ['uint64', 'typeof a0 === "bigint" ? a0 : wide(a0)'],
    ['e:int{A, B}', 'a0 | 0'],
  ])('of type %s are passed as what V8 expects', (type, passed) => {
    expect(registerLines(`(${type}) -> void`)).toContain(`call(${passed});`);
  });

  it('of type int64 are passed as what was checked', () => {
    const lines = registerLines('(int64, long) -> void');
    expect(lines).toContain(
      'if (typeof a0 === "bigint") { w0 = a0 | a0; if (BigInt.asIntN(64, w0) !== w0) refuse(a0, t1); }',
    );
    expect(lines).toContain('else if (Number.isSafeInteger(a0)) w0 = wide(a0); else refuse(a0, t1);');
    expect(lines).toContain('call(w0, w2);');
    expect(registerLines('(long) -> void', {}, WIN_X64)).toContain('call(Number(a0) | 0);');
  });

  it('of 64 bits come as numbers where that is asked for', () => {
    expect(registerLines('() -> int64', { int64: 'number' })).toContain('return safe(call());');
    expect(registerLines('() -> uint64', { int64: 'number', rethrows: true })).toContain('return safe(result);');
  });

  it('of a long that has 32 bits are bigints to JavaScript all the same', () => {
    expect(registerLines('(long) -> ulong', {}, WIN_X64)).toContain('return BigInt(call(Number(a0) | 0));');
    expect(registerLines('(ulong) -> long', { int64: 'number' }, WIN_X64)).toContain('return call(Number(a0) >>> 0);');
  });

  it('are looked at after what waits is thrown', () => {
    const lines = registerLines('() -> int8', { rethrows: true });
    expect(lines.slice(3, -1)).toEqual([
      'const result = call();',
      'if (state[4] !== 0) rethrow();',
      'return result << 24 >> 24;',
    ]);
    // V8 knows which function it calls: nothing is said around a leaf.
    const leaf = registerLines('() -> void', { leaf: true });
    expect(leaf.slice(3, 5)).toEqual(['call();', 'if (state[4] !== 0) rethrow();']);
  });

  it('that give a double hide from V8 what is rarely called', () => {
    expect(registerLines('(double) -> float', { rethrows: true })).toEqual([
      '"use strict";',
      'const t0 = ["double", `argument 0`, "float"];',
      'const s1 = { [Symbol.toPrimitive]: () => { const value = wrong; wrong = undefined; ' +
        'if (typeof words === "number") miscounted(value, words); refuse(value, words); } };',
      'const s2 = { [Symbol.toPrimitive]: rethrow };',
      'var wrong, words;',
      'return [(function bound(given, a0) {',
      `if (given !== 1) { wrong = given; words = 1; ${conversion('s1')} }`,
      `if (typeof a0 !== "number") { wrong = a0; words = t0; ${conversion('s1')} }`,
      'const result = call(a0);',
      `if (state[4] !== 0) ${conversion('s2')}`,
      'return result;',
      '}), null];',
    ]);
    expect(registerLines('() -> float').join()).toContain('`${s');
    for (const text of ['() -> int', '() -> int64', '(double) -> void', '(float) -> double', '(int64) -> double'])
      expect(registerLines(text, { rethrows: true }).join(), text).not.toContain('`${');
  });

  it('can have their result in the frame', () => {
    const { signature } = prepared('(int, double) -> int8');
    const registers: RegisterTypes = { args: registerTypes(signature, SYSV_X64)?.args ?? [], result: 'void' };
    const lines = registerLines('(int, double) -> int8', { registers, rethrows: true });
    expect(lines.slice(-4, -1)).toEqual(['call(a0 | 0, a1);', 'if (state[4] !== 0) rethrow();', 'return i8[16];']);
  });

  it('leave no error number', () => {
    expect(() => registerLines('() -> int', { errno: { offset: 16, view: 'i32' } })).toThrow('kept in the frame');
  });
});

describe('the source of a call with a frame of its own', () => {
  it('is a function for each half, and calls nothing', () => {
    expect(stagedLines('(double) -> double')).toEqual([
      '"use strict";',
      WORDS_0,
      'return [(function put(a0) {',
      'if (arguments.length !== 1) miscounted(arguments.length, 1);',
      'let v0;',
      'v0 = a0;',
      CHECK_0,
      'f64[0] = v0;',
      '}), () => f64[1]];',
    ]);
  });

  it('leaves to its caller what strings and functions have handed out, and remembers no pointer', () => {
    const body = stagedLines('(*char, *char16_t, (int) -> int) -> void').join('\n');
    expect(body).toContain('strings.take(');
    expect(body).toContain('strings.take16(');
    expect(body).toContain('functions.take(');
    expect(body).not.toMatch(/mark|release|call\(|place/);
  });
});
