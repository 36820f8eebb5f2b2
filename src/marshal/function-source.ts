// The JavaScript source of one bound function, one callback decoder, and one reader or writer of memory. Pure text; exec
// compiles it. Every free name of the text is one of its parameters:
//
//   call      runs the generated code                fail, refuse   throw for a wrong value
//   views     i8 … f64, memory, over the buffer      count, miscounted   throw for a wrong number of elements, of arguments
//   formats   getX87, setX87, … (formats.ts)         choose    the member given of a union
//   strings   the copies that a call owns            onlyMembers, refuseOthers   throw for an unknown property
//   functions the callbacks that a call owns         enumerator    the value of an enumeration's name
//   gone      never called; see `keepAlive`          address   the address that a value stands for
//   safe      a bigint as a number, where exact      place, known, remember, pointer   in calls (exec/pointers.ts)
//   wide      a number as a bigint                   promised, isPromise   a callback gave a promise
//   state     the header of the invocations          rethrow   throws what waits for the bound call
//   lastError an array of one: the thread's errno    filled    a list of so many of one value

import { type CType, pointer, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import type { Int64 } from '../signature/infer.ts';
import { BUFFER_START, SourceNames, type ViewName } from './cells.ts';
import type { FormatFunctionName } from './formats.ts';
import { readSource } from './reader.ts';
import { declaration, Writer } from './writer.ts';

/** A function body, and which views and functions it needs as parameters. */
export interface FunctionSource {
  readonly body: string;
  readonly views: readonly ViewName[];
  readonly formats: readonly FormatFunctionName[];
}

export const sourceOf = (lines: readonly string[], names: SourceNames): FunctionSource => ({
  body: ['"use strict";', ...names.constants, ...lines].join('\n'),
  views: [...names.views],
  formats: [...names.formats],
});

/** Where the values of a call lie; the frame of plan/frame-layout.ts. */
export interface FrameOffsets {
  readonly args: readonly { readonly offset: number }[];
  readonly ret: { readonly offset: number };
}

/** Returns `[read, write]` for a value at the start of the buffer. */
export function accessorSource(type: CType, model: DataModel, int64: Int64 = 'bigint'): FunctionSource {
  const names = new SourceNames(int64);
  const site = BUFFER_START;
  const writer = new Writer(model, names, 'nobody');
  writer.add({ type, site, from: 'value', path: 'the value', isLast: true });
  const write = [...declaration(writer.handles), ...writer.take, ...writer.put].join('\n');
  const read = readSource(type, site, model, names);
  return sourceOf([`return [() => ${read}, (value) => {\n${write}\n}];`], names);
}

/** C11 6.7.6.3p7: a parameter of array type is a pointer. */
export function decayed(declared: CType): ResolvedType {
  const type = resolved(declared);
  return type.kind === 'array' ? pointer(type.element) : type;
}
