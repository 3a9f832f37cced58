/* The front end of kws, single-precision FFT and all, on synthetic sound. */
#include "bench.h"
#include "kws.h"

static int16_t audio[KWS_SAMPLES] __attribute__((section(".bulk_bss")));

void bench_prepare(void)
{
    uint32_t state = 1;
    for (int i = 0; i < KWS_SAMPLES; i++)
        audio[i] = (int16_t)((bench_random(&state) & 0x3FFF) - 0x2000);
}

uint32_t bench_work(void)
{
    int8_t features[KWS_FEATURES];
    uint32_t check = 0;
    kws_mfcc(audio, features);
    for (int i = 0; i < KWS_FEATURES; i++)
        check = bench_mix(check, (uint8_t)features[i]);
    return check;
}
