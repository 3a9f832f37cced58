/* The matrix kernel under the convolutions: two pixels by two channels at a time. */
#include "nn_mat_mult.h"
#include "requantise.h"

/* `depth` is a constant where this is inlined, so that one pointer reaches both rows and both columns. */
static inline __attribute__((always_inline)) void
mat_mult_2(const struct nn_layer *layer, const uint32_t *columns, const int depth,
           int8_t *restrict output)
{
    const int8_t *weights = layer->weights;
    const int32_t *bias = layer->bias, *multiplier = layer->multiplier;
    const int8_t *shift = layer->shift;

    for (int channel = 0; channel < NN_CHANNELS; channel += 2, output += 2) {
        const uint32_t *column = columns;
        int32_t sum00 = *bias++, sum01 = sum00;
        int32_t sum10 = *bias++, sum11 = sum10;

#pragma GCC unroll 8
        for (int k = 0; k < depth; k += 4) {
            uint32_t w = load_s8x4(weights), w_even = sxtb16(w), w_odd = sxtb16_odd(w);
            uint32_t x0_even = column[0], x0_odd = column[1];
            uint32_t x1_even = column[depth / 2], x1_odd = column[depth / 2 + 1];
            sum00 = smlad(w_even, x0_even, sum00);
            sum00 = smlad(w_odd, x0_odd, sum00);
            sum01 = smlad(w_even, x1_even, sum01);
            sum01 = smlad(w_odd, x1_odd, sum01);
            w = load_s8x4(weights + depth), w_even = sxtb16(w), w_odd = sxtb16_odd(w);
            sum10 = smlad(w_even, x0_even, sum10);
            sum10 = smlad(w_odd, x0_odd, sum10);
            sum11 = smlad(w_even, x1_even, sum11);
            sum11 = smlad(w_odd, x1_odd, sum11);
            weights += 4;
            column += 2;
        }
        weights += depth;

        struct scale scale = scale_of(*multiplier++, *shift++);
        output[0] = requantise_relu(sum00, scale);
        output[NN_CHANNELS] = requantise_relu(sum01, scale);
        scale = scale_of(*multiplier++, *shift++);
        output[1] = requantise_relu(sum10, scale);
        output[NN_CHANNELS + 1] = requantise_relu(sum11, scale);
    }
}

void nn_mat_mult_2x40(const struct nn_layer *layer, const uint32_t *columns, int8_t *output)
{
    mat_mult_2(layer, columns, 40, output);
}

void nn_mat_mult_2x64(const struct nn_layer *layer, const uint32_t *columns, int8_t *output)
{
    mat_mult_2(layer, columns, 64, output);
}
