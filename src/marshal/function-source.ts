// The JavaScript source of one bound function, one callback decoder, and one reader or writer of memory. Pure text; exec
// compiles it. Every free name of the text is one of its parameters:
//
//   entry     runs the generated code                fail      throws for a wrong value
//   views     i8 … f64 over the buffer               count     throws for a wrong number of values
//   user      the function behind a callback         choose    the member given of a union
//   strings   the copies that a call owns            address   the address that a value stands for
//   gone      never called; see `keepAlive`

import { type CType, pointer, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { SourceNames, type ViewName } from './cells.ts';
import { isCharPointer } from './checks.ts';
import { readSource } from './reader.ts';
import { declaration, Writer } from './writer.ts';

/** A function body, and which views it needs as parameters. */
export interface FunctionSource {
  readonly body: string;
  readonly views: readonly ViewName[];
}

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
    const site = { base: null, offset: frame.args[index]?.offset ?? 0 };
    writer.add({ type, site, from: `a${index}`, path: `argument ${index}` });
  });
  const pointers = signature.parameters.flatMap(({ type }, index) => (hasPointer(type) ? [`a${index}`] : []));
  const result = readSource(signature.result, { base: null, offset: frame.ret.offset }, model, names);
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
  const body = [
    '"use strict";',
    'let call = entry;',
    `function bound(${params.join(', ')}) {`,
    `if (arguments.length !== ${params.length}) count(arguments, ${params.length}, "the function");`,
    ...guarded,
    '}',
    'return [bound, (replacement) => { call = replacement; }];',
  ];
  return { body: body.join('\n'), views: [...names.views] };
}

/**
 * Returns `decode(base)`, which reads the arguments of one callback invocation from its record, calls `user`, and
 * writes the result there.
 */
export function decoderSource(signature: Signature, frame: FrameOffsets, model: DataModel): FunctionSource {
  const names = new SourceNames();
  const args = signature.parameters.map(({ type }, index) =>
    readSource(decayed(type), { base: 'base', offset: frame.args[index]?.offset ?? 0 }, model, names),
  );
  const call = `user(${args.join(', ')})`;
  const lines = ['"use strict";', 'return function decode(base) {'];
  if (signature.result.kind === 'void') lines.push(`${call};`);
  else {
    const writer = new Writer(model, names, false);
    const site = { base: 'base', offset: frame.ret.offset };
    writer.add({ type: signature.result, site, from: call, path: 'the result of the callback' });
    lines.push(...declaration(writer.handles), ...writer.take, ...writer.put);
  }
  return { body: [...lines, '};'].join('\n'), views: [...names.views] };
}

/** Returns `[read, write]` for a value at the start of the buffer. */
export function accessorSource(type: CType, model: DataModel): FunctionSource {
  const names = new SourceNames();
  const site = { base: null, offset: 0 };
  const writer = new Writer(model, names, false);
  writer.add({ type, site, from: 'value', path: 'the value' });
  const write = [...declaration(writer.handles), ...writer.take, ...writer.put].join('\n');
  const read = readSource(type, site, model, names);
  const body = `"use strict";\nreturn [() => ${read}, (value) => {\n${write}\n}];`;
  return { body, views: [...names.views] };
}

/** C11 6.7.6.3p7: a parameter of array type is a pointer. */
const decayed = (type: CType): CType => (type.kind === 'array' ? pointer(type.element) : type);

/**
 * A use behind the call: an optimised caller may otherwise let go of a buffer whose address C is using, and a callback
 * can run the garbage collector. No argument is ever identical with the entry, but the engine cannot know that.
 */
const keepAlive = (argument: string): string => `if (${argument} === call) gone();`;

const hasPointer = (type: CType): boolean => contains(type, ({ kind }) => kind === 'pointer' || kind === 'function');
const hasCharPointer = (type: CType): boolean => contains(decayed(type), isCharPointer);

function contains(type: CType, wanted: (type: CType) => boolean): boolean {
  if (type.kind === 'struct' || type.kind === 'union')
    return type.members.some((member) => contains(member.type, wanted));
  return wanted(type) || (type.kind === 'array' && (wanted(decayed(type)) || contains(type.element, wanted)));
}
