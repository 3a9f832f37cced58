/* NUCLEO-F746ZG: 216 MHz with over-drive, 7 wait states, ART accelerator, both L1 caches. */
#include CONSOLE_BOARD_HEADER
#include "board/stm32_gpio.h"
#include "board/stm32_usart.h"
#include "board/stm32f4f7_power_clock.h"
#include "board.h"
#include "cache.h"

#define FLASH_ACR_ARTEN BIT(9)

const char board_name[] = "nucleo-f746zg";
const uint32_t board_clock_hz = 216000000;
const bool board_is_emulated = false;

void board_clock_init(void)
{
    enum { WAIT_STATES = 7 };
    stm32f4f7_overdrive_clock(432, FLASH_ACR_ARTEN | FLASH_ACR_PRFTEN | WAIT_STATES);
    cache_enable_instruction();
    cache_enable_data();
}

void console_init(void)
{
    RCC_AHB1ENR |= BIT(3); /* GPIOD */
    RCC_APB1ENR |= RCC_APB1ENR_USART3EN;
    (void)RCC_APB1ENR;
    gpio_alternate(GPIOD, 8, 7);
    gpio_alternate(GPIOD, 9, 7);
    stm32_usart_start((board_clock_hz / 4 + 115200 / 2) / 115200);
}
