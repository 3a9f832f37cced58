/*
 * Runs the cases of test/exec/cases.ts on qemu-system-arm: reads cases.bin, the request of lockstep.ts with the two
 * windows before it, and writes outcomes.bin. A case ends in an exception: its code is followed by UDF. An outcome is
 * IPSR, CFSR, HFSR, R0-R15, xPSR, the address of the exception frame, the number of changed words of DATA, and address
 * and value of each.
 */
#include <stddef.h>
#include <stdint.h>

#define CODE ((uint8_t *)0x01000000)
#define DATA ((uint32_t *)0x20008000)
#define WINDOW 0x4000u
#define INPUT ((uint32_t *)0x21000000)
#define OUTPUT ((uint32_t *)0x21800000)
#define REG(address) (*(volatile uint32_t *)(address))
#define CCR REG(0xe000ed14)
#define SHCSR REG(0xe000ed24)
#define CFSR REG(0xe000ed28)
#define HFSR REG(0xe000ed2c)

enum { SYS_OPEN = 1, SYS_CLOSE = 2, SYS_WRITE = 5, SYS_READ = 6, SYS_EXIT = 0x18 };

static int semihost(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

struct outcome {
    uint32_t r4_r11[8];
    uint32_t frame[8];
    uint32_t psp, ipsr, cfsr, hfsr;
};
struct outcome outcome;
uint32_t driver_sp;
extern uint32_t case_target;

/* Runs one case: state is R0-R12, R13, R14, APSR. Comes back through `leave`. */
void run_case(const uint32_t *state, uint32_t pc);
__asm__(
    ".syntax unified\n .thumb\n .text\n .balign 4\n"
    ".global run_case\n .thumb_func\nrun_case:\n"
    "  push {r4-r11, lr}\n"
    "  ldr r2, =driver_sp\n  mov r3, sp\n  str r3, [r2]\n"
    "  ldr r2, =case_target\n  orr r1, #1\n  str r1, [r2]\n"
    "  ldr r1, [r0, #52]\n  msr psp, r1\n"
    "  ldr r1, [r0, #60]\n  msr apsr_nzcvqg, r1\n"
    "  mov r1, #2\n  msr control, r1\n  isb\n  clrex\n"
    "  mov lr, r0\n  ldmia lr!, {r0-r12}\n  ldr lr, [lr, #4]\n"
    "  b.w enter\n"
    "  .pool\n"
    ".section .data\n .balign 4\n"
    ".thumb_func\nenter:\n  ldr.w pc, [pc]\n"
    ".global case_target\ncase_target: .word 0\n"
    ".text\n"
    /* Every exception: keeps what the case left, and returns to the caller of run_case on the main stack. */
    ".global leave\n .thumb_func\nleave:\n"
    "  ldr r0, =outcome\n  stmia r0!, {r4-r11}\n"
    "  mrs r1, psp\n  ldmia r1!, {r2-r9}\n  stmia r0!, {r2-r9}\n"
    "  mrs r1, psp\n  mrs r2, ipsr\n"
    "  ldr r3, =0xe000ed28\n  ldr r4, [r3]\n  ldr r5, [r3, #4]\n  str r4, [r3]\n  str r5, [r3, #4]\n"
    "  stmia r0!, {r1, r2, r4, r5}\n"
    "  ldr r0, =driver_sp\n  ldr r0, [r0]\n  sub r0, #32\n  msr msp, r0\n"
    "  ldr r1, =finish\n  str r1, [r0, #24]\n  mov r1, #0x01000000\n  str r1, [r0, #28]\n"
    "  mvn lr, #6\n  bx lr\n"
    ".thumb_func\nfinish:\n  pop {r4-r11, pc}\n"
    "  .pool\n");

extern void leave(void);
extern uint8_t stack[];
void Reset(void);

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack, Reset, leave, leave, leave, leave, leave, leave, leave, leave, leave, leave, leave, leave, leave, leave,
};

static void copy(void *to, const void *from, uint32_t size)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    while (size-- > 0)
        *t++ = *f++;
}

static uint32_t *put_outcome(uint32_t *out, const uint32_t *original)
{
    const struct outcome *o = &outcome;
    uint32_t aligner = (o->frame[7] >> 9 & 1) * 4;
    *out++ = o->ipsr;
    *out++ = o->cfsr;
    *out++ = o->hfsr;
    for (int n = 0; n < 4; n++)
        *out++ = o->frame[n];
    for (int n = 0; n < 8; n++)
        *out++ = o->r4_r11[n];
    *out++ = o->frame[4];
    *out++ = o->psp + 32 + aligner;
    *out++ = o->frame[5];
    *out++ = o->frame[6];
    *out++ = o->frame[7];
    *out++ = o->psp;
    uint32_t *count = out++;
    *count = 0;
    for (uint32_t n = 0; n < WINDOW / 4; n++) {
        if (DATA[n] == original[n])
            continue;
        *out++ = (uint32_t)(DATA + n);
        *out++ = DATA[n];
        DATA[n] = original[n];
        ++*count;
    }
    return out;
}

static uint32_t *run_groups(const uint32_t *in, uint32_t *out)
{
    const uint8_t *code_window = (const uint8_t *)in;
    const uint32_t *data_window = in + WINDOW / 4;
    in = data_window + WINDOW / 4;
    copy(CODE, code_window, WINDOW);
    copy(DATA, data_window, WINDOW);
    for (uint32_t groups = *in++; groups > 0; groups--) {
        uint32_t pc = in[0], size = in[2], states = in[3];
        in += 4;
        copy((void *)pc, in, size);
        in += (size + 3) / 4;
        for (; states > 0; states--, in += 16) {
            run_case(in, pc);
            out = put_outcome(out, data_window);
        }
        copy((void *)pc, code_window + (pc - (uint32_t)CODE), size);
    }
    return out;
}

static int open_file(const char *name, uint32_t length, uint32_t mode)
{
    const uint32_t arguments[] = {(uint32_t)name, mode, length};
    return semihost(SYS_OPEN, arguments);
}

void Reset(void)
{
    SHCSR = 7u << 16;
    const int input = open_file("cases.bin", 9, 1);
    const uint32_t reading[] = {(uint32_t)input, (uint32_t)INPUT, 0x800000};
    semihost(SYS_READ, reading);
    CCR |= INPUT[0];
    uint32_t *end = run_groups(INPUT + 1, OUTPUT);
    const int output = open_file("outcomes.bin", 12, 5);
    const uint32_t writing[] = {(uint32_t)output, (uint32_t)OUTPUT, (uint32_t)(end - OUTPUT) * 4};
    semihost(SYS_WRITE, writing);
    semihost(SYS_CLOSE, &output);
    semihost(SYS_EXIT, (const void *)0x20026);
    for (;;)
        ;
}
