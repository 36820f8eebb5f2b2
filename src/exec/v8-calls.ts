// V8's fast API: functions that optimised code calls without Node-API in between. Decides where it is used, and which
// function of V8's is used again for other code.

import { createRequire } from 'node:module';
import { assert, InterfixError } from '../errors.ts';
import type { RegisterType, RegisterTypes } from '../marshal/register-types.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';
import type { Invoker, InvokerMaker } from './host.ts';
import { host } from './select-host.ts';

export type { RegisterType } from '../marshal/register-types.ts';

/**
 * A call whose values travel in registers. `adapter` is what optimised code calls, with V8's receiver in front; `entry` is
 * the same call through the frame at `frame`, for all others. Code and frame last until the function is released. With a
 * `void` in `types` for a result that there is, both leave it in the frame.
 */
export interface RegisterCall {
  readonly adapter: bigint;
  readonly entry: bigint;
  readonly frame: bigint;
  readonly layout: FrameLayout;
  readonly types: RegisterTypes;
  /** Whether C calls no JavaScript. A call that may has no `adapter` in common with one that does not. */
  readonly leaf: boolean;
}

export type RegisterFunction = (...values: (number | bigint | boolean)[]) => unknown;

export interface V8Calls {
  /**
   * Whether C functions that may call JavaScript may be called this way, if their result does not travel in a register.
   *
   * | V8         | when JavaScript runs inside                                                                          |
   * |------------|------------------------------------------------------------------------------------------------------|
   * | 11.3, 12.4 | the process is aborted                                                                               |
   * | 13.6       | code that it invalidates goes on after the call, with constants that are none any more, or is freed: |
   * |            | then there is nothing to return to                                                                   |
   * | 14.6       | such code is left at the call, but if that has a result in a register, the process is aborted        |
   */
  readonly reentrant: boolean;
  /** Whether values of 64 bits can travel in registers, results and arguments. */
  readonly wideResults: boolean;
  /**
   * Whether a function of these types may be made: not too many, and of 64 bits only where V8 knows how. Never again once
   * functions of ever new types have come and gone in such numbers that V8 keeps more than MOST_SPARE for nothing.
   */
  takes(types: RegisterTypes): boolean;
  /** As `host().entry`: a function without parameters that runs code of kind `entry`. */
  entry(address: bigint): () => void;
  /** A function whose arguments have been checked already, and are of exactly the declared types. */
  registers(call: RegisterCall): RegisterFunction;
  /** Gives a function back: what it leads to is about to go, and nobody calls it any more. */
  release(fn: RegisterFunction): void;
  /**
   * Writes a text in UTF-8 and a zero byte to `room` bytes at `address`. The number of bytes without the zero; -1 for a text
   * with a zero character or a lone surrogate, and for one that may need more room, of which a part may have been written.
   */
  readonly copyText: (text: string, address: number, room: number) => number;
  /** What the shim calls `fn` with, more quickly than Node-API does: `useInvoker` of native-shim/shim.c takes them. */
  readonly invoker: InvokerMaker;
  /** How often V8 called the slow way. */
  slowCalls(): number;
  /** How many functions were ever made here; V8 keeps each as long as the environment lasts. */
  readonly made: number;
}

/** What is known of a version of V8; native-shim/v8/fast-api.h knows the same ones. */
interface Version {
  /** Of V8. Node keeps it for all its versions with one module version. */
  readonly major: string;
  readonly reentrant: boolean;
}

/** By NODE_MODULE_VERSION. */
const VERSIONS: Readonly<Record<string, Version>> = {
  115: { major: '11', reentrant: false },
  127: { major: '12', reentrant: false },
  137: { major: '13', reentrant: false },
  147: { major: '14', reentrant: true },
};

/** Where this has been run. Elsewhere it is used if INTERFIX_CALLS asks for it. */
const PROVEN: readonly string[] = ['linux'];

/** The number of the addon's exports below; native-shim/v8/module.cc has the same. */
const CONTRACT = 2;

/** What native-shim/v8/module.cc exports. */
interface Addon {
  readonly contract: number;
  readonly wide: boolean;
  entry(address: bigint): () => void;
  /** How many `registers` has made: the index of the next one. */
  count(): number;
  registers(index: number, adapter: bigint, types: Uint8Array, leaf: boolean): RegisterFunction;
  assign(index: number, entry: bigint, frame: bigint, size: number, fields: Uint32Array): void;
  clear(index: number): void;
  slowCalls(): number;
  readonly copyText: V8Calls['copyText'];
  readonly invoker: V8Calls['invoker'];
}

/** V8's numbers (CTypeInfo::Type). */
const CODES: Readonly<Record<RegisterType, number>> = {
  void: 0,
  bool: 1,
  int32: 3,
  uint32: 4,
  int64: 5,
  uint64: 6,
  float32: 7,
  float64: 8,
};

/** As in native-shim/v8/functions.cc. */
const MOST_ARGUMENTS = 24;

/** How many register functions there may be besides twice as many as ever lived at a time; each takes 0.9 KiB. */
const MOST_SPARE = 10_000;

/** A function of V8's. The place that it leads to and its types are part of it for ever. */
interface Made {
  readonly fn: RegisterFunction;
  /** Codes of its types as a text; of a function without parameters the empty one. */
  readonly types: string;
  /** Which of the addon's it is, or NO_INDEX where the addon keeps nothing of it. */
  readonly index: number;
  /** Whether it was not given back. */
  live: boolean;
}

const NO_INDEX = -1;

/** Of a result that nobody reads, or that the wrapper reads from the frame itself. */
const NO_FIELD = { offset: 0, size: 0 } as const;

/**
 * V8 keeps every function of a template for as long as its context lasts, and code that it has optimised holds the address.
 * So a function is tied to a place in executable memory, not to what lies there: when a place is given out again, its old
 * function goes with it. There are never more functions than places, for each list of types, and `takes` bounds the rest.
 *
 *   fn ──▶ address ──▶ code of one bound function … freed: traps … code of another
 *
 * Nothing but the wrapper of a bound function calls `fn`, and it is gone, or throws, before the function is released.
 */
class FastCalls implements V8Calls {
  readonly reentrant: boolean;
  readonly wideResults: boolean;
  readonly copyText: V8Calls['copyText'];
  readonly #addon: Addon;
  /** Nothing ever leaves these two: a key that is deleted and set again makes V8's maps slow (thousands of times). */
  readonly #functions: Map<RegisterFunction, Made> = new Map();
  readonly #places: Map<bigint, Made[]> = new Map();
  /** Of the functions with parameters: how many were made, live, and lived at most. */
  #registers = { made: 0, live: 0, peak: 0 };

  constructor(addon: Addon, { reentrant }: Version) {
    this.reentrant = reentrant;
    this.wideResults = addon.wide;
    this.copyText = addon.copyText;
    this.#addon = addon;
  }

  get made(): number {
    return this.#functions.size;
  }

  takes(types: RegisterTypes): boolean {
    const { made, peak } = this.#registers;
    return this.#travel(types) && made <= 2 * peak + MOST_SPARE;
  }

  #travel({ args, result }: RegisterTypes): boolean {
    const isWide = (type: RegisterType): boolean => type === 'int64' || type === 'uint64';
    return args.length <= MOST_ARGUMENTS && (this.wideResults || !(isWide(result) || args.some(isWide)));
  }

  entry(address: bigint): () => void {
    return (this.#idleAt(address, '') ?? this.#add(this.#addon.entry(address), address, '', NO_INDEX)).fn;
  }

  registers({ adapter, entry, frame, layout, types, leaf }: RegisterCall): RegisterFunction {
    assert(this.#travel(types), 'V8 is given what it takes');
    const codes = Uint8Array.of(CODES[types.result], ...types.args.map((type) => CODES[type]));
    const key = `${leaf} ${codes.join()}`;
    const { fn, index } = this.#idleAt(adapter, key) ?? this.#create(adapter, codes, leaf, key);
    const ret = types.result === 'void' ? NO_FIELD : layout.ret;
    const fields = Uint32Array.from([ret, ...layout.args].flatMap(({ offset, size }) => [offset, size]));
    this.#addon.assign(index, entry, frame, layout.size, fields);
    const counts = this.#registers;
    counts.live++;
    counts.peak = Math.max(counts.peak, counts.live);
    return fn;
  }

  release(fn: RegisterFunction): void {
    const made = this.#functions.get(fn);
    assert(made?.live === true, 'a function is released once');
    made.live = false;
    if (made.index === NO_INDEX) return;
    this.#addon.clear(made.index);
    this.#registers.live--;
  }

  invoker(fn: () => void, leaf: Int32Array): Invoker {
    return this.#addon.invoker(fn, leaf);
  }

  slowCalls(): number {
    return this.#addon.slowCalls();
  }

  #create(adapter: bigint, codes: Uint8Array, leaf: boolean, key: string): Made {
    const index = this.#addon.count();
    this.#registers.made++;
    return this.#add(this.#addon.registers(index, adapter, codes, leaf), adapter, key, index);
  }

  #add(fn: RegisterFunction, address: bigint, types: string, index: number): Made {
    const made = { fn, types, index, live: true };
    this.#functions.set(fn, made);
    const here = this.#places.get(address);
    if (here === undefined) this.#places.set(address, [made]);
    else here.push(made);
    return made;
  }

  #idleAt(address: bigint, types: string): Made | undefined {
    const made = this.#places.get(address)?.find((each) => !each.live && each.types === types);
    if (made !== undefined) made.live = true;
    return made;
  }
}

const unavailable = (reason: string, cause?: unknown): InterfixError =>
  new InterfixError('ERR_HOST', `INTERFIX_CALLS is 'v8', but ${reason}`, { cause });

/** The addon for this version of Node, or why there is none. */
function load(): V8Calls | InterfixError {
  if (host().name !== 'native') return unavailable('the koffi host has no fast calls');
  const { modules, v8 } = process.versions;
  const version = Object.hasOwn(VERSIONS, modules) ? VERSIONS[modules] : undefined;
  // Other runtimes say which Node they resemble, down to these numbers.
  const isNode = !('bun' in process.versions) && !('deno' in process.versions);
  if (version === undefined || !isNode || v8.split('.', 1)[0] !== version.major)
    return unavailable(`V8 ${v8} is none that is known`);
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(`../../native-shim/v8/build/Release/interfix_v8_${modules}.node`) as Addon;
  } catch (cause) {
    return unavailable(
      'its addon is not built: run `npm rebuild interfix`, or `npm run build:native` in a clone',
      cause,
    );
  }
  if (addon.contract !== CONTRACT)
    return unavailable('its addon was built for another version: run `npm rebuild interfix`');
  return new FastCalls(addon, version);
}

let chosen: V8Calls | null | undefined;

/**
 * V8's way of calling in this environment; null where it does not exist: no addon for this Node, another host, or turned
 * off by INTERFIX_CALLS=node-api. With INTERFIX_CALLS=v8 its absence is ERR_HOST; any other word is ERR_OPTION.
 */
export function v8Calls(): V8Calls | null {
  if (chosen !== undefined) return chosen;
  const { INTERFIX_CALLS: wanted = '' } = process.env;
  if (wanted !== '' && wanted !== 'v8' && wanted !== 'node-api')
    throw new InterfixError('ERR_OPTION', `INTERFIX_CALLS is '${wanted}'; it may be 'v8' or 'node-api'`);
  const loaded = wanted === 'v8' || (wanted === '' && PROVEN.includes(process.platform)) ? load() : null;
  if (loaded instanceof InterfixError && wanted === 'v8') throw loaded;
  chosen = loaded instanceof InterfixError ? null : loaded;
  return chosen;
}
