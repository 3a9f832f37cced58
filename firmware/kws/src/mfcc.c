/* Mel-frequency cepstral coefficients of one second of sound, in single precision. */
#include "fft.h"
#include "kws.h"
#include "kws_model.h"
#include <string.h>

/*
 * ln(x) of a positive normal number: x = m * 2^e with m around 1, and the series of artanh((m-1)/(m+1)).
 * Only additions, multiplications and one division in a fixed order, so that every machine gets the same.
 */
static float natural_log(float x)
{
    const float ln2 = 0.693147181f, sqrt2 = 1.41421356f;
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 23) - 127;
    bits = (bits & 0x007FFFFF) | 0x3F800000;
    float m;
    memcpy(&m, &bits, sizeof m);
    if (m > sqrt2) {
        m *= 0.5f;
        exponent++;
    }
    float s = (m - 1.0f) / (m + 1.0f);
    float s2 = s * s;
    float series = ((0.111111111f * s2 + 0.142857143f) * s2 + 0.2f) * s2 + 0.333333333f;
    return (float)exponent * ln2 + 2.0f * s * (series * s2 + 1.0f);
}

static void log_mel_energies(const float *power, float *energies)
{
    const float *weight = mel_weights;
    for (int filter = 0; filter < MFCC_FILTERS; filter++) {
        const float *bin = power + mel_first[filter];
        float energy = 0.0f;
        for (int i = 0; i < mel_count[filter]; i++)
            energy += *weight++ * *bin++;
        energies[filter] = natural_log(energy > 1e-10f ? energy : 1e-10f);
    }
}

static int8_t quantise(float x)
{
    float scaled = x / KWS_INPUT_SCALE;
    int32_t rounded = (int32_t)(scaled < 0.0f ? scaled - 0.5f : scaled + 0.5f) + KWS_INPUT_ZERO_POINT;
    return (int8_t)(rounded < INT8_MIN ? INT8_MIN : rounded > INT8_MAX ? INT8_MAX : rounded);
}

void kws_mfcc(const int16_t *audio, int8_t *features)
{
    static struct complex32 samples[MFCC_FFT / 2], scratch[MFCC_FFT / 2];
    static float power[MFCC_BINS];
    float energies[MFCC_FILTERS];

    for (int frame = 0; frame < MFCC_FRAMES; frame++, audio += MFCC_HOP) {
        for (int i = 0; i < MFCC_WINDOW / 2; i++) {
            samples[i].re = (float)audio[2 * i] * (1.0f / 32768.0f) * mfcc_window[2 * i];
            samples[i].im = (float)audio[2 * i + 1] * (1.0f / 32768.0f) * mfcc_window[2 * i + 1];
        }
        memset(samples + MFCC_WINDOW / 2, 0, (MFCC_FFT - MFCC_WINDOW) * sizeof(float));
        fft_power_spectrum(samples, scratch, power);
        log_mel_energies(power, energies);
        for (int c = 0; c < MFCC_COEFFICIENTS; c++) {
            const float *row = dct_matrix + c * MFCC_FILTERS;
            float sum = 0.0f;
            for (int m = 0; m < MFCC_FILTERS; m++)
                sum += row[m] * energies[m];
            *features++ = quantise(sum);
        }
    }
}
