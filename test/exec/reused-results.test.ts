// The option `reuse`: the result is one object, filled anew by each call.

import { expect, test } from 'vitest';
import type { BindOptions } from '../../src/exec/bind.ts';
import { host } from '../../src/exec/select-host.ts';
import { parseSignature } from '../../src/signature/parse.ts';
import { type AnyFunction, describeWithC, fixture } from '../support/fixture-library.ts';
import { recordCases } from '../support/record-values.ts';

const POINT = '{x:double, y:double}';
const reusing = (name: string, signature: string, options: BindOptions = {}): AnyFunction =>
  fixture().func<AnyFunction>(name, parseSignature(signature), { ...options, reuse: true });

/** Every object in a value, itself included. */
const objectsOf = (value: unknown): object[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsOf)] : [];

describeWithC('a result that is reused', () => {
  test.each(recordCases)('is $name as it is without: again and again', ({ name, type, given, got }) => {
    const same = reusing(`same_${name}`, `(${type}) -> ${type}`);
    const fresh = fixture().func<AnyFunction>(`same_${name}`, parseSignature(`(${type}) -> ${type}`));
    const first = same(given);
    const parts = objectsOf(first);
    expect(first).toEqual(got);
    expect(objectsOf(fresh(given)).length).toBe(parts.length);
    const second = same(got);
    expect(second).toEqual(got);
    expect(Object.keys(second as object)).toEqual(Object.keys(fresh(given) as object));
    expect(objectsOf(second).every((part, index) => part === parts[index])).toBe(true);
  });

  test('is filled by the next call, whatever was written into it', () => {
    const make = reusing('make_point', `(double, double) -> ${POINT}`) as (x: number, y: number) => { x: unknown };
    const first = make(1, 2);
    expect(first).toEqual({ x: 1, y: 2 });
    first.x = 'mine';
    expect(make(3, 4.5)).toBe(first);
    expect(first).toEqual({ x: 3, y: 4.5 });
    for (let index = 0; index < 20_000; index++) make(index, -index / 2);
    expect(first).toEqual({ x: 19_999, y: -9999.5 });
  });

  test('may be an argument of the call that fills it', () => {
    const same = reusing('same_point', `(${POINT}) -> ${POINT}`);
    const made = same({ x: 1, y: 2 });
    expect(same(made)).toEqual({ x: 1, y: 2 });
  });

  test('belongs to one function: another has its own', () => {
    const [one, other] = [0, 1].map(() => reusing('make_point', `(double, double) -> ${POINT}`));
    const [a, b] = [one?.(1, 2), other?.(3, 4)];
    expect([a, b]).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
  });

  test('includes the object with the error number', () => {
    const make = reusing('make_point', `(double, double) -> ${POINT}`, { errno: true }) as AnyFunction;
    const first = make(1, 2) as { readonly value: object };
    expect(first).toEqual({ value: { x: 1, y: 2 }, errno: 0 });
    const { value } = first;
    expect(make(3, 4)).toBe(first);
    expect(first.value).toBe(value);
    expect(value).toEqual({ x: 3, y: 4 });
  });

  test('is no different where it is no object', () => {
    expect(reusing('cross', `(${POINT}, ${POINT}) -> double`)({ x: 1, y: 2 }, { x: 3, y: 4 })).toBe(-2);
  });

  test('is new at every asynchronous call', async () => {
    const make = fixture().func(`make_point`, `(double, double) -> ${POINT}`, { reuse: true });
    if (host().calls === null) return; // the koffi host has no threads
    const [one, other] = await Promise.all([make.async(1, 2), make.async(3, 4)]);
    expect([one, other]).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
  });
});
