/* DS-CNN small: the layers one after the other, each a function of its own so that a profile shows them. */
#include "kws.h"
#include "kws_model.h"
#include "nn.h"

#if KWS_CONV1_OUTPUT_ZERO_POINT != -128 || KWS_DW1_OUTPUT_ZERO_POINT != -128 ||                              \
    KWS_PW1_OUTPUT_ZERO_POINT != -128 || KWS_DW2_OUTPUT_ZERO_POINT != -128 ||                                \
    KWS_PW2_OUTPUT_ZERO_POINT != -128 || KWS_DW3_OUTPUT_ZERO_POINT != -128 ||                                \
    KWS_PW3_OUTPUT_ZERO_POINT != -128 || KWS_DW4_OUTPUT_ZERO_POINT != -128 ||                                \
    KWS_PW4_OUTPUT_ZERO_POINT != -128
#error "the kernels need the zero point -128 after a ReLU"
#endif

static int8_t activations_a[NN_PIXELS * NN_CHANNELS];
static int8_t activations_b[NN_PIXELS * NN_CHANNELS];

/* Defines kws_NAME(), which runs `kernel` with the parameters of that layer of the model. */
#define LAYER(name, kernel, input_zero_point, output_zero_point)                                             \
    static __attribute__((noinline, noclone)) void kws_##name(const int8_t *input, int8_t *output)           \
    {                                                                                                        \
        static const struct nn_layer layer = {name##_weights, name##_bias,      name##_multiplier,           \
                                              name##_shift,   input_zero_point, output_zero_point};          \
        kernel(&layer, input, output);                                                                       \
    }

LAYER(conv1, nn_convolve_10x4, KWS_INPUT_ZERO_POINT, KWS_CONV1_OUTPUT_ZERO_POINT)
LAYER(dw1, nn_depthwise_3x3, KWS_CONV1_OUTPUT_ZERO_POINT, KWS_DW1_OUTPUT_ZERO_POINT)
LAYER(pw1, nn_pointwise, KWS_DW1_OUTPUT_ZERO_POINT, KWS_PW1_OUTPUT_ZERO_POINT)
LAYER(dw2, nn_depthwise_3x3, KWS_PW1_OUTPUT_ZERO_POINT, KWS_DW2_OUTPUT_ZERO_POINT)
LAYER(pw2, nn_pointwise, KWS_DW2_OUTPUT_ZERO_POINT, KWS_PW2_OUTPUT_ZERO_POINT)
LAYER(dw3, nn_depthwise_3x3, KWS_PW2_OUTPUT_ZERO_POINT, KWS_DW3_OUTPUT_ZERO_POINT)
LAYER(pw3, nn_pointwise, KWS_DW3_OUTPUT_ZERO_POINT, KWS_PW3_OUTPUT_ZERO_POINT)
LAYER(dw4, nn_depthwise_3x3, KWS_PW3_OUTPUT_ZERO_POINT, KWS_DW4_OUTPUT_ZERO_POINT)
LAYER(pw4, nn_pointwise, KWS_DW4_OUTPUT_ZERO_POINT, KWS_PW4_OUTPUT_ZERO_POINT)
LAYER(fc, nn_fully_connected, KWS_PW4_OUTPUT_ZERO_POINT, KWS_FC_OUTPUT_ZERO_POINT)

static __attribute__((noinline, noclone)) void kws_pool(const int8_t *input, int8_t *output)
{
    nn_average_pool(input, output);
}

static __attribute__((noinline, noclone)) void kws_softmax(const int8_t *input, int8_t *output)
{
    nn_softmax(KWS_SOFTMAX_INPUT_MULTIPLIER, KWS_SOFTMAX_INPUT_LEFT_SHIFT, KWS_SOFTMAX_DIFF_MIN, input,
               output);
}

void kws_infer(const int8_t *features, int8_t *scores)
{
    int8_t means[NN_CHANNELS], logits[NN_CLASSES];
    int8_t *a = activations_a, *b = activations_b;

    kws_conv1(features, a);
    kws_dw1(a, b);
    kws_pw1(b, a);
    kws_dw2(a, b);
    kws_pw2(b, a);
    kws_dw3(a, b);
    kws_pw3(b, a);
    kws_dw4(a, b);
    kws_pw4(b, a);
    kws_pool(a, means);
    kws_fc(means, logits);
    kws_softmax(logits, scores);
}
