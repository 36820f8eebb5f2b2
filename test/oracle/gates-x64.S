// The gates of x86-64, for System V and for Windows: they poison registers, record what the code under test did to them,
// and jump on. A gate in front of a function replaces the return address on the stack by a label of its own, so that
// stack arguments stay where they are. What the records mean is decided in gates-x64.c.
//
// Nothing here writes more of a vector register than its low 16 bytes while it may hold an argument or a result.
#include "gates-x64.h"

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

.macro poison_callee_saved_win
    poison_callee_saved
    movq POISON(6), %rdi
    movq POISON(7), %rsi
    poison_xmm 6, 15
.endm

.macro save_callee_saved where
    movq %rbx, oracle_gate+\where(%rip)
    movq %rbp, oracle_gate+\where+8(%rip)
    movq %r12, oracle_gate+\where+16(%rip)
    movq %r13, oracle_gate+\where+24(%rip)
    movq %r14, oracle_gate+\where+32(%rip)
    movq %r15, oracle_gate+\where+40(%rip)
    movq %rdi, oracle_gate+\where+48(%rip)
    movq %rsi, oracle_gate+\where+56(%rip)
.endm

.macro load_callee_saved where
    movq oracle_gate+\where(%rip), %rbx
    movq oracle_gate+\where+8(%rip), %rbp
    movq oracle_gate+\where+16(%rip), %r12
    movq oracle_gate+\where+24(%rip), %r13
    movq oracle_gate+\where+32(%rip), %r14
    movq oracle_gate+\where+40(%rip), %r15
.endm

// `do` for each of the vector registers.
.macro each_xmm do, from, to
    .altmacro
    .set n, \from
    .rept \to - \from + 1
    \do %n
    .set n, n + 1
    .endr
    .noaltmacro
.endm
.macro poison_one_xmm n
    movups oracle_poison+8*\n(%rip), %xmm\n
.endm
.macro save_one_xmm n
    movups %xmm\n, oracle_gate+OUTER_OWN_XMM+16*(\n-6)(%rip)
.endm
.macro load_one_xmm n
    movups oracle_gate+OUTER_OWN_XMM+16*(\n-6)(%rip), %xmm\n
.endm
.macro poison_xmm from, to
    each_xmm poison_one_xmm, \from, \to
.endm

// Leftovers in the upper parts would make a wide vector that was never written look right.
.macro clear_wide_vectors
    cmpb $0, oracle_has_avx(%rip)
    je .Lno_avx_\@
    vzeroall
.Lno_avx_\@:
.endm

// Volatile registers that carry no result (psABI figure 3.4: rax, rdx, xmm0, xmm1 do).
.macro poison_after_call
    movq POISON(8), %rcx
    movq POISON(7), %rsi
    movq POISON(6), %rdi
    movq POISON(9), %r8
    movq POISON(10), %r9
    movq POISON(11), %r10
    movq POISON(12), %r11
    poison_xmm 2, 15
.endm

// Microsoft's x64 convention: rcx, rdx, r8 to r11 and xmm1 to xmm5 are volatile and carry no result.
.macro poison_after_call_win
    movq POISON(8), %rcx
    movq POISON(14), %rdx
    movq POISON(9), %r8
    movq POISON(10), %r9
    movq POISON(11), %r10
    movq POISON(12), %r11
    poison_xmm 1, 5
.endm

// The home space belongs to the callee: nobody else may count on what is there. r11 is free at every gate.
.macro poison_home from
    movq POISON(15), %r11
    movq %r11, \from(%rsp)
    movq %r11, \from+8(%rsp)
    movq %r11, \from+16(%rsp)
    movq %r11, \from+24(%rsp)
.endm

    .text

// uint64_t enter(void *code, void *a, void *b, void *c): a function of System V that calls one of either convention.
.macro enter_begin
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8+8*ABOVE_WORDS, %rsp
    movq %rdi, GATE(ENTER_CODE)
    movq %rsp, GATE(ENTER_RSP)
    movq %rsi, GATE(ENTER_ARGS)
    movq %rdx, GATE(ENTER_ARGS + 8)
    movq %rcx, GATE(ENTER_ARGS + 16)
    movq POISON(15), %rax
    leaq (%rsp), %rdi
    movl $ABOVE_WORDS, %ecx
    rep stosq
    clear_wide_vectors
    poison_after_call
    poison_xmm 0, 1
.endm

.macro enter_end
    movq POISON(15), %rax
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
    movq %rsp, %rsi
    leaq GATE(ENTER_ABOVE), %rdi
    movl $ABOVE_WORDS, %ecx
    rep movsq
    movq GATE(ENTER_RAX), %rax
    addq $8+8*ABOVE_WORDS, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
.endm

    .globl oracle_enter
oracle_enter:
    enter_begin
    movq GATE(ENTER_ARGS), %rdi
    movq GATE(ENTER_ARGS + 8), %rsi
    movq GATE(ENTER_ARGS + 16), %rdx
    poison_callee_saved
    enter_end

    .globl oracle_enter_win
oracle_enter_win:
    enter_begin
    movq GATE(ENTER_ARGS), %rcx
    movq GATE(ENTER_ARGS + 8), %rdx
    movq GATE(ENTER_ARGS + 16), %r8
    poison_callee_saved_win
    enter_end

// In front of the callee and of the dispatcher. r11 carries nothing here in either convention.
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
.endm

.macro inner_go
    movq POISON(12), %r11
    jmp *GATE(INNER_CODE)
.endm

.macro inner_return
    pushq GATE(INNER_RETURN)
    ret
.endm

    .globl oracle_target
oracle_target:
    inner_gate .Lafter_target
    inner_go
.Lafter_target:
    poison_after_call
    inner_return

    .globl oracle_target_win
oracle_target_win:
    inner_gate .Lafter_target_win
    poison_home 8
    inner_go
.Lafter_target_win:
    poison_home 0
    poison_after_call_win
    inner_return

    .globl oracle_dispatcher
oracle_dispatcher:
    inner_gate .Lafter_dispatcher
    inner_go
.Lafter_dispatcher:
    clear_wide_vectors
    poison_after_call
    movq POISON(13), %rax
    movq POISON(14), %rdx
    poison_xmm 0, 1
    inner_return

    .globl oracle_dispatcher_win
oracle_dispatcher_win:
    inner_gate .Lafter_dispatcher_win
    poison_home 8
    inner_go
.Lafter_dispatcher_win:
    poison_home 0
    poison_after_call_win
    movq POISON(13), %rax
    poison_xmm 0, 0
    inner_return

// In front of a reverse trampoline, called by compiled code that knows nothing of it.
.macro outer_begin hidden, after
    movq %rsp, GATE(OUTER_RSP)
    movq \hidden, GATE(OUTER_HIDDEN)
    incq GATE(OUTER_CALLS)
    save_callee_saved OUTER_OWN
    popq GATE(OUTER_RETURN)
    leaq \after(%rip), %r11
    pushq %r11
.endm

.macro outer_end
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
.endm

    .globl oracle_outer
oracle_outer:
    outer_begin %rdi, .Lafter_outer
    poison_callee_saved
    movzbl %al, %eax               // AL is an argument of a variadic function, the rest of rax is not
    movabsq $0xdeadbeefdeadbe00, %r11
    orq %r11, %rax
    movq POISON(11), %r10
    movq POISON(12), %r11
    poison_xmm 8, 15
    jmp *GATE(OUTER_CODE)
.Lafter_outer:
    outer_end
    pushq GATE(OUTER_RETURN)
    ret

    .globl oracle_outer_win
oracle_outer_win:
    outer_begin %rcx, .Lafter_outer_win
    each_xmm save_one_xmm, 6, 15
    poison_home 8
    poison_callee_saved_win
    movq POISON(13), %rax
    movq POISON(11), %r10
    movq POISON(12), %r11
    poison_xmm 4, 5
    jmp *GATE(OUTER_CODE)
.Lafter_outer_win:
    outer_end
    movq oracle_gate+OUTER_OWN+48(%rip), %rdi
    movq oracle_gate+OUTER_OWN+56(%rip), %rsi
    each_xmm load_one_xmm, 6, 15
    poison_home 0
    pushq GATE(OUTER_RETURN)
    ret

    .section .note.GNU-stack,"",@progbits
