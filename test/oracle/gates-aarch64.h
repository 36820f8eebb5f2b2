// Where gates-aarch64.S leaves what it saw for gates-aarch64.c: byte offsets into `oracle_gate`.
#define ENTER_CODE 0
#define ENTER_SP 8
#define ENTER_SP_AFTER 16
#define ENTER_X0 24
#define ENTER_FPCR 32
#define INNER_CODE 40
#define INNER_RETURN 48
#define INNER_SP 56
#define INNER_X18 64
#define INNER_FPCR 72
#define INNER_CALLS 80
#define OUTER_CODE 88
#define OUTER_RETURN 96
#define OUTER_SP 104
#define OUTER_SP_AFTER 112
#define OUTER_OWN_X18 120
#define OUTER_X0 128
#define OUTER_FPCR 136
#define OUTER_CALLS 144
// x18 to x29, 12 words, and then d8 to d15.
#define ENTER_SAVED 160
#define OUTER_SAVED 320
#define OUTER_OWN 480
// What lies at the stack pointer of whoever calls the code: 16 words.
#define ENTER_ABOVE 640
#define GATE_SIZE 768
#define ABOVE_WORDS 16
#define SAVED_X 96
// Poison: register n holds this and n; vector register n holds bytes of 0xa0 and n.
#define POISON_HIGH 0xdeadbeefdead0100
