// What the parent asks a measured runtime, one line of JSON each way. Node, Deno and Bun run this file.

import process from 'node:process';
import { createInterface } from 'node:readline';
import { countFor, nanoseconds, type Pace, type Work } from './work.ts';

/** What a runtime does for one row: something to be timed, something that was counted, or the reason why it cannot. */
export type Task =
  | { readonly work: Work; readonly note?: string | undefined }
  | { readonly value: number; readonly note?: string | undefined }
  | { readonly missing: string };

/** Row → its task, made when the row's turn comes. */
export type Tasks = ReadonlyMap<string, () => Task | Promise<Task>>;

/** What the versions and the like of a runtime are, for the report. */
export type About = Readonly<Record<string, string>>;

export type Question =
  | { readonly ask: 'ready'; readonly row: string; readonly pace: Pace }
  | { readonly ask: 'round' }
  | { readonly ask: 'end' };

export type Answer =
  | { readonly about: About }
  | { readonly ready: true; readonly note?: string | undefined }
  | { readonly ns: number }
  | { readonly value: number; readonly note?: string | undefined }
  | { readonly missing: string }
  | { readonly ended: true };

/** What the parent hands over when it starts a runtime. */
export interface Inputs {
  /** The folder of the compiled library, as a URL. */
  readonly dist: string;
  /** fixtures/c/bench.c, compiled. */
  readonly library: string;
  /** A library of `count` functions `int f<i>(int, int)`. */
  readonly many: { readonly path: string; readonly count: number };
  /** How many things a row about memory makes. */
  readonly population: number;
}

class Session {
  readonly #tasks: Tasks;
  #work: Work | null = null;
  #count = 0;

  constructor(tasks: Tasks) {
    this.#tasks = tasks;
  }

  async answer(question: Question): Promise<Answer> {
    if (question.ask === 'ready') return this.#ready(question.row, question.pace);
    if (question.ask === 'round') {
      if (this.#work === null) throw new Error('no row is ready');
      return { ns: await nanoseconds(this.#work, this.#count) };
    }
    this.#work = null;
    return { ended: true };
  }

  async #ready(row: string, pace: Pace): Promise<Answer> {
    const make = this.#tasks.get(row);
    if (make === undefined) return { missing: NOT_POSSIBLE };
    const task = await make();
    if ('missing' in task || 'value' in task) return task;
    this.#work = task.work;
    this.#count = await countFor(task.work, pace);
    return { ready: true, note: task.note };
  }
}

/** What a runtime says that has no such thing at all. */
export const NOT_POSSIBLE = 'not possible';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Answers until the parent has no more questions. */
export async function answerQuestions(about: About, tasks: Tasks): Promise<void> {
  const session = new Session(tasks);
  const say = (answer: Answer): boolean => process.stdout.write(`${JSON.stringify(answer)}\n`);
  say({ about });
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say(await session.answer(JSON.parse(line) as Question));
    } catch (error) {
      say({ missing: `failed: ${reasonOf(error)}` });
    }
  }
  process.exit(0);
}

/** The inputs stand in the last argument. */
export const givenInputs = (): Inputs => JSON.parse(process.argv.at(-1) ?? '') as Inputs;
