// Variadic functions: the types behind `;` are those of one call, so each kind of call is bound once.
import { alloc, cstring, type Memory, open } from '../src/index.ts';

const libc = open(null); // the program itself, and with it the C library

// int snprintf(char *buffer, size_t size, const char *format, ...);
const formatPrice = libc.func<(into: Memory, size: number, format: string, name: string, price: number) => number>(
  'snprintf',
  '(*char, size_t, *char; *char, double) -> int',
);

const buffer = alloc(64);
const length = formatPrice(buffer, buffer.size, '%s costs %.2f', 'tea', 3.5);
console.log(`${length} characters: ${cstring(buffer)}`);

// A variadic function without variadic arguments keeps its `;`: C calls it in another way than a plain function.
const greet = libc.func<(format: string) => number>('printf', '(*char;) -> int');
const count = libc.func<(format: string, n: number, total: number) => number>('printf', '(*char; int, double) -> int');
const flush = libc.func<(file: null) => number>('fflush', '(*void) -> int');

greet('printf says hello\n');
count('%d things, %g in all\n', 3, 4.75);
flush(null); // C has a buffer of its own; without this its lines would come out when the program ends

libc.close();
