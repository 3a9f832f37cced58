/* 3x3 depthwise convolution with ReLU. */
#include "dsp.h"
#include "nn.h"
#include "nn_mat_mult.h"
#include "requantise.h"

/* Channels are widened to two int16 a word: word 2g holds channels 4g and 4g+2, word 2g+1 4g+1 and 4g+3. */
enum { WORDS = NN_CHANNELS / 2, ROW_WORDS = (NN_WIDTH + 2) * WORDS, TAPS = 9 };

/* Widens `count` pixels; the zero point becomes 0. */
static void widen(const int8_t *input, int count, uint32_t offset, uint32_t *to)
{
    for (int i = 0; i < count * NN_CHANNELS; i += 4, to += 2) {
        uint32_t word = load_s8x4(input + i);
        nn_widen(word, offset, to);
    }
}

/* What two channels of a layer need: the ones in the lower and the upper lane of a word. */
struct channel_pair {
    int32_t bias_low, bias_high;
    struct scale scale_low, scale_high;
};

static struct channel_pair channels_of(const struct nn_layer *layer, int low)
{
    const int high = low + 2;
    return (struct channel_pair){layer->bias[low], layer->bias[high],
                                 scale_of(layer->multiplier[low], layer->shift[low]),
                                 scale_of(layer->multiplier[high], layer->shift[high])};
}

/*
 * `pixels` neighbours of an output row of two channels. `row` and `weights` stand on the channels' word of
 * the left tap in the first of three rows that follow each other; `pixels` is a constant where this is
 * inlined. Each input is loaded once and goes into all sums that it belongs to.
 */
static inline __attribute__((always_inline)) void
neighbours(const struct channel_pair *pair, const uint32_t *row, const uint32_t *weights, const int pixels,
           int8_t *restrict output)
{
    int32_t low[3], high[3];
#pragma GCC unroll 3
    for (int i = 0; i < pixels; i++)
        low[i] = pair->bias_low, high[i] = pair->bias_high;

    for (const uint32_t *end = row + 3 * ROW_WORDS; row != end; row += ROW_WORDS, weights += 3 * WORDS) {
        const uint32_t w[3] = {weights[0], weights[WORDS], weights[2 * WORDS]};
#pragma GCC unroll 5
        for (int x = 0; x < pixels + 2; x++) {
            uint32_t value = row[x * WORDS];
#pragma GCC unroll 3
            for (int kx = 0; kx < 3; kx++) {
                int i = x - kx;
                if (i < 0 || i >= pixels)
                    continue;
                low[i] = smlabb(value, w[kx], low[i]);
                high[i] = smlatt(value, w[kx], high[i]);
            }
        }
    }
#pragma GCC unroll 3
    for (int i = 0; i < pixels; i++) {
        output[i * NN_CHANNELS] = requantise_relu(low[i], pair->scale_low);
        output[i * NN_CHANNELS + 2] = requantise_relu(high[i], pair->scale_high);
    }
}

/* One output row from three widened input rows. */
static void output_row(const struct channel_pair *pairs, const uint32_t *rows, const uint32_t *weights,
                       int8_t *output)
{
    for (int word = 0; word < WORDS; word++, pairs++, rows++, weights++) {
        int8_t *first = output + word / 2 * 4 + word % 2;
        neighbours(pairs, rows, weights, 3, first);
        neighbours(pairs, rows + 3 * WORDS, weights, 2, first + 3 * NN_CHANNELS);
    }
}

/*
 * Three widened rows are kept, each in the place of its number modulo 3, so that a new one replaces the
 * oldest. The rows of the weights stand twice in a row: wherever the uppermost input row is, a window of
 * three fits to it.
 */
void nn_depthwise_3x3(const struct nn_layer *layer, const int8_t *input, int8_t *output)
{
    static uint32_t rows[3][ROW_WORDS]; /* the columns at both ends stay 0 */
    static uint32_t weights[6][3 * WORDS];
    static struct channel_pair pairs[WORDS];
    uint32_t offset = nn_offset(layer->input_zero_point);

    widen(layer->weights, TAPS, 0, weights[0]);
    widen(layer->weights, TAPS, 0, weights[3]);
    for (int word = 0; word < WORDS; word++)
        pairs[word] = channels_of(layer, word / 2 * 4 + word % 2);

    memset(rows[2], 0, sizeof rows[2]);
    widen(input, NN_WIDTH, offset, rows[0] + WORDS);
    for (int y = 0; y < NN_HEIGHT; y++) {
        uint32_t *below = rows[(y + 1) % 3];
        input += NN_WIDTH * NN_CHANNELS;
        if (y + 1 < NN_HEIGHT)
            widen(input, NN_WIDTH, offset, below + WORDS);
        else
            memset(below, 0, sizeof rows[0]);
        output_row(pairs, rows[0], weights[3 - (y + 2) % 3], output + y * NN_WIDTH * NN_CHANNELS);
    }
}
