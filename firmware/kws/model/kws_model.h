/* Written by training/export.py from kws_int8.tflite. See README.md for the origin of the weights.
 * Requantisation: RoundingDivideByPOT(SaturatingRoundingDoublingHighMul(acc << left, multiplier), right);
 * a positive shift is to the left. Weights are row by row in the order of the comment's dimensions.
 * Every ReLU clamps to [its output zero point, 127].
 */
#ifndef KWS_MODEL_H
#define KWS_MODEL_H

#include <stdint.h>

#define KWS_INPUT_SCALE (0.5f) /* float per step */
#define KWS_INPUT_ZERO_POINT (40)
#define KWS_CONV1_OUTPUT_ZERO_POINT (-128) /* scale 0.0528242737 */
#define KWS_DW1_OUTPUT_ZERO_POINT (-128) /* scale 0.0508311167 */
#define KWS_PW1_OUTPUT_ZERO_POINT (-128) /* scale 0.0477262363 */
#define KWS_DW2_OUTPUT_ZERO_POINT (-128) /* scale 0.0541488826 */
#define KWS_PW2_OUTPUT_ZERO_POINT (-128) /* scale 0.0389697254 */
#define KWS_DW3_OUTPUT_ZERO_POINT (-128) /* scale 0.0486057736 */
#define KWS_PW3_OUTPUT_ZERO_POINT (-128) /* scale 0.0394094065 */
#define KWS_DW4_OUTPUT_ZERO_POINT (-128) /* scale 0.0514723174 */
#define KWS_PW4_OUTPUT_ZERO_POINT (-128) /* scale 0.0787834227 */
#define KWS_FC_OUTPUT_ZERO_POINT (1) /* scale 0.0669679865 */
#define KWS_SOFTMAX_INPUT_MULTIPLIER (1150501248) /* Q0.31, includes 2^26 */
#define KWS_SOFTMAX_INPUT_LEFT_SHIFT (23)
#define KWS_SOFTMAX_DIFF_MIN (-248) /* logit difference below which the score is 0 */
#define KWS_SCORE_ZERO_POINT (-128) /* score = (int8 + 128) / 256 */
#define KWS_CLASS_COUNT (12)

extern const int8_t conv1_weights[2560]; /* [64][10][4][1] */
extern const int32_t conv1_bias[64];
extern const int32_t conv1_multiplier[64];
extern const int8_t conv1_shift[64];
extern const int8_t dw1_weights[576]; /* [3][3][64] */
extern const int32_t dw1_bias[64];
extern const int32_t dw1_multiplier[64];
extern const int8_t dw1_shift[64];
extern const int8_t pw1_weights[4096]; /* [64][64] */
extern const int32_t pw1_bias[64];
extern const int32_t pw1_multiplier[64];
extern const int8_t pw1_shift[64];
extern const int8_t dw2_weights[576]; /* [3][3][64] */
extern const int32_t dw2_bias[64];
extern const int32_t dw2_multiplier[64];
extern const int8_t dw2_shift[64];
extern const int8_t pw2_weights[4096]; /* [64][64] */
extern const int32_t pw2_bias[64];
extern const int32_t pw2_multiplier[64];
extern const int8_t pw2_shift[64];
extern const int8_t dw3_weights[576]; /* [3][3][64] */
extern const int32_t dw3_bias[64];
extern const int32_t dw3_multiplier[64];
extern const int8_t dw3_shift[64];
extern const int8_t pw3_weights[4096]; /* [64][64] */
extern const int32_t pw3_bias[64];
extern const int32_t pw3_multiplier[64];
extern const int8_t pw3_shift[64];
extern const int8_t dw4_weights[576]; /* [3][3][64] */
extern const int32_t dw4_bias[64];
extern const int32_t dw4_multiplier[64];
extern const int8_t dw4_shift[64];
extern const int8_t pw4_weights[4096]; /* [64][64] */
extern const int32_t pw4_bias[64];
extern const int32_t pw4_multiplier[64];
extern const int8_t pw4_shift[64];
extern const int8_t fc_weights[768]; /* [12][64] */
extern const int32_t fc_bias[12];
extern const int32_t fc_multiplier[12];
extern const int8_t fc_shift[12];

/* In the order of the scores: silence unknown yes no up down left right on off stop go */
extern const char *const kws_labels[KWS_CLASS_COUNT];

#endif
