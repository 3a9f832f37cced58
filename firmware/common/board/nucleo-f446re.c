/* NUCLEO-F446RE: 180 MHz with over-drive, 5 wait states, ART accelerator with both its caches. */
#include CONSOLE_BOARD_HEADER
#include "board/stm32_gpio.h"
#include "board/stm32_usart.h"
#include "board/stm32f4f7_power_clock.h"
#include "board.h"

#define FLASH_ACR_ICEN BIT(9)
#define FLASH_ACR_DCEN BIT(10)

const char board_name[] = "nucleo-f446re";
const uint32_t board_clock_hz = 180000000;
const bool board_is_emulated = false;

void board_clock_init(void)
{
    enum { WAIT_STATES = 5 };
    stm32f4f7_overdrive_clock(360, FLASH_ACR_DCEN | FLASH_ACR_ICEN | FLASH_ACR_PRFTEN | WAIT_STATES);
}

void console_init(void)
{
    RCC_AHB1ENR |= BIT(0); /* GPIOA */
    RCC_APB1ENR |= RCC_APB1ENR_USART2EN;
    (void)RCC_APB1ENR;
    gpio_alternate(GPIOA, 2, 7);
    gpio_alternate(GPIOA, 3, 7);
    stm32_usart_start((board_clock_hz / 4 + 115200 / 2) / 115200);
}
