/* A main loop interrupted by SysTick 1,000 times a second of the board's clock; the handler filters a signal. */
#include "bench.h"
#include "board.h"
#include "cortex_m.h"

enum { TAPS = 32, STEPS = 4096 };

static int32_t history[TAPS];
static volatile int32_t filtered;
static uint32_t position, noise = 1;

void SysTick_Handler(void)
{
    int32_t sum = 0;
    history[position] = (int32_t)(bench_random(&noise) & 0xFFFF);
    position = (position + 1) % TAPS;
    for (int i = 0; i < TAPS; i++)
        sum += history[i] * (i - TAPS / 2);
    filtered = sum;
}

void bench_prepare(void)
{
    SYST_RVR = board_clock_hz / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_CLKSOURCE_CORE | SYST_CSR_TICKINT | SYST_CSR_ENABLE;
}

/* The check value does not depend on when interrupts come. */
uint32_t bench_work(void)
{
    uint32_t check = 1;
    for (uint32_t i = 0; i < STEPS; i++)
        check = bench_mix(check, (i * check) >> (i & 15)) + ((check & 8) ? i : 3);
    return check;
}
