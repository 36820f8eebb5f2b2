// The call frame of an `entry`, and the record of one callback invocation: the memory in which JavaScript and generated
// code hand each other the values of one call.
//
//   0        8               24         32
//   ┌────────┬───────────────┬──────────┐
//   │ arg 0  │ arg 1         │ result   │      each at a multiple of its alignment, at least 8; behind them, if it
//   └────────┴───────────────┴──────────┘      is asked for, the error number of the call

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

export interface CallFrame extends FrameLayout {
  /** Where the error number of the call is kept, if it is asked for. */
  readonly errno: FrameField | null;
}

/** Bytes of C's `errno`, an int, and of Windows' last error, a DWORD. */
export const ERRNO_BYTES = 4;

export function frameLayout(layout: CallLayout, keepsErrno = false): CallFrame {
  let end = 0;
  const place = ({ size, align }: { readonly size: number; readonly align: number }): FrameField => {
    const offset = alignUp(end, Math.max(8, align));
    end = offset + size;
    return { offset, size };
  };
  const args = layout.args.map(place);
  const ret = place(layout.ret);
  const errno = keepsErrno ? place({ size: ERRNO_BYTES, align: ERRNO_BYTES }) : null;
  return { size: alignUp(Math.max(end, 8), 16), args, ret, errno };
}
