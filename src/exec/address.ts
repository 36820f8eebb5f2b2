// Addresses as callers give them: a bigint, or an object that has one.

import { InterfixError } from '../errors.ts';

/** An address, or whatever has one: a trampoline, a callback, a block of memory. */
export type Address = bigint | { readonly address: bigint };

/** The address itself. Throws `ERR_NULL` for zero and `ERR_ARGUMENT_KIND` for what is none. */
export function addressFrom(from: Address, what: string): bigint {
  const address = typeof from === 'object' && from !== null ? from.address : from;
  if (typeof address !== 'bigint')
    throw new InterfixError('ERR_ARGUMENT_KIND', `${what} is a bigint, got ${typeof address}`);
  if (address === 0n) throw new InterfixError('ERR_NULL', `${what} is null`);
  if (BigInt.asUintN(64, address) !== address) {
    throw new InterfixError('ERR_ARGUMENT_RANGE', `${what} has 64 bits, got ${address}`);
  }
  return address;
}
