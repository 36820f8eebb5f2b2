// A table: every row in every runtime. The runtimes take turns round by round, so that a slow moment of the machine
// does not always meet the same one.

import type { Answer, Inputs, Question } from './protocol.ts';
import type { Cell, MeasuredRow } from './results.ts';
import type { Row } from './rows.ts';
import type { Column } from './runtimes.ts';
import { RunningColumn } from './session.ts';
import { summaryOf } from './statistics.ts';
import type { Pace } from './work.ts';

export interface Effort {
  readonly pace: Pace;
  /** Of each row; the median counts. */
  readonly rounds: number;
  /** Processes for each row about memory. */
  readonly processes: number;
}

/** A column, and the process that measures for it: null once it has ended by itself. */
interface Turn {
  readonly column: Column;
  running: RunningColumn | null;
  ended: string;
}

export class Table implements Disposable {
  readonly #turns: readonly Turn[];
  readonly #inputs: Inputs;
  readonly #effort: Effort;

  private constructor(turns: readonly Turn[], inputs: Inputs, effort: Effort) {
    this.#turns = turns;
    this.#inputs = inputs;
    this.#effort = effort;
  }

  static async start(columns: readonly Column[], inputs: Inputs, effort: Effort): Promise<Table> {
    const turns: Turn[] = [];
    for (const column of columns) turns.push(await started(column, inputs));
    return new Table(turns, inputs, effort);
  }

  /** Column → its versions, or why it is not there. */
  about(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return Object.fromEntries(
      this.#turns.map(({ column, running, ended }) => [column.id, running?.about ?? { missing: ended }]),
    );
  }

  async measure(row: Row): Promise<MeasuredRow> {
    const cells = new Map<string, Cell>();
    for (const turn of this.#turns) cells.set(turn.column.id, { missing: turn.ended });
    await (row.alone === true ? this.#alone(row, cells) : this.#inTurns(row, cells));
    return { id: row.id, name: row.name, unit: row.unit, cells: Object.fromEntries(cells) };
  }

  [Symbol.dispose](): void {
    for (const { running } of this.#turns) running?.[Symbol.dispose]();
  }

  async #inTurns(row: Row, cells: Map<string, Cell>): Promise<void> {
    const entries: Entry[] = [];
    for (const turn of this.#turns) {
      const answer = await ask(turn, { ask: 'ready', row: row.id, pace: this.#effort.pace });
      if ('ready' in answer) entries.push({ turn, samples: [], note: answer.note, missing: null });
      else cells.set(turn.column.id, { missing: 'missing' in answer ? answer.missing : 'not timed' });
    }
    for (let round = 0; round < this.#effort.rounds; round++) {
      // Another one begins each time.
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[(i + round) % entries.length];
        if (entry !== undefined) await takeRound(entry);
      }
    }
    for (const { turn, samples, note, missing } of entries) {
      await ask(turn, { ask: 'end' });
      cells.set(turn.column.id, missing === null ? cellOf(samples, note, 'no rounds') : { missing });
    }
  }

  async #alone(row: Row, cells: Map<string, Cell>): Promise<void> {
    for (const { column, running } of this.#turns) {
      if (running === null) continue;
      const samples: number[] = [];
      let missing = 'nothing was measured';
      for (let i = 0; i < this.#effort.processes; i++) {
        using own = await RunningColumn.start(column, this.#inputs);
        const answer = await own.ask({ ask: 'ready', row: row.id, pace: this.#effort.pace });
        if ('value' in answer) samples.push(answer.value);
        if ('missing' in answer) missing = answer.missing;
      }
      cells.set(column.id, cellOf(samples, undefined, missing));
    }
  }
}

/** A column's part in a row; `missing` as soon as something goes wrong. */
interface Entry {
  readonly turn: Turn;
  readonly samples: number[];
  readonly note: string | undefined;
  missing: string | null;
}

const cellOf = (samples: readonly number[], note: string | undefined, otherwise: string): Cell =>
  samples.length === 0 ? { missing: otherwise } : { ...summaryOf(samples), ...(note !== undefined && { note }) };

async function takeRound(entry: Entry): Promise<void> {
  if (entry.missing !== null) return;
  const answer = await ask(entry.turn, { ask: 'round' });
  if ('ns' in answer) entry.samples.push(answer.ns);
  else entry.missing = 'missing' in answer ? answer.missing : 'not timed';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function started(column: Column, inputs: Inputs): Promise<Turn> {
  try {
    return { column, running: await RunningColumn.start(column, inputs), ended: '' };
  } catch (error) {
    return { column, running: null, ended: messageOf(error) };
  }
}

/** What a process says as it ends stands in its column from then on: the others go on. */
async function ask(turn: Turn, question: Question): Promise<Answer> {
  if (turn.running === null) return { missing: turn.ended };
  try {
    return await turn.running.ask(question);
  } catch (error) {
    turn.ended = messageOf(error);
    turn.running[Symbol.dispose]();
    turn.running = null;
    return { missing: turn.ended };
  }
}
