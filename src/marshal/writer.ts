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
  isSignedType,
  isWidened,
  isWideType,
} from './checks.ts';
import { type Elements, isInline } from './reader.ts';
import { type Bits, type Key, keysOf, type Part, type Shape, shapeOf } from './shape.ts';

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
}

/** What may stand for a pointer because somebody owns what is made of it for the time of a call. */
export interface WriterOptions {
  /** Strings, for `char` pointers. */
  readonly strings: boolean;
  /** JavaScript functions, for parameters that are function pointers. */
  readonly functions: boolean;
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
  readonly #model: DataModel;
  readonly #names: SourceNames;
  readonly #options: WriterOptions;

  constructor(model: DataModel, names: SourceNames, options: WriterOptions) {
    this.#model = model;
    this.#names = names;
    this.#options = options;
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

  #addScalar(type: ResolvedType, { site, from, path, bits = null, parameter = null }: Transfer): void {
    const handle = this.#names.fresh('v');
    const isWide = isWideType(type, this.#model);
    this.handles.push(handle);
    this.take.push(`${handle} = ${from};`);
    if (type.kind === 'enum' && type.values.length > 0)
      this.take.push(enumeratorSource(type, handle, path, isWide, this.#names));
    if (bits !== null) {
      const field = bitFieldOf(type, bits, isSignedType(type, this.#model), isWide);
      this.take.push(checkBitsSource(type, field, handle, path));
      this.put.push(storeBitsSource(field, site, handle, this.#names));
      return;
    }
    const scalar = scalarOf(type, this.#model);
    assert(scalar !== null, 'what is left is a scalar');
    this.take.push(
      checkSource(type, scalar, handle, path, {
        model: this.#model,
        strings: this.#options.strings,
        parameter: this.#options.functions ? parameter : null,
      }),
    );
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
    const wrong = failSource({ v: object, path, type: printType(type) }, 'record');
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
    const known = this.#names.constant('c', JSON.stringify(keys.map(String)));
    const wrong = `onlyMembers(${object}, ${known}, ${JSON.stringify(type)}, \`${path}\`);`;
    if (isList) return `if (${object}.length !== ${least}) ${wrong}`;
    const count = this.#names.fresh('n');
    return `let ${count} = 0; for (const k in ${object}) ${count}++; if (${count} !== ${least}) ${wrong}`;
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
    this.take.push(`${chosen} = choose(${object}, ${groups}, \`${path}\`);`, ...checks);
    const start = offsetSource(site);
    this.put.push(`${this.#names.view('u8')}.fill(0, ${start}, ${start} + ${size});`);
    parts.forEach((part, index) => {
      const inner = new Writer(this.#model, this.#names, this.#options);
      inner.#addPart(part, source);
      this.handles.push(...inner.handles);
      this.take.push(`if (${chosen} === ${index}) {`, ...inner.take, '}');
      this.put.push(`if (${chosen} === ${index}) {`, ...inner.put, '}');
    });
  }

  #addArray({ element, length }: Elements, transfer: Transfer): void {
    if (length === null) return this.#addFlexible(transfer);
    const object = this.#object(transfer);
    this.take.push(`if (${object}.length !== ${length}) count(${object}, ${length}, \`${transfer.path}\`);`);
    const { size } = layoutOfType(element, this.#model);
    if (!isInline({ element, length })) return this.#addLoop({ element, length }, transfer, object, size);
    for (let index = 0; index < length; index++) {
      const site = within(transfer.site, index * size);
      this.add({ type: element, site, from: `${object}[${index}]`, path: `${transfer.path}[${index}]` });
    }
  }

  /** A flexible array member has no room of its own: there is nothing to write, so nothing may be given. */
  #addFlexible({ type, from, path }: Transfer): void {
    const object = this.#names.fresh('r');
    const wrong = failSource({ v: object, path, type: printType(type) }, 'record');
    this.take.push(
      `const ${object} = ${from};`,
      `if (${object} !== undefined && (typeof ${object} !== "object" || ${object} === null)) ${wrong}`,
      `if (${object} !== undefined && ${object}.length !== 0) count(${object}, 0, \`${path}\`);`,
    );
  }

  /** The handles of each round are kept in a list, in order, until they are put. */
  #addLoop({ element, length }: Elements, { site, path }: Transfer, object: string, size: number): void {
    const names = this.#names;
    const [list, index, base, next] = [names.fresh('l'), names.fresh('k'), names.fresh('b'), names.fresh('q')];
    const inner = new Writer(this.#model, names, this.#options);
    const from = `${object}[${index}]`;
    inner.add({ type: element, site: elementSite(site, base, size), from, path: `${path}[\${${index}}]` });
    const handles = inner.handles.join(', ');
    this.handles.push(list);
    this.take.push(`${list} = [];`, `for (let ${index} = 0; ${index} < ${length}; ${index}++) {`);
    this.take.push(...declaration(inner.handles), ...inner.take, `${list}.push(${handles});`, '}');
    const loads = inner.handles.map((handle) => `const ${handle} = ${list}[${next}++];`);
    this.put.push(`for (let ${index} = 0, ${next} = 0; ${index} < ${length}; ${index}++) {`);
    this.put.push(`const ${base} = ${offsetSource(site)} + ${index} * ${size};`, ...loads, ...inner.put, '}');
  }
}

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
