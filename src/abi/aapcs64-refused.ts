// Which arguments are refused, because compilers do not find them where they put them.

import { type CType, resolved } from '../ctype/ctype.ts';
import { unsupported } from '../errors.ts';
import { callAlign, isPaddingOnly, isRecord } from './aapcs64-values.ts';
import { type Role, usesOnlyGeneral, usesOnlyStack, type Variant } from './aapcs64-variants.ts';
import { type Homogeneous, hasNoMembers } from './homogeneous.ts';
import type { PassedType } from './passed-types.ts';

/** `members` are those of a homogeneous aggregate, also where it is not passed as one. */
export function checkVariadic(passed: PassedType, members: Homogeneous | null, role: Role, variant: Variant): void {
  if (role === 'named') return;
  const { type, size, align } = passed;
  const isOnGeneral = usesOnlyGeneral(role, variant);
  checkSmallFloat(passed, role, variant);
  // Observed, clang 14, 19 for Windows: callers use v registers and callees look in general ones.
  if (isOnGeneral && type.kind === 'vector') throw refused('variadic-vector', 'a vector', 'Windows');
  if (role !== 'variadic') return;
  // Observed, clang 14, 19 for Apple: callers align it as its members, `va_arg` as the type.
  const isWide = isRecord(type) && members !== null && (align >= 16 || members.element.size === 16);
  if (isWide && usesOnlyStack(role, variant))
    throw refused('variadic-align16', 'an HFA or HVA aligned to 16 bytes', 'Apple');
  // Observed, clang 14, 19 for Windows: callers pass nothing, and `va_arg` takes something.
  const isNothing = isOnGeneral && isPaddingOnly(type, variant);
  if (isNothing) throw refused('variadic-empty', 'a record without members', 'Windows');
  // Observed: `va_arg` of clang 14, 19 for Windows does not look at alignments; that of gcc 12 rounds to 16 bytes what
  // its callers, and rule C.10 as it reads it, put in the next register.
  const isMisread = isOnGeneral ? size <= 16 : variant.judge === 'gcc' && size <= 8 && members === null;
  if (isMisread && callAlign(passed, variant) === 16) throw refused('variadic-align16', 'what is aligned to 16 bytes');
}

/**
 * Observed, clang 19: an HFA is returned as the type that stands for it in its intermediate language, and a union may be
 * represented by the member that is nothing but unnamed bits, an integer.
 */
export function checkResult({ type }: PassedType, { judge }: Variant): void {
  if (judge === 'clang' && isRecord(type) && type.members.some((member) => hasSilentRecord(member.type))) {
    throw unsupported(
      'unnamed-bits-result',
      'a result with a record that is nothing but unnamed bits is not supported',
    );
  }
}

function hasSilentRecord(declared: CType): boolean {
  let type = resolved(declared);
  while (type.kind === 'array') type = resolved(type.element);
  if (!isRecord(type)) return false;
  const hasBits = type.members.some(({ name, bitWidth }) => name === null && bitWidth !== null && bitWidth > 0);
  return (hasBits && hasNoMembers(type)) || type.members.some((member) => hasSilentRecord(member.type));
}

/**
 * Clang for Apple makes a double of it on the way, and for Windows it cannot compile the call (observed: clang 19); gcc
 * takes no bfloat16 there (observed: gcc 12).
 */
function checkSmallFloat({ type }: PassedType, role: Role, variant: Variant): void {
  if (type.kind !== 'float' || (type.name !== 'float16' && type.name !== 'bfloat16')) return;
  const isForeign = usesOnlyGeneral(role, variant) || usesOnlyStack(role, variant);
  if (isForeign || (role === 'variadic' && type.name === 'bfloat16')) throw refused('variadic-float16', type.name);
}

/**
 * Observed, clang 14, 19 for Windows: callers put it on the stack whole, callees look for its beginning in x7, as
 * Microsoft has it.
 */
export const acrossLastRegister = (): Error =>
  refused('variadic-split', 'a record for which x7 alone is left', 'Windows');

/** Observed, clang 19: each member takes 8 bytes of the stack, or a register and the stack are mixed. */
export const stackedBfloat16 = (): Error =>
  unsupported(
    'bfloat16-hfa',
    'a record of bfloat16 members needs a register for each of them: on the stack, clang does not follow AAPCS64',
  );

const refused = (rule: string, what: string, platform?: string): Error =>
  unsupported(
    rule,
    `${what} is not supported in a variadic call${platform === undefined ? '' : ` for ${platform}`}: compilers do not agree where it is`,
  );
