// C memory from JavaScript: blocks of one's own, and typed access to anybody's.

import type { ConventionId } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import type { CType } from '../ctype/ctype.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { InterfixError } from '../errors.ts';
import { accessorSource } from '../marshal/function-source.ts';
import { parseType } from '../signature/parse.ts';
import { type Address, addressFrom } from './address.ts';
import { bufferAddress } from './buffer-address.ts';
import { compile } from './compile.ts';
import { hostAbi } from './host-abi.ts';
import { host } from './select-host.ts';

/** Bytes. A larger block cannot be an ArrayBuffer on every supported Node. */
export const MAX_BLOCK_BYTES: number = 2 ** 32;

/** Zeroed memory at a fixed address. It lives as long as this object is reachable: keep it while C uses it. */
export interface Memory {
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
}

const typeOf = (type: CType | string): CType => (typeof type === 'string' ? parseType(type) : type);

/** Allocates zeroed memory for `count` values of a type, or of so many bytes. Aligned for every C type. Throws `ERR_SIZE`. */
export function alloc(what: CType | string | number, count = 1): Memory {
  const each = typeof what === 'number' ? what : layoutOfType(typeOf(what), conventionOf(hostAbi()).dataModel).size;
  const size = each * count;
  if (!isCount(each) || !isCount(count) || size > MAX_BLOCK_BYTES) {
    throw new InterfixError('ERR_SIZE', `cannot allocate ${count} times ${each} bytes`);
  }
  const buffer = zeroed(size);
  return Object.freeze({ address: BigInt(bufferAddress(buffer)), size, buffer, bytes: new Uint8Array(buffer) });
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** An empty ArrayBuffer has no store and no address, so a block of no bytes has one byte behind it. */
function zeroed(size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(Math.max(size, 1));
  } catch (cause) {
    throw new InterfixError('ERR_MEMORY', `the system gave no ${size} bytes`, { cause });
  }
}

/** A window on foreign memory, bytes that nobody here owns: it dangles when the memory goes. Throws `ERR_NULL`, `ERR_SIZE`. */
export function view(from: Address, length: number): Uint8Array {
  const address = addressFrom(from, 'the address to view');
  if (!Number.isSafeInteger(length) || length < 0 || length > MAX_BLOCK_BYTES) {
    throw new InterfixError('ERR_SIZE', `a view cannot have ${length} bytes`);
  }
  return new Uint8Array(host().view(address, length));
}

/**
 * The zero-terminated UTF-8 text at an address, without its end; at most `limit` bytes are looked at.
 * Throws `ERR_NULL` for address zero. Bytes that are not UTF-8 become U+FFFD.
 */
export function cstring(from: Address, limit: number = 2 ** 30): string {
  const address = addressFrom(from, 'the address of the text');
  if (!Number.isSafeInteger(limit) || limit < 0) throw new InterfixError('ERR_SIZE', `a limit of ${limit} bytes`);
  const length = host().stringLength(address, limit);
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(length, 1)));
  host().move(BigInt(bufferAddress(bytes.buffer)), address, length);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, length));
}

/** Copies values of one type between JavaScript and a buffer of its size. */
interface Accessor {
  readonly size: number;
  readonly buffer: ArrayBuffer;
  readonly read: () => unknown;
  readonly write: (value: unknown) => void;
}

const byText = new Map<string, Accessor>();
const byType = new WeakMap<CType, Accessor>();
const CAPACITY = 1024;

/** One accessor per type; a type as text is parsed once. The oldest texts are forgotten first. */
function accessorOf(type: CType | string, abi: ConventionId): Accessor {
  if (typeof type !== 'string') return byType.get(type) ?? makeAccessor(type, abi);
  const found = byText.get(type);
  if (found !== undefined) return found;
  const made = makeAccessor(parseType(type), abi);
  const [oldest] = byText.keys();
  if (byText.size >= CAPACITY && oldest !== undefined) byText.delete(oldest);
  byText.set(type, made);
  return made;
}

function makeAccessor(type: CType, abi: ConventionId): Accessor {
  const { dataModel } = conventionOf(abi);
  const { size } = layoutOfType(type, dataModel);
  if (size > MAX_BLOCK_BYTES / 4) throw new InterfixError('ERR_SIZE', `a value of ${size} bytes is too large to copy`);
  const buffer = new ArrayBuffer(Math.max(8, size + (-size & 7)));
  const [read, write] = compile(accessorSource(type, dataModel), buffer, {}) as [Accessor['read'], Accessor['write']];
  const made: Accessor = { size, buffer, read, write };
  byType.set(type, made);
  return made;
}

/** The value of a type at an address; the bytes are copied. Throws `ERR_NULL`, `ERR_TYPE` for void, and what parsing throws. */
export function read(from: Address, type: CType | string): unknown {
  const address = addressFrom(from, 'the address to read');
  const { size, buffer, read: decode } = accessorOf(type, hostAbi());
  host().move(BigInt(bufferAddress(buffer)), address, size);
  return decode();
}

/**
 * Stores a value of a type at an address, after the same checks that an argument gets. A string does not stand for a
 * `char` pointer here: no call would own its copy. Padding bytes are written too, as they happen to be.
 */
export function write(to: Address, type: CType | string, value: unknown): void {
  const address = addressFrom(to, 'the address to write');
  const accessor = accessorOf(type, hostAbi());
  accessor.write(value);
  host().move(address, BigInt(bufferAddress(accessor.buffer)), accessor.size);
}
