import { UnsupportedError } from "../errors.ts";
import { CmsdkDualTimer } from "./cmsdk/dualtimer.ts";
import { CmsdkTimer } from "./cmsdk/timer.ts";
import { CmsdkUart } from "./cmsdk/uart.ts";
import { ImxrtCcmAnalog } from "./imxrt/ccm-analog.ts";
import { ImxrtCcm } from "./imxrt/ccm.ts";
import { ImxrtGpio } from "./imxrt/gpio.ts";
import { ImxrtGpt } from "./imxrt/gpt.ts";
import { ImxrtLpuart } from "./imxrt/lpuart.ts";
import * as imxrtReady from "./imxrt/ready-rules.ts";
import { ImxrtAdc, ImxrtDcdc, ImxrtOcotp, ImxrtSettings } from "./imxrt/system.ts";
import { ImxrtRtwdog, ImxrtWdog } from "./imxrt/wdog.ts";
import { KinetisFtfe } from "./kinetis/ftfe.ts";
import { KinetisI2c } from "./kinetis/i2c.ts";
import { KinetisMcg } from "./kinetis/mcg.ts";
import { NxpPit } from "./kinetis/pit.ts";
import { KinetisGpio, KinetisPort } from "./kinetis/port.ts";
import * as kinetisReady from "./kinetis/ready-rules.ts";
import { KinetisRtc } from "./kinetis/rtc.ts";
import { KinetisSim } from "./kinetis/sim.ts";
import {
  KinetisFmc,
  KinetisOsc,
  KinetisPmc,
  KinetisRcm,
  KinetisSmc,
  KinetisSysmpu,
} from "./kinetis/system.ts";
import { KinetisFtm, KinetisLptmr } from "./kinetis/timers.ts";
import { KinetisUart } from "./kinetis/uart.ts";
import { KinetisWdog } from "./kinetis/wdog.ts";
import { NrfPdm, NrfRng, NrfSaadc, NrfTemp } from "./nrf52/analogue.ts";
import { NrfClock } from "./nrf52/clock.ts";
import { NrfGpio } from "./nrf52/gpio.ts";
import { NrfNvmc } from "./nrf52/nvmc.ts";
import { NrfRtc } from "./nrf52/rtc.ts";
import { NrfSerialMaster } from "./nrf52/serial-master.ts";
import { NrfTimer } from "./nrf52/timer.ts";
import { NrfUarte } from "./nrf52/uarte.ts";
import type { PartContext, PeripheralConfig } from "./part.ts";
import type { Peripheral } from "./peripheral.ts";
import { ReadyPeripheral, type ReadyRules } from "./ready.ts";
import type { SerialPort } from "./serial.ts";
import { SharedLines } from "./shared-lines.ts";
import { Stm32F4Adc } from "./stm32/adc-f4.ts";
import { Stm32Adc } from "./stm32/adc.ts";
import { Stm32Crc } from "./stm32/crc.ts";
import { Stm32Dbgmcu } from "./stm32/dbgmcu.ts";
import { connectDma, Stm32Bdma, Stm32Dma, Stm32Dmamux } from "./stm32/dma.ts";
import { Stm32Exti } from "./stm32/exti.ts";
import { Stm32F4Flash } from "./stm32/flash-f4.ts";
import { Stm32H7Flash } from "./stm32/flash-h7.ts";
import { Stm32L4Flash } from "./stm32/flash-l4.ts";
import { Stm32Gpio } from "./stm32/gpio.ts";
import { Stm32F4I2c, Stm32I2c } from "./stm32/i2c.ts";
import { Stm32F4Pwr } from "./stm32/pwr-f4.ts";
import { Stm32H7Pwr } from "./stm32/pwr-h7.ts";
import { Stm32L4Pwr } from "./stm32/pwr-l4.ts";
import { Stm32F4Rcc } from "./stm32/rcc-f4.ts";
import { Stm32H7Rcc } from "./stm32/rcc-h7.ts";
import { Stm32L4Rcc } from "./stm32/rcc-l4.ts";
import * as ready from "./stm32/ready-rules.ts";
import { Stm32Rng } from "./stm32/rng.ts";
import { Stm32Rtc } from "./stm32/rtc.ts";
import { Stm32H7Spi } from "./stm32/spi-h7.ts";
import { Stm32Spi } from "./stm32/spi.ts";
import { Stm32Syscfg } from "./stm32/syscfg.ts";
import { Stm32Timer } from "./stm32/tim.ts";
import { Stm32F4Usart } from "./stm32/usart-f4.ts";
import { Stm32Lpuart, Stm32Usart } from "./stm32/usart.ts";
import { Stm32Iwdg, Stm32Wwdg } from "./stm32/watchdogs.ts";
import { UnmodelledPeripheral } from "./unmodelled.ts";

type Constructor = new (config: PeripheralConfig, context: PartContext) => Peripheral;

/** Models by the type string of a board file. */
const MODELS: Readonly<Record<string, Constructor>> = {
  unmodelled: UnmodelledPeripheral,
  "stm32f4-rcc": Stm32F4Rcc,
  "stm32f7-rcc": Stm32F4Rcc,
  "stm32l4-rcc": Stm32L4Rcc,
  "stm32h7-rcc": Stm32H7Rcc,
  "stm32f4-pwr": Stm32F4Pwr,
  "stm32f7-pwr": Stm32F4Pwr,
  "stm32l4-pwr": Stm32L4Pwr,
  "stm32h7-pwr": Stm32H7Pwr,
  "stm32f4-flash": Stm32F4Flash,
  "stm32f7-flash": Stm32F4Flash,
  "stm32l4-flash": Stm32L4Flash,
  "stm32h7-flash": Stm32H7Flash,
  "stm32-dbgmcu": Stm32Dbgmcu,
  "stm32-syscfg": Stm32Syscfg,
  "stm32-gpio": Stm32Gpio,
  "stm32f4-usart": Stm32F4Usart,
  "stm32-usart": Stm32Usart,
  "stm32-lpuart": Stm32Lpuart,
  "stm32-tim": Stm32Timer,
  "stm32-exti": Stm32Exti,
  "stm32h7-exti": Stm32Exti,
  "stm32-dma": Stm32Dma,
  "stm32-bdma": Stm32Bdma,
  "stm32-dmamux": Stm32Dmamux,
  "stm32f4-adc": Stm32F4Adc,
  "stm32-adc": Stm32Adc,
  "stm32-i2c": Stm32I2c,
  "stm32f4-i2c": Stm32F4I2c,
  "stm32-spi": Stm32Spi,
  "stm32h7-spi": Stm32H7Spi,
  "stm32-rtc": Stm32Rtc,
  "stm32-rng": Stm32Rng,
  "stm32-crc": Stm32Crc,
  "stm32-iwdg": Stm32Iwdg,
  "stm32-wwdg": Stm32Wwdg,
  "cmsdk-uart": CmsdkUart,
  "cmsdk-timer": CmsdkTimer,
  "cmsdk-dualtimer": CmsdkDualTimer,
  "nrf52-clock": NrfClock,
  "nrf52-nvmc": NrfNvmc,
  "nrf52-uarte": NrfUarte,
  "nrf52-timer": NrfTimer,
  "nrf52-rtc": NrfRtc,
  "nrf52-gpio": NrfGpio,
  "nrf52-serial-master": NrfSerialMaster,
  "nrf52-rng": NrfRng,
  "nrf52-temp": NrfTemp,
  "nrf52-saadc": NrfSaadc,
  "nrf52-pdm": NrfPdm,
  "kinetis-rtc": KinetisRtc,
  "kinetis-i2c": KinetisI2c,
  "kinetis-mcg": KinetisMcg,
  "kinetis-sim": KinetisSim,
  "kinetis-osc": KinetisOsc,
  "kinetis-smc": KinetisSmc,
  "kinetis-pmc": KinetisPmc,
  "kinetis-rcm": KinetisRcm,
  "kinetis-fmc": KinetisFmc,
  "kinetis-sysmpu": KinetisSysmpu,
  "kinetis-wdog": KinetisWdog,
  "kinetis-port": KinetisPort,
  "kinetis-gpio": KinetisGpio,
  "kinetis-uart": KinetisUart,
  "kinetis-ftm": KinetisFtm,
  "kinetis-lptmr": KinetisLptmr,
  "kinetis-ftfe": KinetisFtfe,
  "nxp-pit": NxpPit,
  "imxrt-ccm": ImxrtCcm,
  "imxrt-ccm-analog": ImxrtCcmAnalog,
  "imxrt-lpuart": ImxrtLpuart,
  "imxrt-gpio": ImxrtGpio,
  "imxrt-gpt": ImxrtGpt,
  "imxrt-dcdc": ImxrtDcdc,
  "imxrt-ocotp": ImxrtOcotp,
  "imxrt-adc": ImxrtAdc,
  "imxrt-settings": ImxrtSettings,
  "imxrt-wdog": ImxrtWdog,
  "imxrt-rtwdog": ImxrtRtwdog,
};

/** Types without a model whose registers answer where firmware waits for them. */
const READY: Readonly<Record<string, ReadyRules>> = {
  "stm32-otg": ready.OTG,
  "stm32-eth": ready.ETH,
  "stm32h7-eth": ready.ETH_H7,
  "stm32-quadspi": ready.QUADSPI,
  "stm32-octospi": ready.OCTOSPI,
  "stm32-sdio": ready.SDIO,
  "stm32-sdmmc": ready.SDMMC,
  "stm32-can": ready.CAN,
  "stm32-lptim": ready.LPTIM,
  "stm32-ltdc": ready.LTDC,
  "stm32-hsem": ready.HSEM,
  "stm32-dma2d": ready.DMA2D,
  "kinetis-adc": kinetisReady.ADC,
  "kinetis-dspi": kinetisReady.DSPI,
  "kinetis-rnga": kinetisReady.RNGA,
  "imxrt-flexspi": imxrtReady.FLEXSPI,
  "imxrt-usdhc": imxrtReady.USDHC,
  "imxrt-enet": imxrtReady.ENET,
};

/** True when registers of that type do what silicon's do, not only keep what is written. */
export const isModelled = (type: string): boolean => type !== "unmodelled" && type in MODELS;

/** The peripheral of a board file's entry. Throws UnsupportedError for a type that nobody knows. */
export function createPeripheral(config: PeripheralConfig, context: PartContext): Peripheral {
  const rules = READY[config.type];
  if (rules !== undefined) return resettable(new ReadyPeripheral(config, context, rules), context);
  const Model = MODELS[config.type];
  if (Model === undefined) {
    throw new UnsupportedError(
      `${config.name} has the peripheral type "${config.type}", which does not exist; use "unmodelled" for registers without a model`,
    );
  }
  const peripheral = new Model(config, context);
  return Model === UnmodelledPeripheral ? peripheral : resettable(peripheral, context);
}

/** Gives the clock controller's reset bit of a peripheral something to reset. */
function resettable(peripheral: Peripheral, { clocks }: PartContext): Peripheral {
  clocks.setReset(peripheral.name, () => peripheral.reset());
  return peripheral;
}

/**
 * All peripherals of a part, in the order given. Several may drive the same interrupt line (TIM1 update and TIM10 on
 * STM32F4): the line is high while one of them holds it high.
 */
export function createPeripherals(configs: readonly PeripheralConfig[], context: PartContext): Peripheral[] {
  const lines = new SharedLines(context.setIrq);
  const peripherals = configs.map((config) =>
    createPeripheral(config, { ...context, setIrq: lines.driver() }),
  );
  connectDma(peripherals);
  return peripherals;
}

/** True for a peripheral that a host can talk to. */
export const isSerialPort = (peripheral: Peripheral): peripheral is Peripheral & SerialPort =>
  "receiveFrameSeconds" in peripheral;
