/* Repeats the work of a benchmark program and prints its check value. */
#include "bench.h"
#include "board.h"

/* How often the work is done; a simulator may write another number here before the start. */
const volatile uint32_t bench_repeats = BENCH_REPEATS;

static void write_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        console_putc("0123456789abcdef"[(value >> shift) & 15]);
}

int main(void)
{
    console_init();
    bench_prepare();
    uint32_t check = 0;
    for (uint32_t i = 0; i < bench_repeats; i++)
        check = bench_mix(check, bench_work());
    console_write(BENCH_NAME " ");
    write_hex(check);
    console_putc('\n');
    return 0;
}
