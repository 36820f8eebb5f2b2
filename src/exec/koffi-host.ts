// The host that needs no compiler: the system's own libraries, called through koffi. Decides the same things as
// native-shim/*.c, in the same way; the reasons that are not repeated here stand there.

import { constants } from 'node:os';
import { assert, InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import {
  type CallbackContexts,
  type CodeRegion,
  type ContextRules,
  type Host,
  type HostReport,
  type Invoke,
  needsNativeShim,
  OWNER_RULES,
} from './host.ts';
import { type Koffi, type KoffiType, loadKoffi } from './koffi.ts';
import { KoffiInvocations } from './koffi-invocations.ts';
import { KoffiLinux } from './koffi-linux.ts';
import type { KoffiSystem, MappedPages } from './koffi-system.ts';
import { KoffiWindows } from './koffi-windows.ts';
import { systemError } from './system-error.ts';
import { TRAP_BYTE } from './trap-byte.ts';

const { EINVAL, ENOMEM } = constants.errno;

/** As PAGES_LIMIT in native-shim/pages.h. */
const REGION_LIMIT = 2 ** 30;

class KoffiRegion implements CodeRegion {
  readonly pages: MappedPages;
  released = false;

  constructor(pages: MappedPages) {
    this.pages = pages;
  }

  get address(): bigint {
    return this.pages.address;
  }

  get size(): number {
    return this.pages.size;
  }
}

const koffiRegion = (region: CodeRegion): KoffiRegion => {
  assert(region instanceof KoffiRegion && !region.released, 'a region belongs to the host that is given it');
  return region;
};

/** C would see the text end there. */
const withoutZero = (text: string): string => {
  if (text.includes('\0')) throw new TypeError('a string without a zero character is expected');
  return text;
};

class KoffiHost implements Host {
  readonly name = 'koffi';
  readonly pageSize: number;
  readonly dispatcher: bigint;
  readonly invocations: ArrayBuffer;
  readonly state: Int32Array;
  readonly #koffi: Koffi;
  readonly #system: KoffiSystem;
  readonly #entryPrototype: KoffiType;
  readonly #callbacks: KoffiInvocations;
  readonly calls = null;
  readonly contextBytes = 1;
  #holders = 0;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(koffi: Koffi, system: KoffiSystem) {
    this.#koffi = koffi;
    this.#system = system;
    this.pageSize = system.pageSize;
    // Entry code ignores its two arguments and returns NULL, so calling it as `void ()` is the same call.
    this.#entryPrototype = koffi.proto('void', []);
    this.#callbacks = new KoffiInvocations(koffi, system, (buffer) => this.addressOf(buffer));
    this.dispatcher = this.#callbacks.dispatcher;
    this.invocations = this.#callbacks.memory;
    this.state = this.#callbacks.state;
  }

  reserve(size: number): CodeRegion {
    if (!(size > 0) || size % this.pageSize !== 0) throw systemError('reserve', EINVAL);
    if (size > REGION_LIMIT) throw systemError('reserve', ENOMEM);
    return this.#filled(new KoffiRegion(this.#system.map(size)));
  }

  write(region: CodeRegion, offset: number, bytes: Uint8Array): void {
    const { pages } = koffiRegion(region);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + bytes.length > pages.size)
      throw new RangeError('the bytes lie outside the region');
    this.#system.write(pages, offset, bytes);
  }

  release(region: CodeRegion): void {
    const released = koffiRegion(region);
    released.released = true;
    this.#system.unmap(released.pages);
  }

  retire(region: CodeRegion): void {
    const retired = koffiRegion(region);
    retired.released = true;
    this.#system.retire(retired.pages);
  }

  entry(address: bigint): () => void {
    if (address === 0n) throw new TypeError('an entry has an address');
    const call: () => void = this.#koffi.decode(address, this.#entryPrototype);
    return () => this.#callbacks.run(call);
  }

  addressOf(buffer: ArrayBufferLike): bigint {
    return this.#koffi.address(new Uint8Array(buffer));
  }

  view(address: bigint, length: number): ArrayBuffer {
    return this.#koffi.view(address, length);
  }

  move(to: bigint, from: bigint, size: number): void {
    if (size > 0) this.#system.move(to, from, size);
  }

  stringLength(address: bigint, limit: number): number {
    return limit === 0 ? 0 : this.#system.stringLength(address, limit);
  }

  openLibrary(path: string | null): bigint {
    return this.#system.openLibrary(path === null ? null : withoutZero(path));
  }

  symbol(library: bigint, name: string): bigint {
    return this.#system.symbol(library, withoutZero(name));
  }

  closeLibrary(library: bigint): void {
    this.#system.closeLibrary(library);
  }

  rethrow(): void {
    this.#callbacks.rethrow();
  }

  onInvoke(invoke: Invoke): void {
    this.#callbacks.onInvoke(invoke);
  }

  failInvocation(): void {
    this.#callbacks.fail();
  }

  /** Nothing is reported: every call reaches JavaScript. */
  onReport(_report: (id: number, report: HostReport) => void): void {}

  createContexts(
    firstId: number,
    count: number,
    record: FrameLayout,
    { thread }: ContextRules = OWNER_RULES,
  ): CallbackContexts {
    if (thread !== 'owner') throw needsNativeShim(`callbacks with thread: '${thread}'`);
    return this.#callbacks.create(firstId, count, record);
  }

  /** A timer that never matters. */
  holdLoop(on: boolean): void {
    this.#holders += on ? 1 : -1;
    if (this.#holders > 0) this.#keepAlive ??= setInterval(() => {}, 2 ** 30);
    else {
      clearInterval(this.#keepAlive);
      this.#keepAlive = undefined;
    }
  }

  errnoAddress(): bigint {
    return this.#system.errnoAddress();
  }

  /** Zero bytes, which new pages hold, trap on AArch64; elsewhere traps are written. */
  #filled(region: KoffiRegion): KoffiRegion {
    if (TRAP_BYTE === 0) return region;
    try {
      const traps = new Uint8Array(Math.min(region.size, REGION_LIMIT / 1024)).fill(TRAP_BYTE);
      for (let offset = 0; offset < region.size; offset += traps.length) {
        this.write(region, offset, traps.subarray(0, region.size - offset));
      }
      return region;
    } catch (error) {
      this.#system.unmap(region.pages);
      throw error;
    }
  }
}

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, new (koffi: Koffi) => KoffiSystem>>> = {
  linux: KoffiLinux,
  win32: KoffiWindows,
};

/** Throws ERR_HOST where koffi is absent, or where this host does not know the system's memory calls. */
export const createKoffiHost = (): Host => {
  const System = SYSTEMS[process.platform];
  if (System === undefined) {
    throw new InterfixError('ERR_HOST', `the koffi host knows Linux and Windows, this is ${process.platform}`);
  }
  const koffi = loadKoffi();
  return new KoffiHost(koffi, new System(koffi));
};
