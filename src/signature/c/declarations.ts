// C declarations → functions, types and constants. It is not a preprocessor and not a compiler: what it does not
// understand it refuses, with the position. docs/c-declarations.md says what it understands.

import { type CType, parameter, type Signature, signature } from '../../ctype/ctype.ts';
import { type DataModel, dataModelOf, dataModels, type PlatformId } from '../../ctype/data-model.ts';
import { InterfixError } from '../../errors.ts';
import { createRegistry, type Registry } from '../registry.ts';
import type { Attributes } from './attributes.ts';
import type { CContext, Specifiers } from './context.ts';
import { Cursor } from './cursor.ts';
import { afterName, type Declarator, declaredAs, parseDeclarator } from './declarator.ts';
import { type DeclaredType, signatureOf, simple, withConst } from './declared-type.ts';
import { PackStack } from './pack-stack.ts';
import { Scope } from './scope.ts';
import { parseSpecifiers } from './specifiers.ts';
import { skipStaticAssert } from './static-assert.ts';
import { alignedRecord, withAttributes } from './typedefs.ts';

export interface DeclarationOptions {
  /** Where tags and typedefs get their definitions; a new registry without. */
  readonly registry?: Registry;
  /** The platform of the text. Without, a constant that differs between platforms, as `sizeof (long)`, is refused. */
  readonly abi?: PlatformId;
}

export interface Declarations {
  /** By their C names. Variadic functions have no variadic arguments yet: see `withVariadic`. */
  readonly functions: ReadonlyMap<string, Signature>;
  /** Structs, unions, enums and typedefs: their definitions, or the bare name of one that has none. */
  readonly types: ReadonlyMap<string, CType>;
  /** Enumerators. */
  readonly constants: ReadonlyMap<string, bigint>;
  /** The linker's names of functions that are declared with one, as in `int f(void) __asm__("f64");`. */
  readonly symbols: ReadonlyMap<string, string>;
}

/**
 * Parses C declarations such as `double pow(double x, double y);` or `struct point { int x, y; };`. Throws what
 * `parseType` throws, with the position, and then leaves the registry as it was.
 */
export function parseDeclarations(text: string, options: DeclarationOptions = {}): Declarations {
  const cursor = new Cursor(text);
  const scope = new Scope(cursor, options.registry ?? createRegistry());
  const pack = new PackStack();
  const symbols = new Map<string, string>();
  const context: CContext = {
    ...{ cursor, scope, models: modelsOf(options.abi), pack: () => pack.value },
    ...{ specifiers: parseSpecifiers, typeName: parseTypeName },
  };
  for (let open = 0; cursor.token.kind !== 'end' || open > 0; ) {
    if (cursor.token.kind === 'pack') pack.apply(cursor, cursor.next());
    else if (acceptLinkage(cursor)) open++;
    else if (open > 0 && cursor.accept('}')) open--;
    else if (!cursor.accept(';') && !skipStaticAssert(cursor)) parseDeclaration(context, symbols);
  }
  return { ...scope.commit(), constants: scope.constants, symbols };
}

/** The signature of one call of a variadic function: with these types as its variadic arguments. */
export function withVariadic(
  { name, parameters, result, variadicFrom }: Signature,
  types: readonly CType[],
): Signature {
  if (variadicFrom === null) throw new InterfixError('ERR_TYPE', `${name ?? 'the function'} is not variadic`);
  const fixed = parameters.slice(0, variadicFrom);
  return signature([...fixed, ...types.map((type) => parameter(null, type))], result, variadicFrom, name);
}

const modelsOf = (abi: PlatformId | undefined): readonly DataModel[] =>
  abi === undefined ? Object.values(dataModels) : [dataModelOf(abi)];

/** `extern "C" {`, which headers have for C++, or `extern "C"` in front of one declaration, which is skipped here. */
function acceptLinkage(cursor: Cursor): boolean {
  if (!cursor.is('extern') || cursor.second.kind !== 'string') return false;
  cursor.next();
  if (cursor.token.text !== '"C"') throw cursor.refusal('linkage', 'only extern "C" can be bound');
  cursor.next();
  return cursor.accept('{');
}

function parseTypeName(context: CContext, depth: number): DeclaredType {
  const { cursor } = context;
  const { base } = context.specifiers(context, depth);
  const declarator = parseDeclarator(context, false, depth);
  if (declarator.name !== null) throw cursor.error('ERR_SYNTAX', 'a type without a name', declarator.position);
  return declaredAs(context, base, declarator);
}

interface Named {
  readonly name: string;
  readonly declarator: Declarator;
  readonly attributes: readonly Attributes[];
}

function parseDeclaration(context: CContext, symbols: Map<string, string>): void {
  const { cursor } = context;
  const specifiers = parseSpecifiers(context, 1);
  if (cursor.accept(';')) {
    if (specifiers.declaresTag) return;
    throw cursor.error('ERR_SYNTAX', 'this declares nothing', specifiers.position);
  }
  const all: Named[] = [];
  do {
    const declarator = parseDeclarator(context, true, 1);
    const { name, attributes } = declarator;
    if (name === null) throw cursor.unexpected('a name');
    all.push({ name, declarator, attributes: [specifiers.attributes, attributes] });
    if (cursor.is('=')) throw cursor.refusal('initializer', 'objects with a value are not supported');
  } while (cursor.accept(','));
  if (specifiers.isTypedef) declareTypedefs(context, specifiers, all);
  else declareObjects(context, specifiers, all, symbols);
  const { declarator } = all.at(-1) ?? {};
  if (!cursor.is('{')) {
    return cursor.expect(';', (declarator && afterName(declarator, context)) ?? "',' or ';'");
  }
  if (specifiers.isTypedef || all.length > 1 || !isFunction(context, specifiers.base, all[0])) {
    throw cursor.unexpected("',' or ';'");
  }
  cursor.skipBalanced();
}

function isFunction(context: CContext, base: DeclaredType, named: Named | undefined): boolean {
  return named !== undefined && declaredAs(context, base, named.declarator).isFunction;
}

function declareTypedefs(context: CContext, specifiers: Specifiers, all: readonly Named[]): void {
  const { scope } = context;
  const base = specifiers.isUntagged ? namedByTypedef(context, specifiers.base, all) : specifiers.base;
  for (const { name, declarator, attributes } of all) {
    const { position } = declarator;
    const declared = declaredAs(context, base, declarator);
    const described = withAttributes(context, declared, attributes, position) ?? scope.opaque(name, position);
    scope.defineTypedef(name, described, position);
  }
}

/** `typedef struct { … } *handle, record;`: the struct goes by the name that stands for it alone. */
function namedByTypedef(context: CContext, base: DeclaredType, all: readonly Named[]): DeclaredType {
  const { cursor, scope } = context;
  const { type } = base;
  const plain = all.find(({ declarator }) => declarator.steps.length === 0);
  if (plain === undefined || (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'enum')) return base;
  const { name, attributes, declarator } = plain;
  const { position } = declarator;
  const own = type.kind === 'enum' ? type : cursor.at(position, () => alignedRecord(context, type, attributes));
  return withConst(simple(scope.defineUntagged(type.kind, name, own, position)), base.isConst);
}

/** Functions are kept. Variables are only checked: a variable has an address, and nothing to call. */
function declareObjects(
  context: CContext,
  { base, isStatic }: Specifiers,
  all: readonly Named[],
  symbols: Map<string, string>,
): void {
  const { cursor, scope } = context;
  for (const { name, declarator, attributes } of all) {
    const { position } = declarator;
    const declared = declaredAs(context, base, declarator);
    const isCallable = signatureOf(declared) !== null;
    for (const { packed, vector, mode, label } of attributes) {
      const asked = packed ?? vector ?? mode;
      if (asked !== null) throw cursor.refusal('attribute', 'only a typedef takes this attribute', asked.position);
      if (label !== null && isCallable) symbols.set(name, label);
    }
    if (!isCallable && declared.type.kind === 'void')
      throw cursor.error('ERR_TYPE', 'an object cannot be void', position);
    // A static function has no symbol once it has a body.
    if (isCallable && !(isStatic && cursor.is('{'))) scope.defineFunction(name, declared, position);
  }
}
