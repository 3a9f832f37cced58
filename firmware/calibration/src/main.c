/*
 * Runs every sequence and prints one line for each over semihosting: its name, how many copies (or iterations) one
 * of its two lengths has more than the other, and the cycles of the shorter and the longer, each run a second time.
 * What surrounds the copies costs the same in both, so (longer - shorter) / copies is what one copy takes.
 */
#include "cortex_m.h"
#include "cycles.h"

struct sequence {
    const char *name;
    uint32_t (*shorter)(uint32_t *buffer);
    uint32_t (*longer)(uint32_t *buffer);
    uint32_t copies;
};

/* From the linker script. */
extern const struct sequence sequences_start[], sequences_end[];
extern uint32_t fast_start[], fast_end[], fast_source[];
extern uint32_t __stack_top[];

enum { SYS_WRITE0 = 4, SYS_EXIT = 0x18, APPLICATION_EXIT = 0x20026, RUN_TIME_ERROR = 0x20023 };

/* What the sequences load and store. */
static uint32_t buffer[1024] __attribute__((aligned(32)));

void Reset_Handler(void) __attribute__((noreturn));
void Fault_Handler(void) __attribute__((noreturn));

static void semihosting(uint32_t operation, uintptr_t argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void print(const char *text) { semihosting(SYS_WRITE0, (uintptr_t)text); }

static void print_number(uint32_t value)
{
    char text[12];
    char *p = text + sizeof text;
    *--p = 0;
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(" ");
    print(p);
}

void Fault_Handler(void)
{
    semihosting(SYS_EXIT, RUN_TIME_ERROR);
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    __stack_top,
    (const void *)Reset_Handler,
    (const void *)Fault_Handler,
    (const void *)Fault_Handler,
    (const void *)Fault_Handler,
    (const void *)Fault_Handler,
    (const void *)Fault_Handler,
};

/* Cycles of the second of two runs: caches and predictor have seen the code. */
static uint32_t measure(uint32_t (*code)(uint32_t *))
{
    uint32_t cycles = 0;
    for (int run = 0; run < 2; run++) {
        for (unsigned i = 0; i < sizeof buffer / sizeof *buffer; i++)
            buffer[i] = 0;
        buffer[0] = (uint32_t)buffer; /* a chain of one pointer */
        cycles = code(buffer);
    }
    return cycles;
}

static void copy_fast_code(void)
{
    const uint32_t *source = fast_source;
    if (source == fast_start)
        return;
    for (uint32_t *word = fast_start; word < fast_end; word++)
        *word = *source++;
    dsb();
    isb();
}

#ifdef HAS_SHARED
extern uint32_t shared_start[], shared_end[], shared_source[];
extern uint32_t system_start[], system_end[], system_source[];

static void copy_code(uint32_t *start, const uint32_t *end, const uint32_t *source)
{
    for (uint32_t *word = start; word < end; word++)
        *word = *source++;
    dsb();
    isb();
}
#endif

void Reset_Handler(void)
{
    SCB_CPACR |= SCB_CPACR_CP10_CP11_FULL;
    dsb();
    isb();
    copy_fast_code();
#ifdef HAS_SHARED
    copy_code(shared_start, shared_end, shared_source);
    copy_code(system_start, system_end, system_source);
#endif
    cycles_start();
    for (const struct sequence *s = sequences_start; s < sequences_end; s++) {
        print(s->name);
        print_number(s->copies);
        print_number(measure(s->shorter));
        print_number(measure(s->longer));
        print("\n");
    }
    semihosting(SYS_EXIT, APPLICATION_EXIT);
    for (;;) {
    }
}
