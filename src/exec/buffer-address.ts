// Addresses of ArrayBuffers, asked for once per buffer: a store does not move while its buffer has it.

import { types } from 'node:util';
import { InterfixError } from '../errors.ts';
import { host } from './select-host.ts';

interface Known {
  readonly address: number;
  sightings: number;
}

interface KnownBuffer extends Known {
  readonly length: number;
}

/** A typed array whose address is known. */
export interface KnownView extends Known {
  /** What was found as a property of something else, a copy or a descendant, says nothing about that. */
  readonly owner: object;
  /**
   * Its length. It has another name, because V8 takes `k.length` and `v.length` for one place in a function whose parameter v
   * and variable k are the first of their kinds, and then reads both as if each might be either (observed: V8 11.3 to 14.6).
   */
  readonly elements: number;
  /** The address as the double of the same 64 bits, which is stored at once; see pointers.ts. */
  readonly bits: number;
}

const knownBuffers = new WeakMap<ArrayBufferLike, KnownBuffer>();
/**
 * The property of a typed array that came back, a `KnownView`: `view.buffer` is a call into C++, and this is none. A
 * WeakMap would not show, but its look-ups are calls as well (measured: 6 ns of 15; a property 1 or 2 where the code has
 * seen few kinds of arrays).
 */
export const KNOWN: unique symbol = Symbol('where interfix has found it');
/**
 * A view is remembered at the eighth sighting of its buffer, and then at one of so many, so that a view made for one call
 * costs nothing more. The eighth is early: what a wrapper has called often by the time when V8 optimises it, V8 inlines, and
 * with all of this inside the wrapper would be too large to be inlined itself (observed: V8 14.6, 10 ns a call for 6).
 */
const REMEMBER_FIRST = 8;
const REMEMBER_EVERY = 256;

/**
 * What is known of a typed array, if it is as long as it was then: one that was transferred, or is out of the bounds
 * of a buffer that has shrunk, has no elements any more. (`length` is what optimised code reads inline on every version;
 * `byteLength` is a call on Node 20.)
 */
function knownView(view: ArrayBufferView & { readonly [KNOWN]?: KnownView }): KnownView | undefined {
  const found = view[KNOWN];
  return found?.owner === view && found.elements === (view as Uint8Array).length ? found : undefined;
}

/** The address of a view's first byte; see `bufferAddress`. */
export function viewAddress(view: ArrayBufferView, what: string): number {
  const found = knownView(view);
  if (found !== undefined) return found.address;
  const owner = knownBuffer(view.buffer, what);
  const address = owner.address + startOf(view, what);
  const sightings = ++owner.sightings;
  if ((sightings === REMEMBER_FIRST || sightings % REMEMBER_EVERY === 0) && isLasting(view)) remember(view, address);
  return address;
}

/** One that is not extensible has to be found each time. */
function remember(view: Uint8Array, address: number): void {
  const value: KnownView = { owner: view, address, bits: bitsOf(address), elements: view.length, sightings: 0 };
  Reflect.defineProperty(view, KNOWN, { value, configurable: true });
}

const typedArrays: Uint8Array = Object.getPrototypeOf(Uint8Array.prototype);

/** Of a view: a resizable buffer may have shrunk below it, and then its `byteOffset` is none of its own. */
function startOf(view: ArrayBufferView, what: string): number {
  try {
    // A DataView out of bounds throws here; a typed array begins at zero, has no bytes, and throws in its methods.
    const start = view.byteOffset;
    if (start === 0 && view.byteLength === 0 && !types.isDataView(view)) typedArrays.keys.call(view as Uint8Array);
    return start;
  } catch (cause) {
    throw new InterfixError('ERR_ARGUMENT_KIND', `${what}: the view is out of the bounds of its ArrayBuffer`, {
      cause,
    });
  }
}

/**
 * Whether `length` says how many elements there are, no class in between says something else, and the buffer cannot be
 * resized. Code that V8 11.3 and 12.4 have optimised reads the old length of a view whose buffer was transferred, if it has
 * read that of a view of a resizable buffer before (observed: Node 20 and 22, not 24 and 26). So whoever reads a `length`
 * here asks first whether the view is one that is remembered.
 */
function isLasting(view: ArrayBufferView): view is Uint8Array {
  if (isResizable(view.buffer)) return false;
  let from: object | null = view;
  while (from !== null && from !== typedArrays && !Object.hasOwn(from, 'length')) from = Object.getPrototypeOf(from);
  return from === typedArrays && (view as Uint8Array).length > 0;
}

const getterOf = (prototype: object, name: string): (() => unknown) | undefined =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get;
const resizable = getterOf(ArrayBuffer.prototype, 'resizable');
const growable = getterOf(SharedArrayBuffer.prototype, 'growable');

/** By the getters of every buffer: those of this one may be somebody's own. */
const isResizable = (buffer: ArrayBufferLike): boolean =>
  (types.isSharedArrayBuffer(buffer) ? growable : resizable)?.call(buffer) === true;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** The double with the bits of an address. It is far below every normal number, and nobody calculates with it. */
export function bitsOf(address: number): number {
  words[0] = address;
  words[1] = address / 2 ** 32;
  return double[0] ?? 0;
}

/**
 * The address of a buffer's first byte. It is a number: user space ends far below 2^53 on every supported platform.
 * A buffer that was transferred has no store any more, and is an error instead of a stale pointer; `what` is its name there.
 */
export const bufferAddress = (buffer: ArrayBufferLike, what = 'this ArrayBuffer'): number =>
  knownBuffer(buffer, what).address;

function knownBuffer(buffer: ArrayBufferLike, what: string): KnownBuffer {
  const found = knownBuffers.get(buffer);
  if (found !== undefined && found.length === buffer.byteLength) return found;
  if (buffer.byteLength === 0 && (found !== undefined || isDetached(buffer))) {
    throw new InterfixError('ERR_ARGUMENT_KIND', `${what}: the ArrayBuffer was transferred, its bytes are elsewhere`);
  }
  const address = Number(host().addressOf(buffer));
  if (!Number.isSafeInteger(address)) throw new InterfixError('ERR_INTERNAL', 'an address above 2^53');
  const made = { address, length: buffer.byteLength, sightings: 0 };
  knownBuffers.set(buffer, made);
  return made;
}

/** Whether the value is a buffer whose address was asked for before. */
export const isKnownBuffer = (value: unknown): value is ArrayBufferLike => knownBuffers.has(value as ArrayBufferLike);

/** `ArrayBuffer.prototype.detached` came with Node 21; a view cannot be made of a detached buffer in any version. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
