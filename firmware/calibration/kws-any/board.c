/*
 * Any board: no clock is set and no UART is used, so that one program runs wherever code and RAM lie at its addresses,
 * with the clock and the caches that `--boot max` leaves. What it prints goes to the debugger or simulator.
 */
#include "board.h"
#include "semihosting.h"

#define SYS_WRITEC 3

const char board_name[] = BOARD;
const uint32_t board_clock_hz = 0;
const bool board_is_emulated = true;

void board_clock_init(void) {}
void console_init(void) {}
void console_flush(void) {}

void console_putc(char c)
{
    semihosting_call(SYS_WRITEC, (uintptr_t)&c);
}
void console_interrupt(void) {}
