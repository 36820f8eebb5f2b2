// The host that stands on the native shim. Decides what is checked before native code gets a value; the rest is C.

import { createRequire } from 'node:module';
import { assert, InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import {
  type Arrival,
  type CallbackContexts,
  type CodeRegion,
  type ContextRules,
  calledInLeaf,
  HEADER_BYTES,
  type Host,
  type HostCalls,
  type HostReport,
  type Invoke,
  type Invoker,
  type InvokerMaker,
  OWNER_RULES,
  PENDING,
  STATE,
  takePending,
} from './host.ts';
import { type ContextAddon, NativeContexts } from './native-contexts.ts';
import { systemError } from './system-error.ts';

/** The number of the addon's exports below; native-shim/shim.c has the same. */
const CONTRACT = 6;

/** What native-shim/shim.c exports. Regions and contexts are indices; a negative index is a negative errno. */
interface Addon extends HostCalls, ContextAddon {
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
  /** The same, where callbacks are expected. */
  callingEntry(address: bigint): () => void;
  addressOf(bytes: Uint8Array): bigint;
  move(to: bigint, from: bigint, size: number): void;
  stringLength(address: bigint, limit: number): number;
  openLibrary(path: string | null): bigint;
  symbol(library: bigint, name: string): bigint;
  closeLibrary(library: bigint): void;
  onInvoke(invoke: Runner): void;
  /** Addresses that the V8 addon has given for the function of `onInvoke`. Once. */
  useInvoker(...invoker: Invoker): void;
  /** Throws what is pending in Node-API. */
  rethrow(): void;
  onReport(report: (id: number, kind: number, milliseconds: number) => void): void;
  holdLoop(on: boolean): void;
  errnoAddress(): bigint;
  refused(): number;
  disordered(): number;
}

/** What JavaScript leaves in the header's word `failed`. */
const FAILED: Readonly<Record<'dealtWith' | 'threw', number>> = Object.freeze({ dealtWith: 1, threw: 2 });
/** The one function behind all callbacks. What it has thrown, if it says so: see FAILED. */
interface Runner {
  (): void;
  thrown: unknown;
}
/** The index of something that was released; the addon knows no such index. */
const RELEASED = -1;
/** What the header's word `how` says of a call by this thread, and of one for which no record fits any more. */
const HOW: Readonly<Record<'call' | 'noRoom', number>> = Object.freeze({ call: 0, noRoom: 3 });

// The addon's numbers, in their order.
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

const nativeRegion = (region: CodeRegion): NativeRegion => {
  assert(region instanceof NativeRegion && region.index !== RELEASED, 'a region belongs to the host that is given it');
  return region;
};

class NativeHost implements Host {
  readonly name = 'native';
  readonly pageSize: number;
  readonly dispatcher: bigint;
  readonly invocations: ArrayBuffer;
  readonly contextBytes: number;
  readonly state: Int32Array;
  readonly calls: HostCalls;
  readonly #addon: Addon;

  constructor(addon: Addon) {
    this.#addon = addon;
    this.calls = addon;
    this.state = new Int32Array(addon.invocations, 0, HEADER_BYTES / 4);
    this.pageSize = addon.pageSize;
    this.dispatcher = addon.dispatcher;
    this.invocations = addon.invocations;
    this.contextBytes = addon.contextBytes;
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

  entry(address: bigint, callsBack = false): () => void {
    return callsBack ? this.#addon.callingEntry(address) : this.#addon.entry(address);
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

  onInvoke(invoke: Invoke, makeInvoker: InvokerMaker | null = null): void {
    const header = this.state;
    const { id, base, how, failed } = STATE;
    const { call, noRoom } = HOW;
    const begin = (arrival: number): void => {
      if (arrival === noRoom)
        throw new InterfixError('ERR_CALLBACK', 'callbacks are nested too deeply: no room for an invocation');
      invoke(header[id] ?? 0, header[base] ?? 0, ARRIVALS[arrival] ?? 'call');
    };
    // Each call from C passes here, so this reads three words and leaves the rest to `begin`. It is a bound function: V8
    // asks less about those before it begins. What is thrown goes to the shim through a property: nothing is to come out
    // of here, where catching it costs more.
    const run: Runner = Object.assign(
      (() => {
        try {
          const arrival = header[how] ?? call;
          if (arrival === call) invoke(header[id] ?? 0, header[base] ?? 0, 'call');
          else begin(arrival);
        } catch (error) {
          run.thrown = error;
          header[failed] = FAILED.threw;
        }
      }).bind(undefined),
      { thrown: undefined },
    );
    this.#addon.onInvoke(run);
    if (makeInvoker !== null) this.#addon.useInvoker(...makeInvoker(run, header.subarray(STATE.leaf, STATE.leaf + 1)));
  }

  failInvocation(): void {
    this.state[STATE.failed] = FAILED.dealtWith;
  }

  rethrow(): void {
    if (takePending(this.state) === PENDING.calledInLeaf) throw calledInLeaf();
    this.#addon.rethrow();
  }

  onReport(report: (id: number, report: HostReport) => void): void {
    this.#addon.onReport((id, number, after) => {
      const kind = REPORTS[number];
      assert(kind !== undefined, 'the addon reports what this version knows');
      report(id, { ...kind, after });
    });
  }

  createContexts(
    firstId: number,
    count: number,
    record: FrameLayout,
    rules: ContextRules = OWNER_RULES,
  ): CallbackContexts {
    return new NativeContexts(this.#addon, firstId, count, record, rules);
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
