// The JavaScript source of one bound function; its free names are those of function-source.ts.

import { type CType, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import type { Int64 } from '../signature/infer.ts';
import { BUFFER_START, SourceNames, within } from './cells.ts';
import { isCharPointer } from './checks.ts';
import { decayed, type FrameOffsets, type FunctionSource, sourceOf } from './function-source.ts';
import { readSource } from './reader.ts';
import { declaration, Writer } from './writer.ts';

/** What a call does besides passing its arguments. */
export interface CallSourceOptions {
  /** Where the error number lies after the call: the result is `{ value, errno }` then. */
  readonly errno?: { readonly offset: number; readonly view: 'i32' | 'u32' } | null;
  readonly int64?: Int64;
}

/**
 * Returns `[bound, replaceEntry]`. `bound` checks its arguments, writes them to the call frame, calls the entry and
 * reads the result; after `replaceEntry(f)` it calls f instead.
 */
export function boundSource(
  signature: Signature,
  frame: FrameOffsets,
  model: DataModel,
  { errno = null, int64 = 'bigint' }: CallSourceOptions = {},
): FunctionSource {
  const names = new SourceNames(int64);
  const writer = argumentWriter(signature, frame, model, names);
  const pointers = signature.parameters.flatMap(({ type }, index) => (hasPointer(type) ? [`a${index}`] : []));
  const value = readSource(signature.result, within(BUFFER_START, frame.ret.offset), model, names);
  const core = [
    ...declaration(writer.handles),
    ...writer.take,
    ...writer.put,
    ...(errno === null ? [] : ['lastError[0] = 0;']),
    'call();',
    ...pointers.map(keepAlive),
    `return ${errno === null ? value : `{ value: ${value}, errno: ${names.view(errno.view)}[${errno.offset / 4}] }`};`,
  ];
  const owned = signature.parameters.some(({ type }) => hasCharPointer(type));
  const withStrings = owned
    ? ['const mark = strings.mark();', 'try {', ...core, '} finally { strings.release(mark); }']
    : core;
  const guarded = hasFunctionParameter(signature)
    ? ['const held = functions.mark();', 'try {', ...withStrings, '} finally { functions.release(held); }']
    : withStrings;
  const lines = [
    'let call = entry;',
    `function bound(${parameterNames(signature).join(', ')}) {`,
    countCheck(signature),
    ...guarded,
    '}',
    'return [bound, (replacement) => { call = replacement; }];',
  ];
  return sourceOf(lines, names);
}

/**
 * Returns `[put, get]` for calls with frames of their own: `put` takes the arguments, checks them and writes them to the
 * buffer as to a call frame; `get` reads a result there. Whoever calls copies the bytes to the call's frame and back, and
 * lets go of what `strings`, `address` and `functions` have handed out.
 */
export function stagedSource(
  signature: Signature,
  frame: FrameOffsets,
  model: DataModel,
  int64: Int64 = 'bigint',
): FunctionSource {
  const names = new SourceNames(int64);
  const writer = argumentWriter(signature, frame, model, names);
  const value = readSource(signature.result, within(BUFFER_START, frame.ret.offset), model, names);
  const lines = [
    `return [function put(${parameterNames(signature).join(', ')}) {`,
    countCheck(signature),
    ...declaration(writer.handles),
    ...writer.take,
    ...writer.put,
    `}, () => ${value}];`,
  ];
  return sourceOf(lines, names);
}

const parameterNames = ({ parameters }: Signature): string[] => parameters.map((_, index) => `a${index}`);

const countCheck = ({ parameters: { length } }: Signature): string =>
  `if (arguments.length !== ${length}) count(arguments, ${length}, "the function");`;

function argumentWriter(signature: Signature, frame: FrameOffsets, model: DataModel, names: SourceNames): Writer {
  const writer = new Writer(model, names, { strings: true, functions: true });
  signature.parameters.forEach(({ type: declared }, index) => {
    const site = within(BUFFER_START, frame.args[index]?.offset ?? 0);
    writer.add({ type: decayed(declared), site, from: `a${index}`, path: `argument ${index}`, parameter: index });
  });
  return writer;
}

/**
 * A use behind the call: an optimised caller may otherwise let go of a buffer whose address C is using, and a callback
 * can run the garbage collector. No argument is ever identical with the entry, but the engine cannot know that.
 */
const keepAlive = (argument: string): string => `if (${argument} === call) gone();`;

/** Whether a JavaScript function may be an argument, as a callback for the time of the call. */
export const hasFunctionParameter = ({ parameters }: Signature): boolean =>
  parameters.some(({ type }) => resolved(type).kind === 'function');

const hasPointer = (type: CType): boolean => contains(type, ({ kind }) => kind === 'pointer' || kind === 'function');
const hasCharPointer = (type: CType): boolean => contains(decayed(type), isCharPointer);

function contains(declared: CType, wanted: (type: ResolvedType) => boolean): boolean {
  const type = resolved(declared);
  if (type.kind === 'struct' || type.kind === 'union')
    return type.members.some((member) => contains(member.type, wanted));
  return wanted(type) || (type.kind === 'array' && (wanted(decayed(type)) || contains(type.element, wanted)));
}
