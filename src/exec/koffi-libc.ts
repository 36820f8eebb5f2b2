// The functions of the C library that the koffi host stands on, typed. Decides nothing about their use.

import { createRequire } from 'node:module';
import { InterfixError } from '../errors.ts';

/** A koffi type; opaque to us. */
export interface KoffiType {
  readonly name: string;
}

/** What we use of koffi. Written down here because koffi is optional: without it, its own declarations are not there. */
export interface Koffi {
  load(path: string | null): { func(name: string, result: string, args: string[]): (...args: never[]) => unknown };
  proto(result: string, args: string[]): KoffiType;
  pointer(type: KoffiType): KoffiType;
  decode(address: bigint, type: KoffiType): () => void;
  address(bytes: Uint8Array): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  register(fn: (...args: never[]) => void, type: KoffiType): bigint;
  errno(): number;
}

/** koffi returns a 64-bit integer as a number where that is exact. */
type Word = number | bigint;

export interface Libc {
  getpagesize(): number;
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
}

// Addresses are integers here: koffi's own pointer types would wrap and check them. `intptr_t` where -1 means failure.
const PROTOTYPES: { readonly [name in keyof Libc]: readonly [result: string, args: readonly string[]] } = {
  getpagesize: ['int', []],
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
};

/** Loads koffi, which npm may have left out: it is an optional dependency. Throws ERR_HOST then. */
export const loadKoffi = (): Koffi => {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new InterfixError('ERR_HOST', 'koffi is not installed: run `npm install koffi`', { cause });
  }
};

/** Binds the C library of this process. */
export const loadLibc = (koffi: Koffi): Libc => {
  const process = koffi.load(null);
  const bound = Object.entries(PROTOTYPES).map(([name, [result, args]]) => [
    name,
    process.func(name, result, [...args]),
  ]);
  return Object.fromEntries(bound) as Libc;
};
