// The rows of the tables: their names, their units, and the ratios that the project asks of itself. No measuring here.

export interface Row {
  readonly id: string;
  readonly name: string;
  readonly unit: 'ns' | 'bytes';
  /** The table it stands in: C called, C calling, callbacks made, functions made, memory. */
  readonly group: 'calls' | 'called' | 'callbacks' | 'creation' | 'memory';
  /** What is asked for: of the fast path, and of the Node-API entry. For the reader; nothing fails by it. */
  readonly bar?: string;
  readonly slowBar?: string;
  /** What is asked for beside the other runtimes. */
  readonly peerBar?: string;
  /** A process of its own for each measurement: others leave traces in memory. */
  readonly alone?: true;
  /** Whether the runtimes of the peers have such a thing. */
  readonly common?: true;
}

const call = (id: string, name: string, bar: string, slowBar: string, rest: Partial<Row> = {}): Row => ({
  id,
  name,
  unit: 'ns',
  group: 'calls',
  bar,
  slowBar,
  common: true,
  ...rest,
});

const creation = (id: string, name: string, rest: Partial<Row> = {}): Row => ({
  id,
  name,
  unit: 'ns',
  group: 'creation',
  ...rest,
});

const memory = (id: string, name: string, bar?: string): Row => ({
  id,
  name,
  unit: 'bytes',
  group: 'memory',
  alone: true,
  ...(bar !== undefined && { bar }),
});

/** Ahead of node:ffi everywhere, and level with Deno. */
const AHEAD = { peerBar: 'node:ffi 1×, Deno 1×' } as const;
/** node:ffi has a fast path of its own, which these leave. */
const FAR_AHEAD = { peerBar: 'node:ffi 10×, Deno 1×' } as const;

export const rows: readonly Row[] = [
  call('void', 'void()', '4×', '1.5×', AHEAD),
  call('ints-1', 'int(int)', '6×', '2×', AHEAD),
  call('ints-2', 'int(int, int)', '6×', '2×', AHEAD),
  call('ints-4', 'int(int × 4)', '6×', '2×', AHEAD),
  call('ints-8', 'int(int × 8)', '6×', '2×', FAR_AHEAD),
  call('doubles-2', 'double(double, double)', '6×', '2×', AHEAD),
  call('doubles-12', 'double(double × 12)', '12×', '2×', FAR_AHEAD),
  call('longs-numbers', 'int64(int64, int64), numbers', '', '2×'),
  call('longs-bigints', 'int64(int64, int64), bigints', '3×', '2×', { peerBar: 'node:ffi 5×' }),
  call('struct', '{double, double}: 2 in, 1 out, objects', '20×', '8×', { peerBar: 'Deno 20×' }),
  call('struct-literals', 'the same, of objects made in the loop', '20×', '8×'),
  { id: 'struct-reuse', name: 'the same, into one object (reuse)', unit: 'ns', group: 'calls' },
  call('string', 'string in, 11 characters', '2×', '2×'),
  call('string-30', 'string in, 30 characters', '2×', '2×'),
  call('bytes', 'Uint8Array in, the same one', '3×', '2×', { peerBar: 'node:ffi 5×' }),
  call('bytes-turns', 'Uint8Array in, eight in turn', '3×', '2×', { peerBar: 'node:ffi 5×' }),
  { id: 'async', name: 'int(int, int), async, awaited', unit: 'ns', group: 'calls' },
  { id: 'serve', name: 'int(int, int), serve: on another thread', unit: 'ns', group: 'calls' },
  call('callback', 'callback int(int, int), each call', '2×', '1.3×', {
    group: 'called',
    peerBar: 'koffi 2×, node:ffi 2×, Deno 2×',
  }),
  creation('callback-create', 'callback: create', { group: 'callbacks', bar: '0.5×', common: true }),
  creation('callback-cycle', 'callback: create and dispose', { group: 'callbacks', common: true }),
  creation('generate-scalars', 'prepare + generate, new, 5 scalars', { bar: '11.2 µs' }),
  creation('generate-struct', 'prepare + generate, new, struct'),
  creation('finalize', 'finalize of a known image'),
  creation('layout', 'layout, new struct of 20 fields'),
  creation('func-known', 'function, known text', { bar: '1.5×' }),
  creation('func-known-call', 'function, known text, with first call', { bar: '1.5×' }),
  creation('func-renamed', 'function, known layout, new text', { bar: '1.5×' }),
  creation('func-renamed-call', 'function, known layout, with first call', { bar: '1.5×' }),
  creation('func-scalars', 'function, new layout, 5 scalars', { bar: '0.5×' }),
  creation('func-scalars-call', 'function, new, 5 scalars, first call', { bar: '0.5×' }),
  creation('func-struct', 'function, new layout, struct', { bar: '0.5×' }),
  creation('func-struct-call', 'function, new, struct, with first call', { bar: '0.5×' }),
  creation('open-many', 'open + 1,000 functions, each', { common: true }),
  creation('open-many-call', 'open + 1,000 functions, with calls, each', { common: true, peerBar: 'node:ffi 10×' }),
  memory('memory-callback', 'live callback: code and native state', '300 B'),
  memory('memory-callback-js', 'live callback: JavaScript heap'),
  memory('memory-function', 'function, called: code and native state'),
  memory('memory-function-js', 'function, called: JavaScript heap'),
  memory('memory-uncalled', 'function, not called: code, native state'),
  memory('memory-uncalled-js', 'function, not called: JavaScript heap'),
];
