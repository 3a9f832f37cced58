/*
 * The DSP instructions that the kernels are built from, with the same results in portable C, so that the
 * kernels also run on a host for checking.
 */
#ifndef DSP_H
#define DSP_H

#include <stdint.h>
#include <string.h>

/* Four int8 as one word; the address need not be aligned. */
static inline uint32_t load_s8x4(const int8_t *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

#ifdef __ARM_FEATURE_DSP

/* Bytes 0 and 2 as two int16. */
static inline uint32_t sxtb16(uint32_t x)
{
    uint32_t d;
    __asm__("sxtb16 %0, %1" : "=r"(d) : "r"(x));
    return d;
}

/* Bytes 1 and 3 as two int16. */
static inline uint32_t sxtb16_odd(uint32_t x)
{
    uint32_t d;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(d) : "r"(x));
    return d;
}

/* Bytes 0 and 2 added to the two int16 of `a`. */
static inline uint32_t sxtab16(uint32_t a, uint32_t x)
{
    uint32_t d;
    __asm__("sxtab16 %0, %1, %2" : "=r"(d) : "r"(a), "r"(x));
    return d;
}

/* Bytes 1 and 3 added to the two int16 of `a`. */
static inline uint32_t sxtab16_odd(uint32_t a, uint32_t x)
{
    uint32_t d;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(d) : "r"(a), "r"(x));
    return d;
}

/* Both int16 products added to the sum. */
static inline int32_t smlad(uint32_t x, uint32_t y, int32_t sum)
{
    int32_t d;
    __asm__("smlad %0, %1, %2, %3" : "=r"(d) : "r"(x), "r"(y), "r"(sum));
    return d;
}

/* The product of the lower int16s added to the sum. */
static inline int32_t smlabb(uint32_t x, uint32_t y, int32_t sum)
{
    int32_t d;
    __asm__("smlabb %0, %1, %2, %3" : "=r"(d) : "r"(x), "r"(y), "r"(sum));
    return d;
}

/* The product of the upper int16s added to the sum. */
static inline int32_t smlatt(uint32_t x, uint32_t y, int32_t sum)
{
    int32_t d;
    __asm__("smlatt %0, %1, %2, %3" : "=r"(d) : "r"(x), "r"(y), "r"(sum));
    return d;
}

/* The upper word of the 64-bit product, rounded. */
static inline int32_t smmulr(int32_t x, int32_t y)
{
    int32_t d;
    __asm__("smmulr %0, %1, %2" : "=r"(d) : "r"(x), "r"(y));
    return d;
}

/* Clamped to -128..127. */
static inline int32_t ssat8(int32_t x)
{
    int32_t d;
    __asm__("ssat %0, #8, %1" : "=r"(d) : "r"(x));
    return d;
}

#else

static inline uint32_t lanes(int32_t low, int32_t high)
{
    return ((uint32_t)high << 16) | ((uint32_t)low & 0xFFFF);
}
static inline int32_t low_lane(uint32_t x) { return (int16_t)x; }
static inline int32_t high_lane(uint32_t x) { return (int16_t)(x >> 16); }

static inline uint32_t sxtab16(uint32_t a, uint32_t x)
{
    return lanes(low_lane(a) + (int8_t)x, high_lane(a) + (int8_t)(x >> 16));
}
static inline uint32_t sxtab16_odd(uint32_t a, uint32_t x) { return sxtab16(a, x >> 8); }
static inline uint32_t sxtb16(uint32_t x) { return sxtab16(0, x); }
static inline uint32_t sxtb16_odd(uint32_t x) { return sxtab16(0, x >> 8); }
static inline int32_t smlabb(uint32_t x, uint32_t y, int32_t sum)
{
    return sum + low_lane(x) * low_lane(y);
}
static inline int32_t smlatt(uint32_t x, uint32_t y, int32_t sum)
{
    return sum + high_lane(x) * high_lane(y);
}
static inline int32_t smlad(uint32_t x, uint32_t y, int32_t sum) { return smlatt(x, y, smlabb(x, y, sum)); }
static inline int32_t smmulr(int32_t x, int32_t y)
{
    return (int32_t)(((int64_t)x * y + (1ll << 31)) >> 32);
}
static inline int32_t ssat8(int32_t x) { return x < -128 ? -128 : x > 127 ? 127 : x; }

#endif
#endif
