import { Builder } from "../isa/builder.ts";
import { disassemble } from "../isa/disassembler.ts";
import { footprintOf, type Footprint } from "../isa/footprint.ts";
import type { Feature, TimingClass } from "../isa/insn.ts";
import type { Statement } from "../isa/ir.ts";
import type { Cost } from "../timing/cost.ts";
import { M4_CLASS } from "../timing/cortex-m4-costs.ts";
import { M7_ISSUE } from "../timing/cortex-m7-costs.ts";
import { decoderFor } from "./machine.ts";

/** One encoding with all that mcusim knows of it. */
export interface Explanation {
  /** The Armv7-M ARM's heading. */
  readonly name: string;
  readonly encoding: string;
  readonly feature: Feature;
  /** Bit pattern of the encoding. */
  readonly pattern: string;
  /** Text at address 0. */
  readonly text: string;
  readonly operands: unknown;
  readonly statements: readonly Statement[];
  readonly footprint: Footprint;
  readonly timing: TimingClass;
  /** What the class costs on each core before anything waits; the M4 has no double precision. */
  readonly costs: { readonly "cortex-m4"?: Cost; readonly "cortex-m7": Cost };
}

/** Explains one encoding; undefined when it is UNDEFINED on every core. @param word first half-word << 16 | second */
export function explainEncoding(word: number, size: 2 | 4): Explanation | undefined {
  const decoded = decoderFor("fpv5-d16").decode(word, size);
  if (decoded === null) return undefined;
  const { insn, encoding, o } = decoded;
  const builder = new Builder(0);
  insn.sem(o, builder);
  const timing: TimingClass = typeof insn.timing === "string" ? insn.timing : insn.timing(o);
  const double = insn.feature.endsWith("DP") || insn.feature === "FPv5-SP";
  return {
    name: insn.name,
    encoding,
    feature: insn.feature,
    pattern: insn.encodings[encoding]?.pattern.text ?? "",
    text: disassemble(decoded, 0),
    operands: o,
    statements: builder.statements,
    footprint: footprintOf(builder.statements),
    timing,
    costs: { ...(double ? {} : { "cortex-m4": M4_CLASS[timing] }), "cortex-m7": M7_ISSUE[timing] },
  };
}
