// Layouts of the three AArch64 conventions as short text, for tests that state where things are.

import type { CallLayout, Location, Placement, ReturnPlacement } from '../../src/abi/call-layout.ts';
import type { Convention } from '../../src/abi/convention.ts';
import { parseSignature } from '../../src/signature/parse.ts';

const place = (at: Location): string => (at.in === 'register' ? at.register.name : `stack+${at.offset}`);

/**
 * `x0:4` for 4 bytes there, `x0:1s` and `x0:1z` if they are extended by sign or zeros, `*x0/16` for the address of a copy
 * aligned to 16, `&x8` for the address of the result, `none` for bytes that do not travel, `-` where there are none.
 */
export function placesText(placement: Placement | ReturnPlacement): string {
  if (placement.mode === 'ignore') return '-';
  if (placement.mode === 'indirect') return `*${place(placement.pointer)}/${placement.copyAlign}`;
  if (placement.mode === 'hidden') return `&${place(placement.pointer)}${placement.echoed === null ? '' : ' echoed'}`;
  const pieces = placement.pieces.map(
    ({ size, at, extend }) => `${place(at)}:${size}${extend === 'none' || size > 2 ? '' : extend.charAt(0)}`,
  );
  return pieces.length === 0 ? 'none' : pieces.join(' ');
}

export interface Places {
  /** Of one signature: its layout, its arguments and its result as text. */
  readonly layout: (signature: string) => CallLayout;
  readonly args: (signature: string) => string;
  /** Of a function without arguments that returns the type. */
  readonly result: (type: string) => string;
}

export function placesOf(convention: Convention): Places {
  const layout = (signature: string): CallLayout => convention.layout(parseSignature(signature));
  return {
    layout,
    args: (signature) =>
      layout(signature)
        .args.map(({ placement }) => placesText(placement))
        .join(', '),
    result: (type) => placesText(layout(`() -> ${type}`).ret.placement),
  };
}
