// The gates of System V x86-64: they poison registers, record what the code under test did to them, and jump on.
// A gate in front of a function replaces the return address on the stack by a label of its own, so that stack
// arguments stay where they are. What the records mean is decided in sysv-x64.c.
#include "sysv-x64.h"

#define GATE(field) oracle_gate+field(%rip)
#define POISON(n) oracle_poison+8*(n)(%rip)

.macro poison_callee_saved
    movq POISON(0), %rbx
    movq POISON(1), %rbp
    movq POISON(2), %r12
    movq POISON(3), %r13
    movq POISON(4), %r14
    movq POISON(5), %r15
.endm

.macro save_callee_saved where
    movq %rbx, oracle_gate+\where(%rip)
    movq %rbp, oracle_gate+\where+8(%rip)
    movq %r12, oracle_gate+\where+16(%rip)
    movq %r13, oracle_gate+\where+24(%rip)
    movq %r14, oracle_gate+\where+32(%rip)
    movq %r15, oracle_gate+\where+40(%rip)
.endm

.macro load_callee_saved where
    movq oracle_gate+\where(%rip), %rbx
    movq oracle_gate+\where+8(%rip), %rbp
    movq oracle_gate+\where+16(%rip), %r12
    movq oracle_gate+\where+24(%rip), %r13
    movq oracle_gate+\where+32(%rip), %r14
    movq oracle_gate+\where+40(%rip), %r15
.endm

.macro poison_xmm from, to
    .altmacro
    .set n, \from
    .rept \to - \from + 1
    poison_one_xmm %n
    .set n, n + 1
    .endr
    .noaltmacro
.endm
.macro poison_one_xmm n
    movups oracle_poison+16+8*\n(%rip), %xmm\n
.endm

// Volatile registers that carry no result (psABI figure 3.4: rax, rdx, xmm0, xmm1 do).
.macro poison_after_call
    movq POISON(6), %rcx
    movq POISON(7), %rsi
    movq POISON(8), %rdi
    movq POISON(9), %r8
    movq POISON(10), %r9
    movq POISON(11), %r10
    movq POISON(12), %r11
    poison_xmm 2, 15
.endm

    .text

// uint64_t convention_enter(void *code, void *a, void *b, void *c)
    .globl convention_enter
    .type convention_enter, @function
convention_enter:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    movq %rdi, GATE(ENTER_CODE)
    movq %rsp, GATE(ENTER_RSP)
    movq %rsi, GATE(ENTER_ARGS)
    movq %rdx, GATE(ENTER_ARGS + 8)
    movq %rcx, GATE(ENTER_ARGS + 16)
    poison_after_call
    poison_xmm 0, 1
    movq GATE(ENTER_ARGS), %rdi
    movq GATE(ENTER_ARGS + 8), %rsi
    movq GATE(ENTER_ARGS + 16), %rdx
    movq POISON(15), %rax
    poison_callee_saved
    call *GATE(ENTER_CODE)
    movq %rsp, GATE(ENTER_RSP_AFTER)
    movq GATE(ENTER_RSP), %rsp
    movq %rax, GATE(ENTER_RAX)
    save_callee_saved ENTER_SAVED
    pushfq
    popq GATE(ENTER_FLAGS)
    cld
    fxsave64 GATE(ENTER_FX)
    fninit
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
    .size convention_enter, . - convention_enter

// In front of the callee and of the dispatcher. r11 is the one register that carries nothing here (psABI figure 3.4).
.macro inner_gate after
    movq %rsp, GATE(INNER_RSP)
    movq %rax, GATE(INNER_RAX)
    pushfq
    popq %r11
    movq %r11, GATE(INNER_FLAGS)
    cld
    fxsave64 GATE(INNER_FX)
    incq GATE(INNER_CALLS)
    movq (%rsp), %r11
    movq %r11, GATE(INNER_RETURN)
    leaq \after(%rip), %r11
    movq %r11, (%rsp)
    movq POISON(12), %r11
    jmp *GATE(INNER_CODE)
.endm

    .globl convention_gate_target
convention_gate_target:
    inner_gate .Lafter_target
.Lafter_target:
    poison_after_call
    pushq GATE(INNER_RETURN)
    ret

    .globl convention_gate_dispatcher
convention_gate_dispatcher:
    inner_gate .Lafter_dispatcher
.Lafter_dispatcher:
    poison_after_call
    movq POISON(13), %rax
    movq POISON(14), %rdx
    poison_xmm 0, 1
    pushq GATE(INNER_RETURN)
    ret

// In front of a reverse trampoline, called by compiled code that knows nothing of it.
    .globl convention_gate_outer
convention_gate_outer:
    movq %rsp, GATE(OUTER_RSP)
    movq %rdi, GATE(OUTER_RDI)
    incq GATE(OUTER_CALLS)
    save_callee_saved OUTER_OWN
    poison_callee_saved
    popq GATE(OUTER_RETURN)
    leaq .Lafter_outer(%rip), %r11
    pushq %r11
    movzbl %al, %eax               // AL is an argument of a variadic function, the rest of rax is not
    movabsq $0xdeadbeefdeadbe00, %r11
    orq %r11, %rax
    movq POISON(11), %r10
    movq POISON(12), %r11
    poison_xmm 8, 15
    jmp *GATE(OUTER_CODE)
.Lafter_outer:
    movq %rsp, GATE(OUTER_RSP_AFTER)
    movq GATE(OUTER_RSP), %rsp
    addq $8, %rsp
    movq %rax, GATE(OUTER_RAX)
    save_callee_saved OUTER_SAVED
    pushfq
    popq GATE(OUTER_FLAGS)
    cld
    fxsave64 GATE(OUTER_FX)
    load_callee_saved OUTER_OWN
    pushq GATE(OUTER_RETURN)
    ret

    .section .note.GNU-stack,"",@progbits
