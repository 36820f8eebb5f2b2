// Types of a text under parse → types of its registry: the same, with the registry's names in place of the parser's.

import {
  array,
  type CType,
  functionType,
  member,
  type NamedType,
  parameter,
  pointer,
  type Signature,
  struct,
  union,
} from '../../ctype/ctype.ts';
import type { Registry } from '../registry.ts';

export class Moving {
  readonly #registry: Registry;
  readonly #ours: ReadonlySet<NamedType>;
  readonly #moved = new Map<CType, CType>();

  /** `ours` are the names that the registry is to stand in for. */
  constructor(registry: Registry, ours: ReadonlySet<NamedType>) {
    this.#registry = registry;
    this.#ours = ours;
  }

  /** Recursive, but names end it, and between names MAX_TYPE_DEPTH holds. Each type is moved once. */
  type(type: CType): CType {
    const known = this.#moved.get(type);
    if (known !== undefined) return known;
    const moved = this.#move(type);
    this.#moved.set(type, moved);
    return moved;
  }

  #move(type: CType): CType {
    switch (type.kind) {
      case 'named':
        return this.#ours.has(type) ? this.#registry.reference(type.name) : type;
      case 'pointer':
        return pointer(this.type(type.pointee), type.isConst);
      case 'array':
        return array(this.type(type.element), type.length);
      case 'function':
        return functionType(this.signature(type.signature));
      case 'struct':
      case 'union': {
        const members = type.members.map((each) => member(each.name, this.type(each.type), each.bitWidth, each.align));
        return (type.kind === 'struct' ? struct : union)(members, type.packing, type.align);
      }
      default:
        return type;
    }
  }

  signature(moved: Signature): Signature {
    const parameters = moved.parameters.map(({ name, type }) => parameter(name, this.type(type)));
    return Object.freeze({ ...moved, parameters: Object.freeze(parameters), result: this.type(moved.result) });
  }
}
