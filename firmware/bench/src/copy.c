/* Copying and filling memory, 16 bytes to 16 KB, by words, by LDM and STM, and by bytes. */
#include "bench.h"

enum { LARGEST = 16384 };

static uint32_t source[LARGEST / 4], target[LARGEST / 4];

void bench_prepare(void)
{
    uint32_t state = 1;
    for (int i = 0; i < LARGEST / 4; i++)
        source[i] = bench_random(&state);
}

/* Multiples of 16 bytes. */
static void copy_multiple(uint32_t *to, const uint32_t *from, uint32_t bytes)
{
    const uint32_t *end = from + bytes / 4;
    while (from < end)
        __asm__ volatile("ldmia %0!, {r4-r7}\n\tstmia %1!, {r4-r7}"
                         : "+r"(from), "+r"(to)
                         :
                         : "r4", "r5", "r6", "r7", "memory");
}

static void copy_words(volatile uint32_t *to, const uint32_t *from, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes / 4; i++)
        to[i] = from[i];
}

static void copy_bytes(volatile uint8_t *to, const uint8_t *from, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        to[i] = from[i];
}

static void fill_words(volatile uint32_t *to, uint32_t word, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes / 4; i += 4) {
        to[i] = word;
        to[i + 1] = word;
        to[i + 2] = word;
        to[i + 3] = word;
    }
}

uint32_t bench_work(void)
{
    uint32_t check = 0;
    for (uint32_t bytes = 16; bytes <= LARGEST; bytes *= 4) {
        fill_words(target, check, bytes);
        copy_multiple(target, source, bytes);
        check = bench_mix(check, target[bytes / 4 - 1]);
        copy_words(target, source + 1, bytes - 4);
        check = bench_mix(check, target[bytes / 8]);
        copy_bytes((uint8_t *)target, (const uint8_t *)source + 3, bytes / 2);
        check = bench_mix(check, target[bytes / 16]);
    }
    source[check % (LARGEST / 4)] ^= check;
    return check;
}
