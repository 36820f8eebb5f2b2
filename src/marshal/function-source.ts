// The JavaScript source of one bound function, one callback decoder, and one reader or writer of memory. Pure text; exec
// compiles it. Every free name of the text is one of its parameters:
//
//   entry     runs the generated code                fail      throws for a wrong value
//   views     i8 … f64, memory, over the buffer      count     throws for a wrong number of values
//   formats   getX87, setX87, … (formats.ts)         choose    the member given of a union
//   user      the function behind a callback         address   the address that a value stands for
//   strings   the copies that a call owns            onlyMembers   throws for an unknown property
//   gone      never called; see `keepAlive`          enumerator    the value of an enumeration's name

import { type CType, pointer, type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { BUFFER_START, type Site, SourceNames, type ViewName, within } from './cells.ts';
import { isCharPointer } from './checks.ts';
import type { FormatFunctionName } from './formats.ts';
import { readSource } from './reader.ts';
import { declaration, Writer } from './writer.ts';

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

/**
 * Returns `[bound, replaceEntry]`. `bound` checks its arguments, writes them to the call frame, calls the entry and
 * reads the result; after `replaceEntry(f)` it calls f instead.
 */
export function boundSource(signature: Signature, frame: FrameOffsets, model: DataModel): FunctionSource {
  const names = new SourceNames();
  const writer = new Writer(model, names, true);
  const params = signature.parameters.map((_, index) => `a${index}`);
  signature.parameters.forEach(({ type: declared }, index) => {
    const type = decayed(declared);
    const site = within(BUFFER_START, frame.args[index]?.offset ?? 0);
    writer.add({ type, site, from: `a${index}`, path: `argument ${index}` });
  });
  const pointers = signature.parameters.flatMap(({ type }, index) => (hasPointer(type) ? [`a${index}`] : []));
  const result = readSource(signature.result, within(BUFFER_START, frame.ret.offset), model, names);
  const core = [
    ...declaration(writer.handles),
    ...writer.take,
    ...writer.put,
    'call();',
    ...pointers.map(keepAlive),
    `return ${result};`,
  ];
  const owned = signature.parameters.some(({ type }) => hasCharPointer(type));
  const guarded = owned
    ? ['const mark = strings.mark();', 'try {', ...core, '} finally { strings.release(mark); }']
    : core;
  const lines = [
    'let call = entry;',
    `function bound(${params.join(', ')}) {`,
    `if (arguments.length !== ${params.length}) count(arguments, ${params.length}, "the function");`,
    ...guarded,
    '}',
    'return [bound, (replacement) => { call = replacement; }];',
  ];
  return sourceOf(lines, names);
}

/** The record of an invocation: `base` bytes from the start of the memory for all of them. */
const RECORD: Site = Object.freeze({ base: 'base', baseAlign: 8, offset: 0 });

/**
 * Returns `decode(base)`, which reads the arguments of one callback invocation from its record, calls `user`, and
 * writes the result there.
 */
export function decoderSource(signature: Signature, frame: FrameOffsets, model: DataModel): FunctionSource {
  const names = new SourceNames();
  const args = signature.parameters.map(({ type }, index) =>
    readSource(decayed(type), within(RECORD, frame.args[index]?.offset ?? 0), model, names),
  );
  const call = `user(${args.join(', ')})`;
  const lines = ['return function decode(base) {'];
  if (resolved(signature.result).kind === 'void') lines.push(`${call};`);
  else {
    const writer = new Writer(model, names, false);
    const site = within(RECORD, frame.ret.offset);
    writer.add({ type: signature.result, site, from: call, path: 'the result of the callback' });
    lines.push(...declaration(writer.handles), ...writer.take, ...writer.put);
  }
  return sourceOf([...lines, '};'], names);
}

/** Returns `[read, write]` for a value at the start of the buffer. */
export function accessorSource(type: CType, model: DataModel): FunctionSource {
  const names = new SourceNames();
  const site = BUFFER_START;
  const writer = new Writer(model, names, false);
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

const hasPointer = (type: CType): boolean => contains(type, ({ kind }) => kind === 'pointer' || kind === 'function');
const hasCharPointer = (type: CType): boolean => contains(decayed(type), isCharPointer);

function contains(declared: CType, wanted: (type: ResolvedType) => boolean): boolean {
  const type = resolved(declared);
  if (type.kind === 'struct' || type.kind === 'union')
    return type.members.some((member) => contains(member.type, wanted));
  return wanted(type) || (type.kind === 'array' && (wanted(decayed(type)) || contains(type.element, wanted)));
}
