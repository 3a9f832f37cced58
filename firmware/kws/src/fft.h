/* Fourier transform of real samples. */
#ifndef FFT_H
#define FFT_H

#include "mfcc_tables.h"

/*
 * |X[k]|^2 for k = 0..256 of 1024 real samples, given as 512 complex numbers (even samples real, odd ones
 * imaginary). Overwrites `samples`; `scratch` has the same size.
 */
void fft_power_spectrum(struct complex32 *samples, struct complex32 *scratch, float *power);

#endif
