import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { listing } from "../../src/isa/disassembler.ts";
import { oracle } from "../oracle/oracle.ts";
import { disassembleElf, type ObjdumpLine } from "./objdump.ts";
import { EVERYTHING } from "./profiles.ts";

const objdump = oracle("arm-none-eabi-objdump");
const gcc = oracle("arm-none-eabi-gcc");
const firmware = join(import.meta.dirname, "../../firmware");
const CORTEX_M7 = ["-mcpu=cortex-m7", "-mfpu=fpv5-d16", "-mfloat-abi=hard", "-mthumb"];
const forms = join(import.meta.dirname, "forms.s");

/** Bytes of one instruction as they lie in memory. */
function bytesOf({ word, size }: ObjdumpLine): number[] {
  const halfwords = size === 4 ? [word >>> 16, word & 0xffff] : [word];
  return halfwords.flatMap((h) => [h & 0xff, h >>> 8]);
}

/** Lines that follow each other without a gap. */
function contiguous(lines: readonly ObjdumpLine[]): ObjdumpLine[][] {
  const runs: ObjdumpLine[][] = [];
  let next = -1;
  for (const line of lines) {
    if (line.address !== next) runs.push([]);
    runs.at(-1)!.push(line);
    next = line.address + line.size;
  }
  return runs;
}

/** Differences between objdump's lines and ours, and how many lines were compared. */
function compare(lines: readonly ObjdumpLine[]): { compared: number; differences: string[] } {
  const differences: string[] = [];
  let compared = 0;
  for (const run of contiguous(lines)) {
    const ours = [...listing(Uint8Array.from(run.flatMap(bytesOf)), run[0]!.address, EVERYTHING)];
    for (const [i, theirs] of run.entries()) {
      const our = ours[i]!;
      compared++;
      if (our.text.trimEnd() !== theirs.text) {
        differences.push(`0x${theirs.address.toString(16)}: ${our.text} | ${theirs.text}`);
      }
    }
  }
  return { compared, differences };
}

function prebuilt(): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(firmware)) {
    const folder = join(firmware, entry, "prebuilt");
    if (!existsSync(folder)) continue;
    found.push(
      ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
    );
  }
  return found.filter((file) => file.endsWith(".elf")).map((file) => relative(firmware, file));
}

/** Runs `body` with a directory that is gone afterwards. */
function inScratch(body: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "mcusim-isa-"));
  try {
    body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe.skipIf(!objdump)("text against objdump", () => {
  it.each(prebuilt())("agrees on %s", (file) => {
    const { compared, differences } = compare(disassembleElf(objdump!, join(firmware, file)));
    expect(differences.slice(0, 20)).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  });

  it.skipIf(!gcc)("agrees on the whole of newlib, linked for Cortex-M7", () => {
    inScratch((directory) => {
      const program = join(directory, "newlib.elf");
      const whole = "-Wl,--whole-archive,-z,muldefs,--unresolved-symbols=ignore-all,-e,0";
      execFileSync(gcc!, [...CORTEX_M7, "-nostdlib", whole, "-lc", "-lm", "-o", program], { stdio: "pipe" });
      const { compared, differences } = compare(disassembleElf(objdump!, program));
      expect(differences.slice(0, 20)).toEqual([]);
      expect(compared).toBeGreaterThan(50_000);
    });
  });

  it.skipIf(!gcc)("agrees on an assembled list of operand forms, in and out of IT blocks", () => {
    inScratch((directory) => {
      const object = join(directory, "forms.o");
      execFileSync(gcc!, [...CORTEX_M7, "-c", forms, "-o", object]);
      const { compared, differences } = compare(disassembleElf(objdump!, object));
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(150);
    });
  });
});
