// Whether indirect branches into our pages must meet a landing pad. Decides the protection of code pages on Linux.
#ifndef INTERFIX_LANDING_H
#define INTERFIX_LANDING_H

#if defined(__aarch64__)
#include <sys/auxv.h>

// <asm/hwcap.h>, <asm/mman.h>; C libraries older than the kernel's feature lack them.
#ifndef HWCAP2_BTI
#define HWCAP2_BTI (1UL << 17)
#endif
#ifndef PROT_BTI
#define PROT_BTI 0x10
#endif

// On a guarded page, `blr` to anything but `bti c` traps (Arm ARM D8.4.6, FEAT_BTI). All our entries begin with it. The
// kernel takes the flag only where it and the CPU know BTI (arch/arm64, "Branch Target Identification").
static inline int landing_protection(void)
{
  return getauxval(AT_HWCAP2) & HWCAP2_BTI ? PROT_BTI : 0;
}

#else

// x64: `endbr64` is checked for a whole process at once, by CET; pages have no flag for it.
static inline int landing_protection(void)
{
  return 0;
}

#endif

#endif
