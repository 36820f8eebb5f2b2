// JavaScript source that checks a value and writes it as C bytes, in two halves:
//
//   take   reads every property of the value once, and checks it; getters and proxies may run anybody's code here (those
//          of a union are looked at once more, to see which is given)
//   put    stores what was taken; runs nobody's code
//
// All values of a call are taken before the first is put, because the code that runs while taking may call the same
// function again, and the call frame is one.

import { type ComplexType, type CType, type RecordType, type ResolvedType, resolved } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfType } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import { printType } from '../signature/print.ts';
import { bitFieldOf, storeBitsSource } from './bits.ts';
import {
  clearSource,
  elementSite,
  offsetSource,
  type Scalar,
  type Site,
  type SourceNames,
  scalarOf,
  storeSource,
  within,
} from './cells.ts';
import {
  checkBitsSource,
  checkSource,
  enumeratorSource,
  failSource,
  isFixed,
  isSignedType,
  isWidened,
  isWideType,
} from './checks.ts';
import { type Owner, pointerSource } from './pointer-source.ts';
import { type Elements, isInline, listSource, modelValue } from './reader.ts';
import { type Bits, type Key, keysOf, type Part, propertiesOf, type Shape, shapeOf } from './shape.ts';

/** A value on its way: where it comes from, where it goes, and what an error calls it. */
export interface Transfer {
  readonly type: CType;
  readonly site: Site;
  /** An expression for the value; evaluated once. */
  readonly from: string;
  /** The inside of a template literal: `argument 2 .pos[${k1}].x`. */
  readonly path: string;
  /** Of a bit-field: its bits. */
  readonly bits?: Bits | null;
  /** Of a whole argument: its index. */
  readonly parameter?: number | null;
  /** Whether nobody's code can run any more once it is taken. */
  readonly isLast?: boolean;
}

/** An object whose properties are on their way. */
interface Source {
  readonly object: string;
  readonly site: Site;
  readonly path: string;
}

export class Writer {
  /** Variables that carry values from `take` to `put`; to be declared in front of both. */
  readonly handles: string[] = [];
  readonly take: string[] = [];
  readonly put: string[] = [];
  /** What is true if `put` copies texts; empty if it never does. */
  readonly texts: string[] = [];
  readonly #model: DataModel;
  readonly #names: SourceNames;
  readonly #owner: Owner;

  constructor(model: DataModel, names: SourceNames, owner: Owner) {
    this.#model = model;
    this.#names = names;
    this.#owner = owner;
  }

  add(transfer: Transfer): void {
    this.#names.countValue();
    const type = resolved(transfer.type);
    switch (type.kind) {
      case 'array':
      case 'vector':
        return this.#addArray(type, transfer);
      case 'struct':
      case 'union':
      case 'complex':
        return this.#addRecord(type, transfer);
      default:
        return this.#addScalar(type, transfer);
    }
  }

  #addScalar(type: ResolvedType, { site, from, path, bits = null, parameter = null, isLast = false }: Transfer): void {
    const handle = this.#names.fresh('v');
    const isWide = isWideType(type, this.#model);
    this.handles.push(handle);
    this.take.push(`${handle} = ${from};`);
    if (type.kind === 'enum' && type.values.length > 0)
      this.take.push(enumeratorSource(type, handle, path, isWide, this.#names));
    if (bits !== null) {
      const field = bitFieldOf(type, bits, isSignedType(type, this.#model), isWide);
      this.take.push(checkBitsSource(type, field, { v: handle, path, names: this.#names }));
      this.put.push(storeBitsSource(field, site, handle, this.#names));
      return;
    }
    if (type.kind === 'pointer' || type.kind === 'function') {
      const transfer = { type, site, v: handle, path, parameter, isLast };
      const found = pointerSource(transfer, this.#owner, this.#model, this.#names);
      this.handles.push(...found.handles);
      this.take.push(found.take);
      this.put.push(found.put);
      this.texts.push(...found.texts);
      return;
    }
    const scalar = scalarOf(type, this.#model);
    assert(scalar !== null, 'what is left is a scalar');
    this.take.push(checkSource(type, scalar, { v: handle, path, names: this.#names }, this.#model));
    this.put.push(this.#storeSource(type, scalar, site, handle));
  }

  #storeSource(type: ResolvedType, scalar: Scalar, site: Site, value: string): string {
    if (type.kind === 'bool') return storeSource(scalar, site, `${value} ? 1 : 0`, this.#names);
    if (isWidened(type, scalar, this.#model)) return storeSource(scalar, site, `Number(${value})`, this.#names);
    const store = storeSource(scalar, site, value, this.#names);
    if ('format' in scalar || scalar.shift !== 3 || scalar.view === 'f64') return store;
    // A 64-bit value may be a number: two 32-bit stores need no BigInt. ToUint32 of the floor is its low 32 bits.
    const low = storeSource(WORD, site, value, this.#names);
    const high = storeSource(WORD, within(site, 4), `Math.floor(${value} / 4294967296)`, this.#names);
    return `if (typeof ${value} === "bigint") ${store} else { ${low} ${high} }`;
  }

  /** Names the value, and refuses what has no properties. */
  #object({ type, from, path }: Transfer): string {
    const object = this.#names.fresh('r');
    const wrong = failSource({ v: object, path, type: printType(type), names: this.#names }, 'record');
    this.take.push(`const ${object} = ${from};`, `if (typeof ${object} !== "object" || ${object} === null) ${wrong}`);
    return object;
  }

  #addRecord(type: RecordType | ComplexType, transfer: Transfer): void {
    const shape = shapeOf(type, this.#model);
    const source = { object: this.#object(transfer), site: transfer.site, path: transfer.path };
    const check = this.#keyCheck(shape, source, printType(transfer.type));
    if (!shape.isUnion) this.take.push(check);
    this.#addParts(shape, source, shape.isUnion ? [check] : []);
  }

  /** Refuses unknown properties. A complete value has as few as can be: then no other is among them. */
  #keyCheck({ isList, keys, least }: Shape, { object, path }: Source, type: string): string {
    const names = this.#names;
    const known = JSON.stringify(keys.map(String));
    const words = `${JSON.stringify(type)}, \`${path}\``;
    const isShort = isFixed(path) && names.isShort;
    const wrong = isShort
      ? `refuseOthers(${object}, ${names.constant('c', `[${known}, ${words}]`)});`
      : `onlyMembers(${object}, ${names.constant('c', known)}, ${words});`;
    const size = isList ? `${object}.length` : `${names.constant('z', COUNT_PROPERTIES)}(${object})`;
    return `if (${size} !== ${least}) ${wrong}`;
  }

  #addParts(shape: Shape, source: Source, checks: readonly string[] = []): void {
    if (shape.isUnion) return this.#addChosen(shape, source, checks);
    for (const part of shape.parts) this.#addPart(part, source);
  }

  #addPart(part: Part, { object, site, path }: Source): void {
    const at = within(site, part.offset);
    if ('shape' in part) return this.#addParts(part.shape, { object, site: at, path });
    const { type, bits } = part;
    this.add({ type, bits, site: at, from: `${object}${accessSource(part.key)}`, path: memberPath(path, part.key) });
  }

  /** Exactly one member of a union is given; the bytes that it leaves over are zero. */
  #addChosen({ parts, size }: Shape, source: Source, checks: readonly string[]): void {
    const { object, site, path } = source;
    const chosen = this.#names.fresh('m');
    this.handles.push(chosen);
    const groups = this.#names.constant('c', JSON.stringify(parts.map((part) => keysOf(part).map(String))));
    this.take.push(...this.#choice(parts, object, chosen, `choose(${object}, ${groups}, \`${path}\`)`), ...checks);
    this.put.push(clearSource(site, size, this.#names));
    parts.forEach((part, index) => {
      const inner = new Writer(this.#model, this.#names, this.#owner);
      inner.#addPart(part, source);
      this.handles.push(...inner.handles);
      this.texts.push(...inner.texts);
      this.take.push(`if (${chosen} === ${index}) {`, ...inner.take, '}');
      this.put.push(`if (${chosen} === ${index}) {`, ...inner.put, '}');
    });
  }

  /** Statements that find out which part is given; `choose` has the last word where it seems to be none, or several. */
  #choice(parts: readonly Part[], object: string, chosen: string, choose: string): readonly string[] {
    const keys = parts.map(keysOf);
    // Whether a member called `constructor` is given, is not seen by looking at it.
    if (keys.flat().some((key) => key in Object.prototype)) return [`${chosen} = ${choose};`];
    const count = this.#names.fresh('n');
    const looks = keys.map((group, index) => {
      const isGiven = group.map((key) => `${object}${accessSource(key)} !== undefined`).join(' || ');
      return `if (${isGiven}) { ${chosen} = ${index}; ${count}++; }`;
    });
    return [`let ${count} = 0;`, ...looks, `if (${count} !== 1) ${chosen} = ${choose};`];
  }

  #addArray({ element, length }: Elements, transfer: Transfer): void {
    if (length === null) return this.#addFlexible(transfer);
    const object = this.#object(transfer);
    this.take.push(`if (${object}.length !== ${length}) count(${object}, ${length}, \`${transfer.path}\`);`);
    const { size } = layoutOfType(element, this.#model);
    if (!isInline({ element, length })) return this.#addLoop(element, length, transfer, object);
    for (let index = 0; index < length; index++) {
      const site = within(transfer.site, index * size);
      this.add({ type: element, site, from: `${object}[${index}]`, path: `${transfer.path}[${index}]` });
    }
  }

  /** A flexible array member has no room of its own: there is nothing to write, so nothing may be given. */
  #addFlexible({ type, from, path }: Transfer): void {
    const object = this.#names.fresh('r');
    const wrong = failSource({ v: object, path, type: printType(type), names: this.#names }, 'record');
    this.take.push(
      `const ${object} = ${from};`,
      `if (${object} !== undefined && (typeof ${object} !== "object" || ${object} === null)) ${wrong}`,
      `if (${object} !== undefined && ${object}.length !== 0) count(${object}, 0, \`${path}\`);`,
    );
  }

  /** The handles of each round are kept in a list, in order, until they are put. */
  #addLoop(element: CType, length: number, { site, path }: Transfer, object: string): void {
    const names = this.#names;
    const { size } = layoutOfType(element, this.#model);
    const [list, index, base, next] = [names.fresh('l'), names.fresh('k'), names.fresh('b'), names.fresh('q')];
    const inner = new Writer(this.#model, names, this.#owner);
    const from = `${object}[${index}]`;
    inner.add({ type: element, site: elementSite(site, base, size), from, path: `${path}[\${${index}}]` });
    const { handles } = inner;
    this.handles.push(list);
    if (inner.texts.length > 0) this.texts.push('true'); // which ones there are, the list says
    const { empty, store } = listSource(length * handles.length, this.#listValue(element), names);
    const loop = `for (let ${index} = 0, ${next} = 0; ${index} < ${length}; ${index}++) {`;
    const stores = handles.map((handle) => store(list, `${next}++`, handle));
    this.take.push(`${list} = ${empty};`, loop, ...declaration(handles), ...inner.take, ...stores, '}');
    const loads = handles.map((handle) => `const ${handle} = ${list}[${next}++];`);
    this.put.push(loop, `const ${base} = ${offsetSource(site)} + ${index} * ${size};`, ...loads, ...inner.put, '}');
  }

  /** Of the values in a list for elements of that type. */
  #listValue(element: CType): string {
    const type = resolved(element);
    if (type.kind !== 'struct' && type.kind !== 'complex') return modelValue(type, this.#model, this.#names);
    const values = propertiesOf(shapeOf(type, this.#model)).map((property) => this.#listValue(property.type));
    return values.every((value) => value === values[0]) ? (values[0] ?? 'null') : 'null';
  }
}

/** Each wrapper has its own, which the engine makes for the kinds of objects that come there, and inlines. */
const COUNT_PROPERTIES = '(r) => { let n = 0; for (const k in r) n++; return n; }';

/** Half of a 64-bit value. */
const WORD: Scalar = Object.freeze({ view: 'u32', shift: 2 });

/** `.name`, `[0]` or `["na-me"]`. */
const accessSource = (key: Key): string =>
  typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

/** The path of a member, escaped for a template literal: `argument 2 .pos` and then `argument 2 .pos.x`. */
function memberPath(path: string, key: Key): string {
  const access = accessSource(key);
  const joint = path.includes('.') || access.startsWith('[') ? '' : ' ';
  return `${path}${joint}${access.replace(/[`\\]|\$\{/g, '\\$&')}`;
}

/** The statement that declares handles, if there are any. */
export const declaration = (handles: readonly string[]): string[] =>
  handles.length === 0 ? [] : [`let ${handles.join(', ')};`];
