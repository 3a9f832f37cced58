/* NUCLEO-L4R5ZI: 120 MHz in voltage range 1 boost, 5 wait states, flash caches and prefetch. */
#include CONSOLE_BOARD_HEADER
#include "board/stm32_gpio.h"
#include "board/stm32_usart.h"
#include "board.h"

/* PWR, RCC and FLASH of the STM32L4+ (RM0432) */
#define PWR_CR1 REG32(0x40007000)
#define PWR_CR1_VOS_MASK (3u << 9)
#define PWR_CR1_VOS_RANGE1 (1u << 9)
#define PWR_CR2 REG32(0x40007004)
#define PWR_CR2_IOSV BIT(9)
#define PWR_SR2 REG32(0x40007014)
#define PWR_SR2_VOSF BIT(10)
#define PWR_CR5 REG32(0x40007080)
#define PWR_CR5_R1MODE BIT(8)

#define RCC_CR REG32(0x40021000)
#define RCC_CR_MSION BIT(0)
#define RCC_CR_MSIRDY BIT(1)
#define RCC_CR_PLLON BIT(24)
#define RCC_CR_PLLRDY BIT(25)
#define RCC_CFGR REG32(0x40021008)
#define RCC_CFGR_SW_MASK 3u
#define RCC_CFGR_SW_PLL 3u
#define RCC_CFGR_SWS_MASK (3u << 2)
#define RCC_CFGR_SWS_PLL (3u << 2)
#define RCC_CFGR_PRESCALERS ((0xFu << 4) | (7u << 8) | (7u << 11))
#define RCC_CFGR_HPRE_MASK (0xFu << 4)
#define RCC_CFGR_HPRE_DIV2 (8u << 4)
#define RCC_PLLCFGR REG32(0x4002100C)
#define RCC_PLLCFGR_SRC_MSI 1u
#define RCC_PLLCFGR_REN BIT(24)
#define RCC_AHB2ENR REG32(0x4002104C)
#define RCC_APB1ENR1 REG32(0x40021058)
#define RCC_APB1ENR1_PWREN BIT(28)
#define RCC_APB1ENR2 REG32(0x4002105C)
#define RCC_APB1ENR2_LPUART1EN BIT(0)

#define FLASH_ACR REG32(0x40022000)
#define FLASH_ACR_LATENCY_MASK 0xFu
#define FLASH_ACR_PRFTEN BIT(8)
#define FLASH_ACR_ICEN BIT(9)
#define FLASH_ACR_DCEN BIT(10)

#define GPIOG 0x48001800u

const char board_name[] = "nucleo-l4r5zi";
const uint32_t board_clock_hz = 120000000;
const bool board_is_emulated = false;

static void enter_range1_boost(void)
{
    RCC_APB1ENR1 |= RCC_APB1ENR1_PWREN;
    (void)RCC_APB1ENR1;
    PWR_CR1 = (PWR_CR1 & ~PWR_CR1_VOS_MASK) | PWR_CR1_VOS_RANGE1;
    while ((PWR_SR2 & PWR_SR2_VOSF) != 0) {
    }
    /* RM0432, "Dynamic voltage scaling": halve AHB before leaving normal mode, undo it 1 us afterwards */
    RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_PRESCALERS) | RCC_CFGR_HPRE_DIV2;
    PWR_CR5 &= ~PWR_CR5_R1MODE;
}

/* 4 MHz from the MSI oscillator, M = 1, N = 60, R = 2: 120 MHz. */
static void start_pll(void)
{
    while ((RCC_CR & RCC_CR_MSIRDY) == 0) {
    }
    RCC_PLLCFGR = RCC_PLLCFGR_SRC_MSI | (60u << 8);
    RCC_CR |= RCC_CR_PLLON;
    RCC_PLLCFGR |= RCC_PLLCFGR_REN;
    while ((RCC_CR & RCC_CR_PLLRDY) == 0) {
    }
}

void board_clock_init(void)
{
    enum { WAIT_STATES = 5, LOOPS_1_US = 60 };
    enter_range1_boost();
    FLASH_ACR = FLASH_ACR_DCEN | FLASH_ACR_ICEN | FLASH_ACR_PRFTEN | WAIT_STATES;
    while ((FLASH_ACR & FLASH_ACR_LATENCY_MASK) != WAIT_STATES) {
    }
    start_pll();
    RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
    while ((RCC_CFGR & RCC_CFGR_SWS_MASK) != RCC_CFGR_SWS_PLL) {
    }
    for (int loop = 0; loop < LOOPS_1_US; loop++)
        __asm__ volatile("nop"); /* the core runs at 60 MHz here: at least one cycle each */
    RCC_CFGR &= ~RCC_CFGR_HPRE_MASK;
}

void console_init(void)
{
    RCC_APB1ENR1 |= RCC_APB1ENR1_PWREN;
    PWR_CR2 |= PWR_CR2_IOSV; /* port G is supplied by VDDIO2 */
    RCC_AHB2ENR |= BIT(6);   /* GPIOG */
    RCC_APB1ENR2 |= RCC_APB1ENR2_LPUART1EN;
    (void)RCC_APB1ENR2;
    gpio_alternate(GPIOG, 7, 8);
    gpio_alternate(GPIOG, 8, 8);
    /* an LPUART divides 256 times its clock */
    stm32_usart_start((uint32_t)((256ull * board_clock_hz + 115200 / 2) / 115200));
}
