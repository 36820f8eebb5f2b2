// Layouts and plans as text: the words of the golden files and of `interfix dump`.

import type { CallLayout, Location, Passed, ReturnPlacement } from '../abi/call-layout.ts';
import { unreachable } from '../errors.ts';
import { printType } from '../signature/print.ts';
import { type Addr, isRegister, type Step } from './step.ts';

/** One line per argument and one for the result: `arg 1  {int32, double}  size 16  0..4 rdi  8..16 xmm0`. */
export function layoutLines({ args, ret, stackSize, vectorCount }: CallLayout): string[] {
  const lines = args.map((arg, index) => passedLine(`arg ${index}`, arg));
  lines.push(passedLine('ret', ret));
  if (vectorCount !== null)
    lines.push(`variadic  ${vectorCount.count} vector registers, told in ${vectorCount.register.name}`);
  lines.push(`stack  ${stackSize} bytes`);
  return lines;
}

function passedLine(label: string, { type, size, placement }: Passed<ReturnPlacement>): string {
  return `${label}  ${printType(type)}  ${size} bytes  ${placementText(placement)}`;
}

function placementText(placement: ReturnPlacement): string {
  if (placement.mode === 'ignore') return 'nothing travels';
  if (placement.mode === 'hidden') {
    const { echoed } = placement;
    const echo = echoed === null ? '' : `, returned in ${echoed.name}`;
    return `in memory, address in ${locationText(placement.pointer)}${echo}`;
  }
  return placement.pieces
    .map(({ from, size, at, extend }) => {
      const how = extend === 'none' || size >= 4 ? '' : ` (${extend}-extended)`;
      return `${from}..${from + size} ${locationText(at)}${how}`;
    })
    .join('  ');
}

const locationText = (at: Location): string => (at.in === 'register' ? at.register.name : `stack+${at.offset}`);

const addrText = ({ base, offset }: Addr): string => (offset === 0 ? base : `${base}+${offset}`);

/** A step in one line. `←` reads: is given the value of; `&`: the address itself. */
export function stepText(step: Step): string {
  switch (step.op) {
    case 'point':
      return `point     arg ← args[${step.index}]`;
    case 'load': {
      const how = step.extend === 'none' || step.size >= 4 ? '' : `, ${step.extend}-extended`;
      return `load      ${step.to.name} ← ${addrText(step.from)}, ${bytesText(step.size)}${how}`;
    }
    case 'store':
      return `store     ${addrText(step.to)} ← ${step.from.name}, ${bytesText(step.size)}`;
    case 'copy': {
      const how = step.extend === 'none' || step.size >= 4 ? '' : `, ${step.extend}-extended`;
      return `copy      ${addrText(step.to)} ← ${addrText(step.from)}, ${bytesText(step.size)}${how}`;
    }
    case 'address':
      return `address   ${isRegister(step.to) ? step.to.name : addrText(step.to)} ← &${addrText(step.of)}`;
    case 'set':
      return `set       ${step.to.name} ← ${step.value}`;
    case 'call':
      return `${step.tail ? 'tail call' : 'call     '} ${step.target === 'parameter' ? 'parameter target' : step.target}`;
    default:
      return unreachable(step);
  }
}

const bytesText = (size: number): string => (size === 1 ? '1 byte' : `${size} bytes`);
