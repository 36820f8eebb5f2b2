// A prepared trampoline as one text: layout, plan, frames and annotated code. It is what `interfix dump` prints and
// what the golden files hold. The words of layout and steps are plan/print.ts's, the instructions emit/listing.ts's.

import type { CodeImage } from '../emit/code-image.ts';
import { type GenerateOptions, generate } from '../emit/generate.ts';
import { type ListingLine, listing } from '../emit/listing.ts';
import { hasReceiver, type Prepared } from '../plan/prepare.ts';
import { bytesText, columns, layoutLines, stepText } from '../plan/print.ts';
import type { TrampolineKind } from '../plan/step.ts';
import { printSignature } from '../signature/print.ts';

/** What the generated function is to C: docs/plan.md. */
const contracts: Readonly<Record<TrampolineKind, string>> = {
  forward: 'void (void *target, void *ret, void **args)',
  bound: 'void (void *ret, void **args)',
  reverse: 'the signature itself; calls void dispatcher(void *context, void *ret, void **args)',
  entry: 'napi_value (napi_env, napi_callback_info)',
  adapter: 'the signature itself',
};

const LABEL_WIDTH = 12;

/** The whole text, ending in a newline. Same input, same text, on every host. */
export function dumpText(prepared: Prepared, options: GenerateOptions = {}): string {
  const { signature, abi, entry, kind, vectors, layout } = prepared;
  const image = generate(prepared, options);
  const crossing = entry === abi ? '' : `, ${kind === 'reverse' ? 'dispatcher' : 'called as'} ${entry}`;
  const lines = [
    ...section('signature', [printSignature(signature)]),
    ...section('abi', [`${abi}${crossing}${vectors === 'sse' ? '' : `, compiled for ${vectors}`}`]),
    ...section('kind', [`${kind}: ${contracts[kind]}${differences(prepared)}`, ...stubsLines(prepared)]),
    '',
    ...incomingSection(prepared),
    ...section('layout', layoutLines(layout)),
    '',
    ...section('plan', planLines(prepared)),
    '',
    ...section('stack', stackLines(prepared, image)),
    ...frameSection(prepared),
    '',
    ...section('code', codeLines(prepared, listing(prepared, options), image)),
    '',
    ...section('size', [sizeLine(image)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What our caller sees of an adapter, if that is not the signature. */
function differences(prepared: Prepared): string {
  const inFront = hasReceiver(prepared) ? ', with one more pointer in front' : '';
  const kept = prepared.kind === 'adapter' && prepared.frame !== null ? ', its result left in the call frame' : '';
  return inFront + kept;
}

/** Where our caller puts the values, if that is not where the target looks for them. */
function incomingSection({ incoming, layout }: Prepared): string[] {
  if (incoming === null) return [];
  return [...section('caller', layoutLines(incoming, incoming.args.length - layout.args.length)), ''];
}

function stubsLines({ plan: { stubs } }: Prepared): string[] {
  return stubs === undefined ? [] : [`${stubs.count} functions: stub i hands over context + i × ${stubs.stride}`];
}

/** A label, and the lines that stand beside and below it. */
const section = (label: string, lines: readonly string[]): string[] =>
  lines.map((line, index) => ((index === 0 ? label : '').padEnd(LABEL_WIDTH) + line).trimEnd());

function planLines({ plan }: Prepared): string[] {
  const given = plan.params.map(({ name, register }) => `${name} in ${register.name}`);
  const width = String(plan.steps.length - 1).length;
  const steps = plan.steps.map((step, index) => `${String(index).padStart(width)}  ${stepText(step)}`);
  return given.length === 0 ? steps : [`given: ${given.join(', ')}`, ...steps];
}

/** Bytes of the stack frame, `offset` bytes above one of the registers that it is reached from. */
interface Area {
  readonly offset: number;
  readonly size: number;
  readonly what: string;
}

/** The stack frame between prologue and epilogue, from the stack pointer up. */
function stackLines({ kind, incoming: passed, layout, plan }: Prepared, { isa, frame }: CodeImage): string[] {
  const { base, saved, savedVectors, size, local } = frame;
  const areas: readonly Area[] = [
    { offset: 0, size: plan.outSize, what: 'out: arguments of the function we call' },
    { offset: local, size: plan.localSize, what: 'local: our own area' },
  ];
  const pushed = [...saved].reverse().map(({ name }) => `${name} of our caller`); // the last one pushed lies lowest
  if (isa === 'x64') pushed.push('return address');
  const incoming = kind === 'reverse' ? layout.stackSize : (passed?.stackSize ?? 0);
  const above: readonly Area[] = [
    ...savedVectors.map(({ register, offset }) => ({ offset, size: 16, what: `${register.name} of our caller` })),
    ...pushed.map((what, index) => ({ offset: size + 8 * index, size: 8, what })),
    { offset: frame.incoming, size: incoming, what: 'in: arguments that our caller passed on its stack' },
  ];
  if (plan.align <= 16) return columns(areaRows('sp', inOrder([...areas, ...above])), [1]);
  const between = ['', '', `unused: aligns the stack to ${plan.align} bytes`];
  return columns([...areaRows('sp', areas), between, ...areaRows(base.name, above)], [1]);
}

const inOrder = (areas: readonly Area[]): Area[] => [...areas].sort((one, other) => one.offset - other.offset);

/** A row for each area that has bytes, and for the bytes between two. */
function areaRows(base: string, areas: readonly Area[]): string[][] {
  let end = 0;
  return areas.flatMap(({ offset, size, what }) => {
    const row = (from: number, bytes: number, text: string): string[] => [`${base}+${from}`, bytesText(bytes), text];
    const gap = offset > end ? [row(end, offset - end, 'unused: aligns the stack')] : [];
    end = offset + size;
    return size === 0 ? gap : [...gap, row(offset, size, what)];
  });
}

/**
 * The memory through which an entry or a reverse trampoline and JavaScript hand each other the values of one call. The
 * arguments of an adapter are not there.
 */
function frameSection({ frame, kind }: Prepared): string[] {
  if (frame === null) return [];
  const values = [
    ...(kind === 'adapter' ? [] : frame.args).map((field, index) => ({ field, what: `arg ${index}` })),
    { field: frame.ret, what: 'ret' },
    ...(frame.errno === null ? [] : [{ field: frame.errno, what: 'errno' }]),
  ].filter(({ field }) => field.size > 0);
  const rows = values.map(({ field, what }) => [what, `${field.offset}..${field.offset + field.size}`]);
  const title = kind === 'reverse' ? 'record' : 'call frame';
  const unused = rows.length === 0 ? ', unused' : '';
  return ['', ...section(title, [...columns(rows), `${bytesText(frame.size)}${unused}`])];
}

/** One line per instruction; the step's words stand at the first one that serves it. */
function codeLines({ plan }: Prepared, lines: readonly ListingLine[], { stubs }: CodeImage): string[] {
  const digits = Math.max(2, (lines.at(-1)?.offset ?? 0).toString(16).length);
  const width = String(plan.steps.length - 1).length;
  const words = (step: number): string => {
    const of = plan.steps[step];
    return of === undefined ? '' : `; ${String(step).padStart(width)}  ${stepText(of)}`;
  };
  const rows: string[][] = [];
  let nextStep = 0;
  let before: ListingLine | null = null;
  const skipped = skippedStubs(stubs);
  for (const line of lines) {
    if (line.offset === skipped.from) rows.push(['…', '', `likewise the others, to 0x${skipped.to.toString(16)}`, '']);
    if (line.offset >= skipped.from && line.offset < skipped.to) continue;
    const isNew = before === null || before.step !== line.step || before.serves !== line.serves;
    const reached = line.step ?? (line.serves === 'epilogue' ? plan.steps.length : nextStep);
    for (; nextStep < reached; nextStep++) rows.push(['', '', '', `${words(nextStep)}: no code needed`]);
    nextStep = Math.max(nextStep, (line.step ?? -1) + 1);
    const comment = !isNew ? '' : line.step === null ? `; ${line.serves}` : words(line.step);
    rows.push([line.offset.toString(16).padStart(digits, '0'), spaced(line.bytes), line.text, comment]);
    before = line;
  }
  return columns(rows);
}

/** The first two stubs and the last show them all. */
const skippedStubs = (stubs: CodeImage['stubs']): { readonly from: number; readonly to: number } =>
  stubs === null || stubs.count <= 3
    ? { from: Number.POSITIVE_INFINITY, to: 0 }
    : { from: stubs.offset + 2 * stubs.size, to: stubs.offset + (stubs.count - 1) * stubs.size };

const spaced = (hex: string): string => hex.replace(/..(?!$)/g, '$& ');

function sizeLine({ bytes, symbols }: CodeImage): string {
  const at = symbols.map(({ name, offset }) => `${name} at ${offset.toString(16).padStart(2, '0')}`);
  return `${bytesText(bytes.length)}${at.length === 0 ? ', no symbols' : `; symbols: ${at.join(', ')}`}`;
}
