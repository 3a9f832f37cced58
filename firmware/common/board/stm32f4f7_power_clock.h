/* PWR, RCC and FLASH registers that the STM32F446 and STM32F746 share (RM0390, RM0385). */
#ifndef STM32F4F7_POWER_CLOCK_H
#define STM32F4F7_POWER_CLOCK_H

#include "reg.h"

#define PWR_CR1 REG32(0x40007000)
#define PWR_CR1_VOS_SCALE1 (3u << 14)
#define PWR_CR1_ODEN BIT(16)
#define PWR_CR1_ODSWEN BIT(17)
#define PWR_CSR1 REG32(0x40007004)
#define PWR_CSR1_VOSRDY BIT(14)
#define PWR_CSR1_ODRDY BIT(16)
#define PWR_CSR1_ODSWRDY BIT(17)

#define RCC_CR REG32(0x40023800)
#define RCC_CR_HSEON BIT(16)
#define RCC_CR_HSERDY BIT(17)
#define RCC_CR_HSEBYP BIT(18)
#define RCC_CR_PLLON BIT(24)
#define RCC_CR_PLLRDY BIT(25)
#define RCC_PLLCFGR REG32(0x40023804)
#define RCC_PLLCFGR_SRC_HSE BIT(22)
#define RCC_CFGR REG32(0x40023808)
#define RCC_CFGR_SW_MASK 3u
#define RCC_CFGR_SW_PLL 2u
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_SWS_PLL (2u << 2)
#define RCC_CFGR_PRESCALERS ((0xFu << 4) | (7u << 10) | (7u << 13))
#define RCC_CFGR_PPRE1_DIV4 (5u << 10)
#define RCC_CFGR_PPRE2_DIV2 (4u << 13)
#define RCC_AHB1ENR REG32(0x40023830)
#define RCC_APB1ENR REG32(0x40023840)
#define RCC_APB1ENR_USART2EN BIT(17)
#define RCC_APB1ENR_USART3EN BIT(18)
#define RCC_APB1ENR_PWREN BIT(28)

#define FLASH_ACR REG32(0x40023C00)
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_PRFTEN BIT(8)

#define GPIOA 0x40020000u
#define GPIOD 0x40020C00u

/*
 * Runs the core from the PLL at `vco_mhz` / 2 with over-drive; `flash_acr` is the wait states together with
 * the accelerator bits that the part has. Takes the 8 MHz that the ST-LINK puts on OSC_IN, else the internal
 * 16 MHz oscillator. APB1 gets a quarter and APB2 half of the core clock.
 */
void stm32f4f7_overdrive_clock(uint32_t vco_mhz, uint32_t flash_acr);

#endif
