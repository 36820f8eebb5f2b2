// Records of fixtures/c/calls.c: their types as signatures write them, and a value of each.

export interface RecordCase {
  /** The suffix of the C functions. */
  readonly name: string;
  readonly type: string;
  readonly given: object;
  /** What comes back; a union's other members may be there too. */
  readonly got: object;
}

export const ARRAYS: string =
  '{points:[12:{x:double, y:double}], bits:[10:bool], shorts:[20:int16], pointers:[9:*void], grid:[3:[11:float]]}';

interface Arrays {
  points: { x: number; y: number }[];
  bits: boolean[];
  shorts: number[];
  pointers: bigint[];
  grid: number[][];
}

const listOf = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => make(index));

export const arraysValue = (): Arrays => ({
  points: listOf(12, (index) => ({ x: index + 0.5, y: -index })),
  bits: listOf(10, (index) => index % 3 === 0),
  shorts: listOf(20, (index) => (index - 10) * 3000),
  pointers: listOf(9, (index) => 2n ** BigInt(7 * index)),
  grid: listOf(3, (row) => listOf(11, (column) => row - column / 4)),
});

const same = (name: string, type: string, value: object): RecordCase => ({ name, type, given: value, got: value });

const EDGES = { least: -(2n ** 63n), odd: 2n ** 53n + 1n };

export const recordCases: readonly RecordCase[] = [
  same('point', '{x:double, y:double}', { x: -0, y: 5e-324 }),
  same('padded', '{small:int8, large:double}', { small: -128, large: Number.NaN }),
  same('floats', '{a:float, b:float, c:float}', { a: 1.5, b: -Infinity, c: -0 }),
  same('split', '{whole:int64, part:double}', { whole: EDGES.odd, part: 0.1 }),
  same('triple', '{bytes:[3:uint8]}', { bytes: [0, 128, 255] }),
  same('nested', '{id:int, line:{from:{x:double, y:double}, to:{x:double, y:double}}, tag:[9:uint8], on:bool}', {
    id: -1,
    line: { from: { x: 1, y: 2 }, to: { x: 3, y: 4 } },
    tag: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    on: true,
  }),
  same('large', '{values:[128:int64]}', { values: listOf(128, (index) => EDGES.least + BigInt(index)) }),
  // Frames of several pages, which are entered page by page.
  same('pages', '{first:int, bytes:[20000:uint8], last:double}', {
    first: -1,
    bytes: listOf(20000, (index) => (index * 7) & 255),
    last: 0.1,
  }),
  same('arrays', ARRAYS, arraysValue()),
  same('report', '{depth:int64, trace:[4:double], mark:[11:uint8]}', {
    depth: -1n,
    trace: [1, 2, 3, 4],
    mark: listOf(11, (index) => index * 25),
  }),
];
