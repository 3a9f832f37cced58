/*
 * USART and LPUART registers. Two layouts: the newer one of F7 and L4 (RM0385, RM0432) and the older one
 * of F4 (RM0390). A board names its console with CONSOLE_USART before including this file.
 */
#ifndef STM32_USART_H
#define STM32_USART_H

#include "reg.h"

#ifdef STM32_USART_OLD_LAYOUT
#define USART_SR REG32(CONSOLE_USART + 0x00)
#define USART_RDR REG32(CONSOLE_USART + 0x04)
#define USART_TDR REG32(CONSOLE_USART + 0x04)
#define USART_BRR REG32(CONSOLE_USART + 0x08)
#define USART_CR1 REG32(CONSOLE_USART + 0x0C)
#define USART_CR1_UE BIT(13)
#else
#define USART_CR1 REG32(CONSOLE_USART + 0x00)
#define USART_BRR REG32(CONSOLE_USART + 0x0C)
#define USART_SR REG32(CONSOLE_USART + 0x1C)
#define USART_ICR REG32(CONSOLE_USART + 0x20)
#define USART_RDR REG32(CONSOLE_USART + 0x24)
#define USART_TDR REG32(CONSOLE_USART + 0x28)
#define USART_CR1_UE BIT(0)
#endif

#define USART_CR1_RE BIT(2)
#define USART_CR1_TE BIT(3)
#define USART_CR1_RXNEIE BIT(5)
#define USART_CR1_TXEIE BIT(7)
#define USART_SR_ORE BIT(3)
#define USART_SR_RXNE BIT(5)
#define USART_SR_TC BIT(6)
#define USART_SR_TXE BIT(7)

/* Turns the UART on; `divider` goes to BRR. Clocks and pins must be set. */
void stm32_usart_start(uint32_t divider);

#endif
