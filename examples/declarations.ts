// C declarations as they stand in a header, instead of signatures: named types, a call, and the layout elsewhere.

import { alloc, createRegistry, hostAbi, layoutOf, open, parseDeclarations, read } from '../src/index.ts';

const registry = createRegistry();
const { functions } = parseDeclarations(
  `
  struct tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
  };
  struct tm *gmtime_r(const long *timer, struct tm *result);
  `,
  { registry },
);

const signature = functions.get('gmtime_r');
if (signature === undefined) throw new Error('the declarations have no gmtime_r');

using libc = open('libc.so.6');
const gmtime = libc.func<(timer: BigInt64Array, result: { readonly address: bigint }) => bigint>('gmtime_r', signature);
const result = alloc('@tm', 1, { registry });
gmtime(BigInt64Array.of(1_000_000_000n), result);
const { tm_year, tm_mon, tm_mday } = read<{ tm_year: number; tm_mon: number; tm_mday: number }>(result, '@tm', {
  registry,
});
console.log(`the billionth second of Unix time: ${tm_year + 1900}-${tm_mon + 1}-${tm_mday}`);

// The same struct on Windows, where `long` has four bytes: layouts are known for every platform, on every platform.
for (const abi of [hostAbi(), 'win-x64'] as const) {
  console.log(`struct tm, ${abi}: ${layoutOf('@tm', abi, { registry }).size} bytes`);
}
