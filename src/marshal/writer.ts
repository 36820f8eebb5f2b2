// JavaScript source that checks a value and writes it as C bytes, in two halves:
//
//   take   reads every property of the value once, and checks it; getters and proxies may run anybody's code here
//   put    stores what was taken; runs nobody's code
//
// All values of a call are taken before the first is put, because the code that runs while taking may call the same
// function again, and the call frame is one.

import type { ArrayType, CType, RecordType } from '../ctype/ctype.ts';
import type { DataModel } from '../ctype/data-model.ts';
import { layoutOfRecord, layoutOfType } from '../ctype/layout.ts';
import { assert } from '../errors.ts';
import {
  accessSource,
  type Cell,
  cellOf,
  indexSource,
  memberKey,
  offsetSource,
  type Site,
  type SourceNames,
} from './cells.ts';
import { checkSource, failSource } from './checks.ts';
import { MAX_INLINE_ELEMENTS } from './reader.ts';

/** A value on its way: where it comes from, where it goes, and what an error calls it. */
export interface Transfer {
  readonly type: CType;
  readonly site: Site;
  /** An expression for the value; evaluated once. */
  readonly from: string;
  /** The inside of a template literal: `argument 2 .pos[${k1}].x`. */
  readonly path: string;
}

export class Writer {
  /** Variables that carry values from `take` to `put`; to be declared in front of both. */
  readonly handles: string[] = [];
  readonly take: string[] = [];
  readonly put: string[] = [];
  readonly #model: DataModel;
  readonly #names: SourceNames;
  /** Whether a string may stand for a `char` pointer: somebody has to own its copy. */
  readonly #strings: boolean;

  constructor(model: DataModel, names: SourceNames, strings: boolean) {
    this.#model = model;
    this.#names = names;
    this.#strings = strings;
  }

  add(transfer: Transfer): void {
    const { type } = transfer;
    if (type.kind === 'array') return this.#addArray(type, transfer);
    if (type.kind === 'struct') return this.#addStruct(type, transfer);
    if (type.kind === 'union') return this.#addUnion(type, transfer);
    const cell = cellOf(type, this.#model);
    assert(cell !== null, 'what is left is a scalar');
    this.#addScalar(cell, transfer);
  }

  #addScalar(cell: Cell, { type, site, from, path }: Transfer): void {
    const handle = this.#names.fresh('v');
    this.handles.push(handle);
    this.take.push(`${handle} = ${from};`, checkSource(type, cell, handle, path, this.#strings));
    this.put.push(this.#storeSource(type, cell, site, handle));
  }

  #storeSource(type: CType, { view, shift }: Cell, site: Site, value: string): string {
    const target = `${this.#names.view(view)}[${indexSource(site, shift)}]`;
    if (type.kind === 'bool') return `${target} = ${value} ? 1 : 0;`;
    if (shift !== 3 || view === 'f64') return `${target} = ${value};`;
    // A 64-bit value may be a number: two 32-bit stores need no BigInt. ToUint32 of the floor is its low 32 bits.
    const words = this.#names.view('u32');
    const low = `${words}[${indexSource(site, 2)}] = ${value};`;
    const high = `${words}[${indexSource({ ...site, offset: site.offset + 4 }, 2)}] = Math.floor(${value} / 4294967296);`;
    return `if (typeof ${value} === "bigint") ${target} = ${value}; else { ${low} ${high} }`;
  }

  /** Names the value, and refuses what has no properties. */
  #object({ type, from, path }: Transfer): string {
    const object = this.#names.fresh('r');
    const wrong = failSource(type, object, path, 'record');
    this.take.push(`const ${object} = ${from};`, `if (typeof ${object} !== "object" || ${object} === null) ${wrong}`);
    return object;
  }

  #addStruct(type: RecordType, transfer: Transfer): void {
    const object = this.#object(transfer);
    layoutOfRecord(type, this.#model).members.forEach((member, index) => {
      this.add(this.#memberOf(transfer, object, member, index));
    });
  }

  #memberOf(
    { site, path }: Transfer,
    object: string,
    member: { readonly name: string | null; readonly type: CType; readonly offset: number },
    index: number,
  ): Transfer {
    const access = accessSource(member.name, index);
    return {
      type: member.type,
      site: { base: site.base, offset: site.offset + member.offset },
      from: `${object}${access}`,
      path: `${path}${path.includes('.') || access.startsWith('[') ? '' : ' '}${access}`,
    };
  }

  /** Exactly one member of a union is given; the bytes that it leaves over are zero. */
  #addUnion(type: RecordType, transfer: Transfer): void {
    const { site, path } = transfer;
    const object = this.#object(transfer);
    const { members, size } = layoutOfRecord(type, this.#model);
    const chosen = this.#names.fresh('m');
    this.handles.push(chosen);
    const keys = JSON.stringify(members.map(({ name }, index) => memberKey(name, index)));
    this.take.push(`${chosen} = choose(${object}, ${keys}, \`${path}\`);`);
    const start = offsetSource(site);
    this.put.push(`${this.#names.view('u8')}.fill(0, ${start}, ${start} + ${size});`);
    members.forEach((member, index) => {
      const inner = new Writer(this.#model, this.#names, this.#strings);
      inner.add(this.#memberOf(transfer, object, member, index));
      this.handles.push(...inner.handles);
      this.take.push(`if (${chosen} === ${index}) {`, ...inner.take, '}');
      this.put.push(`if (${chosen} === ${index}) {`, ...inner.put, '}');
    });
  }

  #addArray(type: ArrayType, transfer: Transfer): void {
    const object = this.#object(transfer);
    this.take.push(`if (${object}.length !== ${type.length}) count(${object}, ${type.length}, \`${transfer.path}\`);`);
    const { size } = layoutOfType(type.element, this.#model);
    if (type.length > MAX_INLINE_ELEMENTS) return this.#addLoop(type, transfer, object, size);
    for (let index = 0; index < type.length; index++) {
      const site = { base: transfer.site.base, offset: transfer.site.offset + index * size };
      this.add({ type: type.element, site, from: `${object}[${index}]`, path: `${transfer.path}[${index}]` });
    }
  }

  /** The handles of each round are kept in a list, in order, until they are put. */
  #addLoop({ element, length }: ArrayType, { site, path }: Transfer, object: string, size: number): void {
    const names = this.#names;
    const [list, index, base, next] = [names.fresh('l'), names.fresh('k'), names.fresh('b'), names.fresh('q')];
    const inner = new Writer(this.#model, names, this.#strings);
    const from = `${object}[${index}]`;
    inner.add({ type: element, site: { base, offset: 0 }, from, path: `${path}[\${${index}}]` });
    const handles = inner.handles.join(', ');
    this.handles.push(list);
    this.take.push(`${list} = [];`, `for (let ${index} = 0; ${index} < ${length}; ${index}++) {`);
    this.take.push(...declaration(inner.handles), ...inner.take, `${list}.push(${handles});`, '}');
    const loads = inner.handles.map((handle) => `const ${handle} = ${list}[${next}++];`);
    this.put.push(`for (let ${index} = 0, ${next} = 0; ${index} < ${length}; ${index}++) {`);
    this.put.push(`const ${base} = ${offsetSource(site)} + ${index} * ${size};`, ...loads, ...inner.put, '}');
  }
}

/** The statement that declares handles, if there are any. */
export const declaration = (handles: readonly string[]): string[] =>
  handles.length === 0 ? [] : [`let ${handles.join(', ')};`];
