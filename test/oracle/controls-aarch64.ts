// Wrong pieces of hand-made AArch64 trampolines, and what the runner says of each.

import { type Control, FORWARD_PLAIN, type Handmade, IN_MEMORY, REVERSE_PLAIN } from './controls.ts';
import { forwardCode, reverseCode } from './handmade-aarch64.ts';

const ENTER = 'a9be7bfd'; // stp x29, x30, [sp, #-32]!

/** A register of the caller is cleared before the code saves it. */
const clobbers = (name: string, clear: string): Control => ({
  name: `${name} clobbered`,
  changes: { enter: `${clear} ${ENTER}` },
  reason: new RegExp(`^${name} (not restored on return: 0|changed at the call)$`),
});

const FORWARD_CONTROLS: readonly Control[] = [
  { name: 'right code', changes: {}, reason: null },
  { name: 'an immediate with one bit flipped', changes: { point1: 'f9400044' }, reason: /argument [01]/ },
  { name: '8 bytes read from 4', changes: { load0: 'f9400060' }, reason: /^SIGSEGV at code\+0x1c, .*past the end of argument 0/ },
  { name: '8 bytes written to 4', changes: { store: 'f9000260' }, reason: /past the end of the result/ },
  { name: 'written before the result', changes: { store: 'b81fc260' }, reason: /wrote outside the result/ },
  { name: 'result not written', changes: { store: '' }, reason: /^the result differs at byte 0/ },
  { name: 'argument memory written', changes: { load1: 'f9400081 f9000084' }, reason: /wrote to the memory of argument 1/ },
  { name: 'a value in a volatile register over the call', changes: { keepRet: 'aa0103ef', store: 'b90001e0' }, reason: /SIGSEGV at code/ },
  clobbers('x18', 'aa1f03f2'),
  clobbers('x19', 'aa1f03f3'),
  clobbers('x20', 'aa1f03f4'),
  clobbers('x28', 'aa1f03fc'),
  clobbers('x29', 'aa1f03fd'),
  clobbers('d8', '9e6703e8'),
  clobbers('d15', '9e6703ef'),
  { name: 'misaligned stack', changes: { before: 'd10023ff', store: '910023ff b9000260' }, reason: /^stack misaligned at the call$/ },
  { name: 'FPCR changed', changes: { store: 'b9000260 d2a00803 d51b4403' }, reason: /^FPCR 0x400000 on return$/ },
  { name: 'too many bytes popped', changes: { end: '910043ff d65f03c0' }, reason: /^sp not restored$/ },
  { name: 'the caller\'s stack written', changes: { before: 'f90013e3' }, reason: /^wrote to the stack of its caller, 0 bytes above/ },
  { name: 'no landing pad', changes: { pad: '' }, reason: /^SIGILL at code\+0/ },
  { name: 'no call', changes: { call: '' }, reason: /called 0 times/ },
  { name: 'an illegal instruction', changes: { before: '00000000' }, reason: /^SIGILL at code\+0x/ },
  { name: 'a breakpoint', changes: { before: 'd4200000' }, reason: /^SIGTRAP at code\+0x/ },
  { name: 'an endless loop', changes: { before: '14000000' }, reason: /did not return/ },
  { name: 'an exit', changes: { before: 'd2800ba8 d2800000 d4000001' }, reason: /^the runner died of an exit$/ },
  { name: 'right code after the exit', changes: {}, reason: null },
]; // biome-ignore format: one control a line

/** The result goes straight to where the caller wants it. */
const TO_MEMORY = { spill: '', point: '', keep: '', ret: 'aa0803e1', args: '', load: '' };

const REVERSE_CONTROLS: readonly Control[] = [
  { name: 'right code', changes: {}, reason: null },
  { name: 'an immediate with one bit flipped', changes: { spill: 'b90017e0' }, reason: /argument 0 differs/ },
  { name: 'a result cut short', changes: { load: '394083e0' }, reason: /^the result differs at byte 1/ },
  { name: 'x19 clobbered', changes: { spill: 'aa1f03f3 b90013e0' }, reason: /x19 not restored by the trampoline: 0$/ },
  { name: 'd8 clobbered', changes: { spill: '9e6703e8 b90013e0' }, reason: /d8 not restored by the trampoline: 0$/ },
  { name: 'an argument misaligned', changes: { spill: 'b80123e0', point: '91004be3' }, reason: /^argument 0 handed over misaligned$/ },
  { name: 'the wrong context', changes: { context: '58000000<dispatcher>' }, reason: /^context is 0x/ },
  { name: 'too many bytes popped', changes: { end: '910043ff d65f03c0' }, reason: /^sp not restored by the trampoline$/ },
  { name: 'no landing pad', changes: { pad: '' }, reason: /^SIGILL at code\+0/ },
  { name: 'right result in memory', changes: TO_MEMORY, reason: null, signature: IN_MEMORY },
  { name: 'a result in memory elsewhere', changes: { ...TO_MEMORY, ret: '910083e1', enter: 'a9bb7bfd', leave: 'a8c57bfd' }, reason: /^the result differs/, signature: IN_MEMORY },
]; // biome-ignore format: one control a line

export const aarch64Controls: readonly Handmade[] = [
  { kind: 'forward', make: forwardCode, plain: FORWARD_PLAIN, controls: FORWARD_CONTROLS },
  { kind: 'reverse', make: reverseCode, plain: REVERSE_PLAIN, controls: REVERSE_CONTROLS },
];
