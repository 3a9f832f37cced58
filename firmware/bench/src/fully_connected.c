/* One int8 fully connected layer, 256 inputs to 64 outputs: two outputs at a time, SMLAD. */
#include "bench.h"
#include "dsp.h"
#include "requantise.h"

enum { INPUTS = 256, OUTPUTS = 64 };

static int8_t input[INPUTS];
static int8_t weights[OUTPUTS][INPUTS];
static int8_t output[OUTPUTS];

void bench_prepare(void)
{
    uint32_t state = 1;
    for (int i = 0; i < INPUTS; i++)
        input[i] = (int8_t)bench_random(&state);
    for (int i = 0; i < OUTPUTS * INPUTS; i++)
        ((int8_t *)weights)[i] = (int8_t)bench_random(&state);
}

static void layer(void)
{
    const struct scale scale = scale_of(1518500250, -8);
    for (int o = 0; o < OUTPUTS; o += 2) {
        const int8_t *w0 = weights[o], *w1 = weights[o + 1];
        int32_t sum0 = 11, sum1 = -7;
        for (int i = 0; i < INPUTS; i += 4) {
            uint32_t x = load_s8x4(input + i), a = load_s8x4(w0 + i), b = load_s8x4(w1 + i);
            uint32_t even = sxtb16(x), odd = sxtb16_odd(x);
            sum0 = smlad(sxtb16(a), even, sum0);
            sum0 = smlad(sxtb16_odd(a), odd, sum0);
            sum1 = smlad(sxtb16(b), even, sum1);
            sum1 = smlad(sxtb16_odd(b), odd, sum1);
        }
        output[o] = requantise_relu(sum0, scale);
        output[o + 1] = requantise_relu(sum1, scale);
    }
}

uint32_t bench_work(void)
{
    uint32_t check = 0;
    layer();
    for (int i = 0; i < OUTPUTS; i++)
        check = bench_mix(check, (uint8_t)output[i]);
    input[check % INPUTS]++; /* the next run is not the same */
    return check;
}
