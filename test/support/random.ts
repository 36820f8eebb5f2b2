// A small seeded generator of numbers: the same seed and stream give the same numbers on every host.

export interface Random {
  /** An integer from 0 up to, and without, `n`. */
  int(n: number): number;
  /** True once in `n` times, on average. */
  oneIn(n: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** splitmix32: a Weyl sequence, mixed by the finalizer of MurmurHash3. `stream` makes independent cases of one seed. */
export function random(seed: number, stream = 0): Random {
  let state = mix((mix(seed >>> 0) + Math.imul(stream + 1, 0x9e3779b9)) >>> 0);
  const int = (n: number): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return Math.floor((mix(state) / 2 ** 32) * n);
  };
  return {
    int,
    oneIn: (n) => int(n) === 0,
    pick: (items) => {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
  };
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
