import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Decoder } from "../../src/isa/decoder.ts";
import { TABLE } from "../../src/isa/table/index.ts";
import { readForms } from "../isa/forms.ts";
import { formName, integerForms } from "./forms.ts";
import { hasUnicorn, randomGroup } from "./generator.ts";
import { Random } from "./random.ts";

const recorded = (name: string): Record<string, number> =>
  (
    JSON.parse(readFileSync(new URL(`../vectors/isa/${name}.json`, import.meta.url), "utf8")) as {
      forms: Record<string, number>;
    }
  ).forms;

const decoder = new Decoder(TABLE, new Set(["v7-M", "DSP"]));
const ENOUGH = 200;

/**
 * What has no recorded case: exceptions and sleep, which the exception scenarios of test/core judge, and YIELD, which is a NOP
 * that unicorn makes an exception of. SVC is among the recorded faults.
 */
const ELSEWHERE = /^(BKPT|WFI|WFE|YIELD)\//;

describe("recorded cases", () => {
  const integer = recorded("integer");
  const faults = { ...recorded("unaligned") };
  for (const [form, n] of Object.entries(recorded("trapped"))) faults[form] = (faults[form] ?? 0) + n;

  it("cover every form of the inventory outside floating point", () => {
    const missing: string[] = [];
    let forms = 0;
    for (const { word, size, source } of readForms()) {
      const decoded = decoder.decode(word, size);
      if (decoded === null) continue;
      forms++;
      const name = formName(decoded.insn, decoded.encoding, word);
      const cases = (integer[name] ?? 0) + (faults[name] ?? 0);
      if (!ELSEWHERE.test(name) && cases < (hasUnicorn({ insn: decoded.insn }) ? ENOUGH : 1))
        missing.push(`${source} (${name}): ${cases}`);
    }
    expect(forms).toBe(348);
    expect(missing).toEqual([]);
  });

  it("cover every variant that the generator can make", () => {
    const random = new Random(3);
    const missing = integerForms()
      .filter((form) => hasUnicorn(form) && randomGroup(random, form, 1) !== undefined)
      .filter((form) => (integer[form.name] ?? 0) < ENOUGH);
    expect(missing.map((form) => form.name)).toEqual([]);
  });
});
