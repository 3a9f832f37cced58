/* Constants of the MFCC front end, in flash. */
#ifndef MFCC_TABLES_H
#define MFCC_TABLES_H

#include <stdint.h>

enum {
    MFCC_FRAMES = 49,
    MFCC_COEFFICIENTS = 10,
    MFCC_WINDOW = 640, /* 40 ms */
    MFCC_HOP = 320,    /* 20 ms */
    MFCC_FFT = 1024,
    MFCC_FILTERS = 40,
    MFCC_BINS = 257 /* up to 4 kHz, where the last filter ends */
};

struct complex32 {
    float re, im;
};

/* Periodic Hann window. */
extern const float mfcc_window[MFCC_WINDOW];

/* exp(-2 pi i k / 1024). */
extern const struct complex32 fft_twiddle[3 * MFCC_FFT / 4];

/* The triangle of each mel filter: its first bin, how many bins, and the weights of all in a row. */
extern const uint8_t mel_first[MFCC_FILTERS];
extern const uint8_t mel_count[MFCC_FILTERS];
extern const float mel_weights[];

/* Orthonormal DCT-II, float[10][40]. */
extern const float dct_matrix[MFCC_COEFFICIENTS * MFCC_FILTERS];

#endif
