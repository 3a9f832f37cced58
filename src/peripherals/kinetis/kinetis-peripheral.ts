import type { PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";
import { offsetName } from "../registers.ts";

/** Offset in the register file of a narrow register: each stands in a word of its own there. */
export const narrow =
  (bytes: 1 | 2) =>
  (offset: number): number =>
    (offset / bytes) * 4;

/** A block of which an access without its clock in SIM is a bus error. @source K64P144M120SF5RM "SIM: clock gating" */
export abstract class KinetisPeripheral extends RegisterPeripheral {
  override read(offset: number, size: AccessSize): number | undefined {
    return this.#isOff("read") ? undefined : super.read(offset, size);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    return this.#isOff("write") ? false : super.write(offset, size, value);
  }

  #isOff(access: string): boolean {
    const isOff = !this.context.clocks.isEnabled(this.name);
    if (isOff) this.notice(`${access} while its clock is off in SIM: a bus error`);
    return isOff;
  }
}

/**
 * A block of registers of 8 or 16 bits that lie side by side: an access drives exactly the registers under it. Their
 * offsets in the register file are given by `narrow`.
 */
export abstract class NarrowPeripheral extends KinetisPeripheral {
  readonly #bytes: 1 | 2;

  constructor(config: PeripheralConfig, context: PartContext, bytes: 1 | 2) {
    const unmodelled: PartContext["unmodelled"] = (peripheral, register, access) => {
      const isOffset = register.startsWith("+");
      const name = isOffset ? offsetName((Number(register.slice(1)) / 4) * bytes) : register;
      context.unmodelled(peripheral, name, access);
    };
    super(config, { ...context, unmodelled });
    this.#bytes = bytes;
  }

  override read(offset: number, size: AccessSize): number | undefined {
    const bytes = this.#bytes;
    let word = 0;
    for (let at = 0; at < size; at += bytes) {
      const lane = (offset + at) % bytes;
      const register = super.read(narrow(bytes)(offset + at - lane), 4);
      if (register === undefined) return undefined;
      word |= (register >>> (8 * lane)) << (8 * at);
    }
    return size === 4 ? word >>> 0 : word & (2 ** (8 * size) - 1);
  }
  override write(offset: number, size: AccessSize, value: number): boolean {
    const bytes = this.#bytes;
    if (size < bytes)
      return super.write(narrow(bytes)(offset - (offset % bytes)) + (offset % bytes), size, value);
    for (let at = 0; at < size; at += bytes) {
      const part = (value >>> (8 * at)) & (2 ** (8 * bytes) - 1);
      if (!super.write(narrow(bytes)(offset + at), bytes, part)) return false;
    }
    return true;
  }
}
