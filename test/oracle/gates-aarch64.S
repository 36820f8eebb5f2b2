// The gates of AArch64: they poison registers, record what the code under test did to them, and branch on. One set serves
// the conventions of Linux, Apple and Windows, which preserve the same registers (AAPCS64 6.1.1, 6.1.2). A gate in front
// of a function replaces the return address in x30 and leaves the stack as it is. What the records mean is decided in
// gates-aarch64.c. x16 and x17 carry nothing between a call and the function it reaches (AAPCS64 6.1.1).
#include "gates-aarch64.h"

.macro gate register
    adrp \register, oracle_gate
    add \register, \register, :lo12:oracle_gate
.endm

.macro poison_x from, to
    .altmacro
    .set n, \from
    .rept \to - \from + 1
    poison_one_x %n
    .set n, n + 1
    .endr
    .noaltmacro
.endm
.macro poison_one_x n
    ldr x\n, =POISON_HIGH + \n
.endm

.macro poison_v from, to
    .altmacro
    .set n, \from
    .rept \to - \from + 1
    poison_one_v %n
    .set n, n + 1
    .endr
    .noaltmacro
.endm
.macro poison_one_v n
    movi v\n\().16b, 0xa0 + \n
.endm

// The upper halves of v8 to v15 are volatile (AAPCS64 6.1.2).
.macro poison_upper_halves
    mov v8.d[1], x17
    mov v9.d[1], x17
    mov v10.d[1], x17
    mov v11.d[1], x17
    mov v12.d[1], x17
    mov v13.d[1], x17
    mov v14.d[1], x17
    mov v15.d[1], x17
.endm

// x18 to x29 and d8 to d15, at [x16 + where].
.macro each_saved pair, where
    \pair x18, x19, [x16, \where]
    \pair x20, x21, [x16, \where + 16]
    \pair x22, x23, [x16, \where + 32]
    \pair x24, x25, [x16, \where + 48]
    \pair x26, x27, [x16, \where + 64]
    \pair x28, x29, [x16, \where + 80]
    \pair d8, d9, [x16, \where + 96]
    \pair d10, d11, [x16, \where + 112]
    \pair d12, d13, [x16, \where + 128]
    \pair d14, d15, [x16, \where + 144]
.endm

// stp and ldp reach 504 bytes: x16 is moved to the record and back.
.macro each_saved_at pair, where
    add x16, x16, \where
    each_saved \pair, 0
    sub x16, x16, \where
.endm

    .text

// uint64_t oracle_enter(void *code, void *a, void *b, void *c)
    .globl oracle_enter
oracle_enter:
    sub sp, sp, #176
    mov x16, sp
    each_saved stp, 0
    str x30, [sp, #160]
    sub sp, sp, 8 * ABOVE_WORDS
    gate x16
    str x0, [x16, ENTER_CODE]
    mov x17, sp
    str x17, [x16, ENTER_SP]
    mov x0, x1
    mov x1, x2
    mov x2, x3
    poison_x 3, 15
    mov x17, sp
    .rept ABOVE_WORDS / 2
    stp x15, x15, [x17], #16
    .endr
    poison_x 17, 30
    poison_v 0, 31
    ldr x16, [x16, ENTER_CODE]
    blr x16
    gate x16
    str x0, [x16, ENTER_X0]
    mov x17, sp
    str x17, [x16, ENTER_SP_AFTER]
    mrs x17, fpcr
    str x17, [x16, ENTER_FPCR]
    each_saved_at stp, ENTER_SAVED
    ldr x17, [x16, ENTER_SP]
    mov sp, x17
    add x16, x16, ENTER_ABOVE
    .rept ABOVE_WORDS / 2
    ldp x14, x15, [x17], #16
    stp x14, x15, [x16], #16
    .endr
    add sp, sp, 8 * ABOVE_WORDS
    mov x16, sp
    each_saved ldp, 0
    ldr x30, [sp, #160]
    add sp, sp, #176
    ret
    .ltorg

// In front of the callee and of the dispatcher.
.macro inner_gate after
    gate x16
    mov x17, sp
    str x17, [x16, INNER_SP]
    str x18, [x16, INNER_X18]
    str x30, [x16, INNER_RETURN]
    mrs x17, fpcr
    str x17, [x16, INNER_FPCR]
    ldr x17, [x16, INNER_CALLS]
    add x17, x17, #1
    str x17, [x16, INNER_CALLS]
    adr x30, \after
    poison_one_x 17
    ldr x16, [x16, INNER_CODE]
    br x16
.endm

.macro inner_return
    gate x16
    ldr x30, [x16, INNER_RETURN]
    poison_one_x 16
    ret
    .ltorg
.endm

    .globl oracle_target
oracle_target:
    inner_gate .Lafter_target
.Lafter_target:                    // results are in x0, x1 and v0 to v3 (AAPCS64 6.9)
    poison_x 2, 15
    poison_x 17, 18
    poison_v 4, 7
    poison_upper_halves
    poison_v 16, 31
    inner_return

    .globl oracle_dispatcher
oracle_dispatcher:
    inner_gate .Lafter_dispatcher
.Lafter_dispatcher:
    poison_x 0, 15
    poison_x 17, 18
    poison_v 0, 7
    poison_upper_halves
    poison_v 16, 31
    inner_return

// In front of a reverse trampoline, called by compiled code that knows nothing of it.
    .globl oracle_outer
oracle_outer:
    gate x16
    mov x17, sp
    str x17, [x16, OUTER_SP]
    str x30, [x16, OUTER_RETURN]
    ldr x17, [x16, OUTER_CALLS]
    add x17, x17, #1
    str x17, [x16, OUTER_CALLS]
    each_saved_at stp, OUTER_OWN
    poison_x 9, 15
    poison_x 18, 29
    poison_v 8, 31
    adr x30, .Lafter_outer
    ldr x17, [x16, OUTER_CODE]
    poison_one_x 16
    br x17
.Lafter_outer:
    gate x16
    mov x17, sp
    str x17, [x16, OUTER_SP_AFTER]
    str x0, [x16, OUTER_X0]
    mrs x17, fpcr
    str x17, [x16, OUTER_FPCR]
    each_saved_at stp, OUTER_SAVED
    each_saved_at ldp, OUTER_OWN
    ldr x17, [x16, OUTER_SP]
    mov sp, x17
    ldr x30, [x16, OUTER_RETURN]
    poison_x 2, 15
    poison_one_x 17
    poison_v 4, 7
    poison_v 16, 31
    poison_one_x 16
    ret
    .ltorg

    .section .note.GNU-stack,"",%progbits
