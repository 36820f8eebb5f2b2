// What counts as a simpler signature: one thing less, or a thing of a plainer kind. Every step lowers the weight, so that
// shrinking ends.

import {
  array,
  type CType,
  complex,
  DOUBLE,
  FLOAT,
  integer,
  type Member,
  member,
  parameter,
  type RecordType,
  resolved,
  type Signature,
  signature,
  struct,
  union,
  VOID,
} from '../../src/ctype/ctype.ts';

export function simplerSignatures(whole: Signature): Signature[] {
  const candidates = [...withoutParameter(whole), ...withoutResult(whole), ...withSimplerType(whole)];
  return candidates.filter((each) => weight(each) < weight(whole));
}

function withoutParameter({ parameters, result, variadicFrom }: Signature): Signature[] {
  return parameters.map((_, dropped) => {
    const from = variadicFrom !== null && dropped < variadicFrom ? variadicFrom - 1 : variadicFrom;
    return signature(parameters.toSpliced(dropped, 1), result, from === 0 ? null : from); // C11 has no `...` alone
  });
}

function withoutResult({ parameters, result, variadicFrom }: Signature): Signature[] {
  const candidates = result.kind === 'void' ? [] : [signature(parameters, VOID, variadicFrom)];
  return variadicFrom === null ? candidates : [...candidates, signature(parameters, result)];
}

function withSimplerType({ parameters, result, variadicFrom }: Signature): Signature[] {
  const results = simplerTypes(result).map((type) => signature(parameters, type, variadicFrom));
  const others = parameters.flatMap(({ type }, index) =>
    [...plainest(type), ...simplerTypes(type)].map((simpler) =>
      signature(parameters.with(index, parameter(null, simpler)), result, variadicFrom),
    ),
  );
  return [...results, ...others];
}

/** An argument that is only in the way becomes what takes one register. */
function plainest(declared: CType): CType[] {
  const type = resolved(declared);
  return type.kind === 'float' ? [DOUBLE] : [integer('int64'), DOUBLE];
}

function simplerTypes(declared: CType): CType[] {
  const type = resolved(declared);
  switch (type.kind) {
    case 'struct':
    case 'union':
      return simplerRecords(type);
    case 'array':
      return simplerArrays(type.element, type.length ?? 0);
    case 'vector':
      return type.length > 1 ? [type.element] : [];
    case 'complex':
      return type.element.name === 'float' ? [FLOAT] : [type.element, complex(FLOAT)];
    case 'enum':
      return [type.underlying];
    case 'pointer':
    case 'function':
      return [integer('int64')];
    default:
      return [];
  }
}

/** C has no arrays that are passed, but members may be. */
const simplerArrays = (element: CType, length: number): CType[] => [
  ...(length > 1 ? [array(element, Math.floor(length / 2)), array(element, 1)] : []),
  ...simplerTypes(element).map((each) => array(each, length)),
];

function simplerRecords(record: RecordType): CType[] {
  const { members, packing, align } = record;
  const make = record.kind === 'struct' ? struct : union;
  const half = members.length >> 1;
  return [
    ...members.map(({ type }) => resolved(type)).filter(({ kind }) => kind !== 'array'),
    ...(half > 1 ? [make(members.slice(0, half), packing, align), make(members.slice(half), packing, align)] : []),
    ...members.map((_, index) => make(members.toSpliced(index, 1), packing, align)),
    ...(packing === null ? [] : [make(members, null, align)]),
    ...(align === null ? [] : [make(members, packing, null)]),
    ...members.flatMap((each, index) =>
      simplerMembers(each).map((simpler) => make(members.with(index, simpler), packing, align)),
    ),
  ];
}

function simplerMembers({ name, type: declared, bitWidth, align }: Member): Member[] {
  const type = resolved(declared);
  const candidates = simplerTypes(type).map((simpler) => member(name, simpler, null, align));
  if (type.kind === 'array') candidates.push(member(name, type.element, null, align));
  if (align !== null) candidates.push(member(name, type, bitWidth, null));
  if (bitWidth !== null && name !== null) candidates.push(member(name, type, null, align));
  return candidates;
}

const PLAIN: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double']);

function weight({ parameters, result, variadicFrom }: Signature): number {
  const values = parameters.reduce((sum, { type }) => sum + 1 + typeWeight(type), typeWeight(result));
  return values + (variadicFrom === null ? 0 : 1);
}

function typeWeight(declared: CType): number {
  const type = resolved(declared);
  switch (type.kind) {
    case 'void':
      return 0;
    case 'integer':
    case 'float':
      return PLAIN.has(type.name) ? 1 : 2;
    case 'complex':
    case 'vector':
      return 2 + typeWeight(type.element);
    case 'array':
      return 1 + (type.length ?? 1) + typeWeight(type.element);
    case 'struct':
    case 'union':
      return type.members.reduce((sum, each) => sum + memberWeight(each), recordWeight(type));
    default:
      return 3;
  }
}

const recordWeight = ({ packing, align }: RecordType): number =>
  4 + (packing === null ? 0 : 1) + (align === null ? 0 : 1);

const memberWeight = ({ type, bitWidth, align }: Member): number =>
  1 + typeWeight(type) + (bitWidth === null ? 0 : 1) + (align === null ? 0 : 1);
