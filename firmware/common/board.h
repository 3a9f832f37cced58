/* What every board file gives to the programs. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

extern const char board_name[];

/* Core clock after board_clock_init(). */
extern const uint32_t board_clock_hz;

/* True on qemu's boards, where a semihosting host is always there. */
extern const bool board_is_emulated;

/*
 * Takes the clock from its reset source to the board's top speed and turns on the flash accelerator and
 * caches. Runs before .data and .bss are set up, so it must not touch static variables.
 */
void board_clock_init(void);

/* The console UART, 115200 8N1: on ST's boards the virtual COM port of the ST-LINK. */
void console_init(void);
void console_putc(char c);
void console_flush(void);
void console_write(const char *text);
void console_write_unsigned(uint32_t value);
void console_write_signed(int32_t value);

/* The same UART driven by interrupts; both directions call console_interrupt(). */
void console_enable_interrupts(void);
void console_interrupt(void);
bool console_receive(uint8_t *byte);
bool console_can_send(void);
void console_send(uint8_t byte);
void console_send_interrupt(bool enable);

#endif
