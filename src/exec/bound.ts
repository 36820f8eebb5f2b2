// One bound function: what `bind` has found out, what the first call makes of it, and its end.
//
//   bind ──▶ checked, no code ── first call ──▶ code, frame, wrapper ── dispose, close, collected ──▶ gone

import { InterfixError } from '../errors.ts';
import { type AsyncFunction, asyncFunction } from './async-call.ts';
import type { Bindings } from './bindings.ts';
import { type CallPath, type CallRoute, callRoute, type RouteOptions } from './call-path.ts';
import { CallResources } from './call-resources.ts';
import { whenNothingRuns } from './deferred.ts';
import { type EnteredCall, enteredCall } from './entered-call.ts';
import { type Callee, ForeignCalls } from './foreign-calls.ts';
import { STATE } from './host.ts';
import type { PreparedImage } from './images.ts';
import { type Beginning, type Inner, type Outer, type OuterFunction, outerFunction } from './outer-function.ts';
import { checkCount } from './refusals.ts';
import { RunningCalls } from './running-calls.ts';
import { host } from './select-host.ts';
import { servedCall } from './served-call.ts';

/** What was asked for, checked. */
export interface BoundOptions extends RouteOptions {
  readonly serve: boolean;
  readonly reuse: boolean;
}

/** What stands fast when a function is bound. */
export interface BoundParts {
  readonly name: string;
  readonly callee: Callee;
  /** Of kind `entry`; of kind `forward` for served calls. */
  readonly image: PreparedImage;
  readonly options: BoundOptions;
  /** What it was bound from. */
  readonly library: Bindings | null;
}

/** What is only needed by calls is made by the first of them: most functions of a large library are never called. */
export class Bound implements Beginning {
  readonly fn: Outer;
  readonly #parts: BoundParts;
  readonly #lead: OuterFunction['lead'];
  #running: RunningCalls | null = null;
  #resources: CallResources | null = null;
  #route: CallRoute | null = null;
  #replaceEntry: EnteredCall['replaceEntry'] = null;
  #calls: ForeignCalls | null = null;
  #async: AsyncFunction<never> | null = null;
  #reason: (() => InterfixError) | null = null;

  constructor(parts: BoundParts) {
    this.#parts = parts;
    const { name, image } = parts;
    const { fn, lead } = outerFunction(name, image.signature.parameters.length, this);
    this.#lead = lead;
    this.fn = fn;
    Object.setPrototypeOf(fn, methods);
    new Handle(fn, this);
  }

  get address(): bigint {
    return this.#parts.callee.target;
  }

  get path(): CallPath {
    return this.#parts.options.serve ? 'served' : this.#routeOf().path;
  }

  get async(): AsyncFunction<never> {
    const { name, library, options } = this.#parts;
    this.#running ??= new RunningCalls();
    this.#async ??= asyncFunction<never>({
      checkLive: () => this.#checkLive(),
      calls: () => this.#foreignCalls(),
      users: library === null ? [this.#running] : [this.#running, library.running],
      keepsErrno: options.errno,
      name,
      length: this.fn.length,
    });
    return this.#async;
  }

  dispose(): void {
    if (this.#ended === null) this.end(() => new InterfixError('ERR_DISPOSED', `${this.#parts.name} was disposed`));
  }

  /** From now on its calls throw `reason()`, and its code goes when none is running. */
  end(reason: () => InterfixError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const { leaf } = this.#parts.options;
    const refuse = (): never => {
      throw reason();
    };
    const refuseEntry = (): never => {
      if (leaf) host().state[STATE.leaf] = 0; // set in front of the call, which takes it back only if it returns
      throw reason();
    };
    this.#replaceEntry?.(refuseEntry);
    this.#lead(refuse);
    const resources = this.#resources;
    if (resources === null) return;
    const running = this.#running ?? new RunningCalls();
    whenNothingRuns(() => running.whenNone(() => resources.dispose()));
  }

  /** Why its calls throw. A library that was closed does not tell those that had nothing to take away. */
  get #ended(): (() => InterfixError) | null {
    return this.#reason ?? this.#parts.library?.reason ?? null;
  }

  #checkLive(): void {
    const reason = this.#ended;
    if (reason !== null) throw reason();
  }

  /** At the first call. If something cannot be made, nothing is left of the attempt, and the next call is the first. */
  [Symbol.toPrimitive](): string {
    this.#checkLive();
    checkCount(this.#lead(undefined), this.#parts.image.signature.parameters.length);
    this.#lead(this.#parts.options.serve ? this.#served() : this.#entered());
    return this.#parts.name;
  }

  #served(): Inner {
    const { inner, replaceEntry } = servedCall(this.#foreignCalls(), this.#parts.options.errno);
    this.#replaceEntry = replaceEntry;
    return inner;
  }

  #entered(): Inner {
    const { callee, image, options } = this.#parts;
    const { leaf, reuse } = options;
    const made = enteredCall(callee, { image, leaf, reuse, route: this.#routeOf() });
    this.#replaceEntry = made.replaceEntry;
    this.#own(made.owned);
    return made.inner;
  }

  #routeOf(): CallRoute {
    const { callee, image, options } = this.#parts;
    this.#route ??= callRoute(callee, image.signature, options);
    return this.#route;
  }

  /** From now on there is something to take away when it ends. */
  #own(resources: readonly Disposable[]): void {
    if (this.#resources === null) {
      this.#resources = new CallResources();
      this.#parts.library?.add(this);
    }
    this.#resources.add(this, resources);
  }

  #foreignCalls(): ForeignCalls {
    if (this.#calls !== null) return this.#calls;
    const calls = new ForeignCalls(this.#parts.callee);
    this.#calls = calls;
    this.#own([calls.code]);
    return calls;
  }
}

/** Its constructor gives back what it is given, so that the private names of a class that extends it belong to that. */
class Given {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return given;
  }
}

/** How a function knows its `Bound`, and nobody else does. */
class Handle extends Given {
  readonly #bound: Bound;

  constructor(fn: Outer, bound: Bound) {
    super(fn);
    this.#bound = bound;
  }

  static of(fn: object): Bound {
    if (#bound in fn) return fn.#bound;
    throw new TypeError('this is no bound function');
  }
}

/** What every bound function has: they share it, as objects of a class do, because that costs nothing for each of them. */
const methods: object = Object.freeze(
  Object.create(Function.prototype, {
    address: { get: ofBound((bound) => bound.address) },
    async: { get: ofBound((bound) => bound.async) },
    path: { get: ofBound((bound) => bound.path) },
    dispose: { value: ofBound((bound) => bound.dispose()) },
    [Symbol.dispose]: { value: ofBound((bound) => bound.dispose()) },
  }),
);

function ofBound<T>(use: (bound: Bound) => T): (this: object) => T {
  return function (this: object): T {
    return use(Handle.of(this));
  };
}
