// The values that stand for pointers in synchronous calls. What was given for a parameter is remembered there: a loop
// that passes the same buffer again compares two references and a length.
//
//   bigint                      the address
//   the view of last time       place.bits, if it is as long as it was then
//   a string, a function        what the call owns: call-strings.ts, function-arguments.ts
//   a view that is known        its property KNOWN; see buffer-address.ts
//   anything else               pointer(), and place.whole
//
// An address is kept as the double of the same 64 bits: one store writes it, where a number needs two, with a division,
// and C would then wait for both to reach memory before it can load them as one.

import { setImmediate } from 'node:timers';
import { types } from 'node:util';
import { NO_ADDRESS } from '../marshal/pointer-source.ts';
import { bitsOf, bufferAddress, isKnownBuffer, type KnownView, viewAddress } from './buffer-address.ts';
import { fail } from './refusals.ts';

/** Stands for no view; nobody can pass it. */
const NOBODY: object = Object.freeze({});

/** A parameter, or a pointer inside of one. */
export interface Place {
  /** A view that was given, and may be again. */
  view: object;
  length: number;
  /** Its address. */
  bits: number;
  /** The address of what was given instead and knows its own: it may be any 64 bits, and not every double keeps its bits. */
  whole: bigint;
}

export const createPlace = (): Place => ({ view: NOBODY, length: -1, bits: NO_ADDRESS, whole: 0n });

/** Places that hold a view. */
const holding: Place[] = [];

/** The places let go of what they hold in the same turn of the event loop, as a WeakRef does that was looked at. */
export function remember(place: Place, view: object, { elements, bits }: KnownView): void {
  if (place.view === NOBODY && holding.push(place) === 1) setImmediate(forget).unref();
  place.view = view;
  place.length = elements;
  place.bits = bits;
}

function forget(): void {
  for (const place of holding.splice(0)) {
    place.view = NOBODY;
    place.length = -1;
  }
}

/** The bits of the address that a value stands for; NO_ADDRESS if it is in `place.whole`. */
export function pointer(value: unknown, place: Place, [type, path]: readonly [string, string]): number {
  const found = address(value, type, path);
  if (typeof found === 'number') return bitsOf(found);
  place.whole = found;
  return NO_ADDRESS;
}

/** Refuses a buffer, or a view of one, that has lost its bytes since its address was taken. */
export function stay(value: object, path: string): void {
  if (ArrayBuffer.isView(value)) viewAddress(value, path);
  else if (types.isAnyArrayBuffer(value)) bufferAddress(value, path);
}

/** The address that a value stands for where C wants a pointer; null is zero. */
export function address(value: unknown, type: string, path: string): bigint | number {
  if (value === null) return 0;
  if (ArrayBuffer.isView(value)) return viewAddress(value, path);
  if (isKnownBuffer(value) || types.isAnyArrayBuffer(value)) return bufferAddress(value, path); // of any realm
  // Whatever has an address: a callback, a block of memory, a trampoline, a bound function.
  if ((typeof value === 'object' || typeof value === 'function') && 'address' in value) {
    const { address: own } = value; // read once: it may be a getter
    if (typeof own === 'bigint') return BigInt.asUintN(64, own) === own ? own : fail(own, type, path, 'pointer');
  }
  return fail(value, type, path, 'pointer');
}
