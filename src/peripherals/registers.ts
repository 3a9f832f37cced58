import type { AccessSize } from "./peripheral.ts";

/** A field of a register: `[lowest bit, width]`; width 1 when left out. */
export type FieldSpec = readonly [lsb: number, width?: number];

/**
 * One register of a declarative map. Bits that none of the masks names keep what the model puts there and ignore
 * writes. All masks are unsigned words.
 */
export interface RegisterSpec {
  /** Byte offset from the base of the block. */
  readonly offset: number;
  /** Value after reset; 0 when absent. */
  readonly reset?: number;
  /** Bits that a write stores; all of them when no mask at all is given. */
  readonly rw?: number;
  /** Bits cleared by writing 1. */
  readonly w1c?: number;
  /** Bits cleared by writing 0. */
  readonly w0c?: number;
  /** Reads give 0 and a write is only told to `write`. */
  readonly writeOnly?: boolean;
  /** Bits that are kept and have no effect here; setting one is reported. All bits of a register known by name alone. */
  readonly notModelled?: number;
  /** Fields by the reference manual's name. */
  readonly fields?: Readonly<Record<string, FieldSpec>>;
  /**
   * Reading it twice is as reading it once, and what it gives changes only by events, writes, and reads of registers
   * that are not steady: what firmware polls. When absent, the peripheral says whether a register without `read` is.
   */
  readonly steady?: boolean;
  /** Computes what a read gives; may have the side effects of the read. */
  readonly read?: () => number;
  /**
   * Told after a write: `value` is what the register now holds, `previous` what it held, `written` the bits on the bus
   * (0 in the byte lanes that the access did not drive).
   */
  readonly write?: (value: number, previous: number, written: number) => void;
}

/** A register by itself. `value` is the stored word, unsigned. */
export class Register {
  readonly name: string;
  readonly spec: RegisterSpec;
  #value: number;

  constructor(name: string, spec: RegisterSpec) {
    this.name = name;
    this.spec = spec;
    this.#value = (spec.reset ?? 0) >>> 0;
  }

  get value(): number {
    return this.#value;
  }
  set value(word: number) {
    this.#value = word >>> 0;
  }
  has(mask: number): boolean {
    return (this.#value & mask) !== 0;
  }
  setBits(mask: number): void {
    this.value = this.#value | mask;
  }
  clearBits(mask: number): void {
    this.value = this.#value & ~mask;
  }
  /** Bits `width` wide from `lsb` up. */
  bits(lsb: number, width: number): number {
    return (this.#value >>> lsb) & (ALL >>> (32 - width));
  }
  reset(): void {
    this.value = this.spec.reset ?? 0;
  }
}

/** How a register file tells of what it does not model. */
export type UnmodelledReport = (register: string, access: "read" | "write") => void;

const ALL = 0xffff_ffff;

/** The lanes of a word that an access of `size` bytes at `offset` drives. */
const laneMask = (offset: number, size: AccessSize): number =>
  size === 4 ? ALL : (((size === 2 ? 0xffff : 0xff) << (8 * (offset & 3))) & ALL) >>> 0;

/** The registers of one block, by name and by offset. Sub-word accesses are merged into words here. */
export class RegisterFile<Name extends string> {
  readonly at: Readonly<Record<Name, Register>>;
  readonly #byOffset = new Map<number, Register>();
  readonly #report: UnmodelledReport;

  constructor(specs: Readonly<Record<Name, RegisterSpec>>, report: UnmodelledReport) {
    const at: Partial<Record<Name, Register>> = {};
    for (const name of Object.keys(specs) as Name[]) {
      const register = new Register(name, specs[name]);
      at[name] = register;
      this.#byOffset.set(specs[name].offset, register);
    }
    this.at = at as Record<Name, Register>; // every key of `specs` was visited
    this.#report = report;
  }

  read(offset: number, size: AccessSize): number {
    const lane = offset & 3;
    if (lane + size > 4) return this.#readBytes(offset, size);
    const word = this.#readWord(offset - lane);
    return size === 4 ? word : (word >>> (8 * lane)) & (size === 2 ? 0xffff : 0xff);
  }

  /** @param plain what a register that is modelled in full and has no `read` is when it does not say */
  isSteady(offset: number, size: AccessSize, plain: boolean): boolean {
    const lane = offset & 3;
    const spec = lane + size <= 4 ? this.#byOffset.get(offset - lane)?.spec : undefined;
    if (spec === undefined) return false;
    return spec.steady ?? (plain && spec.read === undefined && spec.notModelled !== ALL);
  }
  write(offset: number, size: AccessSize, value: number): void {
    const lane = offset & 3;
    if (lane + size > 4) {
      for (let i = 0; i < size; i++) this.write(offset + i, 1, (value >>> (8 * i)) & 0xff);
      return;
    }
    const lanes = laneMask(offset, size);
    const register = this.#byOffset.get(offset - lane);
    if (register === undefined) this.#report(offsetName(offset - lane), "write");
    else this.#writeRegister(register, ((value << (8 * lane)) & lanes) >>> 0, lanes);
  }

  reset(): void {
    for (const register of this.#byOffset.values()) register.reset();
  }

  save(): Record<string, number> {
    return Object.fromEntries([...this.#byOffset.values()].map((each) => [each.name, each.value]));
  }
  restore(saved: Readonly<Record<string, number>>): void {
    for (const register of this.#byOffset.values()) register.value = saved[register.name] ?? 0;
  }

  #readBytes(offset: number, size: AccessSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) value |= this.read(offset + i, 1) << (8 * i);
    return value >>> 0;
  }

  #readWord(offset: number): number {
    const register = this.#byOffset.get(offset);
    if (register === undefined) {
      this.#report(offsetName(offset), "read");
      return 0;
    }
    if (register.spec.notModelled === ALL) this.#report(register.name, "read");
    if (register.spec.read !== undefined) return register.spec.read() >>> 0;
    return register.spec.writeOnly === true ? 0 : register.value;
  }

  #writeRegister(register: Register, written: number, lanes: number): void {
    const { spec } = register;
    const previous = register.value;
    const hasMasks = spec.rw !== undefined || spec.w1c !== undefined || spec.w0c !== undefined;
    const stored = (hasMasks ? (spec.rw ?? 0) : ALL) & lanes;
    let value = (previous & ~stored) | (written & stored);
    value &= ~(written & (spec.w1c ?? 0));
    value &= ~(~written & lanes & (spec.w0c ?? 0));
    if (spec.writeOnly !== true) register.value = value;
    this.#reportUnmodelledBits(register, previous, value, written);
    spec.write?.(spec.writeOnly === true ? written : value >>> 0, previous, written);
  }

  #reportUnmodelledBits(register: Register, previous: number, value: number, written: number): void {
    const { notModelled = 0, fields = {} } = register.spec;
    if (notModelled === 0) return;
    if (notModelled === ALL) {
      this.#report(register.name, "write");
      return;
    }
    const touched = (register.spec.writeOnly === true ? written : value & ~previous) & notModelled;
    if (touched === 0) return;
    const names = Object.entries(fields)
      .filter(([, [lsb, width = 1]]) => (((2 ** width - 1) << lsb) & touched) !== 0)
      .map(([name]) => name);
    const what = names.length > 0 ? names.join(",") : `0x${(touched >>> 0).toString(16)}`;
    this.#report(`${register.name}.${what}`, "write");
  }
}

/** Name of an offset that has no register. */
export const offsetName = (offset: number): string => `+0x${offset.toString(16).padStart(2, "0")}`;

/** A register of which only the name is known here: storage, every access reported. */
export const known = (offset: number, reset = 0): RegisterSpec => ({ offset, reset, notModelled: ALL });

/** Plain storage without effect on anything that is simulated. */
export const storage = (offset: number, reset = 0, rw = ALL): RegisterSpec => ({ offset, reset, rw });

/** A register that firmware can only read. */
export const readOnly = (offset: number, reset = 0): RegisterSpec => ({ offset, reset, rw: 0 });
