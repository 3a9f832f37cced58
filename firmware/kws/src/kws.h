/* The keyword spotter: one second of sound in, a score for each of twelve words out. */
#ifndef KWS_H
#define KWS_H

#include <stdint.h>

enum { KWS_SAMPLES = 16000, KWS_FEATURES = 490, KWS_CLASSES = 12 };

/* One second at 16 kHz to int8[49][10]. */
void kws_mfcc(const int16_t *audio, int8_t *features);

/* int8[49][10] to a score for each class: (score + 128) / 256. */
void kws_infer(const int8_t *features, int8_t *scores);

#endif
