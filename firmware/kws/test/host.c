/*
 * The portable C of the keyword spotter on a host, for checking. Reads records from standard input: 'f' and
 * 490 int8 features, or 'a' and 16,000 int16 samples (little-endian). Writes 490 features and 12 scores for
 * each.
 */
#include "kws.h"
#include <stdio.h>

int main(void)
{
    static int16_t audio[KWS_SAMPLES];
    static int8_t features[KWS_FEATURES], scores[KWS_CLASSES];
    int kind;
    while ((kind = getchar()) != EOF) {
        if (kind == 'a') {
            if (fread(audio, sizeof audio, 1, stdin) != 1)
                return 1;
            kws_mfcc(audio, features);
        } else if (fread(features, sizeof features, 1, stdin) != 1) {
            return 1;
        }
        kws_infer(features, scores);
        fwrite(features, sizeof features, 1, stdout);
        fwrite(scores, sizeof scores, 1, stdout);
    }
    return 0;
}
