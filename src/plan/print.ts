// Layouts and plans as text: the words of the golden files and of `interfix dump`. It decides words and columns only.

import type { CallLayout, Location, Passed, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import { unreachable } from '../errors.ts';
import { printType } from '../signature/print.ts';
import { type Addr, isRegister, type Step } from './step.ts';

/** A longer cell pushes only its own line to the right, so that one huge type does not spread the whole table. */
const MAX_CELL = 40;

/**
 * Rows of cells as lines: every column as wide as its widest cell, two blanks between, none at the end of a line. The
 * columns of `numeric` are aligned on their right.
 */
export function columns(rows: readonly (readonly string[])[], numeric: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      if (cell.length <= MAX_CELL) widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  const padded = (cell: string, index: number): string =>
    numeric.includes(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0);
  return rows.map((row) => row.map(padded).join('  ').trimEnd());
}

/**
 * One line per argument and one for the result: `arg 1  {int32, double}  16 bytes  0..4 rdi  8..16 xmm0`. `inFront`
 * arguments are dropped by an adapter, and not counted.
 */
export function layoutLines({ args, ret, stackSize, vectorCount }: CallLayout, inFront = 0): string[] {
  const rows = args.map((arg, index) => passedRow(index < inFront ? 'dropped' : `arg ${index - inFront}`, arg));
  rows.push(passedRow('ret', ret));
  const lines = columns(rows, [SIZE_COLUMN]);
  if (vectorCount !== null) {
    const { count, register } = vectorCount;
    lines.push(`variadic: ${register.name} says that ${count} vector register${count === 1 ? '' : 's'} may be in use`);
  }
  if (stackSize > 0) lines.push(`stack: ${bytesText(stackSize)} of arguments`);
  return lines;
}

const SIZE_COLUMN = 2;

function passedRow(label: string, { type, size, placement }: Passed<Placement | ReturnPlacement>): string[] {
  return [label, printType(type), bytesText(size), ...placementCells(placement)];
}

function placementCells(placement: Placement | ReturnPlacement): string[] {
  if (placement.mode === 'ignore') return ['nothing travels'];
  if (placement.mode === 'indirect') {
    return [`a copy at a multiple of ${placement.copyAlign}, its address in ${locationText(placement.pointer)}`];
  }
  if (placement.mode === 'hidden') {
    const { echoed } = placement;
    const echo = echoed === null ? '' : `, returned in ${echoed.name}`;
    return [`in memory, its address in ${locationText(placement.pointer)}${echo}`];
  }
  return placement.pieces.map(({ from, size, at, extend, also }) => {
    const how = extend === 'none' || size >= 4 ? '' : `, ${extend}-extended`;
    const twice = also === null ? '' : ` and ${also.name}`;
    return `${from}..${from + size} ${locationText(at)}${twice}${how}`;
  });
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
    case 'move': {
      const how = step.extend === 'none' || step.size >= 4 ? '' : `, ${step.extend}-extended`;
      return `move      ${step.to.name} ← ${step.from.name}, ${bytesText(step.size)}${how}`;
    }
    case 'store':
      return `store     ${addrText(step.to)} ← ${step.from.name}, ${bytesText(step.size)}`;
    case 'copy': {
      const how = step.extend === 'none' || step.size >= 4 ? '' : `, ${step.extend}-extended`;
      return `copy      ${addrText(step.to)} ← ${addrText(step.from)}, ${bytesText(step.size)}${how}`;
    }
    case 'address':
      return `address   ${isRegister(step.to) ? step.to.name : addrText(step.to)} ← &${addrText(step.of)}`;
    case 'set': {
      const value = typeof step.value === 'string' ? `symbol ${step.value}` : step.value;
      return `set       ${step.to.name} ← ${value}${step.plus === undefined ? '' : ` + ${step.plus}`}`;
    }
    case 'call': {
      const target = step.target === 'parameter' ? 'parameter target' : `symbol ${step.target}`;
      return `${step.tail ? 'tail call' : 'call     '} ${target}`;
    }
    default:
      return unreachable(step);
  }
}

/** `1 byte`, `8 bytes` */
export const bytesText = (size: number): string => (size === 1 ? '1 byte' : `${size} bytes`);
