/* Polled text output, the same on every board. */
#include "board.h"

void console_write(const char *text)
{
    while (*text != 0)
        console_putc(*text++);
}

void console_write_unsigned(uint32_t value)
{
    char digits[10];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0)
        console_putc(digits[--count]);
}

void console_write_signed(int32_t value)
{
    if (value < 0)
        console_putc('-');
    console_write_unsigned(value < 0 ? 0u - (uint32_t)value : (uint32_t)value);
}
