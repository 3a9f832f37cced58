/*
 * A fully connected int8 network whose 264,192 weights are read once an inference, from flash or from RAM: what the
 * memory behind them costs. The weights are whatever lies there (erased flash, cleared RAM), since no instruction
 * here takes longer for one value than for another.
 */
#include "cortex_m.h"
#include "dsp.h"

enum { LAYERS = 10, WIDEST = 640 };
static const int16_t width[LAYERS + 1] = {640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640};

/* From the linker script. */
extern const int8_t weights[];
extern uint32_t __stack_top[];

static int8_t activation[2][WIDEST];

void Reset_Handler(void) __attribute__((noreturn));
void inference_done(void) __attribute__((noinline));

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    __stack_top,
    (const void *)Reset_Handler,
};

/* Four int8 and on to the next four, as one instruction. */
static inline uint32_t next_s8x4(const int8_t **p)
{
    uint32_t word;
    __asm__ volatile("ldr %0, [%1], #4" : "=r"(word), "+r"(*p) : "m"(*(const uint32_t *)*p));
    return word;
}

static inline int32_t accumulate(const int8_t **weight, uint32_t even, uint32_t odd, int32_t sum)
{
    uint32_t w = next_s8x4(weight);
    sum = smlad(sxtb16_odd(w), odd, sum);
    return smlad(sxtb16(w), even, sum);
}

static inline int8_t activate(int32_t sum) { return (int8_t)ssat8(smmulr(sum, 1 << 25)); }

/* Four outputs at a time, so that each activation is widened once for four weights. */
__attribute__((noinline)) static void layer(const int8_t *weight, int inputs, int outputs, const int8_t *in, int8_t *out)
{
    uint32_t offset = 0x00800080;
    __asm__("" : "+r"(offset)); /* kept in a register */
    for (const int8_t *end = out + outputs; out < end; out += 4, weight += 4 * inputs) {
        const int8_t *w0 = weight, *w1 = w0 + inputs, *w2 = w1 + inputs, *w3 = w2 + inputs;
        int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (const int8_t *p = in; p < in + inputs;) {
            uint32_t x = next_s8x4(&p);
            uint32_t odd = sxtab16_odd(offset, x), even = sxtab16(offset, x);
            __asm__ volatile("" : "+r"(odd)); /* before the weights: no load right behind one from another memory */
            s0 = accumulate(&w0, even, odd, s0);
            s1 = accumulate(&w1, even, odd, s1);
            s2 = accumulate(&w2, even, odd, s2);
            s3 = accumulate(&w3, even, odd, s3);
        }
        out[0] = activate(s0);
        out[1] = activate(s1);
        out[2] = activate(s2);
        out[3] = activate(s3);
    }
}

static void infer(void)
{
    const int8_t *weight = weights;
    for (int i = 0; i < LAYERS; i++) {
        layer(weight, width[i], width[i + 1], activation[i & 1], activation[(i + 1) & 1]);
        weight += width[i] * width[i + 1];
    }
}

/* A place to watch. */
void inference_done(void) { __asm__ volatile(""); }

void Reset_Handler(void)
{
    REG32(FLASH_ACR) = FLASH_SETTINGS;
#if __ARM_ARCH_7EM__ && defined CACHES
    SCB_ICIALLU = 0;
    dsb();
    isb();
    SCB_CCR |= SCB_CCR_IC | SCB_CCR_DC; /* the simulator's data cache is empty after reset; silicon's is to be cleared */
    dsb();
    isb();
#endif
    for (int run = 0; run < 2; run++) {
        infer();
        inference_done();
    }
    __asm__ volatile("bkpt 1");
    for (;;) {
    }
}
