// The host that needs no compiler: the C library of this process, called through koffi. Decides the same things as
// native-shim/*.c, in the same way; the reasons that are not repeated here stand there.

import { constants } from 'node:os';
import { assert, InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import type { CallbackContext, CodeRegion, Host, Invoke } from './host.ts';
import { KoffiInvocations } from './koffi-invocations.ts';
import { type Koffi, type KoffiType, type Libc, loadKoffi, loadLibc } from './koffi-libc.ts';
import { systemError } from './system-error.ts';
import { TRAP_BYTE } from './trap-byte.ts';

// <linux/memfd.h>, <bits/mman-linux.h>: the same on x64 and AArch64.
const MFD_CLOEXEC = 1;
const MFD_NOEXEC_SEAL = 8;
const PROT_READ_EXEC = 1 | 4;
const MAP_SHARED = 1;
const MADV_DONTNEED = 4;
const { RTLD_LAZY, RTLD_LOCAL = 0 } = constants.dlopen as { RTLD_LAZY: number; RTLD_LOCAL?: number };
const { EINTR, EINVAL, ENOMEM } = constants.errno;

/** As PAGES_LIMIT in native-shim/pages.h. */
const REGION_LIMIT = 2 ** 30;

class KoffiRegion implements CodeRegion {
  readonly address: bigint;
  readonly size: number;
  readonly file: number;
  released = false;

  constructor(address: bigint, size: number, file: number) {
    this.address = address;
    this.size = size;
    this.file = file;
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
  readonly #koffi: Koffi;
  readonly #libc: Libc;
  readonly #entryPrototype: KoffiType;
  readonly #callbacks: KoffiInvocations;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#libc = loadLibc(koffi);
    this.pageSize = this.#libc.getpagesize();
    // Entry code ignores its two arguments and returns NULL, so calling it as `void ()` is the same call.
    this.#entryPrototype = koffi.proto('void', []);
    this.#callbacks = new KoffiInvocations(koffi, this.#libc, (buffer) => this.addressOf(buffer));
    this.dispatcher = this.#callbacks.dispatcher;
    this.invocations = this.#callbacks.memory;
  }

  reserve(size: number): CodeRegion {
    if (!(size > 0) || size % this.pageSize !== 0) throw systemError('reserve', EINVAL);
    if (size > REGION_LIMIT) throw systemError('reserve', ENOMEM);
    const file = this.#openFile();
    try {
      this.#check('ftruncate', this.#libc.ftruncate(file, size));
      const address = BigInt(this.#libc.mmap(0n, size, PROT_READ_EXEC, MAP_SHARED, file, 0));
      if (address === -1n) throw this.#lastError('mmap');
      return this.#filled(new KoffiRegion(address, size, file));
    } catch (error) {
      this.#libc.close(file);
      throw error;
    }
  }

  write(region: CodeRegion, offset: number, bytes: Uint8Array): void {
    const { address, size, file } = koffiRegion(region);
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + bytes.length > size)
      throw new RangeError('the bytes lie outside the region');
    for (let done = 0; done < bytes.length; ) {
      const written = Number(this.#libc.pwrite(file, bytes.subarray(done), bytes.length - done, offset + done));
      if (written >= 0) done += written;
      else if (this.#koffi.errno() !== EINTR) throw this.#lastError('pwrite');
    }
    if (process.arch === 'arm64') this.#forgetInstructions(address, offset, bytes.length);
  }

  release(region: CodeRegion): void {
    const released = koffiRegion(region);
    released.released = true;
    this.#libc.close(released.file);
    this.#check('munmap', this.#libc.munmap(released.address, released.size));
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
    if (size > 0) this.#libc.memmove(to, from, size);
  }

  stringLength(address: bigint, limit: number): number {
    return limit === 0 ? 0 : Number(this.#libc.strnlen(address, limit));
  }

  openLibrary(path: string | null): bigint {
    const library = BigInt(this.#libc.dlopen(path === null ? null : withoutZero(path), RTLD_LAZY | RTLD_LOCAL));
    if (library === 0n) throw this.#loaderError();
    return library;
  }

  symbol(library: bigint, name: string): bigint {
    return BigInt(this.#libc.dlsym(library, withoutZero(name)));
  }

  closeLibrary(library: bigint): void {
    if (this.#libc.dlclose(library) !== 0) throw this.#loaderError();
  }

  onInvoke(invoke: Invoke): void {
    this.#callbacks.onInvoke(invoke);
  }

  createContext(id: number, shape: FrameLayout): CallbackContext {
    return this.#callbacks.create(id, shape);
  }

  releaseContext(context: CallbackContext): void {
    this.#callbacks.release(context);
  }

  #openFile(): number {
    const file = this.#libc.memfd_create('interfix', MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    if (file >= 0) return file;
    if (this.#koffi.errno() !== EINVAL) throw this.#lastError('memfd_create');
    const older = this.#libc.memfd_create('interfix', MFD_CLOEXEC);
    this.#check('memfd_create', older);
    return older;
  }

  /** Zero bytes, which a new file holds, trap on AArch64; elsewhere traps are written. */
  #filled(region: KoffiRegion): KoffiRegion {
    if (TRAP_BYTE === 0) return region;
    try {
      const traps = new Uint8Array(Math.min(region.size, REGION_LIMIT / 1024)).fill(TRAP_BYTE);
      for (let offset = 0; offset < region.size; offset += traps.length) {
        this.write(region, offset, traps.subarray(0, region.size - offset));
      }
      return region;
    } catch (error) {
      this.#libc.munmap(region.address, region.size);
      throw error;
    }
  }

  /**
   * AArch64 has no cache instruction that koffi could call. Unmapping the pages for a moment does the same: the next
   * fetch faults, and Linux makes a changed page coherent before it maps it executable (`__sync_icache_dcache`).
   * The contents stay in the file; code that runs there faults once and goes on.
   */
  #forgetInstructions(address: bigint, offset: number, count: number): void {
    const first = offset - (offset % this.pageSize);
    this.#check('madvise', this.#libc.madvise(address + BigInt(first), offset + count - first, MADV_DONTNEED));
  }

  #check(syscall: string, result: number): void {
    if (result < 0) throw this.#lastError(syscall);
  }

  #lastError(syscall: string): Error {
    return systemError(syscall, this.#koffi.errno());
  }

  #loaderError(): Error {
    return new Error(this.#libc.dlerror() ?? 'the loader gave no reason');
  }
}

/** Throws ERR_HOST where koffi is absent, or where this host does not know the system's memory calls. */
export const createKoffiHost = (): Host => {
  if (process.platform !== 'linux') {
    throw new InterfixError('ERR_HOST', `the koffi host knows only Linux yet, this is ${process.platform}`);
  }
  return new KoffiHost(loadKoffi());
};
