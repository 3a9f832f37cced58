/* Vector table and reset: what runs before main() on every board. */
#include "board.h"
#include "cortex_m.h"
#include "semihosting.h"

extern uint32_t __stack_top[];
extern uint32_t __copy_table_start[], __copy_table_end[];
extern uint32_t __zero_table_start[], __zero_table_end[];

int main(void);

void Reset_Handler(void) __attribute__((noreturn));
void Fault_Handler(void) __attribute__((noreturn));

/* A fault or an interrupt that nobody asked for: stop where a debugger can see it. */
void Fault_Handler(void)
{
    semihosting_exit(1);
    for (;;) {
    }
}

void Unexpected_Handler(void);
void Unexpected_Handler(void) { Fault_Handler(); }

void SysTick_Handler(void) __attribute__((weak, alias("Unexpected_Handler")));
void PendSV_Handler(void) __attribute__((weak, alias("Unexpected_Handler")));
void SVC_Handler(void) __attribute__((weak, alias("Unexpected_Handler")));
void console_interrupt(void) __attribute__((weak, alias("Unexpected_Handler")));

/* The largest of the boards has 98 interrupts. */
enum { EXCEPTIONS = 16, INTERRUPTS = 112 };

typedef void (*handler)(void);

__attribute__((section(".vectors"), used)) static const handler vectors[EXCEPTIONS + INTERRUPTS] = {
    (handler)__stack_top,
    Reset_Handler,
    Fault_Handler, /* NMI */
    Fault_Handler, /* HardFault */
    Fault_Handler, /* MemManage */
    Fault_Handler, /* BusFault */
    Fault_Handler, /* UsageFault */
    [11] = SVC_Handler,
    [14] = PendSV_Handler,
    [15] = SysTick_Handler,
    [EXCEPTIONS ... EXCEPTIONS + INTERRUPTS - 1] = Unexpected_Handler,
    [EXCEPTIONS + CONSOLE_IRQ_FIRST ... EXCEPTIONS + CONSOLE_IRQ_LAST] = console_interrupt,
};

/* The linker script lists {source, destination, end} for each initialised section. */
static void copy_initialised_data(void)
{
    for (uint32_t *row = __copy_table_start; row < __copy_table_end; row += 3) {
        const uint32_t *source = (const uint32_t *)row[0];
        for (uint32_t *word = (uint32_t *)row[1]; word < (uint32_t *)row[2]; word++)
            *word = *source++;
    }
}

/* The linker script lists {start, end} for each zeroed section. */
static void zero_bss(void)
{
    for (uint32_t *row = __zero_table_start; row < __zero_table_end; row += 2)
        for (uint32_t *word = (uint32_t *)row[0]; word < (uint32_t *)row[1]; word++)
            *word = 0;
}

void Reset_Handler(void)
{
    SCB_VTOR = (uint32_t)vectors; /* the boot alias at 0 differs between the families */
    SCB_CPACR |= SCB_CPACR_CP10_CP11_FULL; /* the FPU is off after reset */
    dsb();
    isb();
    board_clock_init();
    copy_initialised_data();
    zero_bss();
    program_end(main());
}
