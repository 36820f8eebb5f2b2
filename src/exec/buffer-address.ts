// Addresses of ArrayBuffers, asked for once per buffer: a store does not move while its buffer has it.

import { InterfixError } from '../errors.ts';
import { host } from './select-host.ts';

interface Known {
  readonly address: number;
  readonly length: number;
}

const knownBuffers = new WeakMap<ArrayBufferLike, Known & { sightings: number }>();
/** Views that came back: `view.buffer` is a call into C++, and the view's own entry needs none. */
const knownViews = new WeakMap<ArrayBufferView, Known>();
/** A view is remembered at one of so many sightings of its buffer, so that a view made for one call costs nothing more. */
const REMEMBER_EVERY = 256;

/** The address of a view's first byte; see `bufferAddress`. */
export function viewAddress(view: ArrayBufferView, what: string): number {
  const found = knownViews.get(view);
  if (found !== undefined && found.length === view.byteLength) return found.address;
  const { buffer, byteLength } = view;
  const address = bufferAddress(buffer, what) + view.byteOffset;
  const owner = knownBuffers.get(buffer);
  if (owner !== undefined && ++owner.sightings % REMEMBER_EVERY === 0 && byteLength > 0) {
    knownViews.set(view, { address, length: byteLength });
  }
  return address;
}

/**
 * The address of a buffer's first byte. It is a number: user space ends far below 2^53 on every supported platform.
 * A buffer that was transferred has no store any more, and is an error instead of a stale pointer; `what` is its name there.
 */
export function bufferAddress(buffer: ArrayBufferLike, what = 'this ArrayBuffer'): number {
  const found = knownBuffers.get(buffer);
  if (found !== undefined && found.length === buffer.byteLength) return found.address;
  if (buffer.byteLength === 0 && (found !== undefined || isDetached(buffer))) {
    throw new InterfixError('ERR_ARGUMENT_KIND', `${what}: the ArrayBuffer was transferred, its bytes are elsewhere`);
  }
  const address = Number(host().addressOf(buffer));
  if (!Number.isSafeInteger(address)) throw new InterfixError('ERR_INTERNAL', 'an address above 2^53');
  knownBuffers.set(buffer, { address, length: buffer.byteLength, sightings: 0 });
  return address;
}

/** `ArrayBuffer.prototype.detached` came with Node 21; a view cannot be made of a detached buffer in any version. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
