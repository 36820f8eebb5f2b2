// A machine for the instructions that move bytes on AArch64, run from their text: it knows nothing of the table that
// they were encoded from. Every byte of memory that is read or written is noted.

export interface Line {
  readonly offset: number;
  readonly text: string;
}

const MASK = (1n << 64n) - 1n;
const BYTES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, s: 4, x: 8, d: 8, q: 16 };

/** `[x9, #8]`, `[x9, #-32]!`, or `[x9]` and a number behind it. */
interface Address {
  readonly base: string;
  readonly offset: bigint;
  readonly writeback: bigint;
}

export class Machine {
  /** 31 general registers and sp by name, as unsigned 64 bits; unknown ones may not be read. */
  readonly registers: Map<string, bigint> = new Map();
  readonly memory: Map<bigint, number> = new Map();
  readonly read: Set<bigint> = new Set();
  readonly written: Set<bigint> = new Set();
  readonly #vectors = new Map<string, number[]>();
  #isZero = false;

  get(name: string): bigint {
    if (name === 'xzr' || name === 'wzr') return 0n;
    const value = this.registers.get(name.replace(/^w/, 'x'));
    if (value === undefined) throw new Error(`${name} is read, and nobody wrote it`);
    return name.startsWith('w') ? value & 0xffff_ffffn : value;
  }

  set(name: string, value: bigint): void {
    this.registers.set(name.replace(/^w/, 'x'), value & (name.startsWith('w') ? 0xffff_ffffn : MASK));
  }

  vector(name: string): readonly number[] | undefined {
    return this.#vectors.get(name.replace(/^[hsdq]/, 'v'));
  }

  setVector(name: string, bytes: readonly number[]): void {
    this.#vectors.set(name.replace(/^[hsdq]/, 'v'), [...bytes]);
  }

  run(lines: readonly Line[]): void {
    const at = new Map(lines.map(({ offset }, index) => [offset, index]));
    for (let index = 0, steps = 0; index < lines.length; steps++) {
      if (steps > 1_000_000) throw new Error('the code does not end');
      const line = lines[index];
      if (line === undefined) break;
      const branch = /^b\.ne \. - (\d+)$/.exec(line.text);
      if (branch === null) this.#step(line.text);
      index = branch === null || this.#isZero ? index + 1 : (at.get(line.offset - Number(branch[1])) ?? lines.length);
    }
  }

  #step(text: string): void {
    const [, mnemonic = '', rest = ''] = /^(\w+) (.*)$/.exec(text) ?? [];
    if (/^(ld|st)/.test(mnemonic)) return this.#transfer(mnemonic, rest);
    const [to = '', a = '', b = '', shift = ''] = rest.split(', ');
    switch (mnemonic) {
      case 'mov':
        return this.set(to, this.#value(a));
      case 'movk':
        return this.set(to, (this.get(to) & ~0xffff_0000n) | (this.#value(a) << 16n));
      case 'add':
        return this.set(to, this.get(a) + this.#shifted(b, shift));
      case 'sub':
        return this.set(to, this.get(a) - this.#shifted(b, shift));
      case 'subs':
        this.set(to, this.get(a) - this.#value(b));
        this.#isZero = this.get(to) === 0n;
        return;
      case 'and':
        return this.set(to, this.get(a) & this.#value(b));
      case 'orr':
        return this.set(to, this.get(a) | this.#shifted(b, shift));
      case 'lsr':
        return this.set(to, this.get(a) >> this.#value(b));
      default:
        throw new Error(`the machine does not know ${text}`);
    }
  }

  #value(text: string): bigint {
    return text.startsWith('#') ? BigInt(text.slice(1)) & MASK : this.get(text);
  }

  #shifted(text: string, shift: string): bigint {
    const [, by] = /^lsl #(\d+)$/.exec(shift) ?? [];
    if (by === undefined && shift !== '' && shift !== 'uxtx') throw new Error(`the machine does not know ${shift}`);
    return this.#value(text) << BigInt(by ?? 0);
  }

  #transfer(mnemonic: string, rest: string): void {
    const [, names = '', base = '', offset = '0', before = '', after = ''] =
      /^(.*), \[(\w+)(?:, #(-?\d+))?\](!?)(?:, #(-?\d+))?$/.exec(rest) ?? [];
    const registers = names.split(', ');
    const isLoad = mnemonic.startsWith('ld');
    const address: Address = { base, offset: BigInt(offset), writeback: BigInt(after || (before ? offset : 0)) };
    let where = this.get(address.base) + address.offset;
    for (const register of registers) {
      const narrow = /^(?:ldu?r|stu?r)s?([bh])$/.exec(mnemonic)?.[1];
      const size = BYTES[narrow ?? register[0] ?? ''] ?? 0;
      if (isLoad) this.#load(register, where, size, /^ldu?rs/.test(mnemonic));
      else this.#store(register, where, size);
      where += BigInt(size);
    }
    if (address.writeback !== 0n) this.set(address.base, this.get(address.base) + address.writeback);
  }

  #load(register: string, where: bigint, size: number, isSigned: boolean): void {
    const bytes = Array.from({ length: size }, (_, index) => {
      const at = where + BigInt(index);
      const byte = this.memory.get(at);
      if (byte === undefined) throw new Error(`byte ${at} is read, and nobody wrote it`);
      this.read.add(at);
      return byte;
    });
    if (/^[hsdq]/.test(register)) return this.setVector(register, bytes);
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    this.set(register, isSigned ? BigInt.asIntN(8 * size, value) : value);
  }

  #store(register: string, where: bigint, size: number): void {
    const bytes = /^[hsdq]/.test(register) ? this.vector(register) : undefined;
    for (let index = 0; index < size; index++) {
      const byte = bytes === undefined ? Number((this.get(register) >> BigInt(8 * index)) & 0xffn) : bytes[index];
      if (byte === undefined) throw new Error(`${register} does not hold ${size} bytes`);
      this.memory.set(where + BigInt(index), byte);
      this.written.add(where + BigInt(index));
    }
  }
}
