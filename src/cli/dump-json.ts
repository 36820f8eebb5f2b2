// A prepared trampoline as JSON, for programs in any language. docs/plan.md documents the shape; a program may rely on it.

import type { CallLayout, Location, Passed, Placement, ReturnPlacement } from '../abi/call-layout.ts';
import { type GenerateOptions, generate } from '../emit/generate.ts';
import { listing } from '../emit/listing.ts';
import { unreachable } from '../errors.ts';
import type { Prepared } from '../plan/prepare.ts';
import { type Addr, isRegister, type Step } from '../plan/step.ts';
import { printSignature, printType } from '../signature/print.ts';
import type { Json } from './json.ts';

/** Registers go by their names, types by their text in the signature language; all numbers are bytes. */
export function dumpJson(prepared: Prepared, options: GenerateOptions = {}): Json {
  const { signature, abi, kind, entry } = prepared;
  const { isa, bytes, symbols, stubs } = generate(prepared, options);
  return {
    signature: printSignature(signature),
    abi,
    kind,
    entry,
    isa,
    bytes: Buffer.from(bytes).toString('hex'),
    symbols: symbols.map(({ name, offset }) => ({ name, offset })),
    ...(stubs !== null && { stubs: { ...stubs, stride: prepared.plan.stubs?.stride ?? 0 } }),
    layout: layoutJson(prepared, prepared.layout),
    ...(prepared.incoming === null ? {} : { incoming: layoutJson(prepared, prepared.incoming) }),
    plan: planJson(prepared),
    listing: listing(prepared, options).map((line) => ({ ...line })),
  };
}

function layoutJson({ vectors }: Prepared, { args, ret, stackSize, stackAlign, vectorCount }: CallLayout): Json {
  return {
    vectors,
    args: args.map(passedJson),
    ret: passedJson(ret),
    stackSize,
    stackAlign,
    vectorCount: vectorCount === null ? null : { register: vectorCount.register.name, count: vectorCount.count },
  };
}

const passedJson = ({ type, size, align, placement }: Passed<Placement | ReturnPlacement>): Json => ({
  type: printType(type),
  size,
  align,
  placement: placementJson(placement),
});

function placementJson(placement: Placement | ReturnPlacement): Json {
  switch (placement.mode) {
    case 'ignore':
      return { mode: 'ignore' };
    case 'direct': {
      const pieces = placement.pieces.map(({ from, size, at, extend, also }) => ({
        from,
        size,
        at: locationJson(at),
        extend,
        also: also?.name ?? null,
      }));
      return { mode: 'direct', pieces };
    }
    case 'indirect': {
      const { pointer, copyAlign } = placement;
      return { mode: 'indirect', pointer: locationJson(pointer), copyAlign };
    }
    case 'hidden': {
      const { pointer, echoed } = placement;
      return { mode: 'hidden', pointer: locationJson(pointer), echoed: echoed?.name ?? null };
    }
    default:
      return unreachable(placement);
  }
}

const locationJson = (at: Location): Json =>
  at.in === 'register' ? { in: 'register', register: at.register.name } : { in: 'stack', offset: at.offset };

function planJson({ plan, frame }: Prepared): Json {
  return {
    params: plan.params.map(({ name, register }) => ({ name, register: register.name })),
    outSize: plan.outSize,
    localSize: plan.localSize,
    align: plan.align,
    frame:
      frame === null
        ? null
        : { size: frame.size, args: frame.args.map((field) => ({ ...field })), ret: { ...frame.ret } },
    steps: plan.steps.map(stepJson),
  };
}

const addrJson = ({ base, offset }: Addr): Json => ({ base, offset });

function stepJson(step: Step): Json {
  switch (step.op) {
    case 'move':
      return { ...step, to: step.to.name, from: step.from.name };
    case 'load':
      return { ...step, to: step.to.name, from: addrJson(step.from) };
    case 'store':
      return { ...step, from: step.from.name, to: addrJson(step.to) };
    case 'copy':
      return { ...step, from: addrJson(step.from), to: addrJson(step.to) };
    case 'address':
      return { ...step, of: addrJson(step.of), to: isRegister(step.to) ? step.to.name : addrJson(step.to) };
    case 'set':
      return { ...step, to: step.to.name };
    case 'point':
    case 'call':
      return { ...step };
    default:
      return unreachable(step);
  }
}
