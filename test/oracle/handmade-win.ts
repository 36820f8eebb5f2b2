// Trampolines of Microsoft's x64 convention assembled by hand, for `int32 (int32, int64)` and others: right ones, and what
// one wrong piece makes of them.

import { assemble, type Pieces } from './handmade.ts';
import type { PatchedCode } from './link.ts';

/** The pieces of a forward trampoline in order: target in rcx, ret in rdx, args in r8. */
const FORWARD = {
  enter: '53', //              push rbx
  home: '48 83 ec 20', //      sub rsp, 32
  keepRet: '48 89 d3', //      mov rbx, rdx
  keepTarget: '49 89 ca', //   mov r10, rcx
  point0: '49 8b 08', //       mov rcx, [r8]
  point1: '49 8b 40 08', //    mov rax, [r8+8]
  load0: '8b 09', //           mov ecx, [rcx]
  load1: '48 8b 10', //        mov rdx, [rax]
  before: '',
  call: '41 ff d2', //         call r10
  store: '89 03', //           mov [rbx], eax
  unhome: '48 83 c4 20', //    add rsp, 32
  leave: '5b', //              pop rbx
  end: 'c3', //                ret
};

/** The pieces of a reverse trampoline for `int32 (int32)`: the argument in our home space, [rsp+32] args, [rsp+40] the result. */
const REVERSE = {
  enter: '48 83 ec 38', //          sub rsp, 56
  spill: '89 4c 24 40', //          mov [rsp+64], ecx
  point: '48 8d 44 24 40', //       lea rax, [rsp+64]
  keep: '48 89 44 24 20', //        mov [rsp+32], rax
  ret: '48 8d 54 24 28', //         lea rdx, [rsp+40]
  args: '4c 8d 44 24 20', //        lea r8, [rsp+32]
  context: '48 8b 0d <context>', // mov rcx, [rip+context]
  before: '',
  call: 'ff 15 <dispatcher>', //    call [rip+dispatcher]
  load: '8b 44 24 28', //           mov eax, [rsp+40]
  leave: '48 83 c4 38', //          add rsp, 56
  end: 'c3', //                     ret
};

export const forwardCode = (changes: Pieces = {}): PatchedCode => assemble({ ...FORWARD, ...changes });
export const reverseCode = (changes: Pieces = {}): PatchedCode => assemble({ ...REVERSE, ...changes });
