import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** GNU objdump as an oracle for decoding and text. */

export interface ObjdumpLine {
  readonly address: number;
  readonly size: 2 | 4;
  /** The halfword, or first halfword << 16 | second. */
  readonly word: number;
  /** Mnemonic, tab, operands; addresses as `0x124`, without symbols. */
  readonly text: string;
}

const LINE = /^ *([0-9a-f]+):\t([0-9a-f]{4})(?: ([0-9a-f]{4}))? *\t(.*)$/;

/** Lines of an objdump listing that are instructions or UNDEFINED; data (`.word`, …) is left out. */
export function parseListing(listing: string): ObjdumpLine[] {
  const lines: ObjdumpLine[] = [];
  for (const line of listing.split("\n")) {
    const found = LINE.exec(line);
    if (!found || found[4]!.startsWith(".")) continue;
    const [, address, first, second] = found;
    lines.push({
      address: parseInt(address!, 16),
      size: second === undefined ? 2 : 4,
      word: parseInt(first! + (second ?? ""), 16),
      text: plain(found[4]!),
    });
  }
  return lines;
}

/** Text without symbols, remarks on predictability and trailing blanks. */
function plain(text: string): string {
  return text
    .replace(/([ (])([0-9a-f]+) <[^>]*>/g, "$10x$2")
    .replace(/\t([0-9a-f]+) <[^>]*>/g, "\t0x$1")
    .replace(/[\t ]*[;@] ?<UNPREDICTABLE>/, "")
    .replace(/[\t ]*@ unpredictable.*/, "")
    .trimEnd();
}

/** objdump's view of raw Thumb code at address 0. */
export function disassembleRaw(objdump: string, code: Uint8Array): ObjdumpLine[] {
  const directory = mkdtempSync(join(tmpdir(), "mcusim-isa-"));
  try {
    const file = join(directory, "code.bin");
    writeFileSync(file, code);
    // -z: no lines left out where words repeat.
    const options = ["-D", "-z", "-b", "binary", "-m", "arm", "-M", "force-thumb"];
    return parseListing(run(objdump, [...options, file]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** objdump's view of the code of an ELF file. */
export function disassembleElf(objdump: string, file: string): ObjdumpLine[] {
  return parseListing(run(objdump, ["-d", "-z", "-M", "force-thumb", file]));
}

function run(command: string, parameters: string[]): string {
  return execFileSync(command, parameters, { encoding: "utf8", maxBuffer: 2 ** 30 });
}
