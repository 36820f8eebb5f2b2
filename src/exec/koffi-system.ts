// What the koffi host asks of an operating system: one small interface, one implementation per system
// (koffi-linux.ts, koffi-windows.ts). The same questions as in native-shim/pages.h and native-shim/library.h.

/** Mapped pages: where code runs, and what the system calls the memory behind them. */
export interface MappedPages {
  readonly address: bigint;
  readonly size: number;
  readonly handle: bigint;
}

export interface KoffiSystem {
  readonly pageSize: number;
  /** Maps readable, executable pages. The size is a multiple of the page size, and not too large. */
  map(size: number): MappedPages;
  /** Writes inside the pages and makes the bytes visible to instruction fetch. */
  write(pages: MappedPages, offset: number, bytes: Uint8Array): void;
  unmap(pages: MappedPages): void;
  /** Puts nothing in place of the pages, so that nobody gets their addresses. */
  retire(pages: MappedPages): void;

  /** memmove, memset and strnlen. */
  move(to: bigint, from: bigint, size: number): void;
  fill(to: bigint, byte: number, size: number): void;
  stringLength(address: bigint, limit: number): number;

  /** Each throws the loader's own message; texts have no zero characters. */
  openLibrary(path: string | null): bigint;
  /** 0n if there is no such symbol. */
  symbol(library: bigint, name: string): bigint;
  closeLibrary(library: bigint): void;

  /** Where this thread's `errno` lies, or its last error. */
  errnoAddress(): bigint;
}
