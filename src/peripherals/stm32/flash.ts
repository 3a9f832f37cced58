import { InternalError } from "../../errors.ts";
import type { FlashController } from "../flash-control.ts";
import type { FlashMemory, PartContext, PeripheralConfig } from "../part.ts";
import type { AccessSize } from "../peripheral.ts";
import { RegisterPeripheral } from "../register-peripheral.ts";

/** FLASH_KEYR. @source RM0090, RM0385, RM0351, RM0433 "Unlocking the Flash control register" */
export const KEYS = [0x4567_0123, 0xcdef_89ab] as const;
/** FLASH_OPTKEYR. */
export const OPTION_KEYS = [0x0819_2a3b, 0x4c5d_6e7f] as const;

/** The two words that open a lock; a wrong one keeps it shut until reset. */
export class KeySequence {
  readonly #keys: readonly number[];
  #step = 0;
  #jammed = false;

  constructor(keys: readonly number[]) {
    this.#keys = keys;
  }

  /** Takes one word: `open` after the last right one, `wrong` for a word out of sequence or after one. */
  enter(word: number): "open" | "next" | "wrong" {
    if (this.#jammed || word !== this.#keys[this.#step]) {
      this.#jammed = true;
      return "wrong";
    }
    this.#step = (this.#step + 1) % this.#keys.length;
    return this.#step === 0 ? "open" : "next";
  }
  reset(): void {
    this.#step = 0;
    this.#jammed = false;
  }
  save(): readonly [number, boolean] {
    return [this.#step, this.#jammed];
  }
  restore(saved: readonly [number, boolean]): void {
    [this.#step, this.#jammed] = saved;
  }
}

/** An erase unit: where it begins in the array and how long it is. */
export interface Sector {
  readonly offset: number;
  readonly size: number;
}

/**
 * What the STM32 flash controllers share: the array, busy times, the view for the timing model. An operation changes
 * the array when it begins and keeps the controller busy for the data sheet's typical time.
 *
 * Not modelled: option bytes (their registers are kept and reported), read and write protection, ECC errors, CRC.
 */
export abstract class Stm32Flash extends RegisterPeripheral implements FlashController {
  readonly #changeListeners: (() => void)[] = [];
  readonly #resetListeners: ((which: "instruction" | "data" | "art") => void)[] = [];
  /** Set by a hook whose write ends in a bus error. */
  protected busError = false;
  readonly #memory: FlashMemory;
  #hasRefused = false;

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context);
    if (context.flash === undefined) throw new InternalError(`${config.name} has no flash memory to control`);
    this.#memory = context.flash;
  }

  abstract get waitStates(): number;
  abstract get prefetch(): boolean;
  abstract get instructionCache(): boolean;
  abstract get dataCache(): boolean;
  abstract get art(): boolean;
  abstract get busyUntil(): number;
  /** A store to the array at `offset`. */
  protected abstract store(offset: number, size: AccessSize, value: number): void;

  onChange(listener: () => void): void {
    this.#changeListeners.push(listener);
  }
  onCacheReset(listener: (which: "instruction" | "data" | "art") => void): void {
    this.#resetListeners.push(listener);
  }

  programWrite(address: number, size: AccessSize, value: number): boolean {
    this.store(address - this.#memory.base, size, value >>> 0);
    return true;
  }

  override write(offset: number, size: AccessSize, value: number): boolean {
    this.busError = false;
    super.write(offset, size, value);
    return !this.busError;
  }
  override reset(): void {
    super.reset();
    this.#hasRefused = false;
    this.settingsChanged();
  }

  protected get memory(): FlashMemory {
    return this.#memory;
  }
  protected settingsChanged(): void {
    for (const listener of this.#changeListeners) listener();
  }
  protected cacheReset(which: "instruction" | "data" | "art"): void {
    for (const listener of this.#resetListeners) listener(which);
  }
  /** A store that the controller refuses, told in words as well: the first with its address, further ones together. */
  protected refused(offset: number, why: string): void {
    if (this.#hasRefused) {
      this.notice("further writes to flash refused");
      return;
    }
    this.#hasRefused = true;
    const address = (this.#memory.base + offset).toString(16).padStart(8, "0");
    this.notice(`write to flash at 0x${address} refused: ${why}`);
  }

  /** The erase unit of that number, counted from the lowest address. */
  protected sector(index: number): Sector | undefined {
    let offset = 0;
    let first = 0;
    for (const run of this.#memory.sectors) {
      if (index < first + run.count) return { offset: offset + (index - first) * run.size, size: run.size };
      first += run.count;
      offset += run.count * run.size;
    }
    return undefined;
  }
  /** Cells only go from 1 to 0. */
  protected programCells(offset: number, size: AccessSize, value: number): void {
    this.#memory.program(offset, size, (this.#memory.read(offset, size) & value) >>> 0);
  }
}
