// zlib: typed arrays go to C without a copy, and an out parameter is an array of one element.
import { open } from '../src/index.ts';

const zlib = open('libz.so.1');

// uLong crc32(uLong crc, const Bytef *buf, uInt len);
const crc32 = zlib.func<(crc: number, bytes: Uint8Array, length: number) => bigint>(
  'crc32',
  '(ulong, *uint8, unsigned int) -> ulong',
);
// int compress(Bytef *dest, uLongf *destLen, const Bytef *source, uLong sourceLen); uncompress is declared alike.
type Convert = (to: Uint8Array, toLength: BigUint64Array, from: Uint8Array, fromLength: number) => number;
const CONVERT = '(*uint8, *ulong, *uint8, ulong) -> int';
const compress = zlib.func<Convert>('compress', CONVERT);
const uncompress = zlib.func<Convert>('uncompress', CONVERT);
const bound = zlib.func<(length: number) => bigint>('compressBound', '(ulong) -> ulong');

/** Runs one of the two and gives the bytes that it wrote. */
function convert(run: Convert, from: Uint8Array, room: number): Uint8Array {
  const to = new Uint8Array(room);
  const length = BigUint64Array.of(BigInt(room)); // in: the room there is; out: how much of it was used
  const status = run(to, length, from, from.length);
  if (status !== 0) throw new Error(`zlib answered ${status}`);
  return to.subarray(0, Number(length[0]));
}

const check = new TextEncoder().encode('123456789');
console.log(`crc32 ${crc32(0, check, check.length).toString(16)}`); // cbf43926, by the definition of CRC-32

const text = new TextEncoder().encode('a rose is a rose is '.repeat(500));
const packed = convert(compress, text, Number(bound(text.length)));
const unpacked = convert(uncompress, packed, text.length);
const same = new TextDecoder().decode(unpacked) === new TextDecoder().decode(text);
console.log(
  `${text.length} bytes, ${packed.length < text.length / 20 ? 'packed well' : 'packed badly'}, ${same ? 'the same again' : 'broken'}`,
);

try {
  convert(uncompress, check, 100);
} catch (error) {
  console.log(String(error)); // Z_DATA_ERROR is -3
}
zlib.close();
