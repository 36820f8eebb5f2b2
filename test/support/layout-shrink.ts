// Finds a small record that still fails, by leaving out one thing at a time. What failing means is the caller's.

import { type Member, type RecordType, struct, union } from '../../src/ctype/ctype.ts';

const rebuilt = ({ kind, packing, align }: RecordType, members: readonly Member[]): RecordType =>
  kind === 'struct' ? struct(members, packing, align) : union(members, packing, align);

/** Every record with one thing less. */
function smaller(type: RecordType): RecordType[] {
  const { members, packing, align, kind } = type;
  const make = kind === 'struct' ? struct : union;
  return [
    ...members.map((_, index) => rebuilt(type, members.toSpliced(index, 1))),
    ...members.flatMap(({ type: inner }) => (inner.kind === 'struct' || inner.kind === 'union' ? [inner] : [])),
    ...(packing === null ? [] : [make(members, null, align)]),
    ...(align === null ? [] : [make(members, packing, null)]),
    ...members.flatMap((each, index) => smallerMembers(each).map((one) => rebuilt(type, members.with(index, one)))),
  ];
}

function smallerMembers(each: Member): Member[] {
  const { type, align } = each;
  const simpler: Member[] = align === null ? [] : [{ ...each, align: null }];
  if (type.kind === 'array' && type.length !== null) simpler.push({ ...each, type: type.element });
  if (type.kind === 'named' && type.slot.type !== null) simpler.push({ ...each, type: type.slot.type });
  if (type.kind === 'struct' || type.kind === 'union') {
    simpler.push(...smaller(type).map((less) => ({ ...each, type: less })));
  }
  return simpler;
}

/** A member without which a flexible array would stand alone must stay. */
const isLegal = ({ members }: RecordType): boolean =>
  members.length > 1 || members.every(({ type }) => type.kind !== 'array' || type.length !== null);

/** `failing` returns those of the candidates that still fail. */
export async function smallest(
  type: RecordType,
  failing: (candidates: readonly RecordType[]) => Promise<readonly RecordType[]>,
): Promise<RecordType> {
  for (let found = type; ; ) {
    const [next] = await failing(smaller(found).filter(isLegal));
    if (next === undefined) return found;
    found = next;
  }
}
