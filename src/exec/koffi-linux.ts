// Linux for the koffi host: the C library of this process. Decides the same things as native-shim/pages_posix.c and
// native-shim/library_posix.c, in the same way; the reasons that are not repeated here stand there.

import { constants } from 'node:os';
import { bindAll, type Koffi, type Prototypes, type Word } from './koffi.ts';
import type { KoffiSystem, MappedPages } from './koffi-system.ts';
import { systemError } from './system-error.ts';

interface Libc {
  getpagesize(): number;
  getauxval(type: number): Word;
  memfd_create(name: string, flags: number): number;
  ftruncate(file: number, size: number): number;
  pwrite(file: number, bytes: Uint8Array, count: number, offset: number): Word;
  close(file: number): number;
  mmap(address: bigint, size: number, protection: number, flags: number, file: number, offset: number): Word;
  munmap(address: bigint, size: number): number;
  madvise(address: bigint, size: number, advice: number): number;
  memmove(to: bigint, from: bigint, size: number): void;
  memset(to: bigint, byte: number, size: number): void;
  strnlen(address: bigint, limit: number): Word;
  dlopen(path: string | null, flags: number): Word;
  dlsym(library: bigint, name: string): Word;
  dlclose(library: bigint): number;
  dlerror(): string | null;
  __errno_location(): Word;
}

// `intptr_t` where -1 means failure.
const LIBC: Prototypes<Libc> = {
  getpagesize: ['int', []],
  getauxval: ['uint64_t', ['uint64_t']],
  memfd_create: ['int', ['const char *', 'uint32_t']],
  ftruncate: ['int', ['int', 'int64_t']],
  pwrite: ['intptr_t', ['int', 'const uint8_t *', 'size_t', 'int64_t']],
  close: ['int', ['int']],
  mmap: ['intptr_t', ['uintptr_t', 'size_t', 'int', 'int', 'int', 'int64_t']],
  munmap: ['int', ['uintptr_t', 'size_t']],
  madvise: ['int', ['uintptr_t', 'size_t', 'int']],
  memmove: ['void', ['uintptr_t', 'uintptr_t', 'size_t']],
  memset: ['void', ['uintptr_t', 'int', 'size_t']],
  strnlen: ['size_t', ['uintptr_t', 'size_t']],
  dlopen: ['uintptr_t', ['const char *', 'int']],
  dlsym: ['uintptr_t', ['uintptr_t', 'const char *']],
  dlclose: ['int', ['uintptr_t']],
  dlerror: ['str', []],
  __errno_location: ['uintptr_t', []],
};

// <linux/memfd.h>, <bits/mman-linux.h>: the same on x64 and AArch64.
const MFD_CLOEXEC = 1;
const MFD_NOEXEC_SEAL = 8;
const PROT_READ_EXEC = 1 | 4;
/** AArch64 only: <asm/mman.h>, <asm/hwcap.h>. */
const PROT_BTI = 0x10;
const HWCAP2_BTI = 1n << 17n;
const AT_HWCAP2 = 26;
const MAP_SHARED = 1;
const MADV_DONTNEED = 4;
const PROT_NONE = 0;
/** MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS, MAP_NORESERVE. */
const NOTHING_THERE = 0x02 | 0x10 | 0x20 | 0x4000;

export class KoffiLinux implements KoffiSystem {
  readonly pageSize: number;
  readonly #koffi: Koffi;
  readonly #libc: Libc;
  readonly #protection: number;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#libc = bindAll(koffi.load(null), LIBC);
    this.pageSize = this.#libc.getpagesize();
    // native-shim/landing.h says why.
    const isGuarded = process.arch === 'arm64' && (BigInt(this.#libc.getauxval(AT_HWCAP2)) & HWCAP2_BTI) !== 0n;
    this.#protection = isGuarded ? PROT_READ_EXEC | PROT_BTI : PROT_READ_EXEC;
  }

  map(size: number): MappedPages {
    const file = this.#openFile();
    try {
      this.#check('ftruncate', this.#libc.ftruncate(file, size));
      const address = BigInt(this.#libc.mmap(0n, size, this.#protection, MAP_SHARED, file, 0));
      if (address === -1n) throw this.#lastError('mmap');
      return { address, size, handle: BigInt(file) };
    } catch (error) {
      this.#libc.close(file);
      throw error;
    }
  }

  write({ address, handle }: MappedPages, offset: number, bytes: Uint8Array): void {
    const file = Number(handle);
    for (let done = 0; done < bytes.length; ) {
      const written = Number(this.#libc.pwrite(file, bytes.subarray(done), bytes.length - done, offset + done));
      if (written >= 0) done += written;
      else if (this.#koffi.errno() !== constants.errno.EINTR) throw this.#lastError('pwrite');
    }
    if (process.arch === 'arm64') this.#forgetInstructions(address, offset, bytes.length);
  }

  unmap({ address, size, handle }: MappedPages): void {
    this.#libc.close(Number(handle));
    this.#check('munmap', this.#libc.munmap(address, size));
  }

  retire({ address, size, handle }: MappedPages): void {
    this.#libc.close(Number(handle));
    if (BigInt(this.#libc.mmap(address, size, PROT_NONE, NOTHING_THERE, -1, 0)) === -1n) throw this.#lastError('mmap');
  }

  move(to: bigint, from: bigint, size: number): void {
    this.#libc.memmove(to, from, size);
  }

  fill(to: bigint, byte: number, size: number): void {
    this.#libc.memset(to, byte, size);
  }

  stringLength(address: bigint, limit: number): number {
    return Number(this.#libc.strnlen(address, limit));
  }

  openLibrary(path: string | null): bigint {
    const { RTLD_LAZY, RTLD_LOCAL = 0 } = constants.dlopen as { RTLD_LAZY: number; RTLD_LOCAL?: number };
    const library = BigInt(this.#libc.dlopen(path, RTLD_LAZY | RTLD_LOCAL));
    if (library === 0n) throw this.#loaderError();
    return library;
  }

  symbol(library: bigint, name: string): bigint {
    return BigInt(this.#libc.dlsym(library, name));
  }

  closeLibrary(library: bigint): void {
    if (this.#libc.dlclose(library) !== 0) throw this.#loaderError();
  }

  errnoAddress(): bigint {
    return BigInt(this.#libc.__errno_location());
  }

  #openFile(): number {
    const file = this.#libc.memfd_create('interfix', MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    if (file >= 0) return file;
    if (this.#koffi.errno() !== constants.errno.EINVAL) throw this.#lastError('memfd_create');
    const older = this.#libc.memfd_create('interfix', MFD_CLOEXEC);
    this.#check('memfd_create', older);
    return older;
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
