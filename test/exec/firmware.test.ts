import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shippedBoard } from "../../src/board/registry.ts";
import { type Image, readImage } from "../../src/elf/image.ts";
import { Simulation } from "../../src/runner/simulation.ts";
import { type Checkpoint, hasCheckpoints, qemuCheckpoints } from "../oracle/qemu-checkpoints.ts";

const FIRMWARE = new URL("../../firmware/", import.meta.url).pathname;
const NZCVQ = 0xf800_0000;
const Z = 1 << 30;
/** DWT's registers in the private peripheral bus. */
const DWT = { start: 0x1000, end: 0x2000 };
const SYS_ISTTY = 9;
const MAX_CYCLES = 100_000_000;

/** Addresses of all functions but the one that the program starts with, at which gdb cannot stop. */
function functionsOf({ symbols, entry }: Image): number[] {
  const functions = symbols.filter(({ kind, size }) => kind === "function" && size > 0);
  return [...new Set(functions.map(({ address }) => address))].filter((address) => address !== entry);
}

/** QEMU has no DWT: its registers read as zero, and so they do here. */
function withoutDWT({ machine }: Simulation): void {
  const { cortexM } = machine.parts;
  const read = cortexM.read.bind(cortexM);
  const write = cortexM.write.bind(cortexM);
  const inDWT = (offset: number): boolean => offset >= DWT.start && offset < DWT.end;
  cortexM.read = (offset, size) => (inDWT(offset) ? 0 : read(offset, size));
  cortexM.write = (offset, size, value) => inDWT(offset) || write(offset, size, value);
}

/** QEMU's console is a pipe in this test, and says so to SYS_ISTTY. */
function withoutTerminal({ machine }: Simulation): void {
  const { semihosting } = machine;
  const { words } = machine.state;
  machine.semihosting = () => {
    if (words[0] !== SYS_ISTTY) return semihosting();
    words[0] = 0;
    return true;
  };
}

function run(path: string, board: string, image: Image, addresses: readonly number[]) {
  let console = "";
  const directory = mkdtempSync(join(tmpdir(), "mcusim-firmware-"));
  const simulation = new Simulation({
    board: shippedBoard(board),
    image,
    firmware: path,
    engine: "handlers",
    console: (byte) => (console += String.fromCharCode(byte)),
    maxCycles: MAX_CYCLES,
    semihostingDirectory: directory,
  });
  withoutDWT(simulation);
  withoutTerminal(simulation);
  const { machine } = simulation;
  const { state, blocks } = machine;
  state.setNZCVQ(Z); // unknown at reset; QEMU's choice
  const left = new Set(addresses);
  const checkpoints: Checkpoint[] = [];
  for (const address of addresses) blocks.watched.add(address);
  machine.onArrival = (pc) => {
    if (!left.delete(pc)) return;
    checkpoints.push({ pc, r: [...state.words.subarray(0, 15), pc], nzcvq: state.apsr & NZCVQ });
  };
  while (!simulation.advance());
  rmSync(directory, { recursive: true });
  return { console, checkpoints, stop: machine.stop };
}

/** Where the two first go apart, in words; empty when they do not. */
function apart(expected: readonly Checkpoint[], actual: readonly Checkpoint[], image: Image): string {
  for (const [i, e] of expected.entries()) {
    const a = actual[i];
    const name = image.symbols.find(({ address }) => address === e.pc)?.name ?? e.pc.toString(16);
    if (a?.pc !== e.pc) return `checkpoint ${i} is not ${name}`;
    const wrong = e.r.flatMap((value, n) => (value === a.r[n] ? [] : [`R${n}`]));
    if (a.nzcvq !== e.nzcvq) wrong.push("APSR");
    if (wrong.length > 0) return `checkpoint ${i}, ${name}: ${wrong.join(", ")} differ`;
  }
  return "";
}

describe.skipIf(!hasCheckpoints())("prebuilt firmware on QEMU and here", () => {
  const boards = ["mps2-an386", "mps2-an500"];
  it.each(["hello", "kws"].flatMap((program) => boards.map((board) => ({ program, board }))))(
    "$program on $board enters its functions with the same registers and prints the same",
    async ({ program, board }) => {
      const path = `${FIRMWARE}${program}/prebuilt/${program}-${board}.elf`;
      const image = readImage(readFileSync(path), path);
      const addresses = functionsOf(image);
      const expected = await qemuCheckpoints(path, board, addresses);
      const actual = run(path, board, image, addresses);
      expect(expected.checkpoints.length).toBeGreaterThan(30);
      expect(apart(expected.checkpoints, actual.checkpoints, image)).toBe("");
      expect(actual.checkpoints.length).toBe(expected.checkpoints.length);
      // The program ends while its last byte, a newline, is still on its way out of our UART.
      expect(actual.console.trimEnd()).toBe(expected.console.trimEnd());
      expect(actual.stop?.reason).toBe("exit");
    },
  );
});
