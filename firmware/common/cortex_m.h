/* Registers of the Armv7-M system space that this firmware uses (Armv7-M ARM, chapters B3 and C1). */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include "reg.h"

#define SYST_CSR REG32(0xE000E010)
#define SYST_RVR REG32(0xE000E014)
#define SYST_CVR REG32(0xE000E018)
#define SYST_CSR_ENABLE BIT(0)
#define SYST_CSR_TICKINT BIT(1)
#define SYST_CSR_CLKSOURCE_CORE BIT(2)

#define NVIC_ISER(n) REG32(0xE000E100 + 4 * (n))
#define NVIC_ISPR(n) REG32(0xE000E200 + 4 * (n))

#define SCB_VTOR REG32(0xE000ED08)
#define SCB_CCR REG32(0xE000ED14)
#define SCB_CCR_DC BIT(16)
#define SCB_CCR_IC BIT(17)
#define SCB_CCSIDR REG32(0xE000ED80)
#define SCB_CSSELR REG32(0xE000ED84)
#define SCB_CPACR REG32(0xE000ED88)
#define SCB_CPACR_CP10_CP11_FULL (0xFu << 20)
#define SCB_ICIALLU REG32(0xE000EF50)
#define SCB_DCISW REG32(0xE000EF60)

#define DHCSR REG32(0xE000EDF0)
#define DHCSR_C_DEBUGEN BIT(0)
#define DEMCR REG32(0xE000EDFC)
#define DEMCR_TRCENA BIT(24)

#define DWT_CTRL REG32(0xE0001000)
#define DWT_CTRL_CYCCNTENA BIT(0)
#define DWT_CYCCNT REG32(0xE0001004)
#define DWT_LAR REG32(0xE0001FB0)
#define DWT_LAR_KEY 0xC5ACCE55u

static inline void dsb(void) { __asm__ volatile("dsb" ::: "memory"); }
static inline void isb(void) { __asm__ volatile("isb" ::: "memory"); }
static inline void wfi(void) { __asm__ volatile("wfi" ::: "memory"); }
static inline void interrupts_on(void) { __asm__ volatile("cpsie i" ::: "memory"); }
static inline void interrupts_off(void) { __asm__ volatile("cpsid i" ::: "memory"); }

static inline void nvic_enable(unsigned irq) { NVIC_ISER(irq / 32) = BIT(irq % 32); }
static inline void nvic_set_pending(unsigned irq) { NVIC_ISPR(irq / 32) = BIT(irq % 32); }

#endif
