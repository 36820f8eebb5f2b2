// The JavaScript source behind a callback; its free names are those of function-source.ts.

import { type ResolvedType, resolved, type Signature } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import type { Int64 } from '../signature/infer.ts';
import { type Site, SourceNames, within } from './cells.ts';
import { promiseSource } from './checks.ts';
import { decayed, type FrameOffsets, type FunctionSource, sourceOf } from './function-source.ts';
import { readSource } from './reader.ts';
import { shapeOf } from './shape.ts';
import { declaration, Writer } from './writer.ts';

/** The record of an invocation: `base` bytes from the start of the memory for all of them. */
const RECORD: Site = Object.freeze({ base: 'base', baseAlign: 8, offset: 0 });

/**
 * Returns `decode(base, user)`, which reads the arguments of one callback invocation from its record, calls `user`, and
 * writes the result there: one for all callbacks of the signature.
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
  const lines = ['return function decode(base, user) {'];
  const result = resolved(signature.result);
  if (result.kind === 'void') lines.push(`${call};`);
  else {
    const writer = new Writer(model, names, 'nobody');
    const site = within(RECORD, frame.ret.offset);
    writer.add({ type: result, site, from: 'given', path: 'the result of the callback', isLast: true });
    lines.push(`const given = ${call};`, promiseCheck(result, 'given', model));
    lines.push(...declaration(writer.handles), ...writer.take, ...writer.put);
  }
  return sourceOf([...lines, '};'], names);
}

function promiseCheck(type: ResolvedType, v: string, model: DataModel): string {
  const isRecord = type.kind === 'struct' || type.kind === 'union' || type.kind === 'complex';
  return promiseSource(v, isRecord, isRecord && shapeOf(type, model).keys.includes('then'));
}
