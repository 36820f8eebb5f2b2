// What unwritten executable bytes hold: an instruction that traps.
#ifndef INTERFIX_TRAP_H
#define INTERFIX_TRAP_H

// x64: int3 (SDM vol. 2, "INT3"). AArch64: zero words are UDF #0 (Arm ARM C6.2, UDF). The second name of each CPU is
// Microsoft's compiler's.
#if defined(__x86_64__) || defined(_M_X64)
#define TRAP 0xCC
#elif defined(__aarch64__) || defined(_M_ARM64)
#define TRAP 0x00
#else
#error "no trapping instruction is known for this CPU"
#endif

#endif
