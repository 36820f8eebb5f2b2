// Windows for the koffi host: kernel32, and the C library that every Windows has. Decides the same things as
// native-shim/pages_windows.c and native-shim/library_windows.c, in the same way; the reasons stand there.

import { constants } from 'node:os';
import { bindAll, type Koffi, type Prototypes, type Word } from './koffi.ts';
import type { KoffiSystem, MappedPages } from './koffi-system.ts';
import { systemError } from './system-error.ts';

interface Kernel32 {
  GetSystemInfo(info: bigint): void;
  GetLastError(): number;
  CreateFileMappingW(
    file: bigint,
    attributes: bigint,
    protection: number,
    high: number,
    low: number,
    name: bigint,
  ): Word;
  MapViewOfFile(section: bigint, access: number, high: number, low: number, size: number): Word;
  UnmapViewOfFile(address: bigint): number;
  VirtualAlloc(address: bigint, size: number, how: number, protection: number): Word;
  CloseHandle(handle: bigint): number;
  FlushInstructionCache(process: bigint, address: bigint, size: number): number;
  LoadLibraryExW(path: string, file: bigint, flags: number): Word;
  GetProcAddress(module: bigint, name: string): Word;
  FreeLibrary(module: bigint): number;
  FormatMessageW(
    flags: number,
    source: bigint,
    id: number,
    language: number,
    to: bigint,
    size: number,
    args: bigint,
  ): number;
  K32EnumProcessModules(process: bigint, modules: bigint, size: number, needed: bigint): number;
}

const KERNEL32: Prototypes<Kernel32> = {
  GetSystemInfo: ['void', ['uintptr_t']],
  GetLastError: ['uint32_t', []],
  CreateFileMappingW: ['uintptr_t', ['intptr_t', 'uintptr_t', 'uint32_t', 'uint32_t', 'uint32_t', 'uintptr_t']],
  MapViewOfFile: ['uintptr_t', ['uintptr_t', 'uint32_t', 'uint32_t', 'uint32_t', 'size_t']],
  UnmapViewOfFile: ['int', ['uintptr_t']],
  VirtualAlloc: ['uintptr_t', ['uintptr_t', 'size_t', 'uint32_t', 'uint32_t']],
  CloseHandle: ['int', ['uintptr_t']],
  FlushInstructionCache: ['int', ['intptr_t', 'uintptr_t', 'size_t']],
  LoadLibraryExW: ['uintptr_t', ['str16', 'uintptr_t', 'uint32_t']],
  GetProcAddress: ['uintptr_t', ['uintptr_t', 'const char *']],
  FreeLibrary: ['int', ['uintptr_t']],
  FormatMessageW: ['uint32_t', ['uint32_t', 'uintptr_t', 'uint32_t', 'uint32_t', 'uintptr_t', 'uint32_t', 'uintptr_t']],
  K32EnumProcessModules: ['int', ['intptr_t', 'uintptr_t', 'uint32_t', 'uintptr_t']],
};

interface CLibrary {
  memcpy(to: bigint, from: Uint8Array, size: number): void;
  memmove(to: bigint, from: bigint, size: number): void;
  memset(to: bigint, byte: number, size: number): void;
  strnlen(address: bigint, limit: number): Word;
}

const C_LIBRARY: Prototypes<CLibrary> = {
  memcpy: ['void', ['uintptr_t', 'const uint8_t *', 'size_t']],
  memmove: ['void', ['uintptr_t', 'uintptr_t', 'size_t']],
  memset: ['void', ['uintptr_t', 'int', 'size_t']],
  strnlen: ['size_t', ['uintptr_t', 'size_t']],
};

interface Ntdll {
  NtQueryInformationThread(thread: bigint, what: number, to: bigint, size: number, needed: bigint): number;
}

const NTDLL: Prototypes<Ntdll> = {
  NtQueryInformationThread: ['int32_t', ['intptr_t', 'int', 'uintptr_t', 'uint32_t', 'uintptr_t']],
};

// <winnt.h>, <winbase.h>, <libloaderapi.h>, <winternl.h>.
const INVALID_HANDLE_VALUE = -1n;
const CURRENT_PROCESS = -1n;
const CURRENT_THREAD = -2n;
const THREAD_BASIC_INFORMATION = 0;
/** Bytes from the start of a thread's environment block to its last error. */
const LAST_ERROR_VALUE = 0x68n;
const PAGE_NOACCESS = 1;
const PAGE_EXECUTE_READWRITE = 0x40;
const MEM_RESERVE = 0x2000;
const FILE_MAP_WRITE = 2;
const FILE_MAP_READ_EXECUTE = 4 | 0x20;
const LOAD_WITH_ALTERED_SEARCH_PATH = 8;
const FORMAT_SYSTEM_IGNORE_ONE_LINE = 0x1000 | 0x200 | 0xff;

/** The system's error numbers that have a counterpart in errno (winerror.h). */
const ERRNO: Readonly<Record<number, number>> = {
  5: constants.errno.EACCES, // ERROR_ACCESS_DENIED
  1655: constants.errno.EACCES, // ERROR_DYNAMIC_CODE_BLOCKED
  87: constants.errno.EINVAL, // ERROR_INVALID_PARAMETER
  8: constants.errno.ENOMEM, // ERROR_NOT_ENOUGH_MEMORY
  14: constants.errno.ENOMEM, // ERROR_OUTOFMEMORY
  1450: constants.errno.ENOMEM, // ERROR_NO_SYSTEM_RESOURCES
  1455: constants.errno.ENOMEM, // ERROR_COMMITMENT_LIMIT
};

/** What `openLibrary` gives for the program; no module lies there. */
const PROGRAM = 1n;

export class KoffiWindows implements KoffiSystem {
  readonly pageSize: number;
  readonly #koffi: Koffi;
  readonly #kernel: Kernel32;
  readonly #c: CLibrary;
  /** A view begins at a multiple of it (MapViewOfFile). */
  readonly #granularity: number;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#kernel = bindAll(koffi.load('kernel32.dll'), KERNEL32);
    this.#c = bindAll(koffi.load('msvcrt.dll'), C_LIBRARY);
    const info = new Uint8Array(64); // SYSTEM_INFO, 48 bytes: dwPageSize at 4, dwAllocationGranularity at 40
    this.#kernel.GetSystemInfo(koffi.address(info));
    const words = new Uint32Array(info.buffer);
    this.pageSize = words[1] ?? 0;
    this.#granularity = words[10] ?? 0;
  }

  map(size: number): MappedPages {
    const section = BigInt(
      this.#kernel.CreateFileMappingW(INVALID_HANDLE_VALUE, 0n, PAGE_EXECUTE_READWRITE, 0, size, 0n),
    );
    if (section === 0n) throw this.#lastError('CreateFileMapping');
    const address = BigInt(this.#kernel.MapViewOfFile(section, FILE_MAP_READ_EXECUTE, 0, 0, size));
    if (address !== 0n) return { address, size, handle: section };
    const error = this.#lastError('MapViewOfFile');
    this.#kernel.CloseHandle(section);
    throw error;
  }

  write({ address, handle }: MappedPages, offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const before = offset % this.#granularity;
    const start = offset - before;
    const view = BigInt(this.#kernel.MapViewOfFile(handle, FILE_MAP_WRITE, 0, start, before + bytes.length));
    if (view === 0n) throw this.#lastError('MapViewOfFile');
    this.#c.memcpy(view + BigInt(before), bytes, bytes.length);
    this.#check('UnmapViewOfFile', this.#kernel.UnmapViewOfFile(view));
    const written = address + BigInt(offset);
    this.#check('FlushInstructionCache', this.#kernel.FlushInstructionCache(CURRENT_PROCESS, written, bytes.length));
  }

  unmap({ address, handle }: MappedPages): void {
    this.#kernel.CloseHandle(handle);
    this.#check('UnmapViewOfFile', this.#kernel.UnmapViewOfFile(address));
  }

  retire(pages: MappedPages): void {
    this.unmap(pages);
    if (BigInt(this.#kernel.VirtualAlloc(pages.address, pages.size, MEM_RESERVE, PAGE_NOACCESS)) === 0n)
      throw this.#lastError('VirtualAlloc');
  }

  move(to: bigint, from: bigint, size: number): void {
    this.#c.memmove(to, from, size);
  }

  fill(to: bigint, byte: number, size: number): void {
    this.#c.memset(to, byte, size);
  }

  stringLength(address: bigint, limit: number): number {
    return Number(this.#c.strnlen(address, limit));
  }

  openLibrary(path: string | null): bigint {
    if (path === null) return PROGRAM;
    const name = path.replaceAll('/', '\\');
    const isAbsolute = /^(.:\\|\\\\)/.test(name);
    const library = BigInt(this.#kernel.LoadLibraryExW(name, 0n, isAbsolute ? LOAD_WITH_ALTERED_SEARCH_PATH : 0));
    if (library === 0n) throw this.#loaderError();
    return library;
  }

  symbol(library: bigint, name: string): bigint {
    const modules = library === PROGRAM ? this.#modules() : [library];
    for (const module of modules) {
      const address = BigInt(this.#kernel.GetProcAddress(module, name));
      if (address !== 0n) return address;
    }
    return 0n;
  }

  closeLibrary(library: bigint): void {
    if (library !== PROGRAM && this.#kernel.FreeLibrary(library) === 0) throw this.#loaderError();
  }

  /** THREAD_BASIC_INFORMATION has the address of the thread's environment block at byte 8. */
  errnoAddress(): bigint {
    const ntdll = bindAll(this.#koffi.load('ntdll.dll'), NTDLL);
    const found = new BigUint64Array(6);
    const to = this.#koffi.address(new Uint8Array(found.buffer));
    const status = ntdll.NtQueryInformationThread(CURRENT_THREAD, THREAD_BASIC_INFORMATION, to, found.byteLength, 0n);
    if (status < 0) throw systemError('NtQueryInformationThread', constants.errno.EIO);
    return (found[1] ?? 0n) + LAST_ERROR_VALUE;
  }

  /** What is loaded, in that order. Another thread may load more between the two calls. */
  #modules(): bigint[] {
    const needed = new Uint32Array(2);
    const at = this.#koffi.address(new Uint8Array(needed.buffer));
    if (this.#kernel.K32EnumProcessModules(CURRENT_PROCESS, 0n, 0, at) === 0) return [];
    const modules = new BigUint64Array((needed[0] ?? 0) / 8);
    const to = this.#koffi.address(new Uint8Array(modules.buffer));
    if (this.#kernel.K32EnumProcessModules(CURRENT_PROCESS, to, modules.byteLength, at) === 0) return [];
    return [...modules.subarray(0, (needed[0] ?? 0) / 8)];
  }

  #check(syscall: string, result: number): void {
    if (result === 0) throw this.#lastError(syscall);
  }

  #lastError(syscall: string): Error {
    return systemError(syscall, ERRNO[this.#kernel.GetLastError()] ?? constants.errno.EIO);
  }

  #loaderError(): Error {
    const code = this.#kernel.GetLastError();
    const text = new Uint16Array(200);
    const to = this.#koffi.address(new Uint8Array(text.buffer));
    const length = this.#kernel.FormatMessageW(FORMAT_SYSTEM_IGNORE_ONE_LINE, 0n, code, 0, to, text.length, 0n);
    const message = String.fromCharCode(...text.subarray(0, length)).trimEnd();
    return new Error(`${message === '' ? 'the loader gave no reason' : message} (${code})`);
  }
}
