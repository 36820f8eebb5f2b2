// For authors of language runtimes: the pipeline without JavaScript as the caller. Bytes and symbols go into your own
// process; here they also go into this one, to show the C contract of a `forward` trampoline.
import {
  alloc,
  bind,
  type CodeImage,
  ExecutableMemory,
  finalize,
  generate,
  host,
  hostAbi,
  type Memory,
  open,
  prepare,
} from '../src/index.ts';

const SIGNATURE = 'pow(double, double) -> double';

// Pure, on any machine and for any: where the bytes live, which moves are needed, and the code that makes them.
const abi = hostAbi();
const prepared = prepare(SIGNATURE, { abi, kind: 'forward' });
const image = generate(prepared);
console.log(`forward: ${image.bytes.length} bytes, ${image.symbols.length} symbols, stack ${image.frame.size} bytes`);

// Way 1: your own use of the bytes. A `bound` image has a literal for the target; write the address there yourself.
function asCArray({ bytes, symbols }: CodeImage): string {
  const hex = Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ');
  const defines = symbols.map(({ name, offset }) => `#define CODE_${name.toUpperCase()}_AT ${offset}\n`).join('');
  return `${defines}static const unsigned char code[] = { ${hex} };`;
}
console.log(asCArray(generate(prepare(SIGNATURE, { abi, kind: 'bound' }))));

// Way 2: executable memory of this process. Equal layouts give equal bytes: one `forward` serves every (double, double)
// -> double function, because its target is a parameter.
const memory = new ExecutableMemory(host());
const trampoline = finalize(image, memory, {});

// void forward(void *target, void *ret, void **args): args[i] points at argument i. To call it from here it is bound
// like any C function; your runtime casts the address to a function pointer instead.
type Forward = (target: bigint, ret: Float64Array, args: BigUint64Array) => void;
const forward = bind<Forward>(trampoline, '(*void, *void, **void) -> void');

const double = (value: number): Memory => {
  const cell = alloc('double');
  new Float64Array(cell.buffer)[0] = value;
  return cell;
};
const values = [double(2), double(0.5)];
const args = BigUint64Array.from(values, ({ address }) => address);
const result = new Float64Array(1);
const libm = open('libm.so.6');
for (const name of ['pow', 'atan2', 'hypot']) {
  forward(libm.symbol(name), result, args);
  console.log(`${name}(2, 0.5) = ${result[0]?.toFixed(6)}`);
}

forward.dispose();
trampoline.dispose();
console.log(`${memory.liveSlots} trampolines left`);
libm.close();
