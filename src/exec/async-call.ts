// C functions on threads of the shim's own. Decides when a promise is settled, and what is kept alive until then.
//
//   fn.async(…) ─ checks, fills a frame ─▶ thread: forward code ─▶ the C function
//   promise  ◀─ reads the frame ─ event loop ◀─ ticket, errno ◀──┘
//
// C cannot be interrupted: a call that has begun goes on until C returns, and the promise waits for it.

import { InterfixError } from '../errors.ts';
import type { AnyFunction, LooseFunction } from '../signature/infer.ts';
import type { Asynchronously } from '../signature/infer-calls.ts';
import { type CallThread, foreignThreads, threadNumber } from './call-thread.ts';
import { errnoOf } from './errno.ts';
import type { ForeignCall, ForeignCalls } from './foreign-calls.ts';
import type { HostCalls } from './host.ts';
import type { RunningCalls } from './running-calls.ts';
import { systemError } from './system-error.ts';

export interface AsyncOptions {
  /** The thread that runs the call, after those that it was given before; by default any that is idle, or a new one. */
  readonly thread?: CallThread | undefined;
  /** Takes back a call that has not begun yet. One that has begun cannot be stopped: its promise waits for C. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The same C function, run on another thread. The promise is rejected with whatever a synchronous call would throw.
 *
 *     await sleep.async(1);
 *     await sleep.async.with({ thread, signal })(1);
 */
export interface AsyncFunction<F extends AnyFunction = LooseFunction> {
  (...args: Parameters<F>): Promise<ReturnType<F>>;
  with(options: AsyncOptions): Asynchronously<F>;
}

/** A bound function, as far as its asynchronous calls need it. */
export interface AsyncSubject {
  /** Throws if it was disposed. */
  readonly checkLive: () => void;
  /** Made for the first call. */
  readonly calls: () => ForeignCalls;
  /** What must not go while calls run. */
  readonly users: readonly RunningCalls[];
  readonly keepsErrno: boolean;
  readonly name: string;
  readonly length: number;
}

/** A call whose promise is not settled. */
interface Pending {
  readonly subject: AsyncSubject;
  readonly call: ForeignCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly forgetSignal: () => void;
}

const pending = new Map<number, Pending>();
const MAX_TICKET = 2 ** 31 - 1;
let latestTicket = 0;
let listening: HostCalls | undefined;

function listeningThreads(): HostCalls {
  if (listening !== undefined) return listening;
  const threads = foreignThreads('asynchronous calls');
  threads.onCall(settle);
  listening = threads;
  return threads;
}

function nextTicket(): number {
  do latestTicket = latestTicket === MAX_TICKET ? 0 : latestTicket + 1;
  while (pending.has(latestTicket));
  return latestTicket;
}

/** `fn.async`. */
export function asyncFunction<F extends AnyFunction = LooseFunction>(subject: AsyncSubject): AsyncFunction<F> {
  const called =
    (options: AsyncOptions) =>
    async (...args: readonly unknown[]): Promise<unknown> =>
      begin(subject, options, args);
  const named = (fn: (...args: readonly unknown[]) => Promise<unknown>): typeof fn =>
    Object.defineProperties(fn, { name: { value: `async ${subject.name}` }, length: { value: subject.length } });
  const withOptions = (options: AsyncOptions): ReturnType<typeof called> => named(called(checked(options)));
  return Object.assign(named(called({})), { with: withOptions }) as unknown as AsyncFunction<F>;
}

function checked({ thread, signal }: AsyncOptions): AsyncOptions {
  threadNumber(thread);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new InterfixError('ERR_OPTION', 'the option signal takes an AbortSignal');
  return { thread, signal };
}

/** Throws what a synchronous call would throw before C is called. */
function begin(subject: AsyncSubject, { thread, signal }: AsyncOptions, args: readonly unknown[]): Promise<unknown> {
  const threads = listeningThreads();
  signal?.throwIfAborted();
  subject.checkLive();
  const calls = subject.calls();
  const call = calls.fill(args);
  const ticket = nextTicket();
  try {
    // A getter among the arguments may have ended all of these.
    subject.checkLive();
    signal?.throwIfAborted();
    const errno = threads.callAsync(call.words, threadNumber(thread), ticket);
    if (errno !== 0) {
      const cause = systemError('callAsync', errno);
      throw new InterfixError('ERR_MEMORY', `the system gave no thread for ${subject.name}`, { cause });
    }
  } catch (error) {
    calls.release(call);
    throw error;
  }
  for (const users of subject.users) users.enter();
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      if (threads.cancelCall(ticket)) take(ticket)?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const forgetSignal = (): void => signal?.removeEventListener('abort', abort);
    pending.set(ticket, { subject, call, resolve, reject, forgetSignal });
  });
}

/** Hears from the host of each call that has returned. */
function settle(ticket: number, errno: number): void {
  const settled = pending.get(ticket);
  if (settled === undefined) return;
  const { subject, call, resolve, reject } = settled;
  try {
    const value = subject.calls().result(call);
    resolve(subject.keepsErrno ? { value, errno: errnoOf(errno) } : value);
  } catch (error) {
    reject(error); // of a function that was given to the call
  }
  take(ticket);
}

/** The call is over: lets go of everything that it used. */
function take(ticket: number): Pending | undefined {
  const found = pending.get(ticket);
  if (found === undefined) return undefined;
  pending.delete(ticket);
  const { subject, call, forgetSignal } = found;
  forgetSignal();
  subject.calls().release(call);
  for (const users of subject.users) users.leave();
  return found;
}
