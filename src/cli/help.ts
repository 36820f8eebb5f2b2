// What `--help` and `--version` print.

import { readFileSync } from 'node:fs';
import { assert } from '../errors.ts';

export const generalHelp = `interfix: machine code that lets two sides call each other

  interfix call <library> '<name><signature>' [arguments…]    call a C function
  interfix dump '<signature>' [options]                       show layout, plan and code of a trampoline
  interfix layout '<type>' [options]                          show size, offsets and holes of a C type

  interfix <command> --help     more about one command
  interfix --version            the version of interfix

A signature or a type is written in the signature language or in C: docs/signatures.md says how they are told apart.

Exit status: 0 done, 1 failed, 2 the command line was wrong.
`;

const typesHelp = `  --types <text>        defines types for use as @Name: '@Point = {x:int, y:int};' or 'struct point { int x, y; };'
  --types-file <path>   the same from a file; one that is called *.h holds C declarations
`;

export const dumpHelp: string = `interfix dump '<signature>' [options]

Shows what interfix generates for a C function: in which registers and stack slots its values travel, the plan of the
moves, and the machine code, every instruction with the step of the plan it serves. Nothing is executed.

  --abi <id>            the convention of the C function; default: this machine's; 'all': every one in turn, of the CPU
                        of --entry if that is given
  --kind <kind>         forward   void (void *target, void *ret, void **args)   (default)
                        bound     void (void *ret, void **args)
                        reverse   a C function of this signature that calls the dispatcher
                        entry     a Node-API callback that calls the C function
                        adapter   a function of this signature, of the convention of --entry, that calls the C function
  --entry <id>          the convention of the other side; default: that of --abi
  --format <format>     text (default), json, hex, bin (the bytes alone)
  --vectors <level>     the widest vector registers that the C function was compiled for, on x86-64: sse (default), avx,
                        avx512
  --stubs <n>,<stride>  of a reverse: n functions, of which number i hands over context + i × stride
  --receiver            of an adapter: its caller passes one more pointer in front, which the C function does not get
  --result <place>      of an adapter: returned (default), or left in the call frame, as by an entry: frame
  --no-landing-pad      do not begin with endbr64 or bti c
${typesHelp}
  interfix dump '(int, {int,int,double}, float) -> double'
  interfix dump 'printf(*char; double) -> int' --kind bound --format json
  interfix dump '(int, int) -> int' --kind adapter --receiver --result frame
`;

export const layoutHelp: string = `interfix layout '<type>' [options]

Shows the size and the alignment of a C type, and of a struct or union the members with their offsets, the holes
between them and the padding behind. Numbers are bytes; 4:3 is bit 3 of the storage unit at byte 4.

  --abi <id>            whose data model, of all platforms; default: this machine's; 'all': every one, side by side
  --format <format>     text (default), json
${typesHelp}
  interfix layout '{tag:int8, value:<i:long, d:double>}' --abi all
  interfix layout 'struct flags { unsigned a : 3, b : 5; char c; };' --abi win-x64
`;

export const callHelp: string = `interfix call <library> '<name><signature>' [arguments…]

Opens a shared library, calls one of its functions and prints the result. The library is a path or a name that the
system's loader finds; '-' or 'self' is the program itself. Everything behind the signature is an argument:

  int, long, enum …   decimal or hexadecimal, 0x2a
  double, float       1.5  1e-3  inf  nan
  bool                true  false
  *char               the word itself, as a string; null is the null pointer
  other pointers      an address, or null
  enum with values    also the name of a value
  struct, union       JSON by member name, or a JSON array: {"x": 1, "y": 2}  [1, 2]

Results: numbers plainly, a *char as the string it points to, other pointers as addresses, enums by the names of their
values, structs as JSON. Options stand in front of the library:

${typesHelp}
  interfix call libm.so.6 'pow(double, double) -> double' 2 10
  interfix call libm.so.6 'double pow(double x, double y);' 2 10
  interfix call - 'ldiv(long, long) -> {quot:long, rem:long}' 17 5
`;

/** From the package.json of this package: it lies two folders up, from src/cli as from dist/cli. */
export function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert(typeof parsed === 'object' && parsed !== null && 'version' in parsed, 'package.json has a version');
  return String(parsed.version);
}
