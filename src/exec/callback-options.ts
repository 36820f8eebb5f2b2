// The options of a callback: what they mean, what they are by default, and which of them contradict each other. Everything
// wrong is refused when the callback is made: C never gets a pointer to half of one.

import type { ConventionId, VectorLevel } from '../abi/convention.ts';
import { type CType, resolved } from '../ctype/ctype.ts';
import { InterfixError } from '../errors.ts';
import type { Int64 } from '../signature/infer.ts';
import type { Registry } from '../signature/registry.ts';
import { type ContextRules, OWNER_RULES } from './host.ts';
import { checkedInt64 } from './int64-option.ts';

/** What can happen to a call that does not reach JavaScript; see docs/callbacks.md. */
export type CallbackReport = 'refused' | 'dropped' | 'timeout' | 'late';

export interface CallbackOptions {
  /** The convention that C calls with; that of this process by default. It may be another of the same CPU. */
  readonly abi?: ConventionId;
  /** The widest vector registers that the C caller was compiled for, on x86-64; `sse` by default. */
  readonly vectors?: VectorLevel;
  /** Where a signature given as text finds its `@Name`s. */
  readonly registry?: Registry | undefined;
  /** `'number'`: integers of 64 and 128 bits arrive as numbers where that is exact, as bigints elsewhere. */
  readonly int64?: Int64;
  /**
   * What happens when another thread calls. `owner`, the default: it gets zeros, and that is reported. `post`: the call
   * waits for the JavaScript thread, the other goes on at once; only for callbacks of result void. `block`: the other
   * thread waits for the result. The owner's own calls are run at once, whatever is said here.
   */
  readonly thread?: 'owner' | 'post' | 'block';
  /** With `post`: how many calls may wait to be delivered; 1024 by default. */
  readonly queue?: number;
  /** With `post`: whether a call that finds the queue full is dropped, as by default, or waits for room. */
  readonly whenFull?: 'drop' | 'wait';
  /**
   * Milliseconds; 0 is no limit. With `block`: the longest wait for a result, after which C gets zeros; 10 000 by default.
   * With `whenFull: 'wait'`: the longest wait for room, after which the call is dropped; 0 by default.
   */
  readonly timeout?: number;
  /** Whether the process stays alive for calls that may come. True by default with `post` and `block`. */
  readonly ref?: boolean;
  /** Gets what the function throws, and what is wrong with its result, instead of the bound call or the process. */
  readonly onError?: (error: unknown) => void;
  /** Gets what would otherwise be a warning of the process; once for each kind. */
  readonly onReport?: (kind: CallbackReport, message: string) => void;
}

const THREADS: readonly unknown[] = ['owner', 'post', 'block'];
const WHEN_FULL: readonly unknown[] = ['drop', 'wait'];
/** A timer of the system counts milliseconds in 31 bits. */
const MAX_TIMEOUT = 2 ** 31 - 1;
const MAX_QUEUE = 2 ** 24;

const wrong = (name: string, takes: string, value: unknown): InterfixError =>
  new InterfixError(
    'ERR_OPTION',
    `${name} is ${takes}, got ${typeof value === 'string' ? `'${value}'` : String(value)}`,
  );

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** What the host is told. Throws ERR_OPTION, and ERR_CALLBACK for a posted callback that would owe C a result. */
export function contextRules(options: CallbackOptions, result: CType): ContextRules {
  checkKinds(options);
  const { thread = 'owner', queue = 1024, whenFull = 'drop' } = options;
  if (thread === 'post' && resolved(result).kind !== 'void') {
    throw new InterfixError(
      'ERR_CALLBACK',
      "threadsafe 'post' callbacks return void: nobody waits for their result; thread: 'block' does",
      { rule: 'post' },
    );
  }
  refuseStray(options, thread);
  if (thread === 'owner') return OWNER_RULES;
  const { timeout = thread === 'block' ? 10_000 : 0 } = options;
  return { thread, queue, whenFull, timeout };
}

/** What may differ between callbacks of one kind. */
export function checkOwnOptions({ ref, onError, onReport }: CallbackOptions): void {
  if (ref !== undefined && typeof ref !== 'boolean') throw wrong('ref', 'true or false', ref);
  if (onError !== undefined && typeof onError !== 'function') throw wrong('onError', 'a function', onError);
  if (onReport !== undefined && typeof onReport !== 'function') throw wrong('onReport', 'a function', onReport);
}

function checkKinds({ thread, queue, whenFull, timeout, int64 }: CallbackOptions): void {
  if (thread !== undefined && !THREADS.includes(thread)) throw wrong('thread', "'owner', 'post' or 'block'", thread);
  if (whenFull !== undefined && !WHEN_FULL.includes(whenFull)) throw wrong('whenFull', "'drop' or 'wait'", whenFull);
  if (queue !== undefined && !isWithin(queue, 1, MAX_QUEUE)) throw wrong('queue', `from 1 to ${MAX_QUEUE}`, queue);
  if (timeout !== undefined && !isWithin(timeout, 0, MAX_TIMEOUT))
    throw wrong('timeout', `a number of milliseconds, at most ${MAX_TIMEOUT}`, timeout);
  if (int64 !== undefined) checkedInt64(int64);
}

/** An option that would do nothing is a misunderstanding. */
function refuseStray(
  { queue, whenFull, timeout }: CallbackOptions,
  thread: NonNullable<CallbackOptions['thread']>,
): void {
  const isPost = thread === 'post';
  if (queue !== undefined && !isPost) throw wrong('queue', "for thread: 'post'", queue);
  if (whenFull !== undefined && !isPost) throw wrong('whenFull', "for thread: 'post'", whenFull);
  if (timeout !== undefined && thread !== 'block' && !(isPost && whenFull === 'wait'))
    throw wrong('timeout', "for thread: 'block', or whenFull: 'wait'", timeout);
}
