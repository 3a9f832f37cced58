/*
 * int8 kernels in the style of CMSIS-NN for the shapes of this network: activations int8 in HWC order,
 * weights int8 with one scale for each output channel, sums in int32, results equal to TensorFlow Lite's
 * reference kernels bit for bit.
 */
#ifndef NN_H
#define NN_H

#include <stdint.h>

enum { NN_HEIGHT = 25, NN_WIDTH = 5, NN_CHANNELS = 64 }; /* of every activation after the first layer */
enum { NN_PIXELS = NN_HEIGHT * NN_WIDTH };
enum { NN_CLASSES = 12 };
enum { NN_FRAMES = 49, NN_COEFFICIENTS = 10 }; /* of the network's input */

/* One layer with weights. `multiplier` and `shift` hold one value for each output channel. */
struct nn_layer {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multiplier; /* Q0.31 */
    const int8_t *shift;       /* to the left if positive */
    int32_t input_zero_point;
    int32_t output_zero_point;
};

/*
 * The three below end in a ReLU. They need output_zero_point == -128, which is what a ReLU makes of it, and
 * -16 <= shift <= 0, that is an effective scale between 2^-17 and 1.
 */

/* int8[49,10,1] to int8[25,5,64], weights int8[64,10,4,1], stride 2, padding SAME. */
void nn_convolve_10x4(const struct nn_layer *layer, const int8_t *input, int8_t *output);

/* int8[25,5,64] to int8[25,5,64], weights int8[3,3,64], stride 1, padding SAME. */
void nn_depthwise_3x3(const struct nn_layer *layer, const int8_t *input, int8_t *output);

/* int8[125,64] to int8[125,64], weights int8[64,64] with the output channel first. */
void nn_pointwise(const struct nn_layer *layer, const int8_t *input, int8_t *output);

/* int8[125,64] to int8[64]: the mean of each channel. */
void nn_average_pool(const int8_t *input, int8_t *output);

/* int8[64] to int8[12], weights int8[12,64]. */
void nn_fully_connected(const struct nn_layer *layer, const int8_t *input, int8_t *output);

/*
 * int8[12] to int8[12] with scale 1/256 and zero point -128. `multiplier` and `shift` scale the input to
 * Q5.26; a class that lies more than -diff_min below the largest gets 0.
 */
void nn_softmax(int32_t multiplier, int shift, int32_t diff_min, const int8_t *input, int8_t *output);

#endif
