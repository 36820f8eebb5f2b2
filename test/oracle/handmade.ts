// Trampolines of System V x86-64 assembled by hand, for `int32 (int32, int64)` and others: right ones, and what one wrong
// piece makes of them.

import type { PatchedCode } from './link.ts';

/** The pieces of a forward trampoline in order: target in rdi, ret in rsi, args in rdx. */
const FORWARD = {
  enter: '53', //              push rbx
  keepRet: '48 89 f3', //      mov rbx, rsi
  keepTarget: '49 89 fb', //   mov r11, rdi
  point0: '48 8b 0a', //       mov rcx, [rdx]
  point1: '48 8b 42 08', //    mov rax, [rdx+8]
  load0: '8b 39', //           mov edi, [rcx]
  load1: '48 8b 30', //        mov rsi, [rax]
  mark: 'b8 00 00 00 00', //   mov eax, 0
  before: '',
  call: '41 ff d3', //         call r11
  store: '89 03', //           mov [rbx], eax
  leave: '5b', //              pop rbx
  end: 'c3', //                ret
};

/** The pieces of a reverse trampoline for `int32 (int32)`: [rsp] the argument, [rsp+8] args, [rsp+16] the result. */
const REVERSE = {
  enter: '48 83 ec 28', //          sub rsp, 40
  spill: '89 3c 24', //             mov [rsp], edi
  point: '48 89 64 24 08', //       mov [rsp+8], rsp
  ret: '48 8d 74 24 10', //         lea rsi, [rsp+16]
  args: '48 8d 54 24 08', //        lea rdx, [rsp+8]
  context: '48 8b 3d <context>', // mov rdi, [rip+context]
  before: '',
  call: 'ff 15 <dispatcher>', //    call [rip+dispatcher]
  load: '8b 44 24 10', //           mov eax, [rsp+16]
  leave: '48 83 c4 28', //          add rsp, 40
  end: 'c3', //                     ret
};

export type Pieces = Readonly<Record<string, string>>;

export const forwardCode = (changes: Pieces = {}): PatchedCode => assemble({ ...FORWARD, ...changes });
export const reverseCode = (changes: Pieces = {}): PatchedCode => assemble({ ...REVERSE, ...changes });

/** Bytes of x86-64 in hexadecimal; `<name>` is the displacement of an 8-byte literal behind the code. */
export function assemble(pieces: Pieces): PatchedCode {
  const words = Object.values(pieces)
    .flatMap((piece) => piece.split(' '))
    .filter((word) => word !== '');
  const isSymbol = (word: string): boolean => word.startsWith('<');
  const codeSize = words.reduce((size, word) => size + (isSymbol(word) ? 4 : 1), 0);
  const literals = Math.ceil(codeSize / 8) * 8;
  const symbols: { name: string; offset: number }[] = [];
  const bytes: number[] = [];
  for (const word of words) {
    if (isSymbol(word)) {
      const offset = literals + 8 * symbols.length;
      symbols.push({ name: word.slice(1, -1), offset });
      const displacement = offset - (bytes.length + 4);
      bytes.push(...[0, 8, 16, 24].map((shift) => (displacement >>> shift) & 0xff));
    } else {
      bytes.push(Number.parseInt(word, 16));
    }
  }
  const image = new Uint8Array(literals + 8 * symbols.length).fill(0xcc);
  image.set(bytes);
  return { bytes: image, symbols };
}

/** The same code with more bytes in front of it: literals are addressed relative to the code and move along. */
export function prefixed({ bytes, symbols }: PatchedCode, prefix: string): PatchedCode {
  const front = Uint8Array.from(prefix.split(' '), (word) => Number.parseInt(word, 16));
  const moved = new Uint8Array(front.length + bytes.length);
  moved.set(front);
  moved.set(bytes, front.length);
  return { bytes: moved, symbols: symbols.map(({ name, offset }) => ({ name, offset: offset + front.length })) };
}
