// The host that stands on the native shim. Decides what is checked before native code gets a value; the rest is C.

import { createRequire } from 'node:module';
import { assert, InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import type { CallbackContext, CodeRegion, Host, Invoke } from './host.ts';
import { systemError } from './system-error.ts';

/** The number of the addon's exports below; native-shim/shim.c has the same. */
const CONTRACT = 1;

/** What native-shim/shim.c exports. Regions and contexts are indices; a negative index is a negative errno. */
interface Addon {
  readonly contract: number;
  readonly pageSize: number;
  readonly dispatcher: bigint;
  readonly invocations: ArrayBuffer;
  reserve(size: number): number;
  regionAddress(region: number): bigint;
  /** 0 or an errno value. */
  write(region: number, offset: number, bytes: Uint8Array): number;
  /** 0 or an errno value. */
  release(region: number): number;
  entry(address: bigint): () => void;
  addressOf(bytes: Uint8Array): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  move(to: bigint, from: bigint, size: number): void;
  stringLength(address: bigint, limit: number): number;
  openLibrary(path: string | null): bigint;
  symbol(library: bigint, name: string): bigint;
  closeLibrary(library: bigint): void;
  onInvoke(invoke: () => void): void;
  /** `fields`: offset and size of the result, then of each argument. */
  createContext(id: number, size: number, fields: Uint32Array): number;
  contextAddress(context: number): bigint;
  releaseContext(context: number): void;
  refused(): number;
  disordered(): number;
}

/** The index of something that was released; the addon knows no such index. */
const RELEASED = -1;
/** The id that the dispatcher gives when no record fits any more. */
const NO_ROOM = -1;

class NativeRegion implements CodeRegion {
  readonly address: bigint;
  readonly size: number;
  index: number;

  constructor(index: number, address: bigint, size: number) {
    this.index = index;
    this.address = address;
    this.size = size;
  }
}

class NativeContext implements CallbackContext {
  readonly address: bigint;
  index: number;

  constructor(index: number, address: bigint) {
    this.index = index;
    this.address = address;
  }
}

const nativeRegion = (region: CodeRegion): NativeRegion => {
  assert(region instanceof NativeRegion && region.index !== RELEASED, 'a region belongs to the host that is given it');
  return region;
};

class NativeHost implements Host {
  readonly name = 'native';
  readonly pageSize: number;
  readonly dispatcher: bigint;
  readonly invocations: ArrayBuffer;
  readonly #addon: Addon;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.pageSize = addon.pageSize;
    this.dispatcher = addon.dispatcher;
    this.invocations = addon.invocations;
  }

  reserve(size: number): CodeRegion {
    const index = this.#addon.reserve(size);
    if (index < 0) throw systemError('reserve', -index);
    return new NativeRegion(index, this.#addon.regionAddress(index), size);
  }

  write(region: CodeRegion, offset: number, bytes: Uint8Array): void {
    const errno = this.#addon.write(nativeRegion(region).index, offset, bytes);
    if (errno !== 0) throw systemError('write', errno);
  }

  release(region: CodeRegion): void {
    const released = nativeRegion(region);
    const index = released.index;
    released.index = RELEASED;
    const errno = this.#addon.release(index);
    if (errno !== 0) throw systemError('release', errno);
  }

  entry(address: bigint): () => void {
    return this.#addon.entry(address);
  }

  addressOf(buffer: ArrayBufferLike): bigint {
    return this.#addon.addressOf(new Uint8Array(buffer));
  }

  view(address: bigint, length: number): ArrayBuffer {
    return length === 0 ? new ArrayBuffer(0) : this.#addon.view(address, length);
  }

  move(to: bigint, from: bigint, size: number): void {
    this.#addon.move(to, from, size);
  }

  stringLength(address: bigint, limit: number): number {
    return this.#addon.stringLength(address, limit);
  }

  openLibrary(path: string | null): bigint {
    return this.#addon.openLibrary(path);
  }

  symbol(library: bigint, name: string): bigint {
    return this.#addon.symbol(library, name);
  }

  closeLibrary(library: bigint): void {
    this.#addon.closeLibrary(library);
  }

  onInvoke(invoke: Invoke): void {
    const header = new Int32Array(this.invocations, 0, 2);
    this.#addon.onInvoke(() => {
      const id = header[0] ?? NO_ROOM;
      // The dispatcher found no room: what throws here is pending when native code returns to the bound call.
      if (id === NO_ROOM)
        throw new InterfixError('ERR_CALLBACK', 'callbacks are nested too deeply: no room for an invocation');
      invoke(id, header[1] ?? 0);
    });
  }

  createContext(id: number, shape: FrameLayout): CallbackContext {
    const fields = Uint32Array.from([shape.ret, ...shape.args].flatMap(({ offset, size }) => [offset, size]));
    const index = this.#addon.createContext(id, shape.size, fields);
    return new NativeContext(index, this.#addon.contextAddress(index));
  }

  releaseContext(context: CallbackContext): void {
    assert(context instanceof NativeContext && context.index !== RELEASED, 'a context is released once');
    const index = context.index;
    context.index = RELEASED;
    this.#addon.releaseContext(index);
  }
}

/** Loads the addon that native-shim/install.mjs built. Throws ERR_HOST if it is not there or not this version's. */
export const createNativeHost = (): Host => {
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)('../../native-shim/build/Release/interfix.node') as Addon;
  } catch (cause) {
    throw new InterfixError(
      'ERR_HOST',
      'the native shim is not built: run `npm rebuild interfix`, or `npm run build:native` in a clone',
      { cause },
    );
  }
  if (addon.contract !== CONTRACT) {
    throw new InterfixError(
      'ERR_HOST',
      'the native shim was built for another version: run `npm rebuild interfix`, or `npm run build:native` in a clone',
    );
  }
  return new NativeHost(addon);
};
