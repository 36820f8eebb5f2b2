// Opens the C math library, binds one function of it, and calls it like any other function.
import { open } from '../src/index.ts';

const libm = open('libm.so.6');
const pow = libm.func<(base: number, exponent: number) => number>('pow', '(double, double) -> double');

console.log(`pow(2, 10) = ${pow(2, 10)}`);

// The signature may carry names, as a header does; they are documentation.
const hypot = libm.func<(x: number, y: number) => number>('hypot', 'hypot(x: double, y: double) -> double');
console.log(`${hypot.name}(3, 4) = ${hypot(3, 4)}`);

// Arguments are checked before C is called: nothing is rounded, wrapped or ignored.
const wrong: unknown[] = ['2', 10];
try {
  pow(...(wrong as [number, number]));
} catch (error) {
  console.log(String(error));
}

libm.close();
