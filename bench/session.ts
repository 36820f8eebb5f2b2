// A measured runtime, as the parent sees it: a process that answers questions, one line of JSON each way.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { About, Answer, Inputs, Question } from './protocol.ts';
import type { Column } from './runtimes.ts';

/** How many characters are kept of a process's complaints: an error's own line stands before its stack. */
const COMPLAINT = 4000;

/** One process. It ends when it is disposed, or by itself, and then every question throws what it said last. */
export class RunningColumn implements Disposable {
  readonly column: Column;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #complaint = '';
  #end = '';
  #about: About = {};

  private constructor(column: Column, inputs: Inputs) {
    this.column = column;
    const [command = '', ...args] = column.command;
    const child = spawn(command, [...args, JSON.stringify(inputs)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...column.env },
    });
    this.#process = child;
    child.on('error', (error) => {
      this.#complaint = error.message;
    });
    child.on('exit', (code, signal) => {
      this.#end = signal ?? `status ${code}`;
    });
    child.stdin.on('error', () => undefined); // it ended; the next answer will say so
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT);
    });
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it, and waits until it has loaded what it measures. */
  static async start(column: Column, inputs: Inputs): Promise<RunningColumn> {
    const running = new RunningColumn(column, inputs);
    const answer = await running.#next();
    if (!('about' in answer)) throw new Error(`${column.name} did not introduce itself`);
    running.#about = answer.about;
    return running;
  }

  /** Its versions and the like. */
  get about(): About {
    return this.#about;
  }

  async ask(question: Question): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    return this.#next();
  }

  [Symbol.dispose](): void {
    this.#process.stdin?.end();
    this.#process.kill();
  }

  async #next(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`${this.column.name} ended: ${lastLine(this.#complaint) ?? this.#end}`);
    return JSON.parse(value) as Answer;
  }
}

/** The line that says what happened: an error's own, or the last. */
function lastLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
}
