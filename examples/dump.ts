// Shows the machine code that is generated for one signature, for every kind of trampoline. Nothing is executed, so this
// runs on any machine. Each instruction stands with the step of the plan that it serves.
import { generate, kinds, listing, prepare } from '../src/index.ts';

const SIGNATURE = '(int, {int, int, double}, float) -> double';

for (const kind of kinds) {
  const prepared = prepare(SIGNATURE, { abi: 'sysv-x64', kind });
  const { bytes, symbols } = generate(prepared);
  const asks = symbols.length === 0 ? 'no symbols' : `symbols ${symbols.map(({ name }) => name).join(', ')}`;
  console.log(`\n${kind}: ${bytes.length} bytes, ${asks}`);
  for (const { offset, bytes: hex, text, serves } of listing(prepared)) {
    console.log(`  ${offset.toString(16).padStart(3, '0')}  ${hex.padEnd(22)}${text.padEnd(32)}; ${serves}`);
  }
}
