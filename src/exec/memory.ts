// C memory from JavaScript: blocks of one's own, and typed access to anybody's.

import type { ConventionId } from '../abi/convention.ts';
import { conventionOf } from '../abi/conventions.ts';
import type { CType } from '../ctype/ctype.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { InterfixError } from '../errors.ts';
import { accessorSource } from '../marshal/function-source.ts';
import type { DefaultInt64, InputFor, Int64, TypeArgument, ValueFor } from '../signature/infer.ts';
import { type ParseOptions, parseType } from '../signature/parse.ts';
import { type Address, addressFrom } from './address.ts';
import { bufferAddress } from './buffer-address.ts';
import { compile } from './compile.ts';
import { hostAbi } from './host-abi.ts';
import { checkedInt64 } from './int64-option.ts';
import { host } from './select-host.ts';
import { TextCache } from './text-cache.ts';

/** Bytes. A larger block cannot be an ArrayBuffer on every supported Node. */
export const MAX_BLOCK_BYTES: number = 2 ** 32;

/** Zeroed memory at a fixed address. It lives as long as this object is reachable: keep it while C uses it. */
export interface Memory {
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
  /** What `bytes` lies in, as a rule at its start. */
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
}

const typeOf = (type: CType | string, options: MemoryOptions): CType =>
  typeof type === 'string' ? parseType(type, options) : type;

/** `registry`: where a type given as text finds its `@Name`s. */
export interface MemoryOptions extends ParseOptions {
  /** `'number'`: `read` gives integers of 64 and 128 bits as numbers where that is exact. */
  readonly int64?: Int64 | undefined;
}

/** Allocates zeroed memory for `count` values of a type, or of so many bytes. Aligned for every C type. Throws `ERR_SIZE`. */
export function alloc(what: CType | string | number, count = 1, options: MemoryOptions = {}): Memory {
  const isSize = typeof what === 'number';
  const each = isSize
    ? { size: what, align: 1 }
    : layoutOfType(typeOf(what, options), conventionOf(hostAbi()).dataModel);
  const size = each.size * count;
  if (!isCount(each.size) || !isCount(count) || size > MAX_BLOCK_BYTES) {
    throw new InterfixError('ERR_SIZE', `cannot allocate ${count} times ${each.size} bytes`);
  }
  const bytes = aligned(zeroed(size), size, each.align);
  return Object.freeze({ address: addressOfBytes(bytes), size, buffer: bytes.buffer, bytes });
}

const addressOfBytes = ({ buffer, byteOffset }: Uint8Array<ArrayBuffer>): bigint =>
  BigInt(bufferAddress(buffer) + byteOffset);

/** Buffers are aligned for scalars; wide vectors and what `alignas` asks for may need one with room to choose from. */
function aligned(buffer: ArrayBuffer, size: number, align: number): Uint8Array<ArrayBuffer> {
  if (bufferAddress(buffer) % align === 0) return new Uint8Array(buffer, 0, size);
  const larger = zeroed(size + align);
  const over = bufferAddress(larger) % align;
  return new Uint8Array(larger, over === 0 ? 0 : align - over, size);
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

const byText = new TextCache<Accessor>();
const byType = { bigint: new WeakMap<CType, Accessor>(), number: new WeakMap<CType, Accessor>() };

/** One accessor per type; a type as text is parsed once. */
function accessorOf(type: CType | string, { registry, int64 = 'bigint' }: MemoryOptions): Accessor {
  if (typeof type !== 'string') return byType[checkedInt64(int64)].get(type) ?? makeAccessor(type, hostAbi(), int64);
  const key = int64 === 'bigint' ? type : `${checkedInt64(int64)} ${type}`;
  return byText.get(key, registry, () => makeAccessor(parseType(type, { registry }), hostAbi(), int64));
}

function makeAccessor(type: CType, abi: ConventionId, int64: Int64): Accessor {
  const { dataModel } = conventionOf(abi);
  const { size } = layoutOfType(type, dataModel);
  if (size > MAX_BLOCK_BYTES / 4) throw new InterfixError('ERR_SIZE', `a value of ${size} bytes is too large to copy`);
  const buffer = new ArrayBuffer(Math.max(8, size + (-size & 7)));
  const [read, write] = compile(accessorSource(type, dataModel, int64), buffer, {}) as [
    Accessor['read'],
    Accessor['write'],
  ];
  const made: Accessor = { size, buffer, read, write };
  byType[int64].set(type, made);
  return made;
}

/**
 * The value of a type at an address; the bytes are copied. TypeScript infers what it is from the text:
 *
 *     read(address, '{x:double, next:*void}')         { x: number; next: bigint }
 *
 * Throws `ERR_NULL`, `ERR_TYPE` for void, and what parsing throws.
 */
export function read<const T, I extends Int64 = DefaultInt64<T>>(
  from: Address,
  type: TypeArgument<T>,
  options?: MemoryOptions & { readonly int64?: I | undefined },
): ValueFor<T, I>;
export function read(from: Address, type: CType | string, options: MemoryOptions = {}): unknown {
  const address = addressFrom(from, 'the address to read');
  const { size, buffer, read: decode } = accessorOf(type, options);
  host().move(BigInt(bufferAddress(buffer)), address, size);
  return decode();
}

/**
 * Stores a value of a type at an address, after the same checks that an argument gets. A string does not stand for a
 * `char` pointer here: no call would own its copy. Padding bytes are written too, as they happen to be.
 */
export function write<const T>(
  to: Address,
  type: TypeArgument<T>,
  value: InputFor<NoInfer<T>>,
  options?: MemoryOptions,
): void;
export function write(to: Address, type: CType | string, value: unknown, options: MemoryOptions = {}): void {
  const address = addressFrom(to, 'the address to write');
  const accessor = accessorOf(type, options);
  accessor.write(value);
  host().move(address, BigInt(bufferAddress(accessor.buffer)), accessor.size);
}
