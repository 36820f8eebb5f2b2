// C calls JavaScript: qsort with a comparator written in JavaScript, over numbers and over structs.
import { alloc, type Callback, callback, type Memory, open, read, write } from '../src/index.ts';

type Sort = (base: Int32Array | Memory, count: number, size: number, compare: Callback) => void;

const libc = open('libc.so.6');
const qsort = libc.func<Sort>('qsort', '(*void, size_t, size_t, (*void, *void) -> int) -> void');

// Pointers arrive as addresses; `read` says what stands there. `using compare = …` would dispose by itself.
const byValue = callback(
  '(*int, *int) -> int',
  (a: bigint, b: bigint) => Number(read(a, 'int')) - Number(read(b, 'int')),
);
const numbers = Int32Array.of(31, -5, 8, 0, 12);
qsort(numbers, numbers.length, numbers.BYTES_PER_ELEMENT, byValue);
console.log(numbers.join(' '));
byValue.dispose();

interface City {
  readonly population: number;
  readonly area: number;
}
const CITY = '{population: int, area: double}';
const SIZE = 16; // sizeOf(CITY, 'sysv-x64')

const cities: readonly City[] = [
  { population: 3_700_000, area: 891.7 },
  { population: 2_100_000, area: 105.4 },
  { population: 2_800_000, area: 1287.4 },
];
const array = alloc(CITY, cities.length);
const place = (index: number): bigint => array.address + BigInt(SIZE * index);
cities.forEach((city, index) => {
  write(place(index), CITY, city);
});

const density = ({ population, area }: City): number => population / area;
const byDensity = callback('(*void, *void) -> int', (a: bigint, b: bigint) =>
  Math.sign(density(read(a, CITY) as City) - density(read(b, CITY) as City)),
);
qsort(array, cities.length, SIZE, byDensity);
byDensity.dispose();

const sorted = cities.map((_, index) => read(place(index), CITY) as City);
console.log(sorted.map(({ area }) => area).join(' '));

// What a comparator throws goes through C, and out of the call of qsort.
const broken = callback('(*void, *void) -> int', () => {
  throw new Error('no order');
});
try {
  qsort(numbers, numbers.length, numbers.BYTES_PER_ELEMENT, broken);
} catch (error) {
  console.log(String(error));
}
broken.dispose();
libc.close();
