/*
 * One int8 convolution, 3x3, stride 1, padding SAME, 16x16x16 to 16x16x16: columns widened to int16, two pixels at a
 * time, SMLAD, requantised as the layers of kws are.
 */
#include "bench.h"
#include "nn_mat_mult.h"
#include "requantise.h"

enum { SIZE = 16, CHANNELS = 16, WINDOW = 9 * CHANNELS, OFFSET = 5 };

static int8_t input[SIZE][SIZE][CHANNELS];
static int8_t weights[CHANNELS][WINDOW];
static int8_t output[SIZE * SIZE][CHANNELS];
static uint32_t columns[2][WINDOW / 2];

void bench_prepare(void)
{
    uint32_t state = 1;
    for (int i = 0; i < SIZE * SIZE * CHANNELS; i++)
        ((int8_t *)input)[i] = (int8_t)bench_random(&state);
    for (int i = 0; i < CHANNELS * WINDOW; i++)
        ((int8_t *)weights)[i] = (int8_t)bench_random(&state);
}

static void fill_column(uint32_t *column, int y, int x)
{
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int from_y = y + dy, from_x = x + dx;
            if (from_y < 0 || from_y >= SIZE || from_x < 0 || from_x >= SIZE) {
                for (int i = 0; i < CHANNELS / 2; i++)
                    *column++ = 0;
                continue;
            }
            const int8_t *pixel = input[from_y][from_x];
            for (int c = 0; c < CHANNELS; c += 4, column += 2) {
                uint32_t word = load_s8x4(pixel + c);
                nn_widen(word, nn_offset(-OFFSET), column);
            }
        }
}

static void multiply(int8_t (*to)[CHANNELS])
{
    const struct scale scale = scale_of(1518500250, -8);
    for (int channel = 0; channel < CHANNELS; channel++) {
        const int8_t *w = weights[channel];
        const uint32_t *a = columns[0], *b = columns[1];
        int32_t sum_a = 100, sum_b = 100;
        for (int i = 0; i < WINDOW; i += 4) {
            uint32_t word = load_s8x4(w + i);
            uint32_t even = sxtb16(word), odd = sxtb16_odd(word);
            sum_a = smlad(even, *a++, sum_a);
            sum_b = smlad(even, *b++, sum_b);
            sum_a = smlad(odd, *a++, sum_a);
            sum_b = smlad(odd, *b++, sum_b);
        }
        to[0][channel] = requantise_relu(sum_a, scale);
        to[1][channel] = requantise_relu(sum_b, scale);
    }
}

uint32_t bench_work(void)
{
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x += 2) {
            fill_column(columns[0], y, x);
            fill_column(columns[1], y, x + 1);
            multiply(&output[y * SIZE + x]);
        }
    uint32_t check = 0;
    for (int i = 0; i < SIZE * SIZE; i++)
        check = bench_mix(check, (uint8_t)output[i][i % CHANNELS]);
    return check;
}
