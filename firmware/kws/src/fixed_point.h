/*
 * Fixed-point arithmetic with the exact rounding of gemmlowp, on which TensorFlow Lite's int8 reference
 * kernels stand. A Q0.31 number r stands for r / 2^31.
 */
#ifndef FIXED_POINT_H
#define FIXED_POINT_H

#include <stdint.h>

/* a * b of Q0.31 numbers, rounded to nearest; -1 * -1 saturates. */
static inline int32_t rounding_doubling_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    return (int32_t)(((int64_t)a * b + (1ll << 30)) >> 31);
}

/* x / 2^exponent, rounded to nearest, halves away from zero. */
static inline int32_t rounding_divide_by_pot(int32_t x, int exponent)
{
    int32_t mask = (int32_t)((1u << exponent) - 1);
    int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* x * multiplier / 2^31 * 2^shift, rounded twice as TensorFlow Lite does. */
static inline int32_t multiply_by_quantized_multiplier(int32_t x, int32_t multiplier, int shift)
{
    int left = shift > 0 ? shift : 0;
    int right = shift > 0 ? 0 : -shift;
    int32_t scaled = (int32_t)((uint32_t)x << left);
    return rounding_divide_by_pot(rounding_doubling_high_mul(scaled, multiplier), right);
}

static inline int32_t clamp_s8(int32_t x) { return x < INT8_MIN ? INT8_MIN : x > INT8_MAX ? INT8_MAX : x; }

#endif
