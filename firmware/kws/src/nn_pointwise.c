/* 1x1 convolution with ReLU. */
#include "dsp.h"
#include "nn.h"
#include "nn_mat_mult.h"

static void widen_pixels(const int8_t *input, int count, uint32_t offset, uint32_t *columns)
{
    for (int i = 0; i < count; i += 4, columns += 2) {
        uint32_t word = load_s8x4(input + i);
        nn_widen(word, offset, columns);
    }
}

void nn_pointwise(const struct nn_layer *layer, const int8_t *input, int8_t *output)
{
    uint32_t columns[NN_CHANNELS];
    uint32_t offset = nn_offset(layer->input_zero_point);

    for (int pixel = 0; pixel + 1 < NN_PIXELS; pixel += 2) {
        widen_pixels(input + pixel * NN_CHANNELS, 2 * NN_CHANNELS, offset, columns);
        nn_mat_mult_2x64(layer, columns, output + pixel * NN_CHANNELS);
    }

    /* the number of pixels is odd: the last one is computed together with whatever stands beside it */
    const int last = NN_PIXELS - 1;
    int8_t results[2 * NN_CHANNELS];
    widen_pixels(input + last * NN_CHANNELS, NN_CHANNELS, offset, columns);
    nn_mat_mult_2x64(layer, columns, results);
    memcpy(output + last * NN_CHANNELS, results, NN_CHANNELS);
}
