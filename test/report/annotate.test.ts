import { beforeAll, describe, expect, it } from "vitest";

import { annotationOf } from "../../src/cli/commands/profile.ts";
import { execute, type Outcome } from "../../src/cli/execute.ts";
import { load } from "../../src/cli/load.ts";
import type { RunOptions } from "../../src/cli/run-options.ts";
import { annotate, renderAnnotation } from "../../src/report/annotate.ts";
import { functionProfile, renderFunctionProfile } from "../../src/report/profile.ts";
import type { AddressCost, FunctionCost, Stalls } from "../../src/runner/counters.ts";
import { mcusim } from "../cli/command.ts";

const OPTIONS: RunOptions = {
  boot: "reset",
  engine: "auto",
  maxCycles: 1e9,
  color: "never",
  logLevel: "silent",
};
const RUNS = [
  ["systick", "nucleo-f446re"],
  ["kws", "nucleo-f446re"],
  ["kws", "nucleo-f746zg"],
] as const;

async function runOf(firmware: string, board: string): Promise<Outcome> {
  const path = `firmware/${firmware}/prebuilt/${firmware}-${board}.elf`;
  return execute(await load(path, board, OPTIONS), OPTIONS, () => undefined);
}

const total = (stalls: Stalls): number => Object.values(stalls).reduce((sum, n) => sum + n, 0);

function sumOf(costs: readonly { readonly stalls: Stalls }[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { stalls } of costs)
    for (const [cause, n] of Object.entries(stalls)) sum[cause] = (sum[cause] ?? 0) + n;
  return sum;
}

describe.each(RUNS)("the profile of %s on %s", (firmware, board) => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await runOf(firmware, board);
  }, 60_000);

  it("lists under each function what the table says of it, cause by cause", () => {
    const { functions } = outcome.result;
    expect(functions.length).toBeGreaterThan(5);
    for (const f of functions) {
      const { lines } = annotationOf(outcome, f.name);
      const costs = lines.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
      const sum = (pick: (cost: AddressCost) => number): number => costs.reduce((n, c) => n + pick(c), 0);
      expect(
        { cycles: sum((c) => c.cycles), instructions: sum((c) => c.executed), stalls: sumOf(costs) },
        f.name,
      ).toEqual({ cycles: f.cycles, instructions: f.instructions, stalls: f.stalls });
    }
  });
  it("accounts for every cycle of the run", () => {
    const { result } = outcome;
    const { functions, outside } = functionProfile(result);
    expect(functions.reduce((sum, f) => sum + f.cycles, outside.cycles)).toBe(result.cycles);
    expect(sumOf([...functions, outside])).toEqual(result.stalls);
    expect(total(result.stalls)).toBe(result.cycles);
    expect(Object.values(outside.stalls).every((n) => n >= 0)).toBe(true);
  });
  it("marks the instruction that takes most cycles", () => {
    const [hottest] = outcome.result.functions;
    const annotation = annotationOf(outcome, hottest!.name);
    const most = Math.max(...annotation.lines.map(({ cost }) => cost?.cycles ?? 0));
    const marked = annotation.lines.find(({ address }) => address === annotation.hottest);
    expect(marked?.cost?.cycles).toBe(most);
    const address = marked!.address.toString(16).padStart(8, "0");
    expect(renderAnnotation(annotation)).toMatch(new RegExp(`>>  ${address}`));
  });
});

describe("mcusim profile", () => {
  const systick = ["firmware/systick/prebuilt/systick-nucleo-f446re.elf", "--board", "nucleo-f446re"];

  it.each([[["--json"]], [["--annotate", "console_putc"]], [["--annotate", "main", "--json"]], [[]]])(
    "prints the same twice, and with another engine: %j",
    async (options) => {
      const first = await mcusim("profile", ...systick, ...options);
      const second = await mcusim("profile", ...systick, ...options);
      const other = await mcusim("profile", ...systick, ...options, "--engine", "handlers");
      expect(first.code).toBe(0);
      expect(first.stdout.length).toBeGreaterThan(200);
      expect(second.stdout).toBe(first.stdout);
      expect(other.stdout).toBe(first.stdout);
    },
    60_000,
  );
  it("refuses a function that was never executed", async () => {
    const { code, stderr } = await mcusim("profile", ...systick, "--annotate", "Fault_Handler");
    expect(code).toBe(2);
    expect(stderr).toMatch(/--annotate Fault_Handler: /);
  });
});

const NONE: Stalls = {
  issue: 0,
  data: 0,
  fetch: 0,
  branch: 0,
  interlock: 0,
  divide: 0,
  exception: 0,
  sleep: 0,
};

describe("texts", () => {
  const cost = (address: number, executed: number, stalls: Partial<Stalls>): AddressCost => {
    const all = { ...NONE, ...stalls };
    return { address, size: 2, executed, cycles: total(all), stalls: all };
  };
  const costs = [
    cost(0x1000, 10, { issue: 10, data: 5, fetch: 25 }),
    cost(0x1002, 10, { issue: 10, branch: 50 }),
  ];
  const f: FunctionCost = {
    name: "f",
    address: 0x1000,
    cycles: 100,
    instructions: 20,
    calls: 10,
    stalls: { ...NONE, issue: 20, data: 5, fetch: 25, branch: 50 },
  };

  it("put counts, CPI and stalls beside the instructions, and nothing beside those not executed", () => {
    const listing = ["ldr\tr0, [r1]", "bx\tlr", "nop"].map((text, i) => ({
      address: 0x1000 + 2 * i,
      encoding: "bf00",
      text,
    }));
    expect(renderAnnotation(annotate(f, listing, costs))).toBe(
      [
        "f: 100 cycles in 20 instructions, CPI 5.00, 10 calls",
        "executed  cycles   share   CPI      address   encoding  instruction   stalls, most first",
        "      10      40  40.0 %  4.00  >   00001000  bf00      ldr r0, [r1]  fetch 25, data 5",
        "      10      60  60.0 %  6.00  >>  00001002  bf00      bx lr         branch 50",
        "                                    00001004  bf00      nop",
        ">> most cycles, > 5.0 % of the function or more; stalls of the function: branch 50, fetch 25, data 5",
        "",
      ].join("\n"),
    );
  });
  it("show the cycles that belong to no function, so that the rows sum to the run", () => {
    const outside = { cycles: 20, stalls: { ...NONE, sleep: 20 } };
    const stalls = { ...f.stalls, sleep: 20 };
    const profile = { cycles: 120, instructions: 20, stalls, functions: [f], outside };
    expect(renderFunctionProfile(profile).split("\n").slice(1)).toEqual([
      "f                          10     100   83.3 %            20  5.00     20     5     25      50      0",
      "(between instructions)             20   16.7 %             0     -      0     0      0       0     20",
      "(all)                             120  100.0 %            20  6.00     20     5     25      50     20",
      "",
    ]);
  });
});
