import type { ClockName } from "./board.ts";

/** A block of peripheral registers at its address. */
export interface Peripheral {
  /** The reference manual's name, unique on the board: `USART3`. */
  readonly name: string;
  readonly type: PeripheralType;
  readonly base: number;
  readonly size: number;
  /** Interrupt lines by role. `global` where there is one; `up`, `cc` …, `rx`, `tx` where there are several. */
  readonly irqs: Readonly<Record<string, number>>;
  /** The bus clock that it runs from. Absent where that does not matter to software. */
  readonly clock?: ClockName;
  /** Construction options of the type, see `PERIPHERAL_TYPES`. */
  readonly params: Readonly<Record<string, number>>;
}

/**
 * Every peripheral type that a board file may name, with the parameters that it may carry.
 * A type says which register layout stands at the address.
 */
export const PERIPHERAL_TYPES = {
  /** Known to be there, registers not described: an access is reported by name. */
  unmodelled: [],

  "stm32f4-rcc": [],
  "stm32f7-rcc": [],
  "stm32l4-rcc": [],
  "stm32h7-rcc": [],
  "stm32f4-pwr": [],
  "stm32f7-pwr": [],
  "stm32l4-pwr": [],
  "stm32h7-pwr": [],
  "stm32f4-flash": [],
  "stm32f7-flash": [],
  "stm32l4-flash": [],
  "stm32h7-flash": [],
  "stm32-syscfg": [],
  /** `lines`: EXTI lines with a configuration bit. */
  "stm32-exti": ["lines"],
  "stm32h7-exti": ["lines"],
  /** `port`: 0 for A, 1 for B …; `moder`, `ospeedr`, `pupdr`: reset values where they are not zero. */
  "stm32-gpio": ["port", "moder", "ospeedr", "pupdr"],
  /** SR, DR, BRR layout of F4. */
  "stm32f4-usart": [],
  /** ISR, ICR, RDR, TDR layout of F7, L4 and H7; `fifo`: bytes of each FIFO, absent where the part has none. */
  "stm32-usart": ["fifo"],
  "stm32-lpuart": ["fifo"],
  /** `bits`: width of the counter; `channels`: capture-compare channels; `advanced` 1 with BDTR and repetition. */
  "stm32-tim": ["bits", "channels", "advanced"],
  "stm32-lptim": [],
  /** Stream controller of F4, F7 and H7; `memoryToMemory` 0: its peripheral port leads to peripherals alone. */
  "stm32-dma": ["streams", "memoryToMemory"],
  /** Channel controller of L4 and H7 (BDMA); `lowest`: first address of what it is connected to. */
  "stm32-bdma": ["channels", "lowest"],
  "stm32-dmamux": [],
  /** ADC of F4 and F7; of L4 and H7; `units`: converters of the block. */
  "stm32f4-adc": ["units"],
  "stm32-adc": ["units"],
  /** I2C of F4; of F7, L4 and H7. */
  "stm32f4-i2c": [],
  "stm32-i2c": [],
  /** SPI of F4, F7 and L4; of H7. */
  "stm32-spi": [],
  "stm32h7-spi": [],
  "stm32-rng": [],
  "stm32-crc": [],
  "stm32-iwdg": [],
  "stm32-wwdg": [],
  "stm32-rtc": [],
  /** Without a model, but with the flags that firmware waits for: USB OTG, Ethernet, QUADSPI, OCTOSPI, SDIO (SDMMC of F7), SDMMC (L4+, H7), bxCAN, LTDC, HSEM. */
  "stm32-otg": [],
  "stm32-eth": [],
  "stm32h7-eth": [],
  "stm32-quadspi": [],
  "stm32-octospi": [],
  "stm32-sdio": [],
  "stm32-sdmmc": [],
  "stm32-can": [],
  "stm32-ltdc": [],
  "stm32-hsem": [],
  "stm32-dma2d": [],
  /** `idcode`: value of the read-only identity register. */
  "stm32-dbgmcu": ["idcode"],

  "cmsdk-uart": [],
  "cmsdk-timer": [],
  "cmsdk-dualtimer": [],

  "nrf52-clock": [],
  "nrf52-nvmc": [],
  "nrf52-uarte": [],
  "nrf52-timer": ["channels"],
  "nrf52-rtc": ["channels"],
  "nrf52-gpio": ["pins"],
  /** SPI, SPIM, TWI and TWIM, which share a block. */
  "nrf52-serial-master": [],
  "nrf52-rng": [],
  "nrf52-temp": [],
  "nrf52-saadc": [],
  "nrf52-pdm": [],

  "imxrt-ccm": [],
  "imxrt-ccm-analog": [],
  "imxrt-lpuart": [],
  "imxrt-gpio": [],
  "imxrt-gpt": [],
  "imxrt-dcdc": [],
  "imxrt-ocotp": [],
  "imxrt-adc": [],
  "imxrt-wdog": [],
  "imxrt-rtwdog": [],
  /** Settings that are kept and change nothing simulated. */
  "imxrt-settings": [],
  /** Without a model, but with the flags that firmware waits for. */
  "imxrt-flexspi": [],
  "imxrt-usdhc": [],
  "imxrt-enet": [],
  "kinetis-mcg": [],
  "kinetis-sim": [],
  /** `fifo`: bytes of each FIFO, 1 where there is none. */
  "kinetis-uart": ["fifo"],
  "kinetis-osc": [],
  "kinetis-smc": [],
  "kinetis-pmc": [],
  "kinetis-rcm": [],
  "kinetis-fmc": [],
  "kinetis-sysmpu": [],
  "kinetis-wdog": [],
  "kinetis-port": [],
  "kinetis-gpio": [],
  "kinetis-ftm": [],
  "kinetis-lptmr": [],
  "kinetis-ftfe": [],
  "kinetis-rtc": [],
  "kinetis-i2c": [],
  /** Without a model, but with the flags that firmware waits for. */
  "kinetis-adc": [],
  "kinetis-dspi": [],
  "kinetis-rnga": [],
  /** Periodic interrupt timer of Kinetis and i.MX RT. */
  "nxp-pit": [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PeripheralType = keyof typeof PERIPHERAL_TYPES;
