/* The core's own cycle counter (DWT->CYCCNT). */
#ifndef CYCLES_H
#define CYCLES_H

#include "cortex_m.h"

/* Starts the counter from 0. The lock access register is needed on the M7 and ignored on the M4. */
static inline void cycles_start(void)
{
    DEMCR |= DEMCR_TRCENA;
    DWT_LAR = DWT_LAR_KEY;
    DWT_CYCCNT = 0;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
}

static inline uint32_t cycles_now(void) { return DWT_CYCCNT; }

#endif
