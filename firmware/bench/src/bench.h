/* What each benchmark program consists of; main.c repeats it. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* Fills the inputs; runs once. */
void bench_prepare(void);

/* The work that is measured. Returns a check value that depends on all of it. */
uint32_t bench_work(void);

/* One step of a cheap generator of inputs (Numerical Recipes' constants). */
static inline uint32_t bench_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Mixes one more value into a check value (the step of FNV-1a, on words). */
static inline uint32_t bench_mix(uint32_t check, uint32_t value) { return (check ^ value) * 0x01000193u; }

#endif
