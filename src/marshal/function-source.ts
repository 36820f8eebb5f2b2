// The JavaScript source of one bound function, one callback decoder, and one reader or writer of memory. Pure text; exec
// compiles it. Every free name of the text is one of its parameters:
//
//   entry     runs the generated code                fail      throws for a wrong value
//   views     i8 … f64, memory, over the buffer      count     throws for a wrong number of values
//   formats   getX87, setX87, … (formats.ts)         choose    the member given of a union
//   user      the function behind a callback         address   the address that a value stands for
//   strings   the copies that a call owns            onlyMembers   throws for an unknown property
//   gone      never called; see `keepAlive`          enumerator    the value of an enumeration's name
//   functions the callbacks that a call owns         promised, isPromise   a callback gave a promise
//   safe      a bigint as a number, where that is exact                    lastError   an array of one: the thread's errno

import { type CType, pointer, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import type { Int64 } from '../signature/infer.ts';
import { BUFFER_START, type Site, SourceNames, type ViewName, within } from './cells.ts';
import { isCharPointer, promiseSource } from './checks.ts';
import type { FormatFunctionName } from './formats.ts';
import { readSource } from './reader.ts';
import { shapeOf } from './shape.ts';
import { declaration, Writer, type WriterOptions } from './writer.ts';

/** A function body, and which views and functions it needs as parameters. */
export interface FunctionSource {
  readonly body: string;
  readonly views: readonly ViewName[];
  readonly formats: readonly FormatFunctionName[];
}

const sourceOf = (lines: readonly string[], names: SourceNames): FunctionSource => ({
  body: ['"use strict";', ...names.constants, ...lines].join('\n'),
  views: [...names.views],
  formats: [...names.formats],
});

/** Where the values of a call lie; the frame of plan/frame-layout.ts. */
export interface FrameOffsets {
  readonly args: readonly { readonly offset: number }[];
  readonly ret: { readonly offset: number };
}

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

/** The record of an invocation: `base` bytes from the start of the memory for all of them. */
const RECORD: Site = Object.freeze({ base: 'base', baseAlign: 8, offset: 0 });

/**
 * Returns `decode(base)`, which reads the arguments of one callback invocation from its record, calls `user`, and
 * writes the result there.
 */
export function decoderSource(
  signature: Signature,
  frame: FrameOffsets,
  model: DataModel,
  int64: Int64 = 'bigint',
): FunctionSource {
  const names = new SourceNames(int64);
  const args = signature.parameters.map(({ type }, index) =>
    readSource(decayed(type), within(RECORD, frame.args[index]?.offset ?? 0), model, names),
  );
  const call = `user(${args.join(', ')})`;
  const lines = ['return function decode(base) {'];
  const result = resolved(signature.result);
  if (result.kind === 'void') lines.push(`${call};`);
  else {
    const writer = new Writer(model, names, NOBODY_OWNS);
    const site = within(RECORD, frame.ret.offset);
    writer.add({ type: result, site, from: 'given', path: 'the result of the callback' });
    lines.push(`const given = ${call};`, promiseCheck(result, 'given', model));
    lines.push(...declaration(writer.handles), ...writer.take, ...writer.put);
  }
  return sourceOf([...lines, '};'], names);
}

/** Nobody is there who would own a copy of text, or a callback, longer than the value is looked at. */
const NOBODY_OWNS: WriterOptions = Object.freeze({ strings: false, functions: false });

function promiseCheck(type: ResolvedType, v: string, model: DataModel): string {
  const isRecord = type.kind === 'struct' || type.kind === 'union' || type.kind === 'complex';
  return promiseSource(v, isRecord, isRecord && shapeOf(type, model).keys.includes('then'));
}

/** Returns `[read, write]` for a value at the start of the buffer. */
export function accessorSource(type: CType, model: DataModel, int64: Int64 = 'bigint'): FunctionSource {
  const names = new SourceNames(int64);
  const site = BUFFER_START;
  const writer = new Writer(model, names, NOBODY_OWNS);
  writer.add({ type, site, from: 'value', path: 'the value' });
  const write = [...declaration(writer.handles), ...writer.take, ...writer.put].join('\n');
  const read = readSource(type, site, model, names);
  return sourceOf([`return [() => ${read}, (value) => {\n${write}\n}];`], names);
}

/** C11 6.7.6.3p7: a parameter of array type is a pointer. */
function decayed(declared: CType): ResolvedType {
  const type = resolved(declared);
  return type.kind === 'array' ? pointer(type.element) : type;
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
