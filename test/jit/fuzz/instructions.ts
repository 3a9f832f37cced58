import { Builder } from "../../../src/isa/builder.ts";
import type { Decoder } from "../../../src/isa/decoder.ts";
import { footprintOf, type Footprint } from "../../../src/isa/footprint.ts";
import type { AnyInsn, Encoding, Feature } from "../../../src/isa/insn.ts";
import { matches } from "../../../src/isa/pattern.ts";
import { TABLE } from "../../../src/isa/table/index.ts";
import { isPredictable } from "../../exec/predictable.ts";
import type { Random } from "../../exec/random.ts";
import { narrow, wide, type Word } from "./assembler.ts";

/** Registers that a program keeps for itself; random instructions write none of them. */
export const KEPT = { walking: 8, counter: 9, base: 10, outer: 11, SP: 13 } as const;

/** Rows that leave the straight line or the core's state: programs place them by hand. */
const LEFT_OUT =
  /^(IT|SVC|BKPT|UDF|WFI|WFE|YIELD|SEV|DBG|MRS|MSR|CPS|VMSR|CDP|MCR|MRC|LDC|STC|B|BL|BX|BLX|CB|TB)/;
const KEPT_ROWS = /^(BF|BIC)/;

interface Choice {
  readonly insn: AnyInsn;
  readonly encoding: string;
  readonly spec: Encoding<unknown>;
}

const bit = (mask: number, n: number): boolean => ((mask >>> n) & 1) === 1;
const keptMask = (1 << KEPT.counter) | (1 << KEPT.base) | (1 << KEPT.outer) | (1 << KEPT.SP);

/** Fills encodings of the table at random, for programs on cores with some set of features. */
export class RandomInstructions {
  readonly #decoder: Decoder;
  readonly #integer: readonly Choice[];
  readonly #float: readonly Choice[];

  constructor(decoder: Decoder, features: ReadonlySet<Feature>) {
    this.#decoder = decoder;
    const all = TABLE.filter(
      ({ feature, name }) => features.has(feature) && (KEPT_ROWS.test(name) || !LEFT_OUT.test(name)),
    ).flatMap((insn) =>
      Object.entries(insn.encodings).map(([encoding, spec]): Choice => ({ insn, encoding, spec })),
    );
    const isFloat = ({ insn }: Choice): boolean => insn.name.startsWith("V");
    this.#integer = all.filter((choice) => !isFloat(choice));
    this.#float = all.filter(isFloat);
  }

  /** One or a few instructions: a random one, and what it needs before it. */
  next(random: Random, inITBlock: boolean): readonly Word[] {
    for (;;) {
      const choices = random.chance(0.2) && this.#float.length > 0 ? this.#float : this.#integer;
      const word = this.#fill(random, random.pick(choices), inITBlock);
      if (word === undefined) continue;
      const before = this.#preparation(random, word, inITBlock);
      if (before !== undefined) return [...before, { word: word.word, size: word.size }];
    }
  }

  #fill(random: Random, { insn, encoding, spec }: Choice, inITBlock: boolean): Filled | undefined {
    const { pattern } = spec;
    const f: Record<string, number> = {};
    let bits = pattern.match | pattern.shouldBe;
    for (const { name, width, lsb } of pattern.fields) {
      // Addresses come from the registers that hold some.
      const isBase = name === "Rn" && /^(V?LD|V?ST|PL)/.test(insn.name) && width === 4;
      const value =
        isBase && random.chance(0.9) ? random.pick([KEPT.base, KEPT.walking]) : random.below(2 ** width);
      f[name] = value;
      bits |= value << lsb;
    }
    if (f["Rm2"] !== undefined) {
      const { lsb, width } = pattern.fields.find(({ name }) => name === "Rm2")!;
      bits = (bits & ~((2 ** width - 1) << lsb)) | (f["Rm"]! << lsb);
      f["Rm2"] = f["Rm"]!;
    }
    bits >>>= 0;
    if (!matches(pattern, bits)) return undefined;
    if (!isPredictable({ row: insn.name, encoding, spec, f, inITBlock })) return undefined;
    const size = pattern.width === 16 ? 2 : 4;
    const decoded = this.#decoder.decode(bits, size, { inITBlock });
    if (decoded?.insn !== insn || decoded.encoding !== encoding) return undefined;
    const builder = new Builder(0x1000);
    insn.sem(decoded.o, builder);
    return { word: bits, size, footprint: footprintOf(builder.statements) };
  }

  /** What must stand before the instruction so that it stays within the data; undefined when it cannot be used. */
  #preparation(random: Random, { footprint }: Filled, inITBlock: boolean): readonly Word[] | undefined {
    const { writes, jump, accesses, addressReads } = footprint;
    if (jump !== undefined || (writes & keptMask) !== 0) return undefined;
    const [access] = accesses;
    if (access === undefined) return bit(writes, KEPT.walking) ? undefined : [];
    const { base, index } = access;
    if (base === undefined) return index ? undefined : [];
    if (base !== KEPT.base && base !== KEPT.walking && !(base === KEPT.SP && access.kind === "load"))
      return undefined;
    if (base !== KEPT.walking && bit(writes, KEPT.walking)) return undefined;
    const before: Word[] = [];
    if (index) {
      const others = addressReads & ~(1 << base);
      if (inITBlock || others === 0 || (others & (keptMask | (1 << KEPT.walking))) !== 0) return undefined;
      const n = 31 - Math.clz32(others);
      before.push(wide(0xfa5f_f080 | (n << 8) | n)); // UXTB.W Rn, Rn
    }
    if (base === KEPT.walking) {
      if (inITBlock) return undefined;
      const unaligned = random.chance(0.1);
      // ADD R8, R10, #imm8
      before.push(
        wide(
          0xf100_0000 |
            (KEPT.base << 16) |
            (KEPT.walking << 8) |
            (unaligned ? random.below(64) : 4 * random.below(63)),
        ),
      );
    }
    return before;
  }
}

interface Filled extends Word {
  readonly footprint: Footprint;
}

/** An IT block of one to four random instructions. */
export function itBlock(random: Random, instructions: RandomInstructions): readonly Word[] {
  const length = 1 + random.below(4);
  const mask = (((random.below(16) << 1) | 1) << (4 - length)) & 0xf;
  const words: Word[] = [narrow(0xbf00 | (random.below(14) << 4) | mask)];
  for (let i = 0; i < length; i++) words.push(...instructions.next(random, true));
  return words;
}
