/* Counts 100 SysTick interrupts of 1 kHz, asleep in between, and reports how long they took. */
#include "board.h"
#include "cortex_m.h"
#include "cycles.h"

enum { TICKS = 100 };

static volatile uint32_t ticks;

void SysTick_Handler(void) { ticks++; }

int main(void)
{
    console_init();
    cycles_start();
    SYST_RVR = board_clock_hz / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_CLKSOURCE_CORE | SYST_CSR_TICKINT | SYST_CSR_ENABLE;

    uint32_t start = cycles_now();
    while (ticks < TICKS)
        wfi();
    uint32_t cycles = cycles_now() - start;
    SYST_CSR = 0;

    console_write("ticks ");
    console_write_unsigned(ticks);
    console_write(" cycles ");
    console_write_unsigned(cycles);
    console_putc('\n');
    return 0;
}
