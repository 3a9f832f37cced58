/* The network of kws on constant features. */
#include "bench.h"
#include "kws.h"

static int8_t features[KWS_FEATURES];

void bench_prepare(void)
{
    uint32_t state = 1;
    for (int i = 0; i < KWS_FEATURES; i++)
        features[i] = (int8_t)bench_random(&state);
}

uint32_t bench_work(void)
{
    int8_t scores[KWS_CLASSES];
    uint32_t check = 0;
    kws_infer(features, scores);
    for (int i = 0; i < KWS_CLASSES; i++)
        check = bench_mix(check, (uint8_t)scores[i]);
    return check;
}
