import type { PartContext, PeripheralConfig } from "./part.ts";
import type { AccessSize, Peripheral } from "./peripheral.ts";
import { offsetName } from "./registers.ts";

/** A peripheral of which only the place is known: bytes that keep what is written, every access reported by offset. */
export class UnmodelledPeripheral implements Peripheral {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  protected readonly context: PartContext;
  readonly #bytes = new Map<number, number>();

  constructor(config: PeripheralConfig, context: PartContext) {
    this.name = config.name;
    this.base = config.base;
    this.size = config.size;
    this.context = context;
  }

  read(offset: number, size: AccessSize): number {
    this.context.unmodelled(this.name, offsetName(offset & ~3), "read");
    let value = 0;
    for (let i = 0; i < size; i++) value |= (this.#bytes.get(offset + i) ?? 0) << (8 * i);
    return value >>> 0;
  }
  write(offset: number, size: AccessSize, value: number): boolean {
    this.context.unmodelled(this.name, offsetName(offset & ~3), "write");
    for (let i = 0; i < size; i++) this.#bytes.set(offset + i, (value >>> (8 * i)) & 0xff);
    return true;
  }
  /** The word that is kept at `offset`. */
  protected word(offset: number): number {
    let value = 0;
    for (let i = 0; i < 4; i++) value |= (this.#bytes.get(offset + i) ?? 0) << (8 * i);
    return value >>> 0;
  }
  protected setWord(offset: number, value: number): void {
    for (let i = 0; i < 4; i++) this.#bytes.set(offset + i, (value >>> (8 * i)) & 0xff);
  }
  reset(): void {
    this.#bytes.clear();
  }
  save(): unknown {
    return [...this.#bytes];
  }
  restore(saved: unknown): void {
    this.#bytes.clear();
    for (const [offset, byte] of saved as [number, number][]) this.#bytes.set(offset, byte);
  }
}
