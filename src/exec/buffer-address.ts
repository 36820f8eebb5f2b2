// Addresses of ArrayBuffers, asked for once per buffer: a store does not move while its buffer has it.

import { InterfixError } from '../errors.ts';
import { host } from './select-host.ts';

interface Known {
  readonly address: number;
  readonly length: number;
}

const known = new WeakMap<ArrayBufferLike, Known>();

/**
 * The address of a buffer's first byte. It is a number: user space ends far below 2^53 on every supported platform.
 * A buffer that was transferred has no store any more, and is an error instead of a stale pointer.
 */
export function bufferAddress(buffer: ArrayBufferLike): number {
  const found = known.get(buffer);
  if (found !== undefined && found.length === buffer.byteLength) return found.address;
  if (found !== undefined && buffer.byteLength === 0) {
    throw new InterfixError(
      'ERR_ARGUMENT_KIND',
      'this ArrayBuffer was transferred or shrunk to nothing: it has no bytes',
    );
  }
  const address = Number(host().addressOf(buffer));
  if (!Number.isSafeInteger(address)) throw new InterfixError('ERR_INTERNAL', 'an address above 2^53');
  known.set(buffer, { address, length: buffer.byteLength });
  return address;
}
