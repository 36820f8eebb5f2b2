// Wrong calls: each is refused with its own code and a message that names the place, and C is not called.

import { describe, expect, test } from 'vitest';
import { bind } from '../../src/exec/bind.ts';
import { bound, callCount, describeWithC } from '../support/fixture-library.ts';
import { refusal, refusedSignature } from '../support/refusal.ts';
import { scalarCases, wrongKinds } from '../support/scalar-values.ts';

const POINT = '{x:double, y:double}';
const NESTED = `{id:int, line:{from:${POINT}, to:${POINT}}, tag:[9:uint8], on:bool}`;
const NUMBER = '<whole:int64, real:double, single:float, bytes:[8:uint8]>';

describeWithC('an argument is refused', () => {
  test.each(scalarCases)('as $type if it is of another kind', (each) => {
    const same = bound(`same_${each.name}`, `(${each.type}) -> ${each.type}`);
    const before = callCount();
    for (const wrong of wrongKinds(each)) {
      expect(() => same(wrong), String(typeof wrong)).toThrow(
        refusal('ERR_ARGUMENT_KIND', /^argument 0: .* is not a value/),
      );
    }
    expect(callCount()).toBe(before);
  });

  test.each(scalarCases)('as $type if it does not fit', ({ name, type, outside }) => {
    const same = bound(`same_${name}`, `(${type}) -> ${type}`);
    const before = callCount();
    for (const wrong of outside) {
      expect(() => same(wrong), String(wrong)).toThrow(refusal('ERR_ARGUMENT_RANGE', /^argument 0: /));
    }
    expect(callCount()).toBe(before);
  });

  test.each(scalarCases)('as a member of type $type as it is alone', (each) => {
    const alone = bound(`same_pointer`, `({first:int8, of:{it:${each.type}}}) -> void`);
    const before = callCount();
    for (const it of wrongKinds(each)) {
      expect(() => alone({ first: 1, of: { it } })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0 \.of\.it: /));
    }
    for (const it of each.outside) {
      expect(() => alone({ first: 1, of: { it } })).toThrow(refusal('ERR_ARGUMENT_RANGE', /^argument 0 \.of\.it: /));
    }
    expect(callCount()).toBe(before);
  });

  test('with the place, the value and the type in the message', () => {
    const sum = bound('sum_integers', '(int8, uint8, int16, uint16, int32, uint32, int64, uint64) -> int64');
    expect(() => sum(200, 0, 0, 0, 0, 0, 0, 0)).toThrow('argument 0: 200 is out of range for int8');
    expect(() => sum(0, -1, 0, 0, 0, 0, 0, 0)).toThrow('argument 1: -1 is out of range for uint8');
    expect(() => sum(0, 0, 0.5, 0, 0, 0, 0, 0)).toThrow('argument 2: 0.5 is no integer for int16');
    expect(() => sum(0, 0, 0, Number.NaN, 0, 0, 0, 0)).toThrow('argument 3: NaN is no integer for uint16');
    expect(() => sum(0, 0, 0, 0, 5n, 0, 0, 0)).toThrow('argument 4: 5n is not a value for int32');
    expect(() => sum(0, 0, 0, 0, 0, '6', 0, 0)).toThrow('argument 5: "6" is not a value for uint32');
    expect(() => sum(0, 0, 0, 0, 0, 0, 2 ** 53, 0)).toThrow(/^argument 6: 9007199254740992 is out of range/);
    expect(() => sum(0, 0, 0, 0, 0, 0, 0, Symbol('s'))).toThrow(/^argument 7: Symbol\(s\) is not a value/);
  });

  test('with a long text cut short in the message', () => {
    const same = bound('same_int32', '(int) -> int');
    expect(() => same('x'.repeat(100_000))).toThrow(/^.{1,100}$/s);
  });
});

describeWithC('the number of arguments', () => {
  test.each([[0], [1], [3], [4], [100]])('two cannot be %i', (given) => {
    const make = bound('make_point', `(double, double) -> ${POINT}`);
    const message = `the function takes 2 arguments, got ${given}`;
    expect(() => make(...Array(given).fill(1))).toThrow(refusal('ERR_ARGUMENT_COUNT', message));
  });

  test('none cannot be one, and one cannot be none', () => {
    expect(() => bound('call_count', '() -> int')(undefined)).toThrow(
      refusal('ERR_ARGUMENT_COUNT', 'takes 0 arguments, got 1'),
    );
    const same = bound('same_int32', '(int) -> int');
    expect(() => same()).toThrow(refusal('ERR_ARGUMENT_COUNT', 'takes 1 argument, got 0'));
  });

  test('of a variadic call is that of its signature', () => {
    const sum = bound('sum_variadic', '(*char; int, int) -> double');
    expect(() => sum('ii', 1)).toThrow(refusal('ERR_ARGUMENT_COUNT'));
    expect(() => sum('ii', 1, 2, 3)).toThrow(refusal('ERR_ARGUMENT_COUNT'));
  });
});

describeWithC('a record is refused', () => {
  test('if it is none', () => {
    const same = bound('same_point', `(${POINT}) -> ${POINT}`);
    const before = callCount();
    for (const wrong of [undefined, null, 0, 1n, 'x', true, Symbol('x'), () => ({ x: 1, y: 1 })]) {
      expect(() => same(wrong), typeof wrong).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0: /));
    }
    expect(callCount()).toBe(before);
  });

  test('if a member is missing', () => {
    const cross = bound('cross', `(${POINT}, ${POINT}) -> double`);
    expect(() => cross({ x: 1, y: 1 }, { x: 1 })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 1 \.y: undefined/));
    expect(() => cross({}, { x: 1, y: 1 })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0 \.x: undefined/));
    const nested = bound('same_nested', `(${NESTED}) -> ${NESTED}`);
    expect(() => nested({ id: 1 })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0 \.line: /));
  });

  test('if a member deep inside is wrong', () => {
    const nested = bound('same_nested', `(${NESTED}) -> ${NESTED}`);
    const point = { x: 1, y: 2 };
    const good = { id: 1, line: { from: point, to: point }, tag: Array(9).fill(0), on: true };
    const before = callCount();
    const refused = (value: unknown, code: string, message: RegExp): void =>
      expect(() => nested(value)).toThrow(refusal(code, message));
    refused(
      { ...good, line: { from: point, to: { x: 1, y: '2' } } },
      'ERR_ARGUMENT_KIND',
      /^argument 0 \.line\.to\.y: /,
    );
    refused({ ...good, tag: [0, 0, 0, 0, 0, 0, 0, 256, 0] }, 'ERR_ARGUMENT_RANGE', /^argument 0 \.tag\[7\]: 256/);
    refused({ ...good, tag: [0, 0, 0, 0, 0, 0, 0, 0, -1] }, 'ERR_ARGUMENT_RANGE', /^argument 0 \.tag\[8\]: -1/);
    refused({ ...good, on: 1 }, 'ERR_ARGUMENT_KIND', /^argument 0 \.on: 1/);
    expect(callCount()).toBe(before);
  });

  test.each([[[]], [[1, 2]], [[1, 2, 3, 4]], ['abc'], [5], [null], [{}], [{ length: '3', 0: 1, 1: 2, 2: 3 }]])(
    'if its array of three is %j',
    (bytes) => {
      const same = bound('same_triple', '({bytes:[3:uint8]}) -> {bytes:[3:uint8]}');
      expect(() => same({ bytes })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0 \.bytes: /));
    },
  );

  test('if its array has holes', () => {
    const same = bound('same_triple', '({bytes:[3:uint8]}) -> {bytes:[3:uint8]}');
    const bytes: number[] = [];
    bytes[2] = 1;
    expect(() => same({ bytes })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0 \.bytes\[0\]: undefined/));
  });

  test('as a union if none or two of its members are given', () => {
    const same = bound('same_number', `(${NUMBER}) -> ${NUMBER}`);
    const before = callCount();
    const message = /^argument 0: exactly one of 'whole', 'real', 'single', 'bytes'/;
    for (const wrong of [{}, { other: 1 }, { whole: 1n, real: 1 }, { whole: undefined }, [], new Uint8Array(8)]) {
      expect(() => same(wrong)).toThrow(refusal('ERR_ARGUMENT_KIND', message));
    }
    for (const wrong of [1, 1n, 'x', null, undefined]) {
      expect(() => same(wrong)).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0: /));
    }
    expect(() => same({ bytes: [1] })).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0 \.bytes: /));
    expect(() => same({ whole: 1.5 })).toThrow(refusal('ERR_ARGUMENT_RANGE', /^argument 0 \.whole: /));
    expect(callCount()).toBe(before);
  });

  test('with the exception of its own getter', () => {
    const same = bound('same_point', `(${POINT}) -> ${POINT}`);
    const value = {
      x: 1,
      get y(): number {
        throw new RangeError('mine');
      },
    };
    expect(() => same(value)).toThrow(new RangeError('mine'));
    expect(same({ x: 1, y: 2 })).toEqual({ x: 1, y: 2 });
  });
});

describeWithC('text is refused', () => {
  const length = (text: unknown, type = '*char'): unknown => bound('text_length', `(${type}) -> size_t`)(text);

  test.each([['\0'], ['a\0'], ['\0b'], [`${'x'.repeat(100_000)}\0`], ['ß\0']])(
    'with a zero character in it (%#)',
    (text) => {
      expect(() => length(text)).toThrow(refusal('ERR_ARGUMENT_RANGE', /^argument 0 .*zero character/));
    },
  );

  test.each([['\ud800'], ['x\udc00'], ['\udc00\ud800'], [`${'y'.repeat(100_000)}\ud800`]])(
    'with a lone surrogate (%#)',
    (text) => {
      expect(() => length(text)).toThrow(refusal('ERR_ARGUMENT_RANGE', /^argument 0 .*surrogate/));
    },
  );

  test.each(['*void', '*int', '**char', '*int16', '*uint32', '() -> void', '*{char}'])('where C wants %s', (type) => {
    expect(() => length('text', type)).toThrow(refusal('ERR_ARGUMENT_KIND', /^argument 0: "text" is not a value/));
  });
});

describeWithC('an address is refused', () => {
  test('if it is null, where a function is bound', () => {
    expect(() => bind(0n, '() -> void')).toThrow(refusal('ERR_NULL'));
    expect(() => bind({ address: 0n }, '() -> void')).toThrow(refusal('ERR_NULL'));
  });

  test.each([[null], [undefined], [5], ['5'], [{}], [{ address: 5 }]])('if it is %j', (wrong) => {
    expect(() => bind(wrong as unknown as bigint, '() -> void')).toThrow(refusal('ERR_ARGUMENT_KIND'));
  });

  test.each([[-1n], [2n ** 64n]])('if it is %s, which has more than 64 bits', (wrong) => {
    expect(() => bind(wrong, '() -> void')).toThrow(refusal('ERR_ARGUMENT_RANGE'));
  });

  test('if the object that has it has more than 64 bits there', () => {
    const same = bound('same_pointer', '(*void) -> *void');
    for (const address of [2n ** 64n, 2n ** 64n + 5n, -1n]) {
      expect(() => same({ address }), `${address}`).toThrow(refusal('ERR_ARGUMENT_RANGE', /^argument 0/));
    }
  });

  test('if its getter answers something else the second time', () => {
    const same = bound('same_pointer', '(*void) -> *void');
    const answers: unknown[] = [7n, 'no address'];
    const value = {
      get address(): unknown {
        return answers.shift();
      },
    };
    expect(same(value)).toBe(7n);
  });
});

describe('a signature is refused', () => {
  test.each([
    ['without its parenthesis', '(int -> int', 'ERR_SYNTAX'],
    ['of an unknown type', '(integer) -> int', 'ERR_UNKNOWN_TYPE'],
    ['of a void argument', '(void, int) -> int', 'ERR_TYPE'],
    ['that compilers do not agree about', refusedSignature, 'ERR_UNSUPPORTED'],
    ['of more than fits a call', '({[200000:int64]}) -> void', 'ERR_SIZE'],
    ['of endless depth', `(${'*'.repeat(10_000)}int) -> void`, 'ERR_DEPTH'],
  ])('%s, when it is bound', (_, signature, code) => {
    expect(() => bind(1n, signature)).toThrow(refusal(code));
  });

  test('with a convention that is not the machine code of here', () => {
    const elsewhere = process.arch === 'x64' ? 'aapcs64' : 'sysv-x64';
    expect(() => bind(1n, '() -> void', { abi: elsewhere })).toThrow(refusal('ERR_OPTION'));
    expect(() => bind(1n, '() -> void', { abi: 'vectorcall' as 'win-x64' })).toThrow(refusal('ERR_UNSUPPORTED'));
    expect(() => bind(1n, '() -> void', { abi: 'vms' as 'win-x64' })).toThrow(refusal('ERR_OPTION'));
  });
});
