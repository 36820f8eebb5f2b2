// Small functions in machine code, written by hand so that these tests need no other part of the library.

import type { Host } from '../../src/exec/host.ts';

/** Windows has registers of its own for arguments, and home space: 32 bytes that belong to the callee. */
type Machine = 'x64' | 'x64 win32' | 'arm64';

/** Code that ends in a pool of 8-byte literals; `at` lists where the code refers to which literal. */
interface Template {
  readonly code: readonly number[];
  /** `at`: offset of the 4-byte displacement (x64) or of the `ldr` word (AArch64). */
  readonly literals: readonly { readonly at: number; readonly index: number }[];
}

const machine: Machine = process.arch === 'arm64' ? 'arm64' : process.platform === 'win32' ? 'x64 win32' : 'x64';

const words = (...values: number[]): number[] =>
  values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);

/** `*literal0 = 42; return NULL` on x64 */
const STORE_42_X64: Template = {
  code: [
    [0x48, 0x8b, 0x05, 0, 0, 0, 0], // mov rax, [rip + literal 0]
    [0xc7, 0x00, 42, 0, 0, 0], // mov dword [rax], 42
    [0x31, 0xc0, 0xc3], // xor eax, eax; ret
  ].flat(),
  literals: [{ at: 3, index: 0 }],
};

const STORE_42: Readonly<Record<Machine, Template>> = {
  x64: STORE_42_X64,
  'x64 win32': STORE_42_X64,
  arm64: {
    // bti c; ldr x9, literal 0; movz w10, #42; str w10, [x9]; mov x0, #0; ret
    code: words(0xd503245f, 0x58000009, 0x5280054a, 0xb900012a, 0xd2800000, 0xd65f03c0),
    literals: [{ at: 4, index: 0 }],
  },
};

/** literal0 is a frame { int64 argument, result }: `frame->result = literal1(frame->argument); return NULL` */
const CALL_ONE: Readonly<Record<Machine, Template>> = {
  x64: {
    code: [
      [0x53], // push rbx
      [0x48, 0x8b, 0x1d, 0, 0, 0, 0], // mov rbx, [rip + literal 0]
      [0x48, 0x8b, 0x3b], // mov rdi, [rbx]
      [0xff, 0x15, 0, 0, 0, 0], // call [rip + literal 1]
      [0x48, 0x89, 0x43, 0x08], // mov [rbx + 8], rax
      [0x31, 0xc0, 0x5b, 0xc3], // xor eax, eax; pop rbx; ret
    ].flat(),
    literals: [
      { at: 4, index: 0 },
      { at: 13, index: 1 },
    ],
  },
  'x64 win32': {
    code: [
      [0x53], // push rbx
      [0x48, 0x83, 0xec, 0x20], // sub rsp, 32
      [0x48, 0x8b, 0x1d, 0, 0, 0, 0], // mov rbx, [rip + literal 0]
      [0x48, 0x8b, 0x0b], // mov rcx, [rbx]
      [0xff, 0x15, 0, 0, 0, 0], // call [rip + literal 1]
      [0x48, 0x89, 0x43, 0x08], // mov [rbx + 8], rax
      [0x31, 0xc0], // xor eax, eax
      [0x48, 0x83, 0xc4, 0x20, 0x5b, 0xc3], // add rsp, 32; pop rbx; ret
    ].flat(),
    literals: [
      { at: 8, index: 0 },
      { at: 17, index: 1 },
    ],
  },
  arm64: {
    code: words(
      0xd503245f, // bti c
      0xa9be7bfd, // stp x29, x30, [sp, #-32]!
      0xf9000bf3, // str x19, [sp, #16]
      0x58000013, // ldr x19, literal 0
      0xf9400260, // ldr x0, [x19]
      0x58000009, // ldr x9, literal 1
      0xd63f0120, // blr x9
      0xf9000660, // str x0, [x19, #8]
      0xd2800000, // mov x0, #0
      0xf9400bf3, // ldr x19, [sp, #16]
      0xa8c27bfd, // ldp x29, x30, [sp], #32
      0xd65f03c0, // ret
    ),
    literals: [
      { at: 12, index: 0 },
      { at: 20, index: 1 },
    ],
  },
};

/** A reverse trampoline of `int64_t (int64_t)`: calls literal1, the dispatcher, with literal0, the context. */
const REVERSE: Readonly<Record<Machine, Template>> = {
  x64: {
    code: [
      [0x48, 0x83, 0xec, 0x28], // sub rsp, 40
      [0x48, 0x89, 0x3c, 0x24], // mov [rsp], rdi: the argument's bytes
      [0x48, 0x8d, 0x04, 0x24], // lea rax, [rsp]
      [0x48, 0x89, 0x44, 0x24, 0x08], // mov [rsp + 8], rax: args[0]
      [0x48, 0xc7, 0x44, 0x24, 0x10, 0xff, 0xff, 0xff, 0xff], // mov qword [rsp + 16], -1: garbage in ret
      [0x48, 0x8b, 0x3d, 0, 0, 0, 0], // mov rdi, [rip + literal 0]
      [0x48, 0x8d, 0x74, 0x24, 0x10], // lea rsi, [rsp + 16]
      [0x48, 0x8d, 0x54, 0x24, 0x08], // lea rdx, [rsp + 8]
      [0xff, 0x15, 0, 0, 0, 0], // call [rip + literal 1]
      [0x48, 0x8b, 0x44, 0x24, 0x10], // mov rax, [rsp + 16]
      [0x48, 0x83, 0xc4, 0x28, 0xc3], // add rsp, 40; ret
    ].flat(),
    literals: [
      { at: 29, index: 0 },
      { at: 45, index: 1 },
    ],
  },
  'x64 win32': {
    code: [
      [0x48, 0x83, 0xec, 0x48], // sub rsp, 72
      [0x48, 0x89, 0x4c, 0x24, 0x20], // mov [rsp + 32], rcx: the argument's bytes, above our callee's home space
      [0x48, 0x8d, 0x44, 0x24, 0x20], // lea rax, [rsp + 32]
      [0x48, 0x89, 0x44, 0x24, 0x28], // mov [rsp + 40], rax: args[0]
      [0x48, 0xc7, 0x44, 0x24, 0x30, 0xff, 0xff, 0xff, 0xff], // mov qword [rsp + 48], -1: garbage in ret
      [0x48, 0x8b, 0x0d, 0, 0, 0, 0], // mov rcx, [rip + literal 0]
      [0x48, 0x8d, 0x54, 0x24, 0x30], // lea rdx, [rsp + 48]
      [0x4c, 0x8d, 0x44, 0x24, 0x28], // lea r8, [rsp + 40]
      [0xff, 0x15, 0, 0, 0, 0], // call [rip + literal 1]
      [0x48, 0x8b, 0x44, 0x24, 0x30], // mov rax, [rsp + 48]
      [0x48, 0x83, 0xc4, 0x48, 0xc3], // add rsp, 72; ret
    ].flat(),
    literals: [
      { at: 31, index: 0 },
      { at: 47, index: 1 },
    ],
  },
  arm64: {
    code: words(
      0xd503245f, // bti c
      0xa9bd7bfd, // stp x29, x30, [sp, #-48]!
      0xf9000be0, // str x0, [sp, #16]
      0x910043e9, // add x9, sp, #16
      0xf9000fe9, // str x9, [sp, #24]
      0x92800009, // mov x9, #-1
      0xf90013e9, // str x9, [sp, #32]
      0x58000000, // ldr x0, literal 0
      0x910083e1, // add x1, sp, #32
      0x910063e2, // add x2, sp, #24
      0x58000009, // ldr x9, literal 1
      0xd63f0120, // blr x9
      0xf94013e0, // ldr x0, [sp, #32]
      0xa8c37bfd, // ldp x29, x30, [sp], #48
      0xd65f03c0, // ret
    ),
    literals: [
      { at: 28, index: 0 },
      { at: 40, index: 1 },
    ],
  },
};

const assemble = (template: Readonly<Record<Machine, Template>>, literals: readonly bigint[]): Uint8Array => {
  const { code, literals: uses } = template[machine];
  const pool = Math.ceil(code.length / 8) * 8;
  const bytes = new Uint8Array(pool + 8 * literals.length);
  bytes.set(code);
  const view = new DataView(bytes.buffer);
  for (const { at, index } of uses) {
    const target = pool + 8 * index;
    // x64 counts from the end of the displacement (SDM 2.2.1.6), AArch64 in words from the `ldr` (C6.2, LDR literal).
    if (machine !== 'arm64') view.setInt32(at, target - (at + 4), true);
    else view.setUint32(at, view.getUint32(at, true) | (((target - at) / 4) << 5), true);
  }
  literals.forEach((value, index) => {
    view.setBigUint64(pool + 8 * index, value, true);
  });
  return bytes;
};

export const store42 = (to: bigint): Uint8Array => assemble(STORE_42, [to]);
export const callOne = (frame: bigint, target: bigint): Uint8Array => assemble(CALL_ONE, [frame, target]);
export const reverse = (context: bigint, dispatcher: bigint): Uint8Array => assemble(REVERSE, [context, dispatcher]);

/** Puts bytes alone into a fresh region and answers their address. */
export const place = (host: Host, bytes: Uint8Array): bigint => {
  const region = host.reserve(host.pageSize);
  host.write(region, 0, bytes);
  return region.address;
};

/** Makes `int64_t (int64_t)` at `target` callable, each result with a frame of its own. */
export const callable = (host: Host, target: bigint): ((argument: bigint) => bigint) => {
  const frame = new BigInt64Array(2);
  const enter = host.entry(place(host, callOne(host.addressOf(frame.buffer), target)));
  return (argument) => {
    frame[0] = argument;
    enter();
    return frame[1] ?? 0n;
  };
};
