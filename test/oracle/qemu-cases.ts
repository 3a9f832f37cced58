import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAULTS } from "../../src/core/fault.ts";
import { type CaseGroup, CODE_BYTES, DATA_BYTES, type Outcome } from "../exec/cases.ts";
import { request } from "./lockstep.ts";
import { oracle } from "./oracle.ts";

const SOURCES = fileURLToPath(new URL("qemu/", import.meta.url));
const FLAGS = [
  "-mcpu=cortex-m4",
  "-mthumb",
  "-Os",
  "-ffreestanding",
  "-nostdlib",
  "-fno-tree-loop-distribute-patterns",
];
const TIMEOUT_MS = 60_000;
const APSR_BITS = 0xf80f_0000 | 0;
const UNDEFINSTR = FAULTS.UNDEFINSTR.cfsr;
const SVCALL = 11;

/** The programs that running cases on qemu-system-arm takes; undefined where one is missing. */
export function qemuCases(): QemuCases | undefined {
  const qemu = oracle("qemu-system-arm");
  const compiler = oracle("arm-none-eabi-gcc");
  return qemu === undefined || compiler === undefined ? undefined : new QemuCases(qemu, compiler);
}

/** Runs cases on qemu-system-arm's mps2-an386, by a program that reads and writes files through semihosting. */
export class QemuCases {
  readonly version: string;
  readonly #qemu: string;
  readonly #directory = mkdtempSync(join(tmpdir(), "mcusim-cases-"));

  constructor(qemu: string, compiler: string) {
    this.#qemu = qemu;
    const { stdout } = spawnSync(qemu, ["--version"], { encoding: "utf8" });
    this.version = /version (\S+)/.exec(stdout)?.[1] ?? "unknown";
    const sources = ["-T", join(SOURCES, "cases.ld"), join(SOURCES, "cases.c")];
    const built = spawnSync(compiler, [...FLAGS, ...sources, "-o", this.#file("cases.elf")], {
      encoding: "utf8",
    });
    if (built.status !== 0) throw new Error(`cases.c does not compile: ${built.stderr}`);
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  /**
   * Outcomes of groups that end in UDF, see `GroupOptions.landing`.
   * @param ccr bits to set in CCR
   */
  run(groups: readonly CaseGroup[], ccr: number): Outcome[][] {
    const input = [new Uint8Array(Uint32Array.of(ccr).buffer), CODE_BYTES, DATA_BYTES, ...request(groups)];
    writeFileSync(this.#file("cases.bin"), Buffer.concat(input));
    const arguments_ = ["-M", "mps2-an386", "-nographic", "-semihosting-config", "enable=on,target=native"];
    const run = spawnSync(this.#qemu, [...arguments_, "-kernel", "cases.elf"], {
      cwd: this.#directory,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (run.status !== 0)
      throw new Error(`qemu-system-arm ended with ${run.status}: ${run.stderr}${run.stdout}`);
    const bytes = readFileSync(this.#file("outcomes.bin"));
    const words = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    let at = 0;
    return groups.map((group) =>
      group.states.map(() => {
        const outcome = outcomeAt(words, at, group);
        at += 22 + 2 * words[at + 21]!;
        return outcome;
      }),
    );
  }

  close(): void {
    rmSync(this.#directory, { recursive: true });
  }
}

function outcomeAt(words: Int32Array, at: number, { pc, code }: CaseGroup): Outcome {
  const [ipsr, cfsr] = [words[at]!, words[at + 1]!];
  const r = words.slice(at + 3, at + 19);
  const xpsr = words[at + 19]!;
  const landed = cfsr === UNDEFINSTR && r[15] === pc + code.length - 2;
  const writes: [number, number][] = [];
  for (let i = 0; i < words[at + 21]!; i++) writes.push([words[at + 22 + 2 * i]!, words[at + 23 + 2 * i]!]);
  return {
    stopped: landed || ipsr === SVCALL ? "" : faultName(ipsr, cfsr),
    r,
    apsr: xpsr & APSR_BITS,
    writes,
    itState: ((xpsr >>> 25) & 3) | ((xpsr >>> 8) & 0xfc),
  };
}

function faultName(ipsr: number, cfsr: number): string {
  const known = Object.entries(FAULTS).filter(([, row]) => (row.cfsr & cfsr) !== 0);
  return known.map(([name]) => name).join(" ") || `exception ${ipsr}`;
}
