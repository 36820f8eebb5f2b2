// Runs a plan on a machine made of bytes that may be unknown, without any CPU: what the plan itself means. Tests send
// values through it that no compiler saw, and a lowering may be compared with it.
//
// The machine is harsher than any CPU: whatever a step may change, it loses. A memory move forgets every register that
// is not a parameter, a store forgets its register, and reading what is unknown is an error.

import { assert, unreachable } from '../errors.ts';
import type { Register } from '../isa/register.ts';
import { type ByteMemory, type Bytes, bytesOf, numberOf } from './byte-memory.ts';
import { type Addr, isRegister, type Plan, type Step, type SymbolName } from './step.ts';

/** What each register holds, its lowest byte first; a register that is not in the map holds nothing known. */
export type RegisterFile = Map<Register, Bytes>;

/** What a trampoline finds when it is called. All addresses are of the memory that it runs in. */
export interface Situation {
  readonly memory: ByteMemory;
  /** As the caller left them; on return, as the trampoline leaves them. */
  readonly registers: RegisterFile;
  /** Address of the argument area of the caller. */
  readonly incoming: number;
  readonly symbols: Readonly<Partial<Record<SymbolName, number>>>;
  /** The number of the stub that it was called through, of a plan that has some. */
  readonly stub?: number;
  /** What is called: it finds its arguments in `registers` and at `outgoing`, and leaves its result in `registers`. */
  readonly call: (target: number, registers: RegisterFile, outgoing: number) => void;
}

/** Runs all steps of a plan. Throws `ERR_INTERNAL` where the plan reads what nobody wrote. */
export function interpret(plan: Plan, situation: Situation): void {
  new Machine(plan, situation).run();
}

class Machine {
  readonly #plan: Plan;
  readonly #situation: Situation;
  readonly #parameters = new Map<string, number>();
  readonly #out: number;
  readonly #local: number;
  /** The registers that survive a memory move. */
  readonly #kept: ReadonlySet<Register>;
  #arg: number | null = null;

  constructor(plan: Plan, situation: Situation) {
    this.#plan = plan;
    this.#situation = situation;
    this.#out = situation.memory.allocate(plan.outSize, plan.align);
    this.#local = situation.memory.allocate(plan.localSize, plan.align);
    for (const { name, register } of plan.params) this.#parameters.set(name, this.#pointerIn(register));
    this.#kept = plan.kind === 'adapter' ? argumentsOf(plan, situation.registers) : new Set();
  }

  run(): void {
    for (const step of this.#plan.steps) this.#step(step);
  }

  #step(step: Step): void {
    const { memory, registers } = this.#situation;
    switch (step.op) {
      case 'point':
        this.#arg = numberOf(memory.read(this.#parameter('args') + 8 * step.index, 8));
        return;
      case 'load':
        this.#checkX87(step.to, 'loaded');
        registers.set(step.to, extended(memory.read(this.#at(step.from), step.size), step, step.to.file));
        return;
      case 'move':
        registers.set(step.to, extended(this.#held(step.from, step.size), step, step.to.file));
        return;
      case 'store':
        this.#checkX87(step.from, 'stored');
        memory.write(this.#at(step.to), this.#held(step.from, step.size));
        registers.delete(step.from);
        return;
      case 'copy':
        memory.write(this.#at(step.to), extended(memory.read(this.#at(step.from), step.size), step, 'gpr'));
        return this.#forget();
      case 'address':
        if (isRegister(step.to)) {
          registers.set(step.to, bytesOf(this.#at(step.of)));
          return;
        }
        memory.write(this.#at(step.to), bytesOf(this.#at(step.of)));
        return this.#forget();
      case 'set': {
        const value = typeof step.value === 'number' ? step.value : this.#symbol(step.value);
        registers.set(step.to, bytesOf(step.plus === undefined ? value : value + this.#stubOffset()));
        return;
      }
      case 'call':
        return this.#call(step);
      default:
        return unreachable(step);
    }
  }

  /** A tail call hands our caller's argument area on. What the callee leaves in the registers is its own affair. */
  #call({ target, tail }: Extract<Step, { op: 'call' }>): void {
    const { call, incoming, registers } = this.#situation;
    const address = target === 'parameter' ? this.#parameter('target') : this.#symbol(target);
    this.#arg = null;
    call(address, registers, tail ? incoming : this.#out);
  }

  /** The x87 registers are a stack: what is loaded goes on top of it, and only the top can be stored. */
  #checkX87({ file, code, name }: Register, how: string): void {
    if (file !== 'x87') return;
    for (const other of this.#situation.registers.keys()) {
      assert(other.file !== 'x87' || other.code >= code, `${name} is ${how} while ${other.name} is on top of it`);
    }
  }

  /**
   * Memory is moved through registers, and the plan does not say which. In an adapter those are none in which arguments
   * travel, or arrived.
   */
  #forget(): void {
    const { registers } = this.#situation;
    for (const register of registers.keys()) if (!this.#kept.has(register)) registers.delete(register);
  }

  #held(register: Register, size: number): Bytes {
    const bytes = this.#situation.registers.get(register);
    assert(bytes !== undefined && bytes.length >= size, `${register.name} holds ${size} bytes that are known`);
    return bytes.slice(0, size);
  }

  #pointerIn(register: Register): number {
    return numberOf(this.#held(register, 8));
  }

  #parameter(name: string): number {
    const value = this.#parameters.get(name);
    assert(value !== undefined, `the trampoline has a parameter ${name}`);
    return value;
  }

  #symbol(name: SymbolName): number {
    const value = this.#situation.symbols[name];
    assert(value !== undefined, `symbol ${name} has a value`);
    return value;
  }

  #stubOffset(): number {
    const { stubs } = this.#plan;
    const { stub } = this.#situation;
    assert(stubs !== undefined && stub !== undefined && stub < stubs.count, 'the trampoline is entered by a stub');
    return stub * stubs.stride;
  }

  #at({ base, offset }: Addr): number {
    switch (base) {
      case 'arg':
        assert(this.#arg !== null, 'arg stands behind a point');
        return this.#arg + offset;
      case 'args':
      case 'ret':
        return this.#parameter(base) + offset;
      case 'frame':
      case 'errno':
        return this.#symbol(base) + offset;
      case 'in':
        return this.#situation.incoming + offset;
      case 'out':
        return this.#out + offset;
      case 'local':
        return this.#local + offset;
      default:
        return unreachable(base);
    }
  }
}

/** Where the arguments of both sides travel, and what else arrived; not the count of vector registers, in rax. */
function argumentsOf({ incoming, outgoing }: Plan, arrived: RegisterFile): ReadonlySet<Register> {
  const found = new Set(arrived.keys());
  found.delete(incoming.resultRegister);
  for (const { argumentRegisters } of [incoming, outgoing])
    for (const register of [...argumentRegisters.gpr, ...argumentRegisters.vec]) found.add(register);
  return found;
}

/** Of a general register the rest of 32 bits is filled as the step says, and what is above stays unknown. */
function extended(bytes: Bytes, { size, extend }: { size: number; extend: string }, file: Register['file']): Bytes {
  if (file !== 'gpr' || size >= 4 || extend === 'none') return bytes;
  const top = bytes[size - 1] ?? null;
  const fill = extend === 'zero' ? 0 : top === null ? null : top < 0x80 ? 0 : 0xff;
  return [...bytes, ...new Array<number | null>(4 - size).fill(fill)];
}
