/** Which bit of which clock enable register switches a peripheral's bus clock: name → [register, bit]. */
export type GateTable = Readonly<Record<string, readonly [register: string, bit: number]>>;

/** Bits of one register, counted up from `first`; `-` leaves a bit out. */
const run = (register: string, first: number, names: string): GateTable =>
  Object.fromEntries(
    names
      .split(" ")
      .map((name, i) => [name, [register, first + i]] as const)
      .filter(([name]) => name !== "-"),
  );

const GPIO = "GPIOA GPIOB GPIOC GPIOD GPIOE GPIOF GPIOG GPIOH GPIOI GPIOJ GPIOK";
const APB1_TIMERS = "TIM2 TIM3 TIM4 TIM5 TIM6 TIM7 TIM12 TIM13 TIM14";

/** @source RM0090, RM0390, RM0385 "RCC_AHB1ENR", "RCC_APB1ENR", "RCC_APB2ENR" (F4 and F7 agree on these bits) */
export const F4_GATES: GateTable = {
  ...run("AHB1ENR", 0, GPIO),
  ...run("APB1ENR", 0, APB1_TIMERS),
  ...run("APB1ENR", 17, "USART2 USART3 UART4 UART5"),
  ...run("APB1ENR", 28, "PWR - UART7 UART8"),
  ...run("APB2ENR", 0, "TIM1 TIM8 - - USART1 USART6"),
  ...run("APB2ENR", 14, "SYSCFG - TIM9 TIM10 TIM11"),
};

/** @source RM0351, RM0432 "RCC_AHB2ENR", "RCC_APB1ENR1", "RCC_APB1ENR2", "RCC_APB2ENR" */
export const L4_GATES: GateTable = {
  ...run("AHB2ENR", 0, "GPIOA GPIOB GPIOC GPIOD GPIOE GPIOF GPIOG GPIOH GPIOI"),
  ...run("APB1ENR1", 0, "TIM2 TIM3 TIM4 TIM5 TIM6 TIM7"),
  ...run("APB1ENR1", 17, "USART2 USART3 UART4 UART5"),
  ...run("APB1ENR1", 28, "PWR"),
  ...run("APB1ENR2", 0, "LPUART1"),
  ...run("APB2ENR", 0, "SYSCFG"),
  ...run("APB2ENR", 11, "TIM1 - TIM8 USART1 - TIM15 TIM16 TIM17"),
};

/** @source RM0433, RM0455 "RCC_AHB4ENR", "RCC_APB1LENR", "RCC_APB2ENR", "RCC_APB4ENR" */
export const H7_GATES: GateTable = {
  ...run("AHB4ENR", 0, GPIO),
  ...run("APB1LENR", 0, APB1_TIMERS),
  ...run("APB1LENR", 17, "USART2 USART3 UART4 UART5"),
  ...run("APB1LENR", 30, "UART7 UART8"),
  ...run("APB2ENR", 0, "TIM1 TIM8 - - USART1 USART6 UART9 USART10"),
  ...run("APB2ENR", 16, "TIM15 TIM16 TIM17"),
  ...run("APB4ENR", 1, "SYSCFG - LPUART1"),
};
