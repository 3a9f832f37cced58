/* Level-1 caches of the Cortex-M7: both come out of reset disabled and with undefined contents. */
#include "cache.h"
#include "cortex_m.h"

void cache_enable_instruction(void)
{
    dsb();
    isb();
    SCB_ICIALLU = 0;
    dsb();
    isb();
    SCB_CCR |= SCB_CCR_IC;
    dsb();
    isb();
}

/* Invalidates every set and way before enabling: stale dirty lines would overwrite memory. */
void cache_enable_data(void)
{
    SCB_CSSELR = 0; /* level 1, data */
    dsb();
    uint32_t geometry = SCB_CCSIDR;
    uint32_t last_set = (geometry >> 13) & 0x7FFF;
    uint32_t last_way = (geometry >> 3) & 0x3FF;
    uint32_t set_shift = (geometry & 7) + 4; /* log2 of the line in bytes */
    uint32_t way_shift = last_way == 0 ? 0 : (uint32_t)__builtin_clz(last_way);

    for (uint32_t set = 0; set <= last_set; set++)
        for (uint32_t way = 0; way <= last_way; way++)
            SCB_DCISW = (way << way_shift) | (set << set_shift);
    dsb();
    SCB_CCR |= SCB_CCR_DC;
    dsb();
    isb();
}
