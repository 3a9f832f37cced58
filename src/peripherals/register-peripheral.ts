import { InternalError } from "../errors.ts";
import { Alarm } from "./alarm.ts";
import type { PartContext, PeripheralConfig } from "./part.ts";
import type { AccessSize, Peripheral } from "./peripheral.ts";
import { RegisterFile, type Register, type RegisterSpec } from "./registers.ts";

interface Saved {
  readonly registers: Readonly<Record<string, number>>;
  readonly alarms: readonly (ReturnType<Alarm["save"]> | null)[];
  /** Interrupt lines that are driven high. */
  readonly lines: readonly number[];
  readonly state: unknown;
}

/** A peripheral that is a register map with hooks. A subclass says what its registers do; the rest is here. */
export abstract class RegisterPeripheral implements Peripheral {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  protected readonly config: PeripheralConfig;
  protected readonly context: PartContext;
  /** Everything that is due, for reset and snapshots. */
  readonly #alarms: Alarm[] = [];
  #file: RegisterFile<string> | undefined;
  readonly #highLines = new Set<number>();

  constructor(config: PeripheralConfig, context: PartContext) {
    this.name = config.name;
    this.base = config.base;
    this.size = config.size;
    this.config = config;
    this.context = context;
  }

  /** Lays out the registers; called once, where the subclass declares its fields. */
  protected define<Name extends string>(
    specs: Readonly<Record<Name, RegisterSpec>>,
  ): Readonly<Record<Name, Register>> {
    const file = new RegisterFile(specs, (register, access) => {
      this.context.unmodelled(this.name, register, access);
    });
    this.#file = file;
    return file.at;
  }
  /** Something that will happen, kept with the peripheral's state. */
  protected alarm(run: () => void): Alarm {
    const alarm = new Alarm(this.context, run);
    this.#alarms.push(alarm);
    return alarm;
  }

  read(offset: number, size: AccessSize): number | undefined {
    if (!this.#hasClock("read")) return 0;
    return this.#registers.read(offset, size);
  }
  isSteady(offset: number, size: AccessSize): boolean {
    // A class with a `read` of its own may bring its registers up to date there.
    const plain = this.read === RegisterPeripheral.prototype.read;
    return this.context.clocks.isEnabled(this.name) && this.#registers.isSteady(offset, size, plain);
  }
  write(offset: number, size: AccessSize, value: number): boolean {
    if (this.#hasClock("write")) this.#registers.write(offset, size, value);
    return true;
  }
  reset(): void {
    for (const alarm of this.#alarms) alarm.clear();
    this.#registers.reset();
  }

  save(): unknown {
    const saved: Saved = {
      registers: this.#registers.save(),
      alarms: this.#alarms.map((alarm) => alarm.save() ?? null),
      lines: [...this.#highLines],
      state: this.saveState(),
    };
    return saved;
  }
  restore(from: unknown): void {
    const saved = from as Saved; // only ever what `save` of the same class gave
    this.#registers.restore(saved.registers);
    this.#alarms.forEach((alarm, i) => alarm.restore(saved.alarms[i] ?? undefined));
    for (const line of new Set([...this.#highLines, ...saved.lines])) {
      this.#drive(line, saved.lines.includes(line));
    }
    this.restoreState(saved.state);
  }

  /** State beside registers and alarms, as plain data. */
  protected saveState(): unknown {
    return undefined;
  }
  protected restoreState(state: unknown): void {
    if (state !== undefined) throw new InternalError(`${this.name} saves state and does not restore it`);
  }

  /** Drives the line of `role`, where the part has one. */
  protected irq(role: string, level: boolean): void {
    const line = this.config.irqs[role];
    if (line !== undefined) this.#drive(line, level);
  }
  #drive(line: number, level: boolean): void {
    if (level) this.#highLines.add(line);
    else this.#highLines.delete(line);
    this.context.setIrq(line, level);
  }
  /** Without its bus clock a peripheral reads 0 and ignores writes. @source RM0090 "peripheral clock enable registers" */
  #hasClock(access: "read" | "write"): boolean {
    const isOn = this.context.clocks.isEnabled(this.name);
    if (!isOn) this.notice(`${access} while its clock is off in the clock controller`);
    return isOn;
  }
  get #registers(): RegisterFile<string> {
    if (this.#file === undefined) throw new InternalError(`${this.name} has no registers`);
    return this.#file;
  }
  protected notice(text: string): void {
    this.context.notice?.(this.name, text);
  }
}
