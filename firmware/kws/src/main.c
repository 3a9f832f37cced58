/* Classifies the second of sound in audio_clip and reports what it heard and how long it took. */
#include "board.h"
#include "cycles.h"
#include "kws.h"
#include "kws_model.h"
#include "semihosting.h"

/* The input: a clip built in (clip.S), or what a debugger or simulator wrote here at kws_ready(). */
extern int16_t audio_clip[KWS_SAMPLES];

/* The results, for who looks from outside. */
int8_t scores[KWS_CLASSES];
uint32_t kws_mfcc_cycles;
uint32_t kws_cycles;

static int8_t features[KWS_FEATURES];

/* Does nothing: the place where everything is initialised and an input may be put in. */
__attribute__((noinline)) void kws_ready(void) { __asm__ volatile("" ::: "memory"); }

static void classify(void)
{
    uint32_t start = cycles_now();
    kws_mfcc(audio_clip, features);
    uint32_t middle = cycles_now();
    kws_infer(features, scores);
    uint32_t end = cycles_now();
    kws_mfcc_cycles = middle - start;
    kws_cycles = end - middle;
}

static void print_result(void)
{
    int best = 0;
    console_write("scores");
    for (int i = 0; i < KWS_CLASSES; i++) {
        console_putc(' ');
        console_write_signed(scores[i]);
        if (scores[i] > scores[best])
            best = i;
    }
    console_write("\nDetected ");
    console_write(kws_labels[best]);
    console_write(" (");
    console_write_unsigned((uint32_t)((scores[best] + 128) * 100 + 128) / 256);
    console_write("%)\ncycles mfcc ");
    console_write_unsigned(kws_mfcc_cycles);
    console_write(" network ");
    console_write_unsigned(kws_cycles);
    console_putc('\n');
}

int main(void)
{
    console_init();
    console_write("kws ");
    console_write(board_name);
    console_putc(' ');
    console_write_unsigned(board_clock_hz / 1000000);
    console_write(" MHz\n");
    cycles_start();
    kws_ready();
    classify();
    print_result();
    return 0;
}
