/* The console on an STM32 USART or LPUART, polled and by interrupts. */
#include CONSOLE_BOARD_HEADER
#include "board/stm32_usart.h"
#include "board.h"
#include "cortex_m.h"

void stm32_usart_start(uint32_t divider)
{
    USART_BRR = divider;
    USART_CR1 = USART_CR1_TE | USART_CR1_RE;
    USART_CR1 |= USART_CR1_UE;
}

void console_putc(char c)
{
    while (!console_can_send()) {
    }
    console_send((uint8_t)c);
}

void console_flush(void)
{
    while ((USART_SR & USART_SR_TC) == 0) {
    }
}

void console_enable_interrupts(void)
{
    USART_CR1 |= USART_CR1_RXNEIE;
    nvic_enable(CONSOLE_IRQ_FIRST);
}

bool console_receive(uint8_t *byte)
{
    uint32_t status = USART_SR;
#ifndef STM32_USART_OLD_LAYOUT
    if ((status & USART_SR_ORE) != 0)
        USART_ICR = USART_SR_ORE; /* else the interrupt stays pending for ever */
#endif
    if ((status & (USART_SR_RXNE | USART_SR_ORE)) == 0)
        return false;
    *byte = (uint8_t)USART_RDR; /* on the F4 reading the status and then the data clears both flags */
    return (status & USART_SR_RXNE) != 0;
}

bool console_can_send(void) { return (USART_SR & USART_SR_TXE) != 0; }

void console_send(uint8_t byte) { USART_TDR = byte; }

void console_send_interrupt(bool enable)
{
    if (enable)
        USART_CR1 |= USART_CR1_TXEIE;
    else
        USART_CR1 &= ~USART_CR1_TXEIE;
}
