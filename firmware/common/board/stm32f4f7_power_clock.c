/* From reset to the top clock on the STM32F446 and STM32F746 (RM0385, RM0390: "Entering Over-drive mode"). */
#include "board/stm32f4f7_power_clock.h"
#include <stdbool.h>

enum { HSE_START_POLLS = 50000 }; /* some 10 ms at 16 MHz; the clock from the ST-LINK is there at once */

/* True when the external clock runs. */
static bool start_hse_bypass(void)
{
    RCC_CR |= RCC_CR_HSEBYP;
    RCC_CR |= RCC_CR_HSEON;
    for (int poll = 0; poll < HSE_START_POLLS; poll++)
        if ((RCC_CR & RCC_CR_HSERDY) != 0)
            return true;
    RCC_CR &= ~(RCC_CR_HSEON | RCC_CR_HSEBYP);
    return false;
}

static void enter_overdrive(void)
{
    PWR_CR1 |= PWR_CR1_ODEN;
    while ((PWR_CSR1 & PWR_CSR1_ODRDY) == 0) {
    }
    PWR_CR1 |= PWR_CR1_ODSWEN;
    while ((PWR_CSR1 & PWR_CSR1_ODSWRDY) == 0) {
    }
}

void stm32f4f7_overdrive_clock(uint32_t vco_mhz, uint32_t flash_acr)
{
    enum { VCO_INPUT_MHZ = 2, HSE_MHZ = 8, HSI_MHZ = 16, Q = 9 };
    bool external = start_hse_bypass();

    RCC_APB1ENR |= RCC_APB1ENR_PWREN;
    (void)RCC_APB1ENR;             /* the clock is on two bus cycles after the write */
    PWR_CR1 |= PWR_CR1_VOS_SCALE1; /* may change only while the PLL is off */

    /* P = 2 is coded as 0; bit 29 is the F446's R = 2, its reset value, and has no function on the F746 */
    uint32_t m = (external ? HSE_MHZ : HSI_MHZ) / VCO_INPUT_MHZ;
    RCC_PLLCFGR = m | (vco_mhz / VCO_INPUT_MHZ << 6) | ((uint32_t)Q << 24) | BIT(29) |
                  (external ? RCC_PLLCFGR_SRC_HSE : 0);
    RCC_CR |= RCC_CR_PLLON;
    while ((PWR_CSR1 & PWR_CSR1_VOSRDY) == 0) {
    }
    enter_overdrive();

    FLASH_ACR = flash_acr;
    while ((FLASH_ACR & FLASH_ACR_LATENCY_MASK) != (flash_acr & FLASH_ACR_LATENCY_MASK)) {
    }
    RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_PRESCALERS) | RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2;

    while ((RCC_CR & RCC_CR_PLLRDY) == 0) {
    }
    RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
    while ((RCC_CFGR & RCC_CFGR_SWS_MASK) != RCC_CFGR_SWS_PLL) {
    }
}
