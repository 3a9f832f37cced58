import type { FlashMemory, PartContext, PeripheralConfig } from "../part.ts";
import { InternalError } from "../../errors.ts";
import { storage, type RegisterSpec } from "../registers.ts";
import { NarrowPeripheral, narrow } from "./kinetis-peripheral.ts";

const at = narrow(1);
const FSTAT = { MGSTAT0: 1 << 0, FPVIOL: 1 << 4, ACCERR: 1 << 5, CCIF: 1 << 7 } as const;
const FCNFG = { CCIE: 1 << 7 } as const;
const COMMAND = {
  readOnesBlock: 0x00,
  readOnesSection: 0x01,
  programCheck: 0x02,
  programPhrase: 0x07,
  eraseBlock: 0x08,
  eraseSector: 0x09,
  readOnesAll: 0x40,
  eraseAll: 0x44,
} as const;
const PHRASE = 8;
const SECTOR = 4096;
/** Flash configuration field: security byte and option byte. */
const FSEC_AT = 0x40c;
const FOPT_AT = 0x40d;

/** Typical times, recalled. @source K64P144M120SF5 "Flash timing specifications: commands" */
const SECONDS = { phrase: 90e-6, sector: 15e-3, block: 435e-3, all: 870e-3, check: 100e-6 } as const;

/** FCCOB0 to FCCOBB stand in words with their bytes swapped: FCCOB3 at 4, FCCOB0 at 7. */
const fccob = (): Record<string, RegisterSpec> =>
  Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [
      `FCCOB${n.toString(16).toUpperCase()}`,
      storage(at(4 + (n ^ 3)), 0, 0xff),
    ]),
  );

/**
 * Flash controller of K64 (FTFE): commands are written to FCCOB and launched by clearing CCIF. Erase of sector, block
 * and all, program phrase, verification.
 *
 * Not modelled: protection and security, FlexNVM, program section, read once and resource, collisions of reads with a
 * command under way. Other commands end with ACCERR and are reported.
 * @source K64P144M120SF5RM "Flash Memory Module (FTFE)"
 */
export class KinetisFtfe extends NarrowPeripheral {
  readonly #memory: FlashMemory;
  protected readonly r = this.define<string>({
    FSTAT: { offset: at(0x0), reset: FSTAT.CCIF, rw: 0, write: (_v, _p, bits) => this.#writeFSTAT(bits) },
    FCNFG: { offset: at(0x1), reset: 0x02, rw: 0xd0, write: () => this.#updateIrq() },
    FSEC: { offset: at(0x2), rw: 0, read: () => this.#memory.read(FSEC_AT, 1) },
    FOPT: { offset: at(0x3), rw: 0, read: () => this.#memory.read(FOPT_AT, 1) },
    ...fccob(),
    FPROT3: storage(at(0x10), 0xff, 0xff),
    FPROT2: storage(at(0x11), 0xff, 0xff),
    FPROT1: storage(at(0x12), 0xff, 0xff),
    FPROT0: storage(at(0x13), 0xff, 0xff),
    FEPROT: storage(at(0x16), 0xff, 0xff),
    FDPROT: storage(at(0x17), 0xff, 0xff),
  });
  readonly #done = this.alarm(() => {
    this.r["FSTAT"]?.setBits(FSTAT.CCIF);
    this.#updateIrq();
  });

  constructor(config: PeripheralConfig, context: PartContext) {
    super(config, context, 1);
    if (context.flash === undefined) throw new InternalError(`${config.name} has no flash memory to control`);
    this.#memory = context.flash;
  }

  override reset(): void {
    super.reset();
    this.#updateIrq();
  }
  protected override restoreState(): void {
    this.#updateIrq();
  }

  /** Error flags clear by writing 1; writing 1 to CCIF launches, unless an error stands. */
  #writeFSTAT(bits: number): void {
    const status = this.r["FSTAT"]!;
    if (!status.has(FSTAT.CCIF)) return;
    status.clearBits(bits & (FSTAT.ACCERR | FSTAT.FPVIOL | 0x40));
    if ((bits & FSTAT.CCIF) === 0 || status.has(FSTAT.ACCERR | FSTAT.FPVIOL)) return;
    status.clearBits(FSTAT.CCIF | FSTAT.MGSTAT0);
    this.#launch();
    this.#updateIrq();
  }
  #byte(n: number): number {
    return this.r[`FCCOB${n.toString(16).toUpperCase()}`]?.value ?? 0;
  }
  #launch(): void {
    const address = (this.#byte(1) << 16) | (this.#byte(2) << 8) | this.#byte(3);
    const half = this.#memory.size / 2;
    switch (this.#byte(0)) {
      case COMMAND.programPhrase:
        this.#program(address);
        break;
      case COMMAND.eraseSector:
        this.#erase(address, SECTOR, SECONDS.sector);
        break;
      case COMMAND.eraseBlock:
        this.#erase(address - (address % half), half, SECONDS.block);
        break;
      case COMMAND.eraseAll:
        this.#erase(0, this.#memory.size, SECONDS.all);
        break;
      case COMMAND.readOnesBlock:
        this.#verify(address - (address % half), half);
        break;
      case COMMAND.readOnesSection:
        this.#verify(address, ((this.#byte(4) << 8) | this.#byte(5)) * 2 * PHRASE);
        break;
      case COMMAND.readOnesAll:
        this.#verify(0, this.#memory.size);
        break;
      case COMMAND.programCheck:
        this.#check(address);
        break;
      default:
        this.context.unmodelled(
          this.name,
          `command 0x${this.#byte(0).toString(16).padStart(2, "0")}`,
          "write",
        );
        this.#fail(FSTAT.ACCERR);
    }
  }
  #fail(flag: number): void {
    this.r["FSTAT"]?.setBits(flag);
    this.#done.afterSeconds(0);
  }
  #program(address: number): void {
    if (address % PHRASE !== 0 || address >= this.#memory.size) {
      this.#fail(FSTAT.ACCERR);
      return;
    }
    // Byte 0 of the phrase is FCCOB7, byte 4 is FCCOBB.
    for (let i = 0; i < PHRASE; i++) {
      const value = this.#byte((4 + i) ^ 3);
      this.#memory.program(address + i, 1, this.#memory.read(address + i, 1) & value);
    }
    this.#done.afterSeconds(SECONDS.phrase);
  }
  #erase(address: number, length: number, seconds: number): void {
    if (address % (2 * PHRASE) !== 0 || address >= this.#memory.size) {
      this.#fail(FSTAT.ACCERR);
      return;
    }
    this.#memory.erase(address - (address % length), length);
    this.#done.afterSeconds(seconds);
  }
  #verify(address: number, length: number): void {
    for (let at = address; at < Math.min(address + length, this.#memory.size); at += 4) {
      if (this.#memory.read(at, 4) === 0xffff_ffff) continue;
      this.r["FSTAT"]?.setBits(FSTAT.MGSTAT0);
      break;
    }
    this.#done.afterSeconds(SECONDS.check);
  }
  /** FCCOB8 to FCCOBB hold the word expected. */
  #check(address: number): void {
    for (let i = 0; i < 4; i++) {
      if (this.#memory.read(address + i, 1) !== this.#byte((8 + i) ^ 3))
        this.r["FSTAT"]?.setBits(FSTAT.MGSTAT0);
    }
    this.#done.afterSeconds(SECONDS.check);
  }
  #updateIrq(): void {
    this.irq(
      "command",
      (this.r["FSTAT"]?.has(FSTAT.CCIF) ?? false) && (this.r["FCNFG"]?.has(FCNFG.CCIE) ?? false),
    );
  }
}
