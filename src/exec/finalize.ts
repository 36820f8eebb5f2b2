// CodeImage + symbols → Trampoline: the only step of the pipeline that touches the process.

import type { CodeImage } from '../emit/code-image.ts';
import { InterfixError } from '../errors.ts';
import { addressFrom } from './address.ts';
import { ExecutableMemory, type Slot } from './executable-memory.ts';
import { host } from './select-host.ts';

/** The addresses that an image asks for in its `symbols`, by name. */
export type SymbolAddresses = Readonly<Record<string, bigint>>;

/**
 * Machine code in this process. Whoever holds one owns it: it stays callable until `dispose`, and must not be running
 * then. Afterwards its address holds traps, and is not given out again at once.
 */
export interface Trampoline extends Disposable {
  /** Where the code begins. Throws `ERR_DISPOSED` after `dispose`. */
  readonly address: bigint;
  readonly image: CodeImage;
  /** Bytes of code and literals. */
  readonly size: number;
  dispose(): void;
}

let arena: ExecutableMemory | undefined;
let callbackArena: ExecutableMemory | undefined;

/** The arena that this environment's functions live in. It is never disposed. */
export function executableMemory(): ExecutableMemory {
  arena ??= new ExecutableMemory(host());
  return arena;
}

/** The arena of the callbacks: C may keep a pointer for ever, so it never leads to anything else. */
export function callbackMemory(): ExecutableMemory {
  callbackArena ??= new ExecutableMemory(host(), { reuse: false });
  return callbackArena;
}

/**
 * Copies an image into executable memory and writes the addresses of its symbols into its literals.
 * Throws `ERR_SYMBOL` for a missing or superfluous symbol, `ERR_NULL` for a null one, `ERR_HOST` for code of another
 * processor and for AArch64 code without a landing pad, `ERR_MEMORY` if the system gives no memory; nothing is left behind then.
 */
export function finalize(image: CodeImage, memory: ExecutableMemory, symbols: SymbolAddresses): Trampoline {
  checkProcessor(image);
  const { bytes, symbols: wanted } = image;
  if (bytes.length > patched.length) resize(bytes.length * 2);
  patched.set(bytes);
  for (const { name, offset } of wanted) {
    const address = Object.hasOwn(symbols, name) ? symbols[name] : undefined;
    if (address === undefined) throw new InterfixError('ERR_SYMBOL', `the image needs the symbol '${name}'`);
    literals.setBigUint64(offset, addressFrom(address, `the symbol '${name}'`), true);
  }
  const given = Object.keys(symbols);
  // All that are wanted are given, so others are given only if there are more.
  const other =
    given.length === wanted.length ? undefined : given.find((name) => !wanted.some((symbol) => symbol.name === name));
  if (other !== undefined) throw new InterfixError('ERR_SYMBOL', `the image has no symbol '${other}'`);
  return new PlacedCode(image, memory, memory.add(patched.subarray(0, bytes.length)));
}

/** The copy that is being patched. One for all: a new small typed array is moved to the C heap when native code sees it. */
let patched = new Uint8Array(4096);
let literals = new DataView(patched.buffer);

function resize(size: number): void {
  patched = new Uint8Array(size);
  literals = new DataView(patched.buffer);
}

class PlacedCode implements Trampoline {
  readonly image: CodeImage;
  readonly size: number;
  readonly #memory: ExecutableMemory;
  #slot: Slot | null;

  constructor(image: CodeImage, memory: ExecutableMemory, slot: Slot) {
    this.image = image;
    this.size = slot.size;
    this.#memory = memory;
    this.#slot = slot;
  }

  get address(): bigint {
    if (this.#slot === null) throw new InterfixError('ERR_DISPOSED', 'this trampoline was disposed');
    return this.#slot.address;
  }

  dispose(): void {
    const slot = this.#slot;
    if (slot === null) return;
    this.#slot = null;
    if (this.#memory.isDisposed) return;
    try {
      this.#memory.free(slot);
    } catch (error) {
      // Code that the system will not let us replace stays, and its place is never given out again. Often the garbage
      // collector or the event loop disposes, and an error there would end the process.
      if (!(error instanceof InterfixError && error.code === 'ERR_MEMORY')) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What `make` gives; if it throws, the resource it would have used is disposed of. */
export function disposedOnFailure<T>(resource: { dispose(): void }, make: () => T): T {
  try {
    return make();
  } catch (error) {
    resource.dispose();
    throw error;
  }
}

function checkProcessor({ isa, marks, stubs }: CodeImage): void {
  const here = process.arch === 'arm64' ? 'aarch64' : process.arch;
  if (isa !== here) throw new InterfixError('ERR_HOST', `code for ${isa} cannot run on ${here}`);
  // Guarded pages (native-shim/landing.h) trap where a branch meets no landing pad; on every AArch64, lest code that
  // was tested on an older CPU faults on a newer one.
  const entry = stubs?.offset ?? 0;
  if (isa === 'aarch64' && marks.find(({ offset }) => offset === entry)?.part !== 'landing pad')
    throw new InterfixError('ERR_HOST', 'code without a landing pad cannot run here: generate it with one');
}
