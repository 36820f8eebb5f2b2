// What this library needs from native code: one small interface, two implementations (native-host.ts, koffi-host.ts).

import { InterfixError } from '../errors.ts';
import type { FrameLayout } from '../plan/frame-layout.ts';

/** A run of executable pages. Opaque to everyone but the host that reserved it. */
export interface CodeRegion {
  /** First executable byte; page aligned. Bytes that nobody wrote trap. */
  readonly address: bigint;
  /** Bytes, a multiple of the page size. */
  readonly size: number;
}

/** Bytes at the start of the invocation memory that are no record. */
export const HEADER_BYTES = 32;

/** Words of the invocation memory's header; native-shim/invocations.c has the same. */
export const STATE: Readonly<Record<'id' | 'base' | 'how' | 'failed' | 'pending' | 'leaf' | 'running', number>> =
  Object.freeze({
    /** Of the running invocation: its callback, where its record lies, how it came, whether it has failed. */
    id: 0,
    base: 1,
    how: 2,
    failed: 3,
    /** One of PENDING: what is thrown when native code returns. */
    pending: 4,
    /** Not zero while native code runs that, its binder said, calls no JavaScript: callbacks give zeros then. */
    leaf: 5,
    /** How many invocations have begun and not ended; zero while this thread is in no callback's code. */
    running: 6,
  });

/** `held`: Node-API keeps an exception. It may be thrown already: then `rethrow` finds none. */
export const PENDING: Readonly<Record<'none' | 'held' | 'calledInLeaf', number>> = Object.freeze({
  none: 0,
  held: 1,
  calledInLeaf: 2,
});

/** What waits, and from now on does no more. */
export function takePending(state: Int32Array): number {
  const pending = state[STATE.pending] ?? PENDING.none;
  state[STATE.pending] = PENDING.none;
  return pending;
}

export const calledInLeaf = (): InterfixError =>
  new InterfixError(
    'ERR_CALLBACK',
    'the function was bound with { leaf: true }, but called a callback, which gave zero: bind it without',
    { rule: 'leaf' },
  );

/** The native side of callbacks that were made together: what their stubs hand to the dispatcher. */
export interface CallbackContexts {
  /** What the first one hands over; that of number i is i × `Host.contextBytes` behind it. */
  readonly address: bigint;
  /** What happened to calls of number `index`. */
  stats(index: number): CallbackStats;
  /** From now on threads other than the owner get zeros from number `index`; those that wait do so at once. */
  close(index: number): void;
  /** Whether a foreign thread is still on its way out of one of the callbacks: their code may not go yet. */
  isBusy(): boolean;
  /**
   * Frees all of them, and gives the stats of those that have any. The caller has proved that no code hands one of them
   * over any more.
   */
  release(): ReadonlyMap<number, CallbackStats>;
}

/** How an invocation came: from code that JavaScript called, or from another thread, which goes on or waits. */
export type Arrival = 'call' | 'post' | 'block';

/**
 * Called once per invocation of a callback, on the JavaScript thread. The arguments lie in the invocation stack at
 * byte `base`, and the result is expected at its place there when this returns. If it throws, the native caller gets
 * a zeroed result and the exception travels on from the bound call that native code returns to.
 */
export type Invoke = (id: number, base: number, arrival: Arrival) => void;

/** Another way to call the function of `onInvoke`: addresses, native-shim/invoker.h. */
export type Invoker = readonly [
  call: bigint,
  isThrowing: bigint,
  release: bigint,
  state: bigint,
  target: bigint,
  isLeaf: bigint,
];

/** `leaf` is the header's word of that name: an array of one. It lasts as long as the environment. */
export type InvokerMaker = (invoke: () => void, leaf: Int32Array) => Invoker;

/** What a foreign thread meets; see CallbackOptions. */
export interface ContextRules {
  readonly thread: 'owner' | 'post' | 'block';
  /** How many posted calls may wait. */
  readonly queue: number;
  readonly whenFull: 'drop' | 'wait';
  /** Milliseconds; 0 is no limit. */
  readonly timeout: number;
}

/** What happened to calls that did not reach JavaScript. */
export interface CallbackStats {
  /** From a thread that may not call, or without room for a record. */
  readonly refused: number;
  /** Posted when the queue was full (and stayed so for the timeout), or not begun before `dispose`. */
  readonly dropped: number;
  /** Given up by a thread that had waited for the result as long as it may. */
  readonly timedOut: number;
  /** From a foreign thread after `dispose`. */
  readonly late: number;
}

export const NO_STATS: CallbackStats = Object.freeze({ refused: 0, dropped: 0, timedOut: 0, late: 0 });

/** A timeout of which `starved` is true: JavaScript served no callback at all in that time. */
export interface HostReport {
  readonly kind: 'refused' | 'dropped' | 'timeout' | 'late';
  readonly starved: boolean;
  /** The timeout in milliseconds, where one ran out. */
  readonly after: number;
}

/** C functions on threads of the host's own. A call is four addresses: forward code, function, result, arguments. */
export interface HostCalls {
  /** Sets what hears of every call that returned, on the JavaScript thread, from its event loop. Once. */
  onCall(settled: (ticket: number, errno: number) => void): void;
  /** 0 or an errno value. `thread` 0 is any. */
  callAsync(call: BigUint64Array, thread: number, ticket: number): number;
  /** Whether the call had not started; then it never will. */
  cancelCall(ticket: number): boolean;
  /** A thread that runs its calls one after another, or a negative errno value. */
  createThread(): number;
  endThread(thread: number): boolean;
  /** Runs a call elsewhere while this thread serves callbacks. The call's errno, or a negative errno value. */
  serveCall(call: BigUint64Array): number;
}

/** What a host without threads of its own says. */
export const needsNativeShim = (what: string): InterfixError =>
  new InterfixError(
    'ERR_HOST',
    `the koffi host has no ${what}: that needs the native shim, \`npm rebuild interfix\` builds it`,
  );

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
  /** As `release`, but the addresses stay taken, without memory behind them: whoever still jumps there traps. */
  retire(region: CodeRegion): void;

  /**
   * Makes a JavaScript function of a trampoline of kind `entry`: its call runs that code, on this thread. `callsBack`: its
   * C function is expected to call back through Node-API. Each callback takes less time then, and the call a little more.
   */
  entry(address: bigint, callsBack?: boolean): () => void;

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
  /** The memory of the invocations that are running, the innermost last. Its first bytes are the host's: `state`. */
  readonly invocations: ArrayBuffer;
  /** What a wrapper and the host tell each other; STATE names its words. */
  readonly state: Int32Array;
  /** Throws what waits for the bound call that native code has returned to; `state[STATE.pending]` says that it waits. */
  rethrow(): void;
  /** Sets the function that every callback invocation of this environment goes through. Once. `makeInvoker`: V8's own call. */
  onInvoke(invoke: Invoke, makeInvoker?: InvokerMaker | null): void;
  /** The innermost invocation has failed and its error is dealt with: the native caller gets zeros. */
  failInvocation(): void;
  /** Sets what hears of calls that did not reach JavaScript, from the event loop; once per callback and kind. */
  onReport(report: (id: number, report: HostReport) => void): void;
  /** Bytes from one context of a block to the next. */
  readonly contextBytes: number;
  /**
   * Creates what the stubs of one image pass as `context`, `count` of them. Number i has the id `firstId` + i, which comes
   * back in `Invoke`; `record` says where arguments and result lie, relative to its `base`. Throws ERR_HOST for rules
   * that this host cannot keep.
   */
  createContexts(firstId: number, count: number, record: FrameLayout, rules?: ContextRules): CallbackContexts;

  /** Counted: while more was held than let go, the process does not end by itself. */
  holdLoop(on: boolean): void;
  /** Where this thread's `errno` lies; on Windows, its last error. */
  errnoAddress(): bigint;
  /** Null where the host has none. */
  readonly calls: HostCalls | null;
}

/** Calls from other threads are refused. */
export const OWNER_RULES: ContextRules = Object.freeze({ thread: 'owner', queue: 1, whenFull: 'drop', timeout: 0 });
