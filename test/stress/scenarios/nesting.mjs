// C calls JavaScript calls C …, 240 levels: ten result types, each level on the JavaScript thread, on a thread of the
// shim's or on one of C's own, garbage collected in between.
import { check, checkEqual, collectGarbage, MIXED, range, settle } from '../stage.mjs';

const DEPTH = 240;

const LEVELS = [
  { name: 'int32', type: 'int', at: (n) => 5 - n },
  { name: 'point', type: '{x:double, y:double}', at: (n) => ({ x: n / 2, y: -n }) },
  { name: 'uint64', type: 'uint64', at: (n) => 2n ** 64n - 1n - BigInt(n) },
  { name: 'large', type: '{values:[128:int64]}', at: (n) => ({ values: range(128).map((i) => BigInt(i * n)) }) },
  { name: 'float', type: 'float', at: (n) => n / 4 },
  { name: 'floats', type: '{a:float, b:float, c:float}', at: (n) => ({ a: n, b: 1, c: -n }) },
  { name: 'triple', type: '{bytes:[3:uint8]}', at: (n) => ({ bytes: [n & 255, 7, 255] }) },
  { name: 'int128', type: 'int128', at: (n) => -(BigInt(n) << 90n) },
  { name: 'split', type: '{whole:int64, part:double}', at: (n) => ({ whole: -BigInt(n), part: n }) },
  { name: 'cdouble', type: 'c[double]', at: (n) => ({ re: n, im: -n / 8 }) },
  { name: 'mixed', type: MIXED, at: (n) => ({ number: BigInt(n), real: n, reals: [n, 0, 1], small: n & 255 }) },
  { name: 'bool', type: 'bool', at: (n) => n % 2 === 0 },
  { name: 'lanes', type: 'v[4:float]', at: (n) => [n, -n, n / 2, 1] },
];
/** Prime to the number of levels above, so that every type meets every way. */
const WAYS = [
  { serve: false, elsewhere: 0 },
  { serve: false, elsewhere: 0 },
  { serve: true, elsewhere: 0 },
  { serve: false, elsewhere: 0 },
  { serve: true, elsewhere: 1 },
];

const text = (value) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));

export const run = async (stage) => {
  const { callback } = stage.interfix;
  const live = stage.allocations?.live;
  let deepest = 0;
  const descend = (depth) => {
    deepest = depth;
    const { name, type, at } = LEVELS[depth % LEVELS.length];
    const { serve, elsewhere } = WAYS[depth % WAYS.length];
    const call = stage.func(`descend_${name}`, `((${type}, int) -> ${type}, ${type}, int, int) -> ${type}`, { serve });
    const below = (value, given) => {
      checkEqual(given, depth, 'the depth that C was given');
      checkEqual(text(value), text(at(depth + 1000)), `the argument of level ${depth}`);
      if (depth < DEPTH) descend(depth + 1);
      if (depth % 16 === 7) collectGarbage();
      return at(depth);
    };
    const made = callback(`(${type}, int) -> ${type}`, below, { thread: 'block', timeout: 0 });
    const got = call(made, at(depth + 1000), depth, elsewhere);
    checkEqual(text(got), text(at(depth)), `the result of level ${depth}`);
    made.dispose();
  };
  const rounds = stage.count(20);
  for (const _ of range(rounds)) descend(0);
  checkEqual(deepest, DEPTH, 'depth');
  await settle();
  const kept = live === undefined ? undefined : stage.allocations.live - live;
  // Tombstones, and idle threads.
  check(kept === undefined || kept < 1200, `${kept} blocks are few`);
  return { rounds, deepest, kept };
};
