/* The matrix kernel under the convolutions. */
#ifndef NN_MAT_MULT_H
#define NN_MAT_MULT_H

#include "nn.h"

/*
 * Two output pixels, all 64 channels, with 40 or 64 inputs to a channel. `columns` holds the inputs of the
 * two pixels one after the other, widened by nn_widen(); `output` gets pixel after pixel.
 */
void nn_mat_mult_2x40(const struct nn_layer *layer, const uint32_t *columns, int8_t *output);
void nn_mat_mult_2x64(const struct nn_layer *layer, const uint32_t *columns, int8_t *output);

/*
 * Four int8 plus `offset` in both lanes, as two words of int16: first elements 0 and 2, then 1 and 3. That is
 * the order in which SXTB16 unpacks the weights, so that nothing need be reordered.
 */
#define nn_widen(word, offset, to)                                                                           \
    do {                                                                                                     \
        (to)[0] = sxtab16(offset, word);                                                                     \
        (to)[1] = sxtab16_odd(offset, word);                                                                 \
    } while (0)

/* The offset that takes the zero point away, in both lanes. */
static inline uint32_t nn_offset(int32_t zero_point) { return (uint32_t)(-zero_point & 0xFFFF) * 0x10001u; }

#endif
