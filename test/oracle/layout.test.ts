// Sizes, alignments, offsets and bit positions against compilers: random records, compiled for every data model.

import { describe, expect, it } from 'vitest';
import type { RecordType } from '../../src/ctype/ctype.ts';
import { integer, LONG_DOUBLE, pointer, VOID } from '../../src/ctype/ctype.ts';
import type { DataModel } from '../../src/ctype/data-model.ts';
import { layoutOfType } from '../../src/ctype/layout.ts';
import {
  COMPILERS,
  type Compiler,
  compiledNumbers,
  isInstalled,
  layoutLine,
  layoutsBy,
} from '../support/layout-oracle.ts';
import { FACTS, factsSource, recordText } from '../support/layout-oracle-source.ts';
import { exclusion, hasAlignas, hasBitFields, hasPacking } from '../support/layout-pins.ts';
import { smallest } from '../support/layout-shrink.ts';
import { randomRecord } from '../support/random-record.ts';

const { CI, INTERFIX_LAYOUT_RECORDS, INTERFIX_SEED } = process.env;
/** Records per compiler, of which so many have a fresh seed. */
const COUNT = Number(INTERFIX_LAYOUT_RECORDS ?? 600);
const FRESH = Math.ceil(COUNT / 6);
const FIXED_SEED = 20_251;
const FRESH_SEED = Number(INTERFIX_SEED ?? Date.now() % 2 ** 32);
/** A compiler takes a batch of this size in a fraction of a second. */
const BATCH = 1000;
/** Compilers at a time: more cores than that are not promised. */
const WORKERS = 2;
const MOST_SHOWN = 3;
/** Much more than the seconds it takes: a busy machine is no failure. */
const TIMEOUT = 600_000;

const titleOf = (compiler: Compiler): string =>
  isInstalled(compiler) ? compiler.name : `${compiler.name} (skipped: ${compiler.command} is not installed)`;
/** In CI an oracle that cannot be asked is a failure. */
const isSkipped = (compiler: Compiler): boolean => !isInstalled(compiler) && CI === undefined;

for (const command of new Set(COMPILERS.filter(isSkipped).map((compiler) => compiler.command))) {
  console.log(`oracle: layouts are not compared with ${command}, which is not installed`);
}

interface Sample {
  readonly origin: string;
  readonly type: RecordType;
}

interface Samples {
  readonly asked: readonly Sample[];
  readonly excluded: ReadonlyMap<string, number>;
}

/** The first `count` records of the seed that the compiler can be asked about. */
function samplesOf(compiler: Compiler, seed: number, count: number): Samples {
  const asked: Sample[] = [];
  const excluded = new Map<string, number>();
  for (let index = 0; asked.length < count; index++) {
    const type = randomRecord(seed, index);
    const reason = exclusion(compiler, type);
    if (reason === null) asked.push({ origin: `seed ${seed} index ${index}`, type });
    else excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
  }
  return { asked, excluded };
}

function reasons(samples: readonly Samples[]): string {
  const counts = new Map<string, number>();
  for (const { excluded } of samples) {
    for (const [reason, count] of excluded) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return [...counts].map(([reason, count]) => `${count} with ${reason}`).join(', ') || 'none';
}

interface Difference extends Sample {
  readonly ours: string;
  readonly theirs: string;
}

async function differences(compiler: Compiler, samples: readonly Sample[], model: DataModel): Promise<Difference[]> {
  const found: Difference[] = [];
  const waiting = Array.from({ length: Math.ceil(samples.length / BATCH) }, (_, batch) =>
    samples.slice(batch * BATCH, (batch + 1) * BATCH),
  );
  const worker = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const theirs = await layoutsBy(
        compiler,
        batch.map(({ type }) => type),
      );
      batch.forEach((sample, index) => {
        const pair = { ...sample, ours: layoutLine(sample.type, model), theirs: theirs[index] ?? 'nothing' };
        if (pair.ours !== pair.theirs) found.push(pair);
      });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return found;
}

async function explained(compiler: Compiler, { origin, type }: Difference): Promise<string> {
  const small = await smallest(type, async (candidates) => {
    const askable = candidates.filter((candidate) => exclusion(compiler, candidate) === null);
    const samples = askable.map((candidate) => ({ origin, type: candidate }));
    return (await differences(compiler, samples, compiler.model)).map((each) => each.type);
  });
  const [theirs] = await layoutsBy(compiler, [small]);
  return `${origin}, shrunk:\n${recordText(small)}\n  ours:   ${layoutLine(small, compiler.model)}\n  theirs: ${theirs}`;
}

const factsOf = (model: DataModel): number[] => [
  ...FACTS.flatMap((name) => {
    const { size, align } = layoutOfType(integer(name), model);
    return [size, align, Number(model.integers[name].signed)];
  }),
  ...Object.values(layoutOfType(LONG_DOUBLE, model)),
  { x87: 64, binary128: 113, binary64: 53, binary32: 24, binary16: 11, bfloat16: 8 }[model.floats.longdouble.format],
  layoutOfType(pointer(VOID), model).size,
];

describe('oracle: the random records', () => {
  const records = Array.from({ length: 1000 }, (_, index) => randomRecord(FIXED_SEED, index));

  it('have bit-fields and packing in a third of them, and alignas in a fifth', () => {
    expect(records.filter((type) => hasBitFields(type) && hasPacking(type)).length).toBeGreaterThan(1000 / 3);
    expect(records.filter(hasAlignas).length).toBeGreaterThan(1000 / 5);
  });

  it('are the same whenever they are asked for', () => {
    expect(randomRecord(FIXED_SEED, 17)).toEqual(records[17]);
    expect(randomRecord(FIXED_SEED + 1, 17)).not.toEqual(records[17]);
  });
});

describe.each(COMPILERS.map((compiler) => [titleOf(compiler), compiler] as const))('oracle: %s', (_, compiler) => {
  it.skipIf(isSkipped(compiler))('has the integers and the long double of our data model', async () => {
    const facts = factsOf(compiler.model);
    const theirs = await compiledNumbers(compiler, factsSource(), facts.length);
    if (compiler.pins === 'mingw') theirs.splice(-4, 3, ...facts.slice(-4, -1)); // its long double is the x87's
    expect(theirs).toEqual(facts);
  });

  it.skipIf(isSkipped(compiler))(`lays out ${COUNT} random records as we do`, { timeout: TIMEOUT }, async () => {
    const fixed = samplesOf(compiler, FIXED_SEED, COUNT - FRESH);
    const fresh = samplesOf(compiler, FRESH_SEED, FRESH);
    const found = await differences(compiler, [...fixed.asked, ...fresh.asked], compiler.model);
    const messages = await Promise.all(found.slice(0, MOST_SHOWN).map((each) => explained(compiler, each)));
    const excluded = reasons([fixed, fresh]);
    const summary = `oracle: ${compiler.name}: ${found.length} differences in ${COUNT} records; excluded: ${excluded}`;
    console.log(summary);
    expect([...messages, ...(found.length > MOST_SHOWN ? [`${found.length} in all`] : [])].join('\n\n'), summary).toBe(
      '',
    );
  });
});

describe('oracle: the layouts depend on', () => {
  console.log(`oracle: layouts of a fresh seed, repeat with INTERFIX_SEED=${FRESH_SEED}`);
  const asking = (name: string): Compiler => {
    const found = COMPILERS.find((compiler) => compiler.name === name);
    if (found === undefined) throw new Error(`no such compiler: ${name}`);
    return found;
  };
  const linux = asking('gcc');
  const arm = asking('gcc for aarch64');
  const apple = asking('clang 19 for arm64-apple-macos');
  const windows = asking('clang 19 for x86_64-pc-windows-msvc');
  const wrong: readonly (readonly [string, Compiler, Partial<DataModel>])[] = [
    ['the rules of records, on Linux', linux, { recordRules: 'microsoft' }],
    ['the rules of records, on Windows', windows, { recordRules: 'gnu' }],
    ['unnamed bit-fields, on x64', linux, { unnamedBitFieldsAlign: true }],
    ['unnamed bit-fields, on AArch64', arm, { unnamedBitFieldsAlign: false }],
    ['unnamed bit-fields, on Apple', apple, { unnamedBitFieldsAlign: true }],
    ['vectors, on x64', linux, { maxVectorAlign: 16 }],
    ['vectors, on AArch64', arm, { maxVectorAlign: 64 }],
    ['empty records', windows, { emptyRecordSize: 0 }],
    ['bit-fields with alignas under a pragma, on Linux', linux, { pragmaVoidsBitFieldAlign: true }],
    ['bit-fields with alignas under a pragma, on Apple', apple, { pragmaVoidsBitFieldAlign: false }],
    ['the long double', arm, { floats: apple.model.floats }],
    ['the size of long', windows, { integers: linux.model.integers }],
  ];

  // The negative control of everything above: a model with one wrong fact is caught.
  it.for(wrong)('%s: a wrong model fails', async ([, compiler, change], { skip }) => {
    skip(isSkipped(compiler), `${compiler.command} is not installed`);
    const { asked } = samplesOf(compiler, FIXED_SEED, 2 * BATCH);
    const found = await differences(compiler, asked, { ...compiler.model, ...change });
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(asked.length);
  });
});
