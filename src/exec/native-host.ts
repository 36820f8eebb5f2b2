// The host that stands on the native shim. Decides what is checked before native code gets a value; the rest is C.

import { createRequire } from 'node:module';
import { assert, InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import {
  type Arrival,
  type CallbackContext,
  type CallbackStats,
  type CodeRegion,
  type ContextRules,
  type Host,
  type HostCalls,
  type HostReport,
  type Invoke,
  OWNER_RULES,
} from './host.ts';
import { systemError } from './system-error.ts';

/** The number of the addon's exports below; native-shim/shim.c has the same. */
const CONTRACT = 2;

/** What native-shim/shim.c exports. Regions and contexts are indices; a negative index is a negative errno. */
interface Addon extends HostCalls {
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
  /** 0 or an errno value. */
  retire(region: number): number;
  entry(address: bigint): () => void;
  addressOf(bytes: Uint8Array): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  move(to: bigint, from: bigint, size: number): void;
  stringLength(address: bigint, limit: number): number;
  openLibrary(path: string | null): bigint;
  symbol(library: bigint, name: string): bigint;
  closeLibrary(library: bigint): void;
  onInvoke(invoke: () => void): void;
  onReport(report: (id: number, kind: number, milliseconds: number) => void): void;
  /** `fields`: offset and size of the result, then of each argument. `mode`, `whenFull`: see MODES and WHEN_FULL. */
  createContext(
    id: number,
    size: number,
    fields: Uint32Array,
    mode: number,
    queue: number,
    whenFull: number,
    timeout: number,
  ): number;
  contextAddress(context: number): bigint;
  contextStats(context: number): readonly [refused: number, dropped: number, timedOut: number, late: number];
  closeContext(context: number): void;
  contextBusy(context: number): boolean;
  releaseContext(context: number): void;
  holdLoop(on: boolean): void;
  errnoAddress(): bigint;
  refused(): number;
  disordered(): number;
}

/** The index of something that was released; the addon knows no such index. */
const RELEASED = -1;
/** The id that the dispatcher gives when no record fits any more. */
const NO_ROOM = -1;

/** Words of the invocation memory's header. */
const ID = 0;
const BASE = 1;
const HOW = 2;
const FAILED = 3;

// The addon's numbers, in their order.
const MODES: readonly ContextRules['thread'][] = ['owner', 'post', 'block'];
const WHEN_FULL: readonly ContextRules['whenFull'][] = ['drop', 'wait'];
const ARRIVALS: readonly Arrival[] = ['call', 'post', 'block'];
const REPORTS: readonly Pick<HostReport, 'kind' | 'starved'>[] = [
  { kind: 'refused', starved: false },
  { kind: 'dropped', starved: false },
  { kind: 'timeout', starved: false },
  { kind: 'late', starved: false },
  { kind: 'timeout', starved: true },
];

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

const nativeContext = (context: CallbackContext): NativeContext => {
  assert(context instanceof NativeContext && context.index !== RELEASED, 'a context is not used after its release');
  return context;
};

const nativeRegion = (region: CodeRegion): NativeRegion => {
  assert(region instanceof NativeRegion && region.index !== RELEASED, 'a region belongs to the host that is given it');
  return region;
};

class NativeHost implements Host {
  readonly name = 'native';
  readonly pageSize: number;
  readonly dispatcher: bigint;
  readonly invocations: ArrayBuffer;
  readonly calls: HostCalls;
  readonly #addon: Addon;
  readonly #header: Int32Array;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.calls = addon;
    this.#header = new Int32Array(addon.invocations, 0, 4);
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
    this.#giveUp('release', region);
  }

  retire(region: CodeRegion): void {
    this.#giveUp('retire', region);
  }

  #giveUp(how: 'release' | 'retire', region: CodeRegion): void {
    const released = nativeRegion(region);
    const index = released.index;
    released.index = RELEASED;
    const errno = this.#addon[how](index);
    if (errno !== 0) throw systemError(how, errno);
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
    const header = this.#header;
    this.#addon.onInvoke(() => {
      const id = header[ID] ?? NO_ROOM;
      // The dispatcher found no room: what throws here is pending when native code returns to the bound call.
      if (id === NO_ROOM)
        throw new InterfixError('ERR_CALLBACK', 'callbacks are nested too deeply: no room for an invocation');
      invoke(id, header[BASE] ?? 0, ARRIVALS[header[HOW] ?? 0] ?? 'call');
    });
  }

  failInvocation(): void {
    this.#header[FAILED] = 1;
  }

  onReport(report: (id: number, report: HostReport) => void): void {
    this.#addon.onReport((id, number, after) => {
      const kind = REPORTS[number];
      assert(kind !== undefined, 'the addon reports what this version knows');
      report(id, { ...kind, after });
    });
  }

  createContext(id: number, shape: FrameLayout, rules: ContextRules = OWNER_RULES): CallbackContext {
    const fields = Uint32Array.from([shape.ret, ...shape.args].flatMap(({ offset, size }) => [offset, size]));
    const mode = MODES.indexOf(rules.thread);
    const whenFull = WHEN_FULL.indexOf(rules.whenFull);
    const index = this.#addon.createContext(id, shape.size, fields, mode, rules.queue, whenFull, rules.timeout);
    return new NativeContext(index, this.#addon.contextAddress(index));
  }

  contextStats(context: CallbackContext): CallbackStats {
    const [refused, dropped, timedOut, late] = this.#addon.contextStats(nativeContext(context).index);
    return { refused, dropped, timedOut, late };
  }

  closeContext(context: CallbackContext): void {
    this.#addon.closeContext(nativeContext(context).index);
  }

  isContextBusy(context: CallbackContext): boolean {
    return this.#addon.contextBusy(nativeContext(context).index);
  }

  releaseContext(context: CallbackContext): void {
    const released = nativeContext(context);
    const index = released.index;
    released.index = RELEASED;
    this.#addon.releaseContext(index);
  }

  holdLoop(on: boolean): void {
    this.#addon.holdLoop(on);
  }

  errnoAddress(): bigint {
    return this.#addon.errnoAddress();
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
