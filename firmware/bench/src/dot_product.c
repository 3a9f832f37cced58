/* The innermost loop of int8 networks, alone: LDR, LDR, SMLAD, SUBS, BNE. */
#include "bench.h"

enum { WORDS = 512 };

static uint32_t a[WORDS], b[WORDS];

void bench_prepare(void)
{
    uint32_t state = 1;
    for (int i = 0; i < WORDS; i++) {
        a[i] = bench_random(&state);
        b[i] = bench_random(&state);
    }
}

uint32_t bench_work(void)
{
    const uint32_t *p = a, *q = b;
    uint32_t sum = 0, count = WORDS, x, y;
    __asm__ volatile("1:\n\t"
                     "ldr %[x], [%[p]], #4\n\t"
                     "ldr %[y], [%[q]], #4\n\t"
                     "smlad %[sum], %[x], %[y], %[sum]\n\t"
                     "subs %[count], #1\n\t"
                     "bne 1b"
                     : [p] "+l"(p), [q] "+l"(q), [sum] "+l"(sum), [count] "+l"(count), [x] "=&l"(x), [y] "=&l"(y)
                     :
                     : "cc", "memory");
    a[sum % WORDS]++;
    return sum;
}
