// koffi, as far as the koffi host uses it, typed. Written down here because koffi is optional: without it, its own
// declarations are not there.

import { createRequire } from 'node:module';
import { InterfixError } from '../errors.ts';

/** A koffi type; opaque to us. */
export interface KoffiType {
  readonly name: string;
}

export interface KoffiLibrary {
  func(name: string, result: string, args: string[]): (...args: never[]) => unknown;
}

export interface Koffi {
  load(path: string | null): KoffiLibrary;
  proto(result: string, args: string[]): KoffiType;
  pointer(type: KoffiType): KoffiType;
  decode(address: bigint, type: KoffiType): () => void;
  address(bytes: Uint8Array): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  register(fn: (...args: never[]) => void, type: KoffiType): bigint;
  errno(): number;
}

/** koffi returns a 64-bit integer as a number where that is exact. */
export type Word = number | bigint;

/** A result and arguments, in koffi's words. Addresses are integers: its own pointer types would wrap and check them. */
export type Prototypes<T> = { readonly [name in keyof T]: readonly [result: string, args: readonly string[]] };

/** Loads koffi, which npm may have left out: it is an optional dependency. Throws ERR_HOST then. */
export const loadKoffi = (): Koffi => {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new InterfixError('ERR_HOST', 'koffi is not installed: run `npm install koffi`', { cause });
  }
};

/** Binds every function of a table; the table says what their types are. */
export const bindAll = <T>(library: KoffiLibrary, prototypes: Prototypes<T>): T => {
  const entries = Object.entries<Prototypes<T>[keyof T]>(prototypes);
  const bound = entries.map(([name, [result, args]]) => [name, library.func(name, result, [...args])]);
  return Object.fromEntries(bound) as T;
};
