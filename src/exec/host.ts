// What this library needs from native code: one small interface, two implementations (native-host.ts, koffi-host.ts).

import type { FrameLayout } from '../plan/frame-layout.ts';

/** A run of executable pages. Opaque to everyone but the host that reserved it. */
export interface CodeRegion {
  /** First executable byte; page aligned. Bytes that nobody wrote trap. */
  readonly address: bigint;
  /** Bytes, a multiple of the page size. */
  readonly size: number;
}

/** The native side of one callback: what its trampoline hands to the dispatcher. */
export interface CallbackContext {
  readonly address: bigint;
}

/**
 * Called once per invocation of a callback, on the JavaScript thread. The arguments lie in the invocation stack at
 * byte `base`, and the result is expected at its place there when this returns. If it throws, the native caller gets
 * a zeroed result and the exception travels on from the bound call that native code returns to.
 */
export type Invoke = (id: number, base: number) => void;

export interface Host {
  readonly name: 'native' | 'koffi';

  /** Bytes of a page. */
  readonly pageSize: number;
  /** Maps `size` bytes (a multiple of the page size) of executable memory, filled with trapping instructions. */
  reserve(size: number): CodeRegion;
  /** Copies bytes to `offset` of a region and makes them visible to instruction fetch. Never through a W+X mapping. */
  write(region: CodeRegion, offset: number, bytes: Uint8Array): void;
  /** Unmaps. The caller has proved that no code in the region runs or will run. */
  release(region: CodeRegion): void;

  /** Makes a JavaScript function of a trampoline of kind `entry`: its call runs that code, on this thread. */
  entry(address: bigint): () => void;

  /** Address of a buffer's first byte. The store does not move; it lives as long as the buffer. */
  addressOf(buffer: ArrayBufferLike): bigint;
  /** A view of `length` bytes of foreign memory; nobody owns it but whoever allocated it. */
  view(address: bigint, length: number): ArrayBuffer;
  /** memmove. */
  move(to: bigint, from: bigint, size: number): void;
  /** Bytes before the first zero byte at `address`, at most `limit`. */
  stringLength(address: bigint, limit: number): number;

  /** dlopen; `null` is the program itself. Throws the loader's own message as an `Error`. */
  openLibrary(path: string | null): bigint;
  /** dlsym, or 0n if there is no such symbol. */
  symbol(library: bigint, name: string): bigint;
  closeLibrary(library: bigint): void;

  /** `void dispatcher(void *context, void *ret, void **args)`, the function that reverse trampolines call. */
  readonly dispatcher: bigint;
  /** The memory of the invocations that are running, the innermost last. Its first 16 bytes belong to the host. */
  readonly invocations: ArrayBuffer;
  /** Sets the function that every callback invocation of this environment goes through. Once. */
  onInvoke(invoke: Invoke): void;
  /**
   * Creates what a reverse trampoline passes as `context`. `id` comes back in `Invoke`; `record` says where arguments and
   * result lie, relative to its `base`.
   */
  createContext(id: number, record: FrameLayout): CallbackContext;
  /** Frees a context. The caller has proved that no trampoline passes it any more. */
  releaseContext(context: CallbackContext): void;
}
