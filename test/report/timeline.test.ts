import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { loadBoard } from "../../src/board/registry.ts";
import { readImage, type Image } from "../../src/elf/image.ts";
import { renderTimeline } from "../../src/report/timeline.ts";
import { words } from "../../src/report/timeline-words.ts";
import { timelineOf, type TimelineBlock } from "../../src/runner/timeline.ts";
import { cortexM4 } from "../../src/timing/cortex-m4.ts";
import { cortexM7 } from "../../src/timing/cortex-m7.ts";
import { mcusim, scratch } from "../cli/command.ts";
import { CODE_BASE, halfwords, instructionsOf, loopCycles } from "../timing/sequence.ts";

const CORES = [
  { board: "nucleo-f446re", timing: cortexM4 },
  { board: "nucleo-f746zg", timing: cortexM7 },
] as const;

function imageOf(code: string): Image {
  const bytes = new Uint8Array(Uint16Array.from(halfwords(code)).buffer);
  return readImage(bytes, "sequence.bin", { loadAddress: CODE_BASE });
}

async function blockOf(boardName: string, code: string, steady = false): Promise<TimelineBlock> {
  const board = await loadBoard(boardName);
  const count = instructionsOf(halfwords(code)).length;
  const timeline = timelineOf({ image: imageOf(code), board, start: CODE_BASE, count, steady });
  return timeline.blocks[0]!;
}

const issues = ({ rows }: TimelineBlock): number[] => rows.map((row) => row.issue);
const slots = ({ rows }: TimelineBlock): string[] => rows.map((row) => row.slot);

describe("the timeline of a Cortex-M4", () => {
  const block = (code: string) => blockOf("nucleo-f446re", code);

  it("shows the cycle that a use waits for the load before it", async () => {
    const loadUse = await block("6801 1c4a"); // ldr r1, [r0]; adds r2, r1, #1
    expect(issues(loadUse)).toEqual([0, 2]);
    expect(loadUse.rows[1]!.stalls).toEqual({ issue: 1, data: 1 });
    expect(words(loadUse.rows[1]!)).toBe("data 1: waits for r1, loaded at 0x8000000");
  });
  it("shows an address that the ALU has just computed", async () => {
    const address = await block("3004 6801"); // adds r0, #4; ldr r1, [r0]
    expect(issues(address)).toEqual([0, 2]);
    expect(words(address.rows[1]!)).toBe("interlock 1: address needs r0, computed at 0x8000000 just before");
  });
  it("shows an IT folded into the narrow instruction before it", async () => {
    const folded = await block("2900 bf08 2001"); // cmp r1, #0; it eq; moveq r0, #1
    expect(slots(folded)).toEqual(["single", "folded", "single"]);
    expect(issues(folded)).toEqual([0, 0, 1]);
  });
  it("shows several accesses of one instruction as cycles that it keeps", async () => {
    const multiple = await block("e891 000c 1c52"); // ldm r1, {r2, r3}; adds r2, #1
    expect(issues(multiple)).toEqual([0, 3]);
    expect(multiple.rows[0]!.reasons.map(({ phase }) => phase)).toEqual(["issue", "hold"]);
  });
});

describe("the timeline of a Cortex-M7", () => {
  const block = (code: string) => blockOf("nucleo-f746zg", code);

  it("shows two instructions of one cycle as a pair", async () => {
    const pair = await block("6829 441a"); // ldr r1, [r5]; add r2, r3
    expect(slots(pair)).toEqual(["older", "younger"]);
    expect(issues(pair)).toEqual([0, 0]);
    expect(pair.cycles).toBe(1);
  });
  it("says that the MAC is busy", async () => {
    const multiplies = await block("fb01 f203 fb04 f506"); // mul r2, r1, r3; mul r5, r4, r6
    expect(issues(multiplies)).toEqual([0, 1]);
    expect(words(multiplies.rows[1]!)).toBe("not paired: MAC busy");
  });
  it("says which load an address waits for", async () => {
    const chase = await block("6801 680a"); // ldr r1, [r0]; ldr r2, [r1]
    expect(issues(chase)).toEqual([0, 2]);
    expect(words(chase.rows[1]!)).toBe("data 1: address needs r1, loaded at 0x8000000");
  });
});

describe.each(CORES)("timelines on $board", ({ board, timing }) => {
  // ldr, adds, mul, muls after mul, str, ldm, cmp, it, moveq, bne back
  const code = "6801 1c4a fb01 f203 fb02 f503 6045 e890 000c 2a00 bf08 2001 3801 d1f0";

  it("agree with the schedule, cycle by cycle and cause by cause", async () => {
    const run = instructionsOf(halfwords(code));
    const model = timing();
    const schedule = model.schedule(run, model.drained);
    const { rows, cycles } = await blockOf(board, code);
    expect(cycles).toBe(schedule.offsets[run.length]);
    rows.forEach((row, i) => {
      const taken = Object.values(row.stalls).reduce((sum, n) => sum + n, 0);
      expect(taken).toBe(schedule.offsets[i + 1]! - schedule.offsets[i]!);
      expect(row.slot === "younger").toBe(schedule.paired?.[i] === 1);
      const reasons: Record<string, number> = {};
      for (const { cause, cycles: n } of row.reasons) reasons[cause] = (reasons[cause] ?? 0) + n;
      expect(reasons).toEqual(row.stalls);
    });
  });
  it("settle a loop to the cycles that it takes for ever", async () => {
    for (const loop of ["3801 d1fd", "6801 3004 440a 3b01 d1fa", "f850 1b04 fb01 2201 3b01 d1f9"]) {
      const sequence = { name: "", asm: "", code: loop, cycles: 0, source: "" };
      const { steady, entry } = await blockOf(board, loop, true);
      expect(entry).toBe("steady");
      expect(steady!.cyclesPerIteration).toBe(loopCycles(timing(), sequence));
    }
  });
  it("refuse --steady where nothing jumps back", async () => {
    await expect(blockOf(board, "3801 4770", true)).rejects.toThrow(/does not jump back to its start/);
  });

  const path = `firmware/kws/prebuilt/kws-${board}.elf`;
  it("show every function of a firmware, each number with its source, the same each time", async () => {
    const image = readImage(readFileSync(path), path);
    const loaded = await loadBoard(board);
    const functions = image.symbols.filter((s) => s.kind === "function" && s.size > 0);
    expect(functions.length).toBeGreaterThan(20);
    for (const { address, size, name } of functions) {
      const make = () =>
        timelineOf({ image, board: loaded, start: address, end: address + size, steady: true });
      const timeline = make();
      const known = new Set(timeline.costs.map((cost) => cost.name));
      for (const { rows } of timeline.blocks) {
        for (const { reasons } of rows) {
          expect(
            reasons.filter(({ rule }) => !known.has(rule)),
            name,
          ).toEqual([]);
        }
      }
      const listed = timeline.blocks.flatMap(({ rows }) => rows.map((row) => row.address));
      expect(listed, name).toEqual([...new Set(listed)].sort((a, b) => a - b));
      expect(renderTimeline(make())).toBe(renderTimeline(timeline));
    }
  });
});

describe("mcusim explain --at", () => {
  const files = scratch();
  const bytes = (code: string) => new Uint8Array(Uint16Array.from(halfwords(code)).buffer);
  // ldr r1, [r0]; adds r2, r1, #1; subs r3, #1; bne back
  const firmware = files.file("loop.bin", bytes("6801 1c4a 3b01 d1fb"));
  const at = [firmware, "--board", "nucleo-f446re", "--at", "0x08000000"];

  it("draws issue, waits and the end of the block", async () => {
    const { code, stdout } = await mcusim("explain", ...at, "--count", "2");
    expect(code).toBe(0);
    expect(stdout.split("\n\n")[1]!.split("\n")).toEqual([
      "08000000, from an empty pipeline",
      "  address   encoding  instruction       issue  slot  class    0     cycles beyond the issue, and why",
      "  08000000  6801      ldr r1, [r0, #0]      0        load     =  |",
      "  08000002  1c4a      adds r2, r1, #1       2        alu.add   .=|  data 1: waits for r1, loaded at 0x8000000",
      "  3 cycles for 2 instructions",
    ]);
    expect(stdout).toMatch(/^ {2}rule\.dataPhase +1 +high +TRM/m);
  });
  it("tells the cycles of one iteration with --steady, as JSON too", async () => {
    const { stdout } = await mcusim("explain", ...at, "--steady", "--json");
    const { blocks } = JSON.parse(stdout) as { readonly blocks: readonly TimelineBlock[] };
    expect(blocks.map(({ steady }) => steady)).toEqual([{ period: 1, cyclesPerIteration: 6 }]);
    expect((await mcusim("explain", ...at, "--steady")).stdout).toMatch(/^ {2}6 cycles per iteration$/m);
  });
  it.each([
    [["--at", "0x08000000"], /--board ID is missing/],
    [["--board", "nucleo-f446re", "--at", "nosuch"], /--at: the firmware file has no symbols/],
    [["--board", "nucleo-f446re", "--at", "0x20000000"], /holds no code at 0x20000000/],
  ])("refuses %j", async (options, message) => {
    const { code, stderr } = await mcusim("explain", firmware, ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
