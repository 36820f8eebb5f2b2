// Wrong pieces of hand-made trampolines of Microsoft's x64 convention, and what the runner says of each.

import { type Control, FORWARD_PLAIN, type Handmade, IN_MEMORY, REVERSE_PLAIN } from './controls.ts';
import { forwardCode, reverseCode } from './handmade-win.ts';

/** A register of the caller is cleared before the code saves it. */
const clobbers = (name: string, xor: string): Control => ({
  name: `${name} clobbered`,
  changes: { enter: `${xor} 53` },
  reason: new RegExp(`^${name} not restored on return`),
});

const FORWARD_CONTROLS: readonly Control[] = [
  { name: 'right code', changes: {}, reason: null },
  { name: 'a displacement with one bit flipped', changes: { point1: '49 8b 40 00' }, reason: /argument [01]/ },
  { name: '8 bytes read from 4', changes: { load0: '48 8b 09' }, reason: /^SIGSEGV at code\+0x.*past the end of argument 0/ },
  { name: '8 bytes written to 4', changes: { store: '48 89 03' }, reason: /past the end of the result/ },
  { name: 'argument memory written', changes: { load1: '48 8b 10 f6 10' }, reason: /wrote to the memory of argument 1/ },
  { name: 'registers of System V', changes: { load0: '8b 39', load1: '48 8b 30' }, reason: /^argument 0 differs/ },
  clobbers('rbx', '31 db'),
  clobbers('rbp', '31 ed'),
  clobbers('rdi', '31 ff'),
  clobbers('rsi', '31 f6'),
  clobbers('r12', '45 31 e4'),
  clobbers('r13', '45 31 ed'),
  clobbers('r14', '45 31 f6'),
  clobbers('r15', '45 31 ff'),
  clobbers('xmm6', '0f 57 f6'),
  clobbers('xmm15', '45 0f 57 ff'),
  { name: 'no home space', changes: { home: '', unhome: '' }, reason: /SIGSEGV|misaligned|not restored|wrote to the stack of its caller/ },
  { name: 'a value in the home space over the call', changes: { before: '48 89 1c 24', store: '48 8b 0c 24 89 01' }, reason: /SIGSEGV at code/ },
  { name: 'a value in our own home space', changes: { before: '48 89 5c 24 30', store: '48 8b 4c 24 30 89 01' }, reason: null },
  { name: 'the caller\'s stack written', changes: { before: '48 89 5c 24 50' }, reason: /^wrote to the stack of its caller, 32 bytes above/ },
  { name: 'misaligned stack', changes: { enter: '53 50', leave: '58 5b' }, reason: /^stack misaligned at the call$/ },
  { name: 'DF left set', changes: { leave: 'fd 5b' }, reason: /^DF set on return$/ },
  { name: 'a value left on the x87 stack', changes: { leave: 'd9 e8 5b' }, reason: /^x87 stack not empty on return$/ },
  { name: 'too many bytes popped', changes: { end: 'c2 08 00' }, reason: /^rsp not restored$/ },
  { name: 'no call', changes: { call: '' }, reason: /called 0 times/ },
  { name: 'an illegal instruction', changes: { before: '0f 0b' }, reason: /^SIGILL at code\+0x/ },
]; // biome-ignore format: one control a line

/** The result goes straight to where the caller wants it. */
const TO_MEMORY = { spill: '48 89 4c 24 30', point: '', keep: '', ret: '48 89 ca', args: '', load: '48 8b 44 24 30' };

const REVERSE_CONTROLS: readonly Control[] = [
  { name: 'right code', changes: {}, reason: null },
  { name: 'a displacement with one bit flipped', changes: { spill: '89 4c 24 42' }, reason: /argument 0 differs/ },
  { name: 'a result cut short', changes: { load: '0f b6 44 24 28' }, reason: /^the result differs at byte 1/ },
  { name: 'rdi clobbered', changes: { enter: '31 ff 48 83 ec 38' }, reason: /rdi not restored by the trampoline: 0$/ },
  { name: 'xmm6 clobbered', changes: { enter: '0f 57 f6 48 83 ec 38' }, reason: /xmm6 not restored by the trampoline$/ },
  { name: 'misaligned stack', changes: { enter: '48 83 ec 30', spill: '89 4c 24 2c', point: '48 8d 44 24 2c', leave: '48 83 c4 30' }, reason: /^stack misaligned at the call$/ },
  { name: 'an argument in the home space of the dispatcher', changes: { spill: '89 4c 24 18', point: '48 8d 44 24 18' }, reason: /argument 0 differs/ },
  { name: 'the wrong context', changes: { context: '48 8b 0d <dispatcher>' }, reason: /^context is 0x/ },
  { name: 'too many bytes popped', changes: { end: 'c2 08 00' }, reason: /^rsp not restored by the trampoline$/ },
  { name: 'right result in memory', changes: TO_MEMORY, reason: null, signature: IN_MEMORY },
  { name: 'rax not its address', changes: { ...TO_MEMORY, load: '31 c0' }, reason: /rax is not the address of the result|SIGSEGV in compiled code/, signature: IN_MEMORY },
]; // biome-ignore format: one control a line

export const winControls: readonly Handmade[] = [
  { kind: 'forward', make: forwardCode, plain: FORWARD_PLAIN, controls: FORWARD_CONTROLS },
  { kind: 'reverse', make: reverseCode, plain: REVERSE_PLAIN, controls: REVERSE_CONTROLS },
];
