// Signatures that were never seen before, for the rows about creating: as this library reads them, and as koffi does.

const SCALARS = ['int8', 'uint16', 'int', 'float', 'int64', 'double', 'uint8', 'uint32'] as const;
const C_NAMES = ['int8_t', 'uint16_t', 'int', 'float', 'int64_t', 'double', 'uint8_t', 'uint32_t'] as const;

let numbered = 0;

/** A number that no other signature has, and six small ones made of it: 262,144 combinations before they come again. */
export function nextChoice(): { readonly id: number; readonly digits: readonly number[] } {
  const id = numbered++;
  return { id, digits: [0, 3, 6, 9, 12, 15].map((shift) => (id >> shift) & 7) };
}

const pick = (names: readonly string[], digits: readonly number[]): string[] =>
  digits.map((digit) => names[digit] ?? 'int');

/** A signature, and arguments that every scalar type takes. */
export interface Sample {
  readonly text: string;
  readonly args: readonly unknown[];
}

/** Five scalars and a result. */
export function scalars(): Sample {
  const [a, b, c, d, e, r] = pick(SCALARS, nextChoice().digits);
  return { text: `(${a}, ${b}, ${c}, ${d}, ${e}) -> ${r}`, args: [1, 1, 1, 1, 1] };
}

/** A struct of three scalars among the parameters. */
export function withStruct(): Sample {
  const { id, digits } = nextChoice();
  const [a, b, c, d, e, r] = pick(SCALARS, digits);
  const members = { [`m${id}`]: 1, [`n${id}`]: 1, [`o${id}`]: 1 };
  return { text: `(${a}, {m${id}:${b}, n${id}:${c}, o${id}:${d}}, ${e}) -> ${r}`, args: [1, members, 1] };
}

/** The types of add_ints under names of their own. */
export function renamed(): Sample {
  const { id } = nextChoice();
  return { text: `(a${id}:int, b${id}:int) -> int`, args: [1, 1] };
}

/** A record of 20 scalars. */
export function record(): string {
  const { id, digits } = nextChoice();
  const field = (_: unknown, index: number): string =>
    `f${index}_${id}:${SCALARS[((digits[index % 6] ?? 0) + index) & 7]}`;
  return `{${Array.from({ length: 20 }, field).join(', ')}}`;
}

/** The same for koffi, whose types are values. */
export interface KoffiSample {
  readonly result: string;
  readonly args: readonly string[];
  /** Members of the struct that comes second. */
  readonly struct: Readonly<Record<string, string>> | null;
  readonly values: readonly unknown[];
}

export function koffiScalars(): KoffiSample {
  const [a = '', b = '', c = '', d = '', e = '', result = ''] = pick(C_NAMES, nextChoice().digits);
  return { result, args: [a, b, c, d, e], struct: null, values: [1, 1, 1, 1, 1] };
}

export function koffiStruct(): KoffiSample {
  const { id, digits } = nextChoice();
  const [a = '', b = '', c = '', d = '', e = '', result = ''] = pick(C_NAMES, digits);
  const names = [`m${id}`, `n${id}`, `o${id}`] as const;
  const struct = { [names[0]]: b, [names[1]]: c, [names[2]]: d };
  return { result, args: [a, e], struct, values: [1, Object.fromEntries(names.map((name) => [name, 1])), 1] };
}

export function koffiRenamed(): string {
  const { id } = nextChoice();
  return `int add_ints(int a${id}, int b${id})`;
}
