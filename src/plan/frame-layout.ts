// The call frame of an `entry`, and the record of one callback invocation: the memory in which JavaScript and generated
// code hand each other the values of one call.
//
//   0        8               24         32
//   ┌────────┬───────────────┬──────────┐
//   │ arg 0  │ arg 1         │ result   │      each at a multiple of its alignment, at least 8
//   └────────┴───────────────┴──────────┘

import type { CallLayout } from '../abi/call-layout.ts';
import { alignUp } from '../ctype/layout.ts';

/** `size` bytes at `offset`, in bytes from the start of the frame. */
export interface FrameField {
  readonly offset: number;
  readonly size: number;
}

export interface FrameLayout {
  /** A multiple of 16. */
  readonly size: number;
  readonly args: readonly FrameField[];
  readonly ret: FrameField;
}

export function frameLayout(layout: CallLayout): FrameLayout {
  let end = 0;
  const place = ({ size, align }: { readonly size: number; readonly align: number }): FrameField => {
    const offset = alignUp(end, Math.max(8, align));
    end = offset + size;
    return { offset, size };
  };
  const args = layout.args.map(place);
  const ret = place(layout.ret);
  return { size: alignUp(Math.max(end, 8), 16), args, ret };
}
