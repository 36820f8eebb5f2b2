// Integer constant expressions (C11 6.6): precedence, casts, sizeof. The arithmetic is constant.ts's. An expression has
// a value for each platform in question; they have to agree.

import { type CType, resolved } from '../../ctype/ctype.ts';
import type { DataModel } from '../../ctype/data-model.ts';
import { layoutOfType, type TypeLayout } from '../../ctype/layout.ts';
import { clip } from '../scanner.ts';
import {
  binary,
  type Constant,
  characterLiteral,
  common,
  converted,
  INT,
  type IntegerFormat,
  integerLiteral,
  logical,
  unary,
} from './constant.ts';
import { type CContext, checkDepth } from './context.ts';

/** One value for each model of the context, null where C gives none. */
type Values = readonly (Constant | null)[];

/** C11 6.5.5 to 6.5.14, weakest first. */
const PRECEDENCE: ReadonlyMap<string, number> = new Map(
  [
    ['||'],
    ['&&'],
    ['|'],
    ['^'],
    ['&'],
    ['==', '!='],
    ['<', '>', '<=', '>='],
    ['<<', '>>'],
    ['+', '-'],
    ['*', '/', '%'],
  ].flatMap((operators, precedence) => operators.map((operator) => [operator, precedence + 1] as const)),
);

/** Reads an expression and gives its value. Throws where platforms disagree and the text is not for one of them. */
export function parseConstant(context: CContext, depth: number): bigint {
  const { position } = context.cursor;
  return agreed(context, conditional(context, depth), position);
}

/** The alignment of the type that comes next, in bytes. */
export function parseAlignment(context: CContext, depth: number): bigint {
  const { position } = context.cursor;
  return agreed(
    context,
    layoutsOfType(context, ({ align }) => align, depth),
    position,
  );
}

function agreed({ cursor }: CContext, [first, ...others]: Values, position: number): bigint {
  if (first === undefined || first === null || others.includes(null)) {
    throw cursor.error('ERR_TYPE', 'this constant has no value: a division by zero, or too long a shift', position);
  }
  if (others.some((other) => other?.value !== first.value)) {
    throw cursor.refusal(
      'platform',
      "this constant differs between platforms; say which with the option 'abi'",
      position,
    );
  }
  return first.value;
}

function conditional(context: CContext, depth: number): Values {
  checkDepth(context, depth);
  const { cursor } = context;
  const condition = operation(context, 1, depth);
  if (!cursor.accept('?')) return condition;
  const yes = conditional(context, depth + 1);
  cursor.expect(':');
  const no = conditional(context, depth + 1);
  return condition.map((value, index) => {
    if (value === null) return null;
    const chosen = (value.value === 0n ? no[index] : yes[index]) ?? null;
    const other = (value.value === 0n ? yes[index] : no[index]) ?? chosen;
    return chosen === null || other === null ? null : converted(chosen.value, common(chosen, other));
  });
}

function operation(context: CContext, weakest: number, depth: number): Values {
  const { cursor } = context;
  let left = operand(context, depth);
  for (;;) {
    const operator = cursor.token.text;
    const precedence = cursor.token.kind === 'mark' ? PRECEDENCE.get(operator) : undefined;
    if (precedence === undefined || precedence < weakest) return left;
    cursor.next();
    const right = operation(context, precedence + 1, depth);
    left = left.map((value, index) => {
      const other = right[index] ?? null;
      if (operator === '&&' || operator === '||') return logical(operator, value, other);
      return value === null || other === null ? null : binary(operator, value, other);
    });
  }
}

function operand(context: CContext, depth: number): Values {
  checkDepth(context, depth);
  const { cursor, models } = context;
  const { kind, text, position } = cursor.token;
  if (kind === 'number') return literal(context, 'an integer constant', (model) => integerLiteral(text, model));
  if (kind === 'character') return literal(context, 'a character constant', (model) => characterLiteral(text, model));
  if (kind === 'word') return named(context, depth);
  if (kind === 'mark' && ['-', '+', '~', '!'].includes(text)) {
    cursor.next();
    return operand(context, depth + 1).map((value) => (value === null ? null : unary(text, value)));
  }
  if (!cursor.is('(')) throw cursor.unexpected('a constant');
  cursor.next();
  if (context.scope.startsType(cursor.token)) {
    const { type } = context.typeName(context, depth + 1);
    cursor.expect(')');
    const values = operand(context, depth + 1);
    return models.map((model, index) => {
      const format = cursor.at(position, () => formatOf(type, model));
      const value = values[index] ?? null;
      if (format === null) throw cursor.refusal('cast', 'a constant can only be cast to an integer type', position);
      if (value === null) return null;
      return type.kind === 'bool' ? converted(value.value === 0n ? 0n : 1n, INT) : converted(value.value, format);
    });
  }
  const values = conditional(context, depth + 1);
  cursor.expect(')');
  return values;
}

type Read = (model: DataModel) => Constant | 'too large' | null;

function literal({ cursor, models }: CContext, what: string, read: Read): Values {
  const { text, position } = cursor.next();
  return models.map((model) => {
    const value = read(model);
    if (value === 'too large') throw cursor.error('ERR_SIZE', 'this constant has more than 64 bits', position);
    if (value !== null) return value;
    throw cursor.error('ERR_SYNTAX', `expected ${what}, found ${JSON.stringify(clip(text))}`, position);
  });
}

const ALIGN_WORDS: ReadonlySet<string> = new Set(['_Alignof', 'alignof', '__alignof__', '__alignof']);

function named(context: CContext, depth: number): Values {
  const { cursor, scope, models } = context;
  const { text: word, position } = cursor.token;
  if (word === 'sizeof') return measured(context, depth, ({ size }) => size);
  if (ALIGN_WORDS.has(word)) return measured(context, depth, ({ align }) => align);
  const value = scope.constant(word) ?? (word === 'true' ? 1n : word === 'false' ? 0n : null);
  if (value === null) {
    throw cursor.error(
      'ERR_UNKNOWN_TYPE',
      `unknown constant '${clip(word)}'; only earlier enumerators are known`,
      position,
    );
  }
  cursor.next();
  // C11 6.4.4.3 makes enumerators ints; GNU C gives those that do not fit a wider type.
  const wider: readonly IntegerFormat[] = [INT, { bits: 32, isSigned: false }, { bits: 64, isSigned: true }];
  const format = wider.find((each) => converted(value, each).value === value) ?? { bits: 64, isSigned: false };
  return models.map(() => converted(value, format));
}

/** `sizeof (type)` and `_Alignof (type)`. */
function measured(context: CContext, depth: number, measure: Measure): Values {
  const { cursor, scope } = context;
  const { text: word } = cursor.next();
  cursor.expect('(', `a type in parentheses behind '${word}'`);
  if (!scope.startsType(cursor.token)) throw cursor.refusal('sizeof', `'${word}' is understood for types only`);
  const values = layoutsOfType(context, measure, depth);
  cursor.expect(')');
  return values;
}

type Measure = (layout: TypeLayout) => number;

/** What the type that comes next measures: a size_t, 64 bits wide everywhere. */
function layoutsOfType(context: CContext, measure: Measure, depth: number): Values {
  const { cursor, models } = context;
  const { position } = cursor;
  const { type, align, isFunction } = context.typeName(context, depth + 1);
  if (isFunction) throw cursor.error('ERR_TYPE', 'a function has no size', position);
  return models.map((model) => {
    const layout = cursor.at(position, () => layoutOf(context, type, model));
    const value = measure({ size: layout.size, align: Math.max(layout.align, align ?? 1) });
    return converted(BigInt(value), { bits: 64, isSigned: false });
  });
}

/** Layouts are remembered: a text may ask for the size of one large record on every line. */
function layoutOf({ scope }: CContext, type: CType, model: DataModel): TypeLayout {
  const definition = resolved(type);
  const known = scope.layouts.get(definition)?.get(model);
  if (known !== undefined) return known;
  const layout = layoutOfType(definition, model);
  const ofModels = scope.layouts.get(definition) ?? new Map<DataModel, TypeLayout>();
  scope.layouts.set(definition, ofModels.set(model, layout));
  return layout;
}

/** How values of an integer type are held; null for any other type. */
export function formatOf(declared: CType, model: DataModel): IntegerFormat | null {
  const type = resolved(declared);
  if (type.kind === 'bool') return { bits: 8, isSigned: false };
  if (type.kind !== 'integer' && type.kind !== 'enum') return null;
  const { size, signed } = model.integers[type.kind === 'enum' ? type.underlying.name : type.name];
  return { bits: size * 8, isSigned: signed };
}
