/* The first layer: 10x4 convolution of the one-channel input with stride 2 and ReLU. */
#include "dsp.h"
#include "nn.h"
#include "nn_mat_mult.h"

enum { KERNEL_HEIGHT = 10, KERNEL_WIDTH = 4, STRIDE = 2, DEPTH = KERNEL_HEIGHT * KERNEL_WIDTH };

/* TensorFlow's SAME: the smaller half of the padding goes before */
enum { PAD_TOP = 4, PAD_LEFT = 1 };
enum {
    PADDED_HEIGHT = (NN_HEIGHT - 1) * STRIDE + KERNEL_HEIGHT,
    PADDED_WIDTH = (NN_WIDTH - 1) * STRIDE + KERNEL_WIDTH
};

static void pad(const int8_t *input, int32_t zero_point, int8_t *padded)
{
    memset(padded, zero_point, PADDED_HEIGHT * PADDED_WIDTH);
    for (int row = 0; row < NN_FRAMES; row++)
        for (int column = 0; column < NN_COEFFICIENTS; column++)
            padded[(row + PAD_TOP) * PADDED_WIDTH + column + PAD_LEFT] = *input++;
}

/* The 10x4 inputs under output pixel `pixel`, widened. */
static void im2col(const int8_t *padded, int pixel, uint32_t offset, uint32_t *column)
{
    const int8_t *patch = padded + pixel / NN_WIDTH * STRIDE * PADDED_WIDTH + pixel % NN_WIDTH * STRIDE;
    for (int row = 0; row < KERNEL_HEIGHT; row++, patch += PADDED_WIDTH, column += 2) {
        uint32_t word = load_s8x4(patch);
        nn_widen(word, offset, column);
    }
}

void nn_convolve_10x4(const struct nn_layer *layer, const int8_t *input, int8_t *output)
{
    int8_t padded[PADDED_HEIGHT * PADDED_WIDTH];
    uint32_t columns[DEPTH];
    uint32_t offset = nn_offset(layer->input_zero_point);
    pad(input, layer->input_zero_point, padded);

    for (int pixel = 0; pixel + 1 < NN_PIXELS; pixel += 2) {
        im2col(padded, pixel, offset, columns);
        im2col(padded, pixel + 1, offset, columns + DEPTH / 2);
        nn_mat_mult_2x40(layer, columns, output + pixel * NN_CHANNELS);
    }

    /* the number of pixels is odd: the last one is computed together with whatever stands beside it */
    int8_t results[2 * NN_CHANNELS];
    im2col(padded, NN_PIXELS - 1, offset, columns);
    nn_mat_mult_2x40(layer, columns, results);
    memcpy(output + (NN_PIXELS - 1) * NN_CHANNELS, results, NN_CHANNELS);
}
