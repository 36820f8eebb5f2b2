// The pure half of the public surface: from text to types, layouts, plans and bytes. It asks for no machine, so it runs
// in a browser too: `import … from 'interfix/pure'`.

export type {
  CallLayout,
  DirectPlacement,
  Extend,
  Location,
  Passed,
  Piece,
  Placement,
  ReturnPlacement,
} from './abi/call-layout.ts';
export { type Convention, type ConventionId, type VectorLevel, vectorLevels } from './abi/convention.ts';
export {
  alignOf,
  conventionOf,
  conventions,
  type LayoutDescription,
  layoutOf,
  sizeOf,
} from './abi/conventions.ts';
export type * from './ctype/ctype.ts';
export { dataModelIds, type PlatformId } from './ctype/data-model.ts';
export type { MemberLayout } from './ctype/layout.ts';
export type { CodeImage, FrameShape, ImageSymbol, Mark } from './emit/code-image.ts';
export { type GenerateOptions, generate } from './emit/generate.ts';
export { type ListingLine, listing } from './emit/listing.ts';
export { type ErrorCode, type ErrorDetails, InterfixError } from './errors.ts';
export type { Isa, Register } from './isa/register.ts';
export type { CallFrame, FrameField, FrameLayout } from './plan/frame-layout.ts';
export { kinds, type Prepared, type PrepareOptions, prepare, type ResultPlace } from './plan/prepare.ts';
export type { Addr, Base, Plan, PlanParameter, Step, Stubs, SymbolName, TrampolineKind } from './plan/step.ts';
export {
  type DeclarationOptions,
  type Declarations,
  parseDeclarations,
  withVariadic,
} from './signature/c/declarations.ts';
export type {
  AnyFunction,
  CallbackOf,
  FunctionOf,
  InputOf,
  LooseFunction,
  Pointer,
  SignatureError,
  ValueOf,
} from './signature/infer.ts';
export { type ParseOptions, parseSignature, parseType } from './signature/parse.ts';
export { printSignature, printType } from './signature/print.ts';
export { createRegistry, type Registry } from './signature/registry.ts';
export { sameType } from './signature/same-type.ts';
export { typeKey } from './signature/type-key.ts';
