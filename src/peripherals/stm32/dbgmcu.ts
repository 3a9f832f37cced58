import { RegisterPeripheral } from "../register-peripheral.ts";
import { readOnly, storage } from "../registers.ts";

/**
 * Debug support: the part's identity, which start-up code asks for, and freeze settings, which matter only to a
 * debugger. @source RM0090, RM0385, RM0351, RM0433 "MCU debug component (DBGMCU)"
 */
export class Stm32Dbgmcu extends RegisterPeripheral {
  protected readonly r = this.define({
    IDCODE: readOnly(0x00, this.config.params["idcode"] ?? 0),
    CR: storage(0x04),
    ...Object.fromEntries([0x08, 0x0c, 0x10, 0x34, 0x3c, 0x4c, 0x54].map((at) => [`FZR_${at}`, storage(at)])),
  });
}
