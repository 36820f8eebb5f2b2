// Structs and unions travel by value, as plain objects; where their bytes go is the calling convention's business.
import { alloc, cstring, open, read, write } from '../src/index.ts';

const libc = open('libc.so.6');
const libm = open('libm.so.6');

// div_t div(int, int); comes back in one register, ldiv_t ldiv(long, long); in two.
const div = libc.func<(a: number, b: number) => { quot: number; rem: number }>(
  'div',
  '(int, int) -> {quot:int, rem:int}',
);
const ldiv = libc.func<(a: bigint, b: bigint) => { quot: bigint; rem: bigint }>(
  'ldiv',
  '(long, long) -> {quot:long, rem:long}',
);
console.log(div(17, 5), ldiv(-17n, 5n));

// struct in_addr { in_addr_t s_addr; } out of one function and into another.
type InAddr = { s_addr: number };
const makeAddress = libc.func<(net: number, host: number) => InAddr>(
  'inet_makeaddr',
  '(uint32, uint32) -> {s_addr:uint32}',
);
const toText = libc.func<(address: InAddr) => bigint>('inet_ntoa', '({s_addr:uint32}) -> *char');
console.log(cstring(toText(makeAddress(127, 1))));

// In and out at once. C's `double _Complex` is passed like a struct of two doubles (psABI 3.2.3).
type Complex = { re: number; im: number };
const csqrt = libm.func<(z: Complex) => Complex>('csqrt', '({re:double, im:double}) -> {re:double, im:double}');
console.log(csqrt({ re: -4, im: 0 }));

// A union is written through one of its members, and read as all of them.
const FLOAT_BITS = '<value:float, bits:uint32>';
const memory = alloc(FLOAT_BITS);
write(memory, FLOAT_BITS, { value: 1.5 });
const { bits } = read(memory, FLOAT_BITS) as { value: number; bits: number };
console.log(`1.5 is 0x${bits.toString(16)}`);

libm.close();
libc.close();
