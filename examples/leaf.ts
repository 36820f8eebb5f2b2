// `leaf: true`: C calls no JavaScript while it runs, so optimised JavaScript may call it without leaving its own code.
// docs/fast-calls.md says which version of Node does what; the results are the same everywhere.
import { callback, open, read } from '../src/index.ts';

const libm = open('libm.so.6');
const libc = open('libc.so.6');

const hypot = libm.func('hypot', '(double, double) -> double', { leaf: true });
let sum = 0;
for (let i = 0; i < 1_000_000; i++) sum += hypot(3, 4);
console.log(`a million calls: ${sum}, on the path ${hypot.path}`);

// One result object for all calls: read it before the next one.
const div = libc.func('div', '(int, int) -> {quot:int, rem:int}', { leaf: true, reuse: true });
const first = div(17, 5);
console.log(`17 / 5 = ${first.quot}, rest ${first.rem}; the same object again: ${div(9, 4) === first}`);

// The promise is checked: qsort calls its comparator, so it is no leaf. JavaScript does not run, and the call throws.
const qsort = libc.func('qsort', '(*int, size_t, size_t, (*int, *int) -> int) -> void', { leaf: true });
const compare = callback('(*int, *int) -> int', (a, b) => read(a, 'int') - read(b, 'int'));
try {
  qsort(Int32Array.of(3, 1, 2), 3, 4, compare);
} catch (error) {
  console.log(String(error));
}
compare.dispose();
