// Arguments of every type, random and at their bounds, by every way into JavaScript: what a posted and a blocking callback
// of another thread see is what the owner's own callback sees, and what they give comes to C bit for bit.
import { isDeepStrictEqual } from 'node:util';
import { check, checkEqual, range, until } from '../stage.mjs';

/** A sequence that is the same in every run: xorshift, 32 bits. */
let state = 0x2545f491;
const random = () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};

const I64 = [
  0n,
  -1n,
  ...[31n, 32n, 53n, 63n].flatMap((n) => [2n ** n, 2n ** n - 1n, 2n ** n + 1n, -(2n ** n), 1n - 2n ** n]),
];
const FLOATS = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 5e-324, 2 ** -149, 2 ** 53 - 1, 2 ** 53, 0.1];

const u8 = (view, at) => view.setUint8(at, random());
const u16 = (view, at) => view.setUint16(at, random(), true);
const u32 = (view, at) => view.setUint32(at, random(), true);
const i64 = (view, at, turn) =>
  view.setBigInt64(at, turn < I64.length ? I64[turn] : (BigInt(random()) << 32n) | BigInt(random()), true);
const float = (view, at, turn) =>
  view.setFloat32(at, FLOATS[turn] ?? (random() - 2 ** 31) / 2 ** (random() & 31), true);
const double = (view, at, turn) =>
  view.setFloat64(at, FLOATS[turn] ?? (random() - 2 ** 31) / 2 ** (random() & 63), true);
const boolean = (view, at) => view.setUint8(at, random() & 1);

/** Every value of a list, one after another. */
const each =
  (fill, size, count, start = 0) =>
  (view, at, turn) => {
    for (const i of range(count)) fill(view, at + start + i * size, turn);
  };
const all =
  (...fills) =>
  (view, at, turn) => {
    for (const fill of fills) fill(view, at, turn);
  };

/** Sizes and offsets are C's, and the same on every platform of 64 bits. */
const TYPES = [
  { name: 'bool', type: 'bool', size: 1, fill: boolean },
  { name: 'int8', type: 'int8', size: 1, fill: u8 },
  { name: 'uint8', type: 'uint8', size: 1, fill: u8 },
  { name: 'int16', type: 'int16', size: 2, fill: u16 },
  { name: 'uint16', type: 'uint16', size: 2, fill: u16 },
  { name: 'int32', type: 'int32', size: 4, fill: u32 },
  { name: 'uint32', type: 'uint32', size: 4, fill: u32 },
  { name: 'int64', type: 'int64', size: 8, fill: i64 },
  { name: 'uint64', type: 'uint64', size: 8, fill: i64 },
  { name: 'float', type: 'float', size: 4, fill: float },
  { name: 'double', type: 'double', size: 8, fill: double },
  { name: 'pointer', type: '*void', size: 8, fill: i64 },
  { name: 'int128', type: 'int128', size: 16, fill: each(i64, 8, 2) },
  { name: 'uint128', type: 'uint128', size: 16, fill: each(i64, 8, 2) },
  { name: 'cfloat', type: 'c[float]', size: 8, fill: each(float, 4, 2) },
  { name: 'cdouble', type: 'c[double]', size: 16, fill: each(double, 8, 2) },
  { name: 'lanes', type: 'v[4:float]', size: 16, fill: each(float, 4, 4) },
  { name: 'point', type: '{x:double, y:double}', size: 16, fill: each(double, 8, 2) },
  { name: 'floats', type: '{a:float, b:float, c:float}', size: 12, fill: each(float, 4, 3) },
  { name: 'triple', type: '{bytes:[3:uint8]}', size: 3, fill: each(u8, 1, 3) },
  { name: 'split', type: '{whole:int64, part:double}', size: 16, fill: all(i64, each(double, 8, 1, 8)) },
  { name: 'large', type: '{values:[128:int64]}', size: 1024, fill: each(i64, 8, 128) },
  {
    name: 'mixed',
    type: '{number:int64, real:double, reals:[3:float], small:uint8}',
    size: 32,
    fill: all(i64, each(double, 8, 1, 8), each(float, 4, 3, 16), each(u8, 1, 1, 28)),
  },
  // Its first member alone is written: see `given`.
  { name: 'either', type: '<whole:int64, real:double, reals:[2:float]>', size: 8, fill: double },
  { name: 'bits', type: '{low:uint32:5, middle:uint32:20, high:uint32:7}', size: 4, fill: u32 },
  {
    name: 'nested',
    type: '{tag:uint8, inner:{bytes:[3:uint8]}, shorts:[3:int16]}',
    size: 10,
    fill: all(each(u8, 1, 4), each(u16, 2, 3, 4)),
  },
  {
    name: 'tagged_lanes',
    type: '{values:v[4:float], tag:int64}',
    size: 32,
    fill: all(each(float, 4, 4), each(i64, 8, 1, 16)),
  },
];

/** A union is written by one of its members. */
const given = (name, value) => (name === 'either' ? { whole: value.whole } : value);

const COUNT = 48;

class Matrix {
  #stage;

  constructor(stage) {
    this.#stage = stage;
  }

  /** C gives each value to `fn` and has each result; answers what `fn` was given. */
  async #delivered({ name, type, size }, bytes, { int64, thread, elsewhere }) {
    const { callback } = this.#stage.interfix;
    const seen = [];
    const post = thread === 'post';
    const remember = (value) => {
      seen.push(value);
      return post ? undefined : given(name, value);
    };
    const options = { thread, int64, ...(thread === 'block' && { timeout: 0 }) };
    const made = callback(`(${type}) -> ${post ? 'void' : type}`, remember, options);
    const results = new Uint8Array(bytes.length).fill(0xdd);
    const serve = elsewhere && !post;
    const deliver = this.#stage.func(`deliver_${name}`, '(*void, *void, *void, int, int) -> int', { serve });
    checkEqual(deliver(made, bytes, post ? 0n : results, COUNT, Number(elsewhere)), 1, 'threads');
    await until(() => seen.length === COUNT, `${COUNT} values of ${type}`);
    made.dispose();
    for (const index of post ? [] : range(COUNT)) this.#checkBytes(name, bytes, results, index * size, size);
    return seen;
  }

  /** Padding is nobody's. */
  #checkBytes(name, bytes, results, at, size) {
    const end = name === 'mixed' ? 29 : name === 'tagged_lanes' ? 24 : size;
    const [wanted, got] = [bytes, results].map((from) => Buffer.from(from.buffer, at, end).toString('hex'));
    checkEqual(got, wanted, `the bits of a result of ${name}`);
  }

  /** How many values went which ways. */
  async run(kind, int64) {
    const bytes = new Uint8Array(COUNT * kind.size);
    const view = new DataView(bytes.buffer);
    for (const turn of range(COUNT)) kind.fill(view, turn * kind.size, turn);
    const owner = await this.#delivered(kind, bytes, { int64, thread: 'owner', elsewhere: false });
    const ways = ['block', 'post'].flatMap((thread) =>
      [true, false].map((elsewhere) => ({ int64, thread, elsewhere })),
    );
    for (const way of ways) {
      const seen = await this.#delivered(kind, bytes, way);
      check(isDeepStrictEqual(seen, owner), `${kind.type} is the same with ${JSON.stringify(way)}`);
    }
    if (kind.name === 'int64') this.#checkNumbers(owner, int64);
    return COUNT * (ways.length + 1);
  }

  /** A number exactly where one is exact: up to 2^53-1 on both sides. */
  #checkNumbers(values, int64) {
    I64.forEach((wanted, index) => {
      const exact = int64 === 'number' && wanted >= 1n - 2n ** 53n && wanted <= 2n ** 53n - 1n;
      const wide = BigInt.asIntN(64, wanted);
      checkEqual(values[index], exact ? Number(wide) : wide, `what ${wanted} arrives as`);
    });
  }
}

export const run = async (stage) => {
  const matrix = new Matrix(stage);
  let values = 0;
  const rounds = stage.count(20);
  for (const _ of range(rounds)) {
    for (const kind of TYPES) for (const int64 of ['bigint', 'number']) values += await matrix.run(kind, int64);
  }
  return { rounds, types: TYPES.length, values };
};
