/*
 * Fourier transform of 1024 real samples by one of 512 complex numbers: Stockham's order, which needs no bit
 * reversal, four passes of radix 4 and one of radix 2.
 */
#include "fft.h"

enum { POINTS = MFCC_FFT / 2 };

static inline struct complex32 add(struct complex32 a, struct complex32 b)
{
    return (struct complex32){a.re + b.re, a.im + b.im};
}

static inline struct complex32 subtract(struct complex32 a, struct complex32 b)
{
    return (struct complex32){a.re - b.re, a.im - b.im};
}

static inline struct complex32 multiply(struct complex32 a, struct complex32 b)
{
    return (struct complex32){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* `stride` interleaved transforms of `length` points each become 4 * stride of length / 4. */
static void radix4_pass(int length, int stride, const struct complex32 *x, struct complex32 *y)
{
    const int quarter = length / 4;
    for (int p = 0; p < quarter; p++) {
        /* the table holds 1024ths of a turn */
        const struct complex32 w1 = fft_twiddle[2 * p * stride];
        const struct complex32 w2 = fft_twiddle[4 * p * stride];
        const struct complex32 w3 = fft_twiddle[6 * p * stride];
        const struct complex32 *in = x + p * stride;
        struct complex32 *out = y + 4 * p * stride;
        for (int q = 0; q < stride; q++, in++, out++) {
            struct complex32 a = in[0], b = in[quarter * stride];
            struct complex32 c = in[2 * quarter * stride], d = in[3 * quarter * stride];
            struct complex32 a_plus_c = add(a, c), a_minus_c = subtract(a, c);
            struct complex32 b_plus_d = add(b, d), b_minus_d = subtract(b, d);
            struct complex32 turned = {b_minus_d.im, -b_minus_d.re}; /* times -i */
            out[0] = add(a_plus_c, b_plus_d);
            out[stride] = multiply(w1, add(a_minus_c, turned));
            out[2 * stride] = multiply(w2, subtract(a_plus_c, b_plus_d));
            out[3 * stride] = multiply(w3, subtract(a_minus_c, turned));
        }
    }
}

static void radix2_pass(const struct complex32 *x, struct complex32 *y)
{
    for (int q = 0; q < POINTS / 2; q++) {
        y[q] = add(x[q], x[q + POINTS / 2]);
        y[q + POINTS / 2] = subtract(x[q], x[q + POINTS / 2]);
    }
}

/* The real spectrum from z, the transform of the samples taken in pairs. */
static void split(const struct complex32 *z, float *power)
{
    for (int k = 0; k < MFCC_BINS; k++) {
        struct complex32 a = z[k], b = z[(POINTS - k) % POINTS];
        struct complex32 even = {a.re + b.re, a.im - b.im};
        struct complex32 odd = {a.im + b.im, b.re - a.re};
        struct complex32 twice = add(even, multiply(fft_twiddle[k], odd));
        power[k] = 0.25f * (twice.re * twice.re + twice.im * twice.im);
    }
}

void fft_power_spectrum(struct complex32 *samples, struct complex32 *scratch, float *power)
{
    radix4_pass(512, 1, samples, scratch);
    radix4_pass(128, 4, scratch, samples);
    radix4_pass(32, 16, samples, scratch);
    radix4_pass(8, 64, scratch, samples);
    radix2_pass(samples, scratch);
    split(scratch, power);
}
