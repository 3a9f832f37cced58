/* GPIO ports of all STM32 families here (register layout: RM0385, RM0390, RM0432). */
#ifndef STM32_GPIO_H
#define STM32_GPIO_H

#include "reg.h"

#define GPIO_MODER(port) REG32((port) + 0x00)
#define GPIO_OSPEEDR(port) REG32((port) + 0x08)
#define GPIO_AFR(port, half) REG32((port) + 0x20 + 4 * (half))

/* Gives `pin` to the peripheral behind alternate function `function`. */
static inline void gpio_alternate(uint32_t port, unsigned pin, unsigned function)
{
    unsigned nibble = 4 * (pin % 8);
    GPIO_AFR(port, pin / 8) = (GPIO_AFR(port, pin / 8) & ~(0xFu << nibble)) | (function << nibble);
    GPIO_OSPEEDR(port) = (GPIO_OSPEEDR(port) & ~(3u << (2 * pin))) | (1u << (2 * pin));
    GPIO_MODER(port) = (GPIO_MODER(port) & ~(3u << (2 * pin))) | (2u << (2 * pin));
}

#endif
