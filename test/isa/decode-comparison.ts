import { Capstone, Const, type Insn, loadCapstone } from "capstone-wasm";
import { type Difference, explanation } from "./explained-differences.ts";
import { disassembleRaw, type ObjdumpLine } from "./objdump.ts";
import { EVERYTHING } from "./profiles.ts";

/** A disassembler's verdict on one word. */
export interface Verdict {
  readonly word: number;
  readonly size: 2 | 4;
  readonly valid: boolean;
  readonly text: string;
}

export interface Comparison {
  readonly compared: number;
  /** Words on which both agree. */
  readonly agreed: number;
  /** Number of differing words by reason. */
  readonly explained: ReadonlyMap<string, number>;
  readonly unexplained: readonly string[];
}

/** Compares mcusim's decoder with verdicts on words; `differences` are those that have a reason. */
export function compareDecoding(verdicts: Iterable<Verdict>, differences: readonly Difference[]): Comparison {
  const explained = new Map<string, number>();
  const unexplained: string[] = [];
  let compared = 0;
  let agreed = 0;
  for (const { word, size, valid, text } of verdicts) {
    compared++;
    const decoded = EVERYTHING.decode(word, size);
    if ((decoded !== null) === valid) {
      agreed++;
      continue;
    }
    const because = explanation(differences, { word, size, text }, decoded ? "valid" : "UNDEFINED");
    if (because !== undefined) explained.set(because, (explained.get(because) ?? 0) + 1);
    else unexplained.push(`${hex(word, size)}: ${decoded?.insn.name ?? "UNDEFINED"} | ${text}`);
  }
  return { compared, agreed, explained, unexplained };
}

function hex(word: number, size: 2 | 4): string {
  return word.toString(16).padStart(size * 2, "0");
}

/** Words as they lie in memory. */
export function toCode(words: readonly number[], size: 2 | 4): Uint8Array {
  const code = new Uint8Array(words.length * size);
  const view = new DataView(code.buffer);
  for (const [i, word] of words.entries()) {
    if (size === 4) view.setUint16(i * 4, word >>> 16, true);
    view.setUint16(i * size + size - 2, word & 0xffff, true);
  }
  return code;
}

/** What objdump writes for a word that is no instruction. */
const NO_INSTRUCTION = /^\t*@ <UNDEFINED>|undefined \(bcc|<undefined>|<illegal|\?\?|<invalid|^it[te]*\t<und>/;

/** objdump's verdicts. */
export function objdumpVerdicts(objdump: string, words: readonly number[], size: 2 | 4): Verdict[] {
  const lines: ObjdumpLine[] = disassembleRaw(objdump, toCode(words, size));
  return lines.map(({ word, size: length, text }) => ({
    word,
    size: length,
    valid: !NO_INSTRUCTION.test(text),
    text,
  }));
}

/** capstone's verdicts, for M-class Thumb. */
export async function capstoneVerdicts(words: readonly number[], size: 2 | 4): Promise<Verdict[]> {
  await loadCapstone();
  const capstone = new Capstone(Const.CS_ARCH_ARM, Const.CS_MODE_THUMB | Const.CS_MODE_MCLASS);
  const code = toCode(words, size);
  const verdicts = words.map((word, i): Verdict => {
    const found = firstInstruction(capstone, code.subarray(i * size, (i + 1) * size));
    if (found === undefined) return { word, size, valid: false, text: "" };
    return { word, size: found.size as 2 | 4, valid: true, text: `${found.mnemonic}\t${found.opStr}` };
  });
  capstone.close();
  return verdicts;
}

/** capstone throws where nothing decodes. */
function firstInstruction(capstone: Capstone, code: Uint8Array): Insn | undefined {
  try {
    return capstone.disasm(code, { count: 1 })[0];
  } catch {
    return undefined;
  }
}
