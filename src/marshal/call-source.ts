// The JavaScript source of one bound function; its free names are those of function-source.ts.

import { type CType, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { assert } from '../errors.ts';
import type { Int64 } from '../signature/infer.ts';
import { BUFFER_START, SourceNames, within } from './cells.ts';
import { decayed, type FrameOffsets, type FunctionSource, sourceOf } from './function-source.ts';
import type { Owner } from './pointer-source.ts';
import { readSource } from './reader.ts';
import { gainsByHiding, miscountSource, refusalVariables, rethrowSource } from './refusal-source.ts';
import { registerArguments, registerResult } from './register-source.ts';
import type { RegisterTypes } from './register-types.ts';
import { reusedSource } from './reused-result.ts';
import { declaration, Writer } from './writer.ts';

/** What a call does besides passing its arguments. */
export interface CallSourceOptions {
  /** Where the error number lies after the call: the result is `{ value, errno }` then. It is read from the frame. */
  readonly errno?: { readonly offset: number; readonly view: 'i32' | 'u32' } | null;
  readonly int64?: Int64;
  /** The values travel as arguments and result of `entry`, and none through the frame. */
  readonly registers?: RegisterTypes | null;
  /** Whether an exception may be left waiting by the entry, as V8's own way of calling does. */
  readonly rethrows?: boolean;
  /** The C function calls no JavaScript: if it does all the same, the call throws. */
  readonly leaf?: boolean;
  /** The result is the same object at every call, with new values. */
  readonly reuse?: boolean;
}

/** Words of the header in front of the invocations. */
const PENDING = 4;
const LEAF = 5;

/**
 * Returns `[bound, replaceEntry]`. `bound` is given the number of arguments that there were, and so many as there are
 * parameters; it checks them, writes them to the call frame, calls the entry and reads the result; after `replaceEntry(f)`
 * it calls f instead. That is null where nobody's code can run between the beginning and the call: then whoever calls
 * `bound` need only stop doing so. With `registers` the entry is given the arguments, and gives the result, unless that is
 * void because the frame has it.
 *
 * V8 inlines a function of up to 460 bytes of bytecode, which halves the time of a short call: so what is rarely done
 * stands outside, in functions and lists that are made with the wrapper.
 */
export function boundSource(
  signature: Signature,
  frame: FrameOffsets,
  model: DataModel,
  options: CallSourceOptions = {},
): FunctionSource {
  const names = new SourceNames(options.int64, gainsByHiding(signature.result, options.registers ?? null));
  const core =
    options.registers == null
      ? frameCall(signature, frame, model, names, options)
      : registerCall(signature, options.registers, frame, model, names, options);
  const runsCode = signature.parameters.some(({ type }) => mayRunCode(type));
  const lines = [
    ...refusalVariables(names),
    // In parentheses: it is about to be called, and so is not parsed twice.
    `return [(function bound(${['given', ...parameterNames(signature)].join(', ')}) {`,
    countCheck('given', signature, names),
    ...core,
    `}), ${runsCode ? '(replacement) => { call = replacement; }' : 'null'}];`,
  ];
  return sourceOf(lines, names);
}

function frameCall(
  signature: Signature,
  frame: FrameOffsets,
  model: DataModel,
  names: SourceNames,
  options: CallSourceOptions,
): string[] {
  const writer = argumentWriter(signature, frame, model, names, 'frame');
  const pointers = signature.parameters.flatMap(({ type }, index) => (hasPointer(type) ? [`a${index}`] : []));
  const entered = enteredSource('call();', names, options);
  const core = [
    ...declaration(writer.handles),
    ...writer.take,
    ...beginSource(writer.texts, options),
    ...writer.put,
    ...((options.errno ?? null) === null ? [] : ['lastError[0] = 0;']),
    ...withTexts(entered, writer.texts, options),
    ...pointers.map(keepAlive),
    ...resultSource(signature.result, frame, model, names, options),
  ];
  return hasFunctionParameter(signature)
    ? ['const held = functions.mark();', 'try {', ...core, '} finally { functions.release(held); }']
    : core;
}

/** `texts` are the conditions under which there are any. */
const beginSource = (texts: readonly string[], { leaf = false }: CallSourceOptions): readonly string[] => {
  if (texts.length === 0) return [];
  return leaf ? [`if (${texts.join(' || ')}) strings.begin();`] : ['const mark = strings.begin();'];
};

/**
 * The call, whose texts last as long as it does. While a leaf runs nobody takes any others, so that they need not be
 * held: if it throws, the next `begin` takes their place. (V8 12.4 makes no fast call inside a `try`.)
 */
function withTexts(
  entered: readonly string[],
  texts: readonly string[],
  { leaf = false }: CallSourceOptions,
): readonly string[] {
  if (texts.length === 0) return entered;
  return leaf
    ? [...entered, `if (${texts.join(' || ')}) strings.letGo();`]
    : ['strings.hold();', 'try {', ...entered, '} finally { strings.release(mark); }'];
}

/** Statements that read the result from the frame, and return it. */
function resultSource(
  type: CType,
  frame: FrameOffsets,
  model: DataModel,
  names: SourceNames,
  { errno = null, reuse = false }: CallSourceOptions,
): readonly string[] {
  const site = within(BUFFER_START, frame.ret.offset);
  const { lines, value } = reuse
    ? reusedSource(type, site, model, names)
    : { lines: [], value: readSource(type, site, model, names) };
  if (errno === null) return [...lines, `return ${value};`];
  const number = `${names.view(errno.view)}[${errno.offset / 4}]`;
  if (!reuse) return [`return { value: ${value}, errno: ${number} };`];
  const both = names.distinct('o', '({ value: undefined, errno: 0 })');
  return [...lines, `${both}.value = ${value};`, `${both}.errno = ${number};`, `return ${both};`];
}

function registerCall(
  signature: Signature,
  types: RegisterTypes,
  frame: FrameOffsets,
  model: DataModel,
  names: SourceNames,
  options: CallSourceOptions,
): readonly string[] {
  assert((options.errno ?? null) === null, 'the error number is kept in the frame');
  const { take, passed } = registerArguments(signature, types, model, names);
  const call = `call(${passed.join(', ')})`;
  // Around a leaf nothing has to be said: while V8 calls it by itself, it is known by the function that is being called.
  const rethrows = options.rethrows === true || options.leaf === true;
  if (types.result === 'void') {
    const entered = enteredSource(`${call};`, names, { rethrows });
    return [...take, ...entered, ...resultSource(signature.result, frame, model, names, options)];
  }
  if (!rethrows) return [...take, `return ${registerResult(signature.result, call, model, names)};`];
  const entered = enteredSource(`const result = ${call};`, names, { rethrows });
  return [...take, ...entered, `return ${registerResult(signature.result, 'result', model, names)};`];
}

/**
 * The call, and what comes of an exception in it. The word of a leaf call is not taken back by a `finally`, because V8 12.4
 * makes no fast call inside a `try`; only the entry of a disposed function throws then, and takes it back itself.
 */
function enteredSource(
  call: string,
  names: SourceNames,
  { rethrows = false, leaf = false }: CallSourceOptions,
): string[] {
  const check = `if (state[${PENDING}] !== 0) ${rethrowSource(names)}`;
  if (leaf) return [`state[${LEAF}] = 1;`, call, `state[${LEAF}] = 0;`, check];
  return rethrows ? [call, check] : [call];
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
  const writer = argumentWriter(signature, frame, model, names, 'kept');
  const value = readSource(signature.result, within(BUFFER_START, frame.ret.offset), model, names);
  const lines = [
    `return [(function put(${parameterNames(signature).join(', ')}) {`,
    countCheck('arguments.length', signature, names),
    ...declaration(writer.handles),
    ...writer.take,
    ...writer.put,
    `}), () => ${value}];`,
  ];
  return sourceOf(lines, names);
}

const parameterNames = ({ parameters }: Signature): string[] => parameters.map((_, index) => `a${index}`);

const countCheck = (given: string, { parameters: { length } }: Signature, names: SourceNames): string =>
  `if (${given} !== ${length}) ${miscountSource(given, length, names)}`;

function argumentWriter(
  signature: Signature,
  frame: FrameOffsets,
  model: DataModel,
  names: SourceNames,
  owner: Owner,
): Writer {
  const writer = new Writer(model, names, owner);
  signature.parameters.forEach(({ type: declared }, index) => {
    const site = within(BUFFER_START, frame.args[index]?.offset ?? 0);
    const isLast = !signature.parameters.slice(index + 1).some(({ type }) => mayRunCode(type));
    const where = { from: `a${index}`, path: `argument ${index}`, parameter: index };
    writer.add({ type: decayed(declared), site, ...where, isLast });
  });
  return writer;
}

/**
 * A use behind the call: an optimised caller may otherwise let go of a buffer whose address C is using, and a callback
 * can run the garbage collector. No argument is ever identical with the entry, but the engine cannot know that.
 */
const keepAlive = (argument: string): string => `if (${argument} === call) gone();`;

/** Whether taking a value may run code of the user's: a getter, or what an object with an address has for one. */
const mayRunCode = (type: CType): boolean => !['bool', 'integer', 'enum', 'float'].includes(resolved(type).kind);

/** Whether a JavaScript function may be an argument, as a callback for the time of the call. */
export const hasFunctionParameter = ({ parameters }: Signature): boolean =>
  parameters.some(({ type }) => resolved(type).kind === 'function');

const hasPointer = (type: CType): boolean => contains(type, ({ kind }) => kind === 'pointer' || kind === 'function');

function contains(declared: CType, wanted: (type: ResolvedType) => boolean): boolean {
  const type = resolved(declared);
  if (type.kind === 'struct' || type.kind === 'union')
    return type.members.some((member) => contains(member.type, wanted));
  return wanted(type) || (type.kind === 'array' && (wanted(decayed(type)) || contains(type.element, wanted)));
}
