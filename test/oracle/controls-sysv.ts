// Wrong pieces of hand-made System V trampolines, and what the runner says of each.

import { DOUBLE, integer } from '../../src/ctype/ctype.ts';
import { type Control, FORWARD_PLAIN, type Handmade, IN_MEMORY, int32, int64, of, REVERSE_PLAIN } from './controls.ts';
import { forwardCode, reverseCode } from './handmade.ts';

const NARROW = of([integer('int8'), int64], int32);
const VARIADIC = of([int32, DOUBLE], int32, 1);
const LOAD_DOUBLE = { load1: 'f2 0f 10 00' }; // movsd xmm0, [rax]

/** A register of the caller is cleared before the code saves it. */
const clobbers = (name: string, xor: string): Control => ({
  name: `${name} clobbered`,
  changes: { enter: `${xor} 53` },
  reason: new RegExp(`^${name} not restored on return: 0$`),
});

const FORWARD_CONTROLS: readonly Control[] = [
  { name: 'right code', changes: {}, reason: null },
  { name: 'a displacement with one bit flipped', changes: { point1: '48 8b 42 00' }, reason: /argument [01]/ },
  { name: '8 bytes read from 4', changes: { load0: '48 8b 39' }, reason: /^SIGSEGV at code\+0xe, .*past the end of argument 0/ },
  { name: '8 bytes written to 4', changes: { store: '48 89 03' }, reason: /past the end of the result/ },
  { name: 'written before the result', changes: { store: '48 89 43 fc' }, reason: /wrote outside the result/ },
  { name: 'result not written', changes: { store: '' }, reason: /^the result differs at byte 0/ },
  { name: 'argument memory written', changes: { load1: '48 8b 30 f6 10' }, reason: /wrote to the memory of argument 1/ },
  { name: 'a value in a volatile register over the call', changes: { keepRet: '49 89 f0', store: '41 89 00' }, reason: /SIGSEGV at code/ },
  clobbers('rbx', '31 db'),
  clobbers('rbp', '31 ed'),
  clobbers('r12', '45 31 e4'),
  clobbers('r13', '45 31 ed'),
  clobbers('r14', '45 31 f6'),
  clobbers('r15', '45 31 ff'),
  { name: 'misaligned stack', changes: { enter: '53 50', leave: '58 5b' }, reason: /^stack misaligned at the call$/ },
  { name: 'DF set before the call', changes: { before: 'fd' }, reason: /^DF set at the call/ },
  { name: 'DF left set', changes: { leave: 'fd 5b' }, reason: /^DF set on return$/ },
  { name: 'a value left on the x87 stack', changes: { leave: 'd9 e8 5b' }, reason: /^x87 stack not empty on return$/ },
  { name: 'x87 stack not empty', changes: { before: 'd9 e8' }, reason: /^x87 stack not empty at the call/ },
  { name: 'MXCSR changed', changes: { leave: '68 80 9f 00 00 0f ae 14 24 58 5b' }, reason: /^MXCSR 0x9f80 on return$/ },
  { name: 'x87 control word changed', changes: { leave: '68 7f 02 00 00 d9 2c 24 58 5b' }, reason: /^x87 control word 0x27f on return$/ },
  { name: 'too many bytes popped', changes: { end: 'c2 08 00' }, reason: /^rsp not restored$/ },
  { name: 'the caller\'s stack written', changes: { leave: '48 89 5c 24 10 5b' }, reason: /^wrote to the stack of its caller, 0 bytes above/ },
  { name: 'no call', changes: { call: '' }, reason: /called 0 times/ },
  { name: 'two calls', changes: { before: '57 56 41 53 50 ff d0 58 41 5b 5e 5f', mark: '4c 89 d8' }, reason: /called 2 times/ },
  { name: 'an illegal instruction', changes: { before: '0f 0b' }, reason: /^SIGILL at code\+0x/ },
  { name: 'a breakpoint', changes: { before: 'cc' }, reason: /^SIGTRAP at code\+0x/ },
  { name: 'an endless loop', changes: { before: 'eb fe' }, reason: /did not return/ },
  { name: 'an exit', changes: { before: 'b8 3c 00 00 00 0f 05' }, reason: /^the runner died of an exit$/ },
  { name: 'right code after the exit', changes: {}, reason: null },
  { name: 'int8 extended', changes: { load0: '0f be 39' }, reason: null, signature: NARROW },
  { name: 'int8 not extended', changes: { load0: '0f b6 39' }, reason: /^argument 0 not extended to 32 bits$/, signature: NARROW },
  { name: 'AL 1', changes: { ...LOAD_DOUBLE, mark: 'b8 01 00 00 00' }, reason: null, signature: VARIADIC },
  { name: 'AL 0, an immediate with one bit flipped', changes: LOAD_DOUBLE, reason: /AL is 0, but 1 vector registers are used/, signature: VARIADIC },
  { name: 'AL 9', changes: { ...LOAD_DOUBLE, mark: 'b8 09 00 00 00' }, reason: /^AL is 9, more than 8$/, signature: VARIADIC },
]; // biome-ignore format: one control a line

/** The result goes straight to where the caller wants it. */
const TO_MEMORY = { spill: '48 89 7c 24 18', point: '', ret: '48 89 fe', args: '', load: '48 8b 44 24 18' };

const REVERSE_CONTROLS: readonly Control[] = [
  { name: 'right code', changes: {}, reason: null },
  { name: 'a displacement with one bit flipped', changes: { spill: '89 7c 24 02' }, reason: /argument 0 differs/ },
  { name: 'a result cut short', changes: { load: '0f b6 44 24 10' }, reason: /^the result differs at byte 1/ },
  { name: 'rbx clobbered', changes: { enter: '31 db 48 83 ec 28' }, reason: /rbx not restored by the trampoline: 0$/ },
  { name: 'misaligned stack', changes: { enter: '48 83 ec 20', leave: '48 83 c4 20' }, reason: /^stack misaligned at the call$/ },
  { name: 'an argument misaligned', changes: { spill: '89 7c 24 1a', point: '48 8d 44 24 1a 48 89 44 24 08' }, reason: /^argument 0 handed over misaligned$/ },
  { name: 'the wrong context', changes: { context: '48 8b 3d <dispatcher>' }, reason: /^context is 0x/ },
  { name: 'DF left set', changes: { leave: 'fd 48 83 c4 28' }, reason: /^DF set on return of the trampoline$/ },
  { name: 'a value left on the x87 stack', changes: { leave: 'd9 e8 48 83 c4 28' }, reason: /x87 stack not empty on return of the trampoline/ },
  { name: 'too many bytes popped', changes: { end: 'c2 08 00' }, reason: /^rsp not restored by the trampoline$/ },
  { name: 'right result in memory', changes: TO_MEMORY, reason: null, signature: IN_MEMORY },
  { name: 'rax not its address', changes: { ...TO_MEMORY, load: '' }, reason: /rax is not the address of the result/, signature: IN_MEMORY },
]; // biome-ignore format: one control a line

export const sysvControls: readonly Handmade[] = [
  { kind: 'forward', make: forwardCode, plain: FORWARD_PLAIN, controls: FORWARD_CONTROLS },
  { kind: 'reverse', make: reverseCode, plain: REVERSE_PLAIN, controls: REVERSE_CONTROLS },
];
