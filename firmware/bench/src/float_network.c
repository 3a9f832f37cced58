/* A float network as a compiler leaves it: a 3x3 convolution with ReLU, then a fully connected layer. */
#include "bench.h"

enum { SIZE = 14, CHANNELS = 4, FILTERS = 8, KERNEL = 3, OUT = SIZE - KERNEL + 1, CLASSES = 10 };

static float input[SIZE][SIZE][CHANNELS];
static float filters[FILTERS][KERNEL][KERNEL][CHANNELS];
static float features[OUT][OUT][FILTERS];
static float weights[CLASSES][OUT][OUT][FILTERS];
static float scores[CLASSES];

/* Between -1 and 1. */
static void fill(float *values, int count, uint32_t *state)
{
    for (int i = 0; i < count; i++)
        values[i] = (float)((int32_t)(bench_random(state) & 0xFFFF) - 0x8000) * (1.0f / 0x8000);
}

void bench_prepare(void)
{
    uint32_t state = 1;
    fill(&input[0][0][0], SIZE * SIZE * CHANNELS, &state);
    fill(&filters[0][0][0][0], FILTERS * KERNEL * KERNEL * CHANNELS, &state);
    fill(&weights[0][0][0][0], CLASSES * OUT * OUT * FILTERS, &state);
}

static void convolve(void)
{
    for (int y = 0; y < OUT; y++) {
        for (int x = 0; x < OUT; x++) {
            for (int f = 0; f < FILTERS; f++) {
                float sum = 0.125f;
                for (int ky = 0; ky < KERNEL; ky++) {
                    const float *in = &input[y + ky][x][0], *w = &filters[f][ky][0][0];
                    for (int i = 0; i < KERNEL * CHANNELS; i++)
                        sum += in[i] * w[i];
                }
                features[y][x][f] = sum > 0 ? sum : 0;
            }
        }
    }
}

static void classify(void)
{
    for (int c = 0; c < CLASSES; c++) {
        const float *in = &features[0][0][0], *w = &weights[c][0][0][0];
        float sum = 0;
        for (int i = 0; i < OUT * OUT * FILTERS; i++)
            sum += in[i] * w[i];
        scores[c] = sum;
    }
}

uint32_t bench_work(void)
{
    uint32_t check = 0;
    convolve();
    classify();
    for (int c = 0; c < CLASSES; c++) {
        union { float value; uint32_t bits; } score = { scores[c] };
        check = bench_mix(check, score.bits);
    }
    input[check % SIZE][0][0] += 0.25f; /* the next run is not the same */
    return check;
}
