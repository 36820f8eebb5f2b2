// `interfix layout`: a type → its size, alignment and members on one platform or on all, as a drawing or as JSON.

import type { ConventionId } from '../abi/convention.ts';
import { layoutOf } from '../abi/conventions.ts';
import { InterfixError } from '../errors.ts';
import { printType } from '../signature/print.ts';
import { type Json, jsonText } from './json.ts';
import { beside } from './layout-columns.ts';
import { drawingOf } from './layout-drawing.ts';
import { abiIds, type LayoutOptions } from './options.ts';
import { typeFrom } from './types.ts';

/** What is to be written to stdout. Throws what parsing and `layoutOf` throw. */
export function layout(asked: LayoutOptions): string {
  const { abis, format } = asked;
  if (!abis.all) {
    const { id } = abis;
    return format === 'json' ? `${jsonText(layoutJson(asked, id))}\n` : oneText(drawnFor(asked, id), id);
  }
  const ids = abiIds(abis);
  return format === 'json' ? `${jsonText(allJson(asked, ids))}\n` : allText(asked, ids);
}

function layoutJson({ type: text, definitions }: LayoutOptions, abi: ConventionId): Json {
  const type = typeFrom(text, definitions, abi);
  const { size, align, members } = layoutOf(type, abi);
  return {
    type: printType(type),
    abi,
    size,
    align,
    members: members.map(({ name, offset, size: bytes, bitOffset, bitWidth }) =>
      bitOffset === null || bitWidth === null
        ? { name, offset, size: bytes }
        : { name, offset, size: bytes, bitOffset, bitWidth },
    ),
  };
}

/** The type as text, and what is below it. */
interface Drawn {
  readonly type: string;
  readonly lines: readonly string[];
}

function drawnFor({ type: text, definitions }: LayoutOptions, abi: ConventionId): Drawn {
  const type = typeFrom(text, definitions, abi);
  return { type: `type        ${printType(type)}`, lines: drawingOf(type, abi) };
}

const oneText = ({ type, lines }: Drawn, label: string): string =>
  `${[type, `abi         ${label}`, ...lines].join('\n')}\n`;

/** Each platform's answer. One that refuses the type says so in its place; if all do, it is an error. */
function onAll<T>(
  ids: readonly ConventionId[],
  answer: (id: ConventionId) => T,
  refusal: (error: InterfixError, id: ConventionId) => T,
): T[] {
  const errors: InterfixError[] = [];
  const answers = ids.map((id) => {
    try {
      return answer(id);
    } catch (error) {
      if (!(error instanceof InterfixError)) throw error;
      errors.push(error);
      return refusal(error, id);
    }
  });
  if (errors[0] !== undefined && errors.length === ids.length) throw errors[0];
  return answers;
}

const allJson = (asked: LayoutOptions, ids: readonly ConventionId[]): Json =>
  onAll(
    ids,
    (id) => layoutJson(asked, id),
    ({ code, message }, id) => ({ type: asked.type, abi: id, error: { code, message } }),
  );

/** What one or more platforms say; the type is null where they refuse it. */
interface Answer {
  readonly type: string | null;
  readonly lines: readonly string[];
}

interface Group extends Answer {
  readonly ids: ConventionId[];
}

/** Platforms that agree share one drawing; different ones stand side by side. */
function allText(asked: LayoutOptions, ids: readonly ConventionId[]): string {
  const answers = onAll<Answer>(
    ids,
    (id) => drawnFor(asked, id),
    ({ code, message }) => ({ type: null, lines: ['refused', ...`${code}: ${message}`.split('\n')] }),
  );
  const groups = grouped(answers, ids);
  const title = groups.find(({ type }) => type !== null)?.type ?? '';
  const [first] = groups;
  if (first !== undefined && groups.length === 1) {
    return oneText({ type: title, lines: first.lines }, `all agree: ${ids.join(', ')}`);
  }
  const blocks = groups.map(({ type, ids: agreeing, lines }) => {
    const own = type === null || type === title ? [] : [type];
    return [...own, `abi         ${agreeing.join(', ')}`, ...lines];
  });
  return `${[title, '', ...beside(blocks)].join('\n')}\n`;
}

function grouped(answers: readonly Answer[], ids: readonly ConventionId[]): Group[] {
  const groups = new Map<string, Group>();
  answers.forEach(({ type, lines }, index) => {
    const id = ids[index];
    if (id === undefined) return;
    const key = JSON.stringify([type, lines]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { type, lines, ids: [id] });
    else group.ids.push(id);
  });
  return [...groups.values()];
}
