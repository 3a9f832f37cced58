/* qemu's mps2-an386 (Cortex-M4) and mps2-an500 (Cortex-M7): a CMSDK UART and a fixed 25 MHz clock. */
#include "board.h"
#include "cache.h"
#include "cortex_m.h"

#define UART0_DATA REG32(0x40004000)
#define UART0_STATE REG32(0x40004004)
#define UART0_STATE_TX_FULL BIT(0)
#define UART0_STATE_RX_FULL BIT(1)
#define UART0_CTRL REG32(0x40004008)
#define UART0_CTRL_TX_ENABLE BIT(0)
#define UART0_CTRL_RX_ENABLE BIT(1)
#define UART0_CTRL_TX_INTERRUPT BIT(2)
#define UART0_CTRL_RX_INTERRUPT BIT(3)
#define UART0_INTCLEAR REG32(0x4000400C)
#define UART0_BAUDDIV REG32(0x40004010)

const char board_name[] = BOARD;
const uint32_t board_clock_hz = 25000000;
const bool board_is_emulated = true;

void board_clock_init(void)
{
#if __ARM_FEATURE_NUMERIC_MAXMIN /* only the M7's floating-point unit has it */
    cache_enable_instruction();
    cache_enable_data();
#endif
}

void console_init(void)
{
    UART0_BAUDDIV = (board_clock_hz + 115200 / 2) / 115200;
    UART0_CTRL = UART0_CTRL_TX_ENABLE | UART0_CTRL_RX_ENABLE;
}

void console_putc(char c)
{
    while (!console_can_send()) {
    }
    console_send((uint8_t)c);
}

void console_flush(void)
{
    while (!console_can_send()) {
    }
}

void console_enable_interrupts(void)
{
    UART0_CTRL |= UART0_CTRL_RX_INTERRUPT;
    for (unsigned irq = CONSOLE_IRQ_FIRST; irq <= CONSOLE_IRQ_LAST; irq++)
        nvic_enable(irq);
}

bool console_receive(uint8_t *byte)
{
    UART0_INTCLEAR = BIT(1);
    if ((UART0_STATE & UART0_STATE_RX_FULL) == 0)
        return false;
    *byte = (uint8_t)UART0_DATA;
    return true;
}

bool console_can_send(void)
{
    UART0_INTCLEAR = BIT(0);
    return (UART0_STATE & UART0_STATE_TX_FULL) == 0;
}

void console_send(uint8_t byte) { UART0_DATA = byte; }

void console_send_interrupt(bool enable)
{
    if (!enable) {
        UART0_CTRL &= ~UART0_CTRL_TX_INTERRUPT;
    } else if ((UART0_CTRL & UART0_CTRL_TX_INTERRUPT) == 0) {
        /* this UART interrupts when a byte has left, so the first interrupt must be made */
        UART0_CTRL |= UART0_CTRL_TX_INTERRUPT;
        nvic_set_pending(CONSOLE_IRQ_LAST);
    }
}
