/* From an int32 sum to an int8 activation with ReLU. */
#ifndef REQUANTISE_H
#define REQUANTISE_H

#include "dsp.h"

/* One output channel's scale, taken apart once for several sums. */
struct scale {
    int32_t multiplier;
    int32_t addend; /* half a step for the rounding, and the zero point -128 */
    int right;
};

static inline struct scale scale_of(int32_t multiplier, int shift)
{
    int right = -shift;
    return (struct scale){multiplier, (int32_t)(((1u << right) >> 1) - (128u << right)), right};
}

/*
 * multiply_by_quantized_multiplier(), zero point -128 and ReLU in five instructions. SMMULR of the doubled
 * sum is the rounding doubling high multiplication. The division rounds negative halves up instead of
 * down, which does not show: they end as zero either way.
 */
static inline int8_t requantise_relu(int32_t sum, struct scale scale)
{
    int32_t product = smmulr((int32_t)((uint32_t)sum << 1), scale.multiplier);
    return (int8_t)ssat8((product + scale.addend) >> scale.right);
}

#endif
