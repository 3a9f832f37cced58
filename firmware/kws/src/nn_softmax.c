/*
 * Softmax in fixed point. The series, the constants and the order of roundings are those of gemmlowp's
 * exp_on_negative_values() and one_over_one_plus_x_for_x_in_0_1(): only so do the results agree bit for bit.
 * A format Qi.f has i integer and f fraction bits, i + f = 31.
 */
#include "fixed_point.h"
#include "nn.h"

#define mul rounding_doubling_high_mul
#define divide_by_pot rounding_divide_by_pot

/* x * 2^exponent, clamped to what an int32 holds. */
static int32_t saturating_multiply_by_pot(int32_t x, int exponent)
{
    int32_t limit = INT32_MAX >> exponent;
    if (x > limit)
        return INT32_MAX;
    if (x < -limit - 1)
        return INT32_MIN;
    return (int32_t)((uint32_t)x << exponent);
}

/* exp(x) for -1/4 <= x < 0, both Q0.31: the Taylor series around -1/8. */
static int32_t exp_of_small(int32_t x)
{
    const int32_t exp_of_minus_eighth = 1895147668, third = 715827883;
    int32_t t = x + (1 << 28);
    int32_t t2 = mul(t, t);
    int32_t t3 = mul(t2, t);
    int32_t t4_over_4 = divide_by_pot(mul(t2, t2), 2);
    int32_t rest = divide_by_pot(mul(t4_over_4 + t3, third) + t2, 1);
    return exp_of_minus_eighth + mul(exp_of_minus_eighth, t + rest);
}

/* exp(x) in Q0.31 for x <= 0 in Q5.26: the part below 1/4 by series, one factor for each bit above. */
static int32_t exp_of_negative(int32_t x)
{
    static const int32_t factors[] = {
        1672461947, /* exp(-1/4) */
        1302514674, /* exp(-1/2) */
        790015084,  /* exp(-1) */
        290630308,  /* exp(-2) */
        39332535,   /* exp(-4) */
        720401,     /* exp(-8) */
        242,        /* exp(-16) */
    };
    const int32_t quarter = 1 << 24;
    if (x == 0)
        return INT32_MAX;
    int32_t small = (x & (quarter - 1)) - quarter;
    uint32_t rest = (uint32_t)(small - x);
    int32_t result = exp_of_small(small * 32); /* to Q0.31 */
    for (int bit = 0; bit < 7; bit++)
        if ((rest & ((uint32_t)quarter << bit)) != 0)
            result = mul(result, factors[bit]);
    return result;
}

/* 1 / (1 + x) in Q0.31 for x in 0..1, Q0.31: three Newton steps on the half denominator. */
static int32_t one_over_one_plus(int32_t x)
{
    const int32_t one = 1 << 29, c48_over_17 = 1515870810, minus_32_over_17 = -1010580540; /* Q2.29 */
    int32_t half_denominator = (int32_t)(((int64_t)x + INT32_MAX + 1) / 2);
    int32_t estimate = c48_over_17 + mul(half_denominator, minus_32_over_17);
    for (int step = 0; step < 3; step++) {
        int32_t error = one - mul(half_denominator, estimate);
        estimate += saturating_multiply_by_pot(mul(estimate, error), 2);
    }
    return saturating_multiply_by_pot(estimate, 1); /* half of Q2.29 is Q1.30; to Q0.31 */
}

void nn_softmax(int32_t multiplier, int shift, int32_t diff_min, const int8_t *input, int8_t *output)
{
    enum { SUM_INTEGER_BITS = 12 };
    int32_t exponentials[NN_CLASSES];
    int32_t sum = 0;
    int8_t largest = INT8_MIN;

    for (int i = 0; i < NN_CLASSES; i++)
        if (input[i] > largest)
            largest = input[i];

    for (int i = 0; i < NN_CLASSES; i++) {
        int32_t difference = input[i] - largest;
        exponentials[i] = 0;
        if (difference < diff_min)
            continue;
        int32_t scaled = mul((int32_t)((uint32_t)difference << shift), multiplier);
        exponentials[i] = exp_of_negative(scaled);
        sum += divide_by_pot(exponentials[i], SUM_INTEGER_BITS);
    }

    int headroom = __builtin_clz((uint32_t)sum);
    int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - (1u << 31));
    int32_t reciprocal = one_over_one_plus(fraction);
    int right = SUM_INTEGER_BITS - headroom + 31 - 8;
    for (int i = 0; i < NN_CLASSES; i++) {
        int32_t share = exponentials[i] == 0 ? 0 : divide_by_pot(mul(reciprocal, exponentials[i]), right);
        output[i] = (int8_t)clamp_s8(share - 128);
    }
}
