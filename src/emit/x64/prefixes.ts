// What stands in front of the opcode: the mandatory prefix and REX, or VEX, or EVEX. Registers above 7 show here and
// nowhere else.

import type { Register } from '../../isa/register.ts';
import type { CodeBuffer } from '../code-buffer.ts';
import { isMem, type Mem } from './mem.ts';
import type { Row, VectorPrefix } from './row.ts';

/** Writes the bytes before the opcode, in their order. */
export function writePrefixes(row: Row, reg: Register | null, rm: Register | Mem | null, buffer: CodeBuffer): void {
  if (row.vector !== null) {
    for (const byte of vectorBytes(row.vector, isHigh(reg), isHigh(baseOf(rm)))) buffer.u8(byte);
    return;
  }
  if (row.prefix !== 0) buffer.u8(row.prefix);
  const rex = rexOf(row, reg, rm);
  if (rex !== null) buffer.u8(rex);
}

const isHigh = (register: Register | null): boolean => (register?.code ?? 0) > 7;

/** The register that ModRM.rm names. */
function baseOf(rm: Register | Mem | null): Register | null {
  if (rm === null || !isMem(rm)) return rm;
  return 'base' in rm ? rm.base : null;
}

/** The REX prefix (SDM 2.2.1.2): W operand size, R extends ModRM.reg, B extends ModRM.rm, base or opcode register. */
function rexOf(row: Row, reg: Register | null, rm: Register | Mem | null): number | null {
  const inReg = row.plusRegister ? null : reg;
  const base = row.plusRegister ? reg : baseOf(rm);
  const bits = (row.rexW ? 8 : 0) | (isHigh(inReg) ? 4 : 0) | (isHigh(base) ? 1 : 0);
  return bits !== 0 || needsRexForByte(row, reg, rm) ? 0x40 | bits : null;
}

/** SDM vol. 1, 3.4.1.1: without REX the byte registers 4 to 7 are ah, ch, dh, bh; with it spl, bpl, sil, dil. */
function needsRexForByte(row: Row, reg: Register | null, rm: Register | Mem | null): boolean {
  if (!row.hasByteRegister) return false;
  for (const { file, bits, role } of row.operands) {
    const register = role === 'reg' ? reg : role === 'rm' && rm !== null && !isMem(rm) ? rm : null;
    if (file === 'gpr' && bits === 8 && register !== null && register.code >= 4 && register.code <= 7) return true;
  }
  return false;
}

/**
 * SDM 2.3.5 (VEX) and 2.7.1 (EVEX). R, X, B, R', V' and vvvv are stored inverted: a register below 8, or none, is ones.
 * No row here has a second source (vvvv), an index (X), a mask (aaa, z), a broadcast (b), a mandatory prefix (pp) or W.
 *
 *   VEX    C5 │ R vvvv L pp                                  where B is not needed
 *          C4 │ R X B 0 0 0 0 1 │ W vvvv L pp
 *   EVEX   62 │ R X B R' 0 0 0 1 │ W vvvv 1 pp │ z L'L b V' aaa
 */
function vectorBytes({ kind, length }: VectorPrefix, highReg: boolean, highBase: boolean): readonly number[] {
  const r = highReg ? 0 : 0x80;
  const b = highBase ? 0 : 0x20;
  const NO_INDEX = 0x40;
  const MAP_0F = 1;
  const NO_SOURCE = 0x78; // vvvv = 1111
  if (kind === 'evex') return [0x62, r | NO_INDEX | b | 0x10 | MAP_0F, NO_SOURCE | 4, (length << 5) | 8];
  const lengthBit = length << 2;
  if (!highBase) return [0xc5, r | NO_SOURCE | lengthBit];
  return [0xc4, r | NO_INDEX | b | MAP_0F, NO_SOURCE | lengthBit];
}
