// What executable memory holds where no code is. The native shim has its own copy (trap.h).

/** x64: int3 (SDM vol. 2). AArch64: zero words are `udf #0` (Arm ARM C6.2). */
export const TRAP_BYTE: number = process.arch === 'arm64' ? 0x00 : 0xcc;
