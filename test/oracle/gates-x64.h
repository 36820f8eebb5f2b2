// Where gates-x64.S leaves what it saw for gates-x64.c: byte offsets into `oracle_gate`.
#define ENTER_CODE 0
#define ENTER_RSP 8
#define ENTER_RSP_AFTER 16
#define ENTER_RAX 24
#define ENTER_FLAGS 32
#define INNER_CODE 40
#define INNER_RETURN 48
#define INNER_RSP 56
#define INNER_RAX 64
#define INNER_FLAGS 72
#define INNER_CALLS 80
#define OUTER_CODE 88
#define OUTER_RETURN 96
#define OUTER_RSP 104
#define OUTER_RSP_AFTER 112
#define OUTER_HIDDEN 120
#define OUTER_RAX 128
#define OUTER_FLAGS 136
#define OUTER_CALLS 144
#define ENTER_ARGS 152
// Eight general registers: rbx rbp r12 r13 r14 r15, and rdi rsi, which only Windows preserves.
#define ENTER_SAVED 176
#define OUTER_SAVED 240
#define OUTER_OWN 304
// xmm6 to xmm15 of the compiled caller, which only Windows preserves.
#define OUTER_OWN_XMM 368
// What lies above the return address of the code that `enter` calls: 16 words, of which Windows gives away four.
#define ENTER_ABOVE 528
#define ENTER_FX 656
#define INNER_FX 1168
#define OUTER_FX 1680
#define GATE_SIZE 2192
#define ABOVE_WORDS 16
