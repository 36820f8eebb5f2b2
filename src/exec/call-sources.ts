// The source of each wrapper, generated once for all signatures that look alike to JavaScript: member names, values of
// enumerations and the types that an error would name count here, the names of functions and parameters do not.

import { conventionOf } from '../abi/conventions.ts';
import type { Signature } from '../ctype/ctype.ts';
import { boundSource } from '../marshal/call-source.ts';
import type { FunctionSource } from '../marshal/function-source.ts';
import type { RegisterTypes } from '../marshal/register-types.ts';
import type { CallFrame } from '../plan/frame-layout.ts';
import type { Int64 } from '../signature/infer.ts';
import { printType } from '../signature/print.ts';
import { typeKey } from '../signature/type-key.ts';
import { errnoView } from './errno.ts';
import type { PreparedImage } from './images.ts';
import { TextCache } from './text-cache.ts';

export interface WrapperOptions {
  /** What travels in registers; the rest goes through the frame. */
  readonly types: RegisterTypes | null;
  /** Whether V8 goes to the code itself, past Node-API. */
  readonly isFast: boolean;
  readonly int64: Int64;
  readonly leaf: boolean;
  readonly reuse: boolean;
}

const bySignature = new TextCache<FunctionSource>();
/** By image, of which there is one for each text; then by the options. */
const byImage = new WeakMap<PreparedImage, Map<string, FunctionSource>>();

/** The source of a function that goes to an image of kind `entry` on that path. */
export function callSource(image: PreparedImage, frame: CallFrame, options: WrapperOptions): FunctionSource {
  const { types, isFast, int64, leaf, reuse } = options;
  const choice = `${types?.result} ${isFast} ${int64} ${leaf} ${reuse}`;
  const known = byImage.get(image) ?? new Map<string, FunctionSource>();
  byImage.set(image, known);
  const found = known.get(choice);
  if (found !== undefined) return found;
  const { signature, abi } = image.prepared;
  const key = `${choice} ${abi} ${frame.errno !== null} ${wrapperKey(signature)}`;
  const made = bySignature.get(key, undefined, () => generated(image, frame, options));
  known.set(choice, made);
  return made;
}

function generated(
  { prepared }: PreparedImage,
  { errno, ...frame }: CallFrame,
  options: WrapperOptions,
): FunctionSource {
  const { types, isFast, int64, leaf, reuse } = options;
  return boundSource(prepared.signature, frame, conventionOf(prepared.abi).dataModel, {
    errno: errno === null ? null : { offset: errno.offset, view: errnoView },
    int64,
    registers: types,
    rethrows: isFast,
    leaf,
    reuse,
  });
}

/** `typeKey` says what a type is, `printType` what errors call it. */
const wrapperKey = ({ parameters, result, variadicFrom }: Signature): string =>
  [...parameters.map(({ type }) => type), result]
    .map((type) => `${typeKey(type)} ${printType(type)}`)
    .concat(`${variadicFrom}`)
    .join('\n');
