/* What follows the convolutions: average pool and fully connected layer. */
#include "dsp.h"
#include "fixed_point.h"
#include "nn.h"

static int8_t rounded_mean(int32_t sum)
{
    return (int8_t)((sum > 0 ? sum + NN_PIXELS / 2 : sum - NN_PIXELS / 2) / NN_PIXELS);
}

void nn_average_pool(const int8_t *input, int8_t *output)
{
    for (int channel = 0; channel < NN_CHANNELS; channel += 4) {
        const int8_t *pixel = input + channel;
        uint32_t even = 0, odd = 0; /* 125 int8 add up to less than an int16 holds */
        for (int i = 0; i < NN_PIXELS; i++, pixel += NN_CHANNELS) {
            uint32_t word = load_s8x4(pixel);
            even = sxtab16(even, word);
            odd = sxtab16_odd(odd, word);
        }
        output[channel] = rounded_mean((int16_t)even);
        output[channel + 1] = rounded_mean((int16_t)odd);
        output[channel + 2] = rounded_mean((int16_t)(even >> 16));
        output[channel + 3] = rounded_mean((int16_t)(odd >> 16));
    }
}

void nn_fully_connected(const struct nn_layer *layer, const int8_t *input, int8_t *output)
{
    const int8_t *weights = layer->weights;
    uint32_t offset = (uint32_t)(-layer->input_zero_point & 0xFFFF) * 0x10001u;

    for (int i = 0; i < NN_CLASSES; i++, weights += NN_CHANNELS) {
        int32_t sum = layer->bias[i];
        for (int k = 0; k < NN_CHANNELS; k += 4) {
            uint32_t x = load_s8x4(input + k), w = load_s8x4(weights + k);
            sum = smlad(sxtab16(offset, x), sxtb16(w), sum);
            sum = smlad(sxtab16_odd(offset, x), sxtb16_odd(w), sum);
        }
        sum = multiply_by_quantized_multiplier(sum, layer->multiplier[i], layer->shift[i]);
        output[i] = (int8_t)clamp_s8(sum + layer->output_zero_point);
    }
}
